"""CostTrend. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.cost_forecast import CostForecast
from modelmetry_api.models.cost_span import CostSpan
from modelmetry_api.models.cost_units import CostUnits
from modelmetry_api.models.literals import CostBasis
from modelmetry_api.wire import member, wire_model


@wire_model
class CostTrend:
    """How costs change, and what the month will cost."""

    basis: CostBasis = member("Basis")
    """What is invoiced, or what was used with discounts and with what is paid in advance spread.
    """

    sources: list[str] = member("Sources")
    """Whose costs these are."""

    currency: str | None = member("Currency")
    """Of all amounts; null when nothing was spent."""

    now: CostSpan = member("Now")
    """What some days in a row cost together."""

    before: CostSpan = member("Before")
    """What some days in a row cost together."""

    change: str | None = member("Change")
    """How much more the later days cost."""

    ratio: int | float | None = member("Ratio")
    """The change by what the days before cost: 0.25 is a quarter more."""

    reason: str = member("Reason")
    """Why a number is missing; empty if none is."""

    month: CostForecast = member("Month")
    """What a month is expected to cost."""

    units: CostUnits = member("Units")
    """What one prediction and one call of a language model cost in the cloud, in the later days of
    the trend.
    """
