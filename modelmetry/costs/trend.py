"""How costs have changed: some days against as many days before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from msgspec import Struct

from modelmetry.costs.amounts import DIVIDING, EXACT
from modelmetry.costs.totals import DayTotal, Span, span
from modelmetry.errors import InvalidValueError


class Trend(Struct, frozen=True, kw_only=True):
    """What changed.

    Attributes:
        now: the later days.
        before: the same number of days before them.
        change: how much more the later days cost, in their currency; `None` if not known.
        ratio: the change by what the days before cost: 0.25 is a quarter more; `None` if not
            known, or if those cost nothing or less.
        reason: why a number is missing; empty if none is.
    """

    now: Span
    before: Span
    change: Decimal | None = None
    ratio: Decimal | None = None
    reason: str = ""


def trend(totals: Sequence[DayTotal], end: date, days: int = 7) -> Trend:
    """Compare days with those before; whole weeks, or weekends will look like a change.

    Days that are estimated count and are marked: `now.estimated` says how many.

    Args:
        totals: of `daily_totals`.
        end: the day after the last one.
        days: how many.

    Raises:
        CostCurrencyError: the totals are in several currencies.
        InvalidValueError: there is less than one day.
    """
    if days < 1:
        raise InvalidValueError(f"a trend needs 1 day at least, not {days}")
    length = timedelta(days=days)
    now = span(totals, end - length, end)
    before = span(totals, end - 2 * length, end - length)
    span_of_both = span(totals, end - 2 * length, end)
    if now.amount is None or before.amount is None:
        known = 2 * days - span_of_both.missing
        reason = f"too few days: {known} of {2 * days} are known, from {before.start} to {end}"
        return Trend(now=now, before=before, reason=reason)
    change = EXACT.subtract(now.amount, before.amount)
    if before.amount <= 0:
        reason = f"the {days} days before cost {before.amount}: there is no ratio to that"
        return Trend(now=now, before=before, change=change, reason=reason)
    ratio = DIVIDING.divide(change, before.amount)
    return Trend(now=now, before=before, change=change, ratio=ratio)
