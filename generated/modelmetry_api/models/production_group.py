"""ProductionGroup. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.production_point import ProductionPoint
from modelmetry_api.wire import member, wire_model


@wire_model
class ProductionGroup:
    """What belongs together."""

    attributes: dict[str, str] = member("Attributes")
    """Those by which it is split."""

    points: list[ProductionPoint] = member("Points")
    """Only stretches in which something was measured, oldest first."""

    total: ProductionPoint = member("Total")
    """One stretch of time. What a kind of metric does not have is null."""
