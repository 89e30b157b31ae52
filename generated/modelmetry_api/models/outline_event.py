"""OutlineEvent. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.wire import member, wire_model


@wire_model
class OutlineEvent:
    """An event of a span, in short."""

    span_id: str = member("SpanID")

    name: str = member("Name")

    at_ms: int | float = member("AtMs")
    """Milliseconds after the start of the trace."""
