"""MetricListList. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.metric_list import MetricList
from modelmetry_api.wire import member, wire_model


@wire_model
class MetricListList:
    """One page of lists."""

    lists: list[MetricList] = member("Lists")

    next_cursor: str | None = member("NextCursor")
    """Null on the last page."""

    total_count: int = member("TotalCount")
    """How many fit the filters on all pages."""
