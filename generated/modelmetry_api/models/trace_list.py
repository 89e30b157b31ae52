"""TraceList. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.trace import Trace
from modelmetry_api.wire import member, wire_model


@wire_model
class TraceList:
    """One page of traces."""

    traces: list[Trace] = member("Traces")

    next_cursor: str | None = member("NextCursor")
    """Null on the last page."""
