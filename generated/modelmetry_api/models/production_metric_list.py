"""ProductionMetricList. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.production_metric import ProductionMetric
from modelmetry_api.wire import member, wire_model


@wire_model
class ProductionMetricList:
    """What was measured."""

    metrics: list[ProductionMetric] = member("Metrics")
