"""TraceList. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.trace import Trace
from modelmetry_api.wire import UNSET, Unset, member, wire_model


@wire_model
class TraceList:
    """One page of traces."""

    traces: list[Trace] = member("Traces")

    next_cursor: str | None = member("NextCursor")
    """Null on the last page."""

    unsearched: int | Unset = member("Unsearched", default=UNSET)
    """With `q`, when it is not 0: how many traces have words that are not looked at yet, because
    they came a moment ago. 10,000 stands for more.
    """
