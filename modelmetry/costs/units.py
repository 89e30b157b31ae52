"""What one prediction or one call costs: money by count, over the same days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from msgspec import Struct

from modelmetry.costs.amounts import DIVIDING
from modelmetry.costs.totals import DayTotal, Span, span
from modelmetry.errors import InvalidValueError


class UnitCosts(Struct, frozen=True):
    """What a unit costs.

    Attributes:
        costs: of the days, and which days.
        predictions: how many there were in these days; `None` if not known.
        llm_calls: how many calls of language models there were; `None` if not known.
        per_prediction: in the currency of the costs; `None` if it cannot be known.
        per_llm_call: the same.
        reason: why the costs are not known; empty if they are.
    """

    costs: Span
    predictions: int | None
    llm_calls: int | None
    per_prediction: Decimal | None
    per_llm_call: Decimal | None
    reason: str = ""


def per_unit(cost: Decimal | None, count: int | None) -> Decimal | None:
    """Divide a cost by how often something happened in the same time.

    Args:
        cost: `None` if not known.
        count: `None` if not known.

    Returns:
        `None` if either is not known, or the count is 0: then there is no unit that costs anything.

    Raises:
        InvalidValueError: the count is negative.
    """
    if count is not None and count < 0:
        raise InvalidValueError(f"a count of units must not be negative: {count}")
    if cost is None or not count:
        return None
    return DIVIDING.divide(cost, Decimal(count))


def unit_costs(
    totals: Sequence[DayTotal],
    start: date,
    end: date,
    *,
    predictions: int | None = None,
    llm_calls: int | None = None,
) -> UnitCosts:
    """Divide what days cost by what happened in them.

    Args:
        totals: of `daily_totals`.
        start: the first day of UTC.
        end: the day after the last one.
        predictions: how many there were from start to end.
        llm_calls: how many there were from start to end.

    Raises:
        CostCurrencyError: the totals are in several currencies.
        InvalidValueError: the span is empty, or a count is negative.
    """
    costs = span(totals, start, end)
    days = (end - start).days
    known = days - costs.missing
    return UnitCosts(
        costs,
        predictions,
        llm_calls,
        per_unit(costs.amount, predictions),
        per_unit(costs.amount, llm_calls),
        f"the costs of {known} of {days} days are known" if costs.missing else "",
    )
