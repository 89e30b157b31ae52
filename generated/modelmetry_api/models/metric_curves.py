"""MetricCurves. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.metric_curve import MetricCurve
from modelmetry_api.wire import member, wire_model


@wire_model
class MetricCurves:
    """A metric of several executions, to be drawn."""

    name: str = member("Name")

    curves: list[MetricCurve] = member("Curves")
