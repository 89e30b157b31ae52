"""Limits. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.wire import member, wire_model


@wire_model
class Limits:
    """The most that one request may hold."""

    largest_body: int = member("LargestBody")
    """Bytes of a body as it is sent."""

    largest_inflated_body: int = member("LargestInflatedBody")
    """Bytes of a body after inflation."""

    largest_batch: int = member("LargestBatch")
    """Signals of a batch."""
