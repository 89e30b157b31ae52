"""SpanList. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.span_summary import SpanSummary
from modelmetry_api.wire import member, wire_model


@wire_model
class SpanList:
    """One page of spans."""

    spans: list[SpanSummary] = member("Spans")

    next_cursor: str | None = member("NextCursor")
    """Null on the last page."""
