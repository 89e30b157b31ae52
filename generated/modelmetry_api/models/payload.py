"""Payload. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.completion_payload import CompletionPayload
from modelmetry_api.wire import UNSET, Unset, member, wire_model


@wire_model
class Payload:
    """What is checked or evaluated."""

    completion: CompletionPayload | Unset = member("Completion", default=UNSET)
    """A conversation."""
