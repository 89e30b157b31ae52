"""MetricHistory. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.metric_point import MetricPoint
from modelmetry_api.wire import member, wire_model


@wire_model
class MetricHistory:
    """Values of one metric of an execution, in the order of their recording."""

    name: str = member("Name")

    execution_id: str = member("ExecutionID")

    history: list[MetricPoint] = member("History")

    next_cursor: str | None = member("NextCursor")
    """Null on the last page."""

    total_count: int = member("TotalCount")
    """How many fit the filters on all pages."""
