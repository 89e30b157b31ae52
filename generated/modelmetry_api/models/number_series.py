"""NumberSeries. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.number_point import NumberPoint
from modelmetry_api.wire import member, wire_model


@wire_model
class NumberSeries:
    """One number over time."""

    metric: str = member("Metric")

    points: list[NumberPoint] = member("Points")
    """Only stretches in which something was recorded, oldest first."""
