"""CostSourceState. Written by codegen; do not edit."""

from __future__ import annotations

from datetime import date

from modelmetry_api.models.cost_poll import CostPoll
from modelmetry_api.wire import member, wire_model


@wire_model
class CostSourceState:
    """A source of costs."""

    name: str = member("Name")

    currency: str | None = member("Currency")
    """Null when nothing was spent that is known."""

    known_days: int = member("KnownDays")
    """How many days it knows."""

    known_from: date | None = member("KnownFrom")
    """The first one."""

    known_to: date | None = member("KnownTo")
    """The day after the last one."""

    poll: CostPoll | None = member("Poll")
    """Its last poll; null when a server or `modelmetry costs poll` never asked it."""
