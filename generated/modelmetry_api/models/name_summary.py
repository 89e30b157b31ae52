"""NameSummary. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.wire import DateTime, member, wire_model


@wire_model
class NameSummary:
    """A name in use."""

    name: str = member("Name")

    last_seen: DateTime = member("LastSeen")
    """Start of the latest thing of that name."""
