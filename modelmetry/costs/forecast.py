"""What a month will cost: what is known of it, and each further day as its weekday used to be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal, localcontext
from statistics import NormalDist
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from modelmetry.costs.amounts import DIVIDING, ZERO, total_of
from modelmetry.costs.days import month_of
from modelmetry.costs.rows import one_currency
from modelmetry.costs.totals import DayTotal, span
from modelmetry.errors import InvalidValueError

METHOD: Final = "mean of the same weekdays"
_DAY: Final = timedelta(days=1)
_WEEK: Final = 7


class Forecast(Struct, frozen=True, kw_only=True):
    """What a month is expected to cost.

    Attributes:
        start: the first day of the month.
        end: the first day of the next one.
        known_to: the day after the last day that is known.
        so_far: what the days that are known cost; `None` if one before `known_to` is missing.
        amount: of the whole month; `None` if there is no forecast.
        low: the lower end of the interval; equal to the amount once all days are known.
        high: the upper end.
        level: how often the interval would hold the truth, as a ratio.
        currency: such as `USD`, or `None` where nothing says it.
        method: how the days to come were reckoned.
        learned_from: how many days that was learned from.
        estimated: how many days that are known may still change.
        reason: why there is no forecast; empty if there is one.
    """

    start: date
    end: date
    known_to: date
    so_far: Decimal | None = None
    amount: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    level: float
    currency: str | None = None
    method: str = METHOD
    learned_from: int = 0
    estimated: int = 0
    reason: str = ""


def forecast(
    totals: Sequence[DayTotal], known_to: date, *, weeks: int = 8, level: float = 0.8
) -> Forecast:
    r"""Foretell the month of the last day that is known.

    Each day to come is expected to cost the mean :math:`m_w` of its weekday over the last weeks:
    the seasonal form of the mean method (Hyndman and Athanasopoulos, Forecasting: Principles and
    Practice, 3rd edition, section 5.2). The interval follows section 5.5, whose variance for one
    day is :math:`s^2 (1 + 1/n)`. The days to come on weekday :math:`w`, :math:`h_w` in number,
    share the error of the mean of its :math:`n_w` observations, so that their sum has the
    variance :math:`s^2 \\sum_w (h_w + h_w^2 / n_w)`, where :math:`s^2` is the variance around the
    means of the weekdays, with N - 7 degrees of freedom, those of Student's t.

    What comes once a month, such as taxes and fees, is better left out of the totals.

    Args:
        totals: of `daily_totals`.
        known_to: the day after the last day that is known.
        weeks: how many weeks are learned from, at most; 2 at least.
        level: how often the interval should hold the truth.

    Raises:
        CostCurrencyError: the totals are in several currencies.
        InvalidValueError: there are less than 2 weeks, or the level is not between 0 and 1.
    """
    if weeks < 2 or not 0 < level < 1:  # noqa: PLR2004 - one observation has no variance
        raise InvalidValueError(
            f"a forecast needs 2 weeks at least and a level between 0 and 1, not {weeks}, {level}"
        )
    one_currency(total.currency for total in totals if total.currency is not None)
    start = month_of(known_to - _DAY)
    end = month_of(start + 31 * _DAY)
    month = span(totals, start, known_to)
    told = Forecast(
        start=start,
        end=end,
        known_to=known_to,
        so_far=month.amount,
        level=level,
        currency=month.currency,
        estimated=month.estimated,
    )
    if month.amount is None:
        return replace(told, reason=f"too few days: {month.missing} since {start} are not known")
    if known_to == end:
        return _with(told, month.amount, ZERO, learned=0)
    learned = _by_weekday(totals, known_to - weeks * _WEEK * _DAY, known_to)
    fewest = min((len(learned.get(weekday, ())) for weekday in range(_WEEK)), default=0)
    count = sum(map(len, learned.values()))
    if fewest < 2:  # noqa: PLR2004
        reason = (
            f"too few days: {count} are known before {known_to}, and each weekday is needed twice"
        )
        return replace(told, reason=reason)
    with localcontext(DIVIDING):
        return _foretold(told, month.amount, learned)


def _foretold(
    told: Forecast, so_far: Decimal, learned: Mapping[int, Sequence[Decimal]]
) -> Forecast:
    means = {weekday: total_of(seen) / len(seen) for weekday, seen in learned.items()}
    days = (told.end - told.known_to).days
    ahead = Counter((told.known_to + place * _DAY).weekday() for place in range(days))
    count = sum(map(len, learned.values()))
    squares = total_of_squares(learned, means)
    freedom = count - len(learned)
    spread = sum((many + Decimal(many**2) / len(learned[w]) for w, many in ahead.items()), ZERO)
    error = (squares / freedom * spread).sqrt()
    expected = sum((means[weekday] * many for weekday, many in ahead.items()), ZERO)
    half = error * Decimal(repr(student_t((1 + told.level) / 2, freedom)))
    # Costs that never were below 0 will not be: without this a wide interval would say so.
    least = so_far if min(min(seen) for seen in learned.values()) >= 0 else None
    return _with(told, so_far + expected, half, learned=count, least=least)


def total_of_squares(
    learned: Mapping[int, Sequence[Decimal]], means: Mapping[int, Decimal]
) -> Decimal:
    """Add up the squares of how far each day was from the mean of its weekday."""
    return sum(
        ((seen - means[weekday]) ** 2 for weekday, days in learned.items() for seen in days), ZERO
    )


def student_t(probability: float, freedom: int) -> float:
    """Give the quantile of Student's t, by Abramowitz and Stegun, formula 26.7.5.

    Args:
        probability: between 0 and 1.
        freedom: degrees of freedom; from 7 on, as here, the error is below 0.2 % up to 0.975.
    """
    x, v = NormalDist().inv_cdf(probability), freedom
    terms = (
        (x**3 + x) / 4,
        (5 * x**5 + 16 * x**3 + 3 * x) / 96,
        (3 * x**7 + 19 * x**5 + 17 * x**3 - 15 * x) / 384,
        (79 * x**9 + 776 * x**7 + 1482 * x**5 - 1920 * x**3 - 945 * x) / 92160,
    )
    return x + sum(term / float(v) ** power for power, term in enumerate(terms, start=1))


def _by_weekday(totals: Sequence[DayTotal], start: date, end: date) -> dict[int, list[Decimal]]:
    found: dict[int, list[Decimal]] = {}
    for total in totals:
        if start <= total.day < end:
            found.setdefault(total.day.weekday(), []).append(total.amount)
    return found


def _with(
    told: Forecast, amount: Decimal, half: Decimal, *, learned: int, least: Decimal | None = None
) -> Forecast:
    low = amount - half if least is None else max(amount - half, least)
    return replace(told, amount=amount, low=low, high=amount + half, learned_from=learned)
