"""CostForecast. Written by codegen; do not edit."""

from __future__ import annotations

from datetime import date

from modelmetry_api.wire import member, wire_model


@wire_model
class CostForecast:
    """What a month is expected to cost."""

    from_: date = member("From")

    to: date = member("To")
    """Exclusive."""

    known_to: date = member("KnownTo")
    """The day after the last that is known."""

    so_far: str | None = member("SoFar")
    """What the days of the month cost that are known."""

    amount: str | None = member("Amount")
    """What the whole month is expected to cost."""

    low: str | None = member("Low")
    """The lower end of the interval."""

    high: str | None = member("High")
    """The upper end of the interval."""

    level: int | float = member("Level")
    """How often the interval holds the truth if days differ by chance alone, as a ratio."""

    method: str = member("Method")
    """How the days to come were reckoned (Hyndman and Athanasopoulos, Forecasting: Principles and
    Practice, 3rd edition, sections 5.2 and 5.5).
    """

    learned_from: int = member("LearnedFrom")
    """From how many days."""

    estimated_days: int = member("EstimatedDays")
    """How many of the known days may still change."""

    reason: str = member("Reason")
    """Why there is no forecast; empty if there is one."""
