"""ProductionMetric. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.literals import MetricKind
from modelmetry_api.wire import member, wire_model


@wire_model
class ProductionMetric:
    """A metric of production."""

    name: str = member("Name")

    kind: MetricKind = member("Kind")
    """What only grows, what is looked at, or a distribution."""

    unit: str = member("Unit")

    attributes: list[str] = member("Attributes")
    """Names of its attributes."""

    services: list[str] = member("Services")
    """Who measured it; empty texts for who gave no name. At most 100."""

    series_count: int = member("SeriesCount")
    """How many series there are."""
