"""CostDayList. Written by codegen; do not edit."""

from __future__ import annotations

from datetime import date

from modelmetry_api.models.cost_sum import CostSum
from modelmetry_api.wire import member, wire_model


@wire_model
class CostDayList:
    """What the cloud cost."""

    from_: date = member("From")

    to: date = member("To")
    """Exclusive."""

    known_days: int = member("KnownDays")
    """How many of these days are known: by every source that knows any of them."""

    sources: list[str] = member("Sources")
    """Which sources know any of these days."""

    sums: list[CostSum] = member("Sums")
