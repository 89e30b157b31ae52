"""MetricCurve. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.curve_point import CurvePoint
from modelmetry_api.wire import member, wire_model


@wire_model
class MetricCurve:
    """A metric of one execution, to be drawn."""

    execution_id: str = member("ExecutionID")

    pipeline_name: str = member("PipelineName")
    """Empty when none was sent."""

    count: int = member("Count")
    """How many values there are in the stretch that was asked for."""

    total_count: int = member("TotalCount")
    """How many values there are in all."""

    thinned: bool = member("Thinned")
    """Whether there are fewer points than values."""

    points: list[CurvePoint] = member("Points")
