"""MetricValueList. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.metric_value import MetricValue
from modelmetry_api.wire import member, wire_model


@wire_model
class MetricValueList:
    """One page of metrics."""

    values: list[MetricValue] = member("Values")

    next_cursor: str | None = member("NextCursor")
    """Null on the last page."""

    total_count: int = member("TotalCount")
    """How many fit the filters on all pages."""
