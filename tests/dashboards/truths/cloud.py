"""What is true of the row of what a cloud costs."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from datetime import UTC, datetime

from tests.dashboards import facts
from tests.dashboards.judging import Range, Truth, exactly
from tests.dashboards.load import Driven
from tests.dashboards.substitution import SECONDS
from tests.dashboards.truths.counts import each

DAILY = sum(facts.CLOUD.values())
FEWEST_DAYS, MOST_DAYS = 29, 30
"""Whole days of the last 30 times 24 hours, until yesterday: by the hour of the day."""


def so_far(driven: Driven) -> dict[str, float]:
    """USD of this month by service; on its first day nothing is known of it yet."""
    today = datetime.fromtimestamp(driven.at, UTC)
    return {service: usd * (today.day - 1) for service, usd in facts.CLOUD.items()}


def month_end(driven: Driven) -> Range:
    """USD at the end of the month, by the calendar: each day costs the same."""
    today = datetime.fromtimestamp(driven.at, UTC)
    return exactly(DAILY * monthrange(today.year, today.month)[1])


def cloud(driven: Driven) -> Iterable[tuple[str, Truth]]:
    """The row of what a cloud costs."""
    month = so_far(driven)
    yield "Last day / A", exactly(DAILY)
    yield "This month / A", exactly(sum(month.values()))
    yield "At the end of the month / A", month_end(driven)
    for place, number in (
        ("Cost of a prediction", facts.PREDICTED_YESTERDAY),
        ("Cloud cost of a call", facts.CALLED_YESTERDAY),
    ):
        yield (
            f"{place} / A",
            Range(DAILY * FEWEST_DAYS / number, DAILY * MOST_DAYS / number * 1.001),
        )
    yield "Read / A", Range(0.1, SECONDS)
    days = {service: exactly(usd) for service, usd in facts.CLOUD.items()}
    yield "Last day by service / A", each("service", days)
    yield "This month by service / A", each("service", {k: exactly(v) for k, v in month.items()})
    yield "Not final / A", exactly(sum(month.values()))
    yield "Cost of asking / A", exactly(0)  # to read files costs nothing
    yield "Failed polls / A", exactly(0)
