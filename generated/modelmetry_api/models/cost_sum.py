"""CostSum. Written by codegen; do not edit."""

from __future__ import annotations

from datetime import date

from modelmetry_api.wire import member, wire_model


@wire_model
class CostSum:
    """What was spent, added up."""

    day: date | None = member("Day")
    """Null when it is of several days."""

    service: str | None = member("Service")
    """Null when it is of several services."""

    source: str | None = member("Source")
    """Null when it is of several sources."""

    currency: str = member("Currency")

    billed_cost: str = member("BilledCost")
    """An exact amount."""

    effective_cost: str = member("EffectiveCost")
    """An exact amount."""

    rows: int = member("Rows")
    """How many rows it is the sum of."""

    estimated: bool = member("Estimated")
    """Whether a part of it may still change."""
