"""ProductionSeries. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.literals import MetricKind
from modelmetry_api.models.production_group import ProductionGroup
from modelmetry_api.models.production_window import ProductionWindow
from modelmetry_api.wire import member, wire_model


@wire_model
class ProductionSeries:
    """One metric over time."""

    name: str = member("Name")

    kind: MetricKind = member("Kind")
    """What only grows, what is looked at, or a distribution."""

    unit: str = member("Unit")

    window: ProductionWindow = member("Window")
    """A stretch of time."""

    step_seconds: int = member("StepSeconds")
    """Width of one point."""

    groups: list[ProductionGroup] = member("Groups")

    group_count: int = member("GroupCount")
    """How many groups there are, also those that are not answered."""

    note: str = member("Note")
    """What one should know of it, such as that bounds of buckets changed; mostly empty."""
