"""What days cost, how that changes, what a month will cost, and what a unit costs."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Context, Decimal, Inexact, localcontext
from statistics import NormalDist
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from modelmetry.costs.forecast import forecast, student_t
from modelmetry.costs.rows import CostRow, day_row, merged
from modelmetry.costs.source import Spending
from modelmetry.costs.totals import DayTotal, by_service, daily_totals, span
from modelmetry.costs.trend import trend
from modelmetry.costs.units import per_unit, unit_costs
from modelmetry.errors import CostCurrencyError, InvalidValueError

DAY = timedelta(days=1)
MONDAY = date(2026, 9, 7)


def row(day: date, amount: object, service: str = "EC2", **members: Any) -> CostRow:
    """What a service cost on a day."""
    return replace(day_row(day, service, Decimal(str(amount)), "USD"), **members)


def days(start: date, count: int, amount: Callable[[date], object] = lambda _: 1) -> list[DayTotal]:
    """Totals of days in a row."""
    found = (start + place * DAY for place in range(count))
    return [DayTotal(day, Decimal(str(amount(day))), "USD") for day in found]


def test_days_are_added_up_and_days_without_rows_cost_nothing() -> None:
    """A day is estimated if one of its rows is."""
    rows = [row(MONDAY, "0.1"), row(MONDAY, "0.2", "S3", estimated=True), row(MONDAY + 9 * DAY, 5)]

    assert daily_totals(rows, MONDAY, MONDAY + 2 * DAY) == [
        DayTotal(MONDAY, Decimal("0.3"), "USD", estimated=True),
        DayTotal(MONDAY + DAY, Decimal(0), "USD"),
    ]


def test_services_categories_and_the_kind_of_cost_can_be_chosen() -> None:
    """Taxes do not come every day, and advance payments are spread in the effective cost."""
    rows = [
        row(MONDAY, 100, charge_category="Purchase", effective_cost=Decimal(3)),
        row(MONDAY, 7, charge_category="Tax"),
        row(MONDAY, 1, "S3"),
    ]

    def total(**options: Any) -> Decimal:
        return daily_totals(rows, MONDAY, MONDAY + DAY, **options)[0].amount

    assert total() == 108
    assert total(without=["Tax"], basis="effective") == 4
    assert total(services=["S3"]) == 1
    with pytest.raises(InvalidValueError, match="basis"):
        total(basis="listed")


def test_currencies_are_never_added() -> None:
    """Neither by day nor by service nor over days."""
    rows = [row(MONDAY, 1), row(MONDAY, 1, billing_currency="EUR")]
    totals = [DayTotal(MONDAY, Decimal(1), "USD"), DayTotal(MONDAY + DAY, Decimal(1), "EUR")]

    for add in (
        lambda: daily_totals(rows, MONDAY, MONDAY + DAY),
        lambda: by_service(rows),
        lambda: merged(rows),
        lambda: span(totals, MONDAY, MONDAY + 2 * DAY),
    ):
        with pytest.raises(CostCurrencyError, match="EUR and USD"):
            add()


def test_services_come_by_what_they_cost() -> None:
    """The most expensive first."""
    rows = [row(MONDAY, 1, "S3"), row(MONDAY, 5), row(MONDAY + DAY, 7, "S3")]

    assert list(by_service(rows).items()) == [("S3", Decimal(8)), ("EC2", Decimal(5))]


def test_a_day_that_is_there_twice_is_a_mistake() -> None:
    """It would count twice."""
    with pytest.raises(InvalidValueError, match="twice"):
        span(days(MONDAY, 1) * 2, MONDAY, MONDAY + DAY)


def test_a_trend_compares_with_as_many_days_before() -> None:
    """In the currency and as a ratio; what may change is counted."""
    totals = days(MONDAY, 7) + days(MONDAY + 7 * DAY, 7, lambda _: "1.5")
    totals[-1] = replace(totals[-1], estimated=True)

    found = trend(totals, MONDAY + 14 * DAY)

    assert (found.change, found.ratio, found.reason) == (Decimal("3.5"), Decimal("0.5"), "")
    assert (found.before.start, found.now.start) == (MONDAY, MONDAY + 7 * DAY)
    assert (found.now.estimated, found.before.estimated) == (1, 0)


def test_a_span_without_days_is_a_mistake() -> None:
    """So is a trend of none."""
    with pytest.raises(InvalidValueError, match="after its start"):
        span([], MONDAY, MONDAY)
    with pytest.raises(InvalidValueError, match="1 day at least"):
        trend([], MONDAY, days=0)


def test_a_trend_of_too_few_days_says_so_and_gives_no_number() -> None:
    """How many are known."""
    found = trend(days(MONDAY, 13), MONDAY + 14 * DAY)

    assert (found.change, found.ratio) == (None, None)
    assert found.reason.startswith("too few days: 13 of 14 are known")


def test_there_is_no_ratio_to_nothing() -> None:
    """The change is a number all the same."""
    totals = days(MONDAY, 1, lambda _: 0) + days(MONDAY + DAY, 1)

    found = trend(totals, MONDAY + 2 * DAY, days=1)

    assert (found.change, found.ratio) == (Decimal(1), None)
    assert "no ratio" in found.reason


def test_a_month_of_equal_weeks_is_foretold_exactly() -> None:
    """What is known of it, and each further day as its weekday was; nothing is uncertain."""
    weekly = days(date(2026, 8, 1), 45, lambda day: 10 if day.weekday() < 5 else 1)

    found = forecast(weekly, date(2026, 9, 15))

    assert found.so_far == 10 * 10 + 4 * 1
    assert found.amount == 22 * 10 + 8 * 1
    assert (found.low, found.high) == (found.amount, found.amount)
    assert (found.start, found.end) == (date(2026, 9, 1), date(2026, 10, 1))
    assert (found.learned_from, found.method) == (45, "mean of the same weekdays")


@pytest.mark.parametrize(("known", "weeks"), [(14, 8), (2, 2)])
def test_the_interval_holds_the_truth_as_often_as_it_says(known: int, weeks: int) -> None:
    """Over 400 months of random costs, also if little is learned for long; wide of chance."""
    chance = random.Random(7)
    held = 0
    for _ in range(400):
        noisy = days(
            date(2026, 7, 1), 92, lambda day: round(chance.gauss(50 + day.weekday(), 9), 4)
        )
        known_to = date(2026, 9, 1) + known * DAY
        found = forecast(noisy, known_to, weeks=weeks, level=0.8)
        truth = sum(total.amount for total in noisy[62:])
        assert found.low is not None
        assert found.high is not None
        held += found.low <= truth <= found.high
    assert 0.74 <= held / 400 <= 0.86


@pytest.mark.parametrize("count", [0, 1, 7, 13])
def test_a_forecast_of_too_few_days_says_so_and_gives_no_number(count: int) -> None:
    """Each weekday is needed twice, for there is no spread of one value."""
    known_to = date(2026, 9, 1) + count * DAY if count else date(2026, 9, 2)

    found = forecast(days(date(2026, 9, 1), count), known_to)

    assert (found.amount, found.low, found.high) == (None, None, None)
    assert "too few days" in found.reason


def test_a_month_with_a_day_that_is_not_known_is_not_foretold() -> None:
    """What it cost so far is not known either."""
    totals = days(date(2026, 8, 1), 45)
    del totals[35]

    found = forecast(totals, date(2026, 9, 15))

    assert (found.amount, found.so_far) == (None, None)
    assert "1 since 2026-09-01 are not known" in found.reason


def test_a_month_that_is_over_is_what_it_cost() -> None:
    """Nothing is foretold of it; on the first of the next month it is the one that is over."""
    found = forecast(days(date(2026, 9, 1), 30), date(2026, 10, 1))

    assert (found.amount, found.low, found.high) == (Decimal(30),) * 3


def test_a_forecast_learns_from_one_currency() -> None:
    """Also if the month itself has only one."""
    totals = days(date(2026, 8, 1), 45)
    totals[0] = replace(totals[0], currency="EUR")

    with pytest.raises(CostCurrencyError, match="EUR and USD"):
        forecast(totals, date(2026, 9, 15))


def test_estimated_days_count_and_are_marked() -> None:
    """All days of an open month are, at some clouds."""
    totals = [replace(total, estimated=total.day.day > 10) for total in days(date(2026, 9, 1), 20)]

    found = forecast(totals, date(2026, 9, 21))

    assert (found.amount, found.estimated) == (Decimal(30), 10)


def test_an_interval_of_costs_does_not_go_below_what_is_spent() -> None:
    """Unless there were credits before."""
    wild = days(date(2026, 8, 1), 32, lambda day: 100 if day.day == 3 else 0)
    credited = [replace(total, amount=total.amount - 1) for total in wild]

    assert forecast(wild, date(2026, 9, 2)).low == 0
    low = forecast(credited, date(2026, 9, 2)).low
    assert low is not None
    assert low < -1


@pytest.mark.parametrize(("weeks", "level"), [(1, 0.8), (8, 0), (8, 1), (8, 1.2)])
def test_a_forecast_without_sense_is_refused(weeks: int, level: float) -> None:
    """Before anything is reckoned."""
    with pytest.raises(InvalidValueError):
        forecast([], MONDAY, weeks=weeks, level=level)


@pytest.mark.parametrize(
    ("probability", "freedom", "quantile"),
    [
        (0.9, 7, 1.4149),
        (0.95, 7, 1.8946),
        (0.975, 7, 2.3646),
        (0.975, 10, 2.2281),
        (0.975, 30, 2.0423),
        (0.9, 49, 1.2991),
        (0.975, 10**9, NormalDist().inv_cdf(0.975)),
    ],
)
def test_quantiles_of_students_t_are_those_of_the_tables(
    probability: float, freedom: int, quantile: float
) -> None:
    """To the four digits that tables print, or nearly."""
    assert student_t(probability, freedom) == pytest.approx(quantile, rel=2e-3)


@given(
    st.none() | st.decimals(0, 10**9, places=6),
    st.none() | st.integers(0, 10**9),
)
def test_a_unit_costs_what_all_cost_by_their_number(
    cost: Decimal | None, count: int | None
) -> None:
    """`None` where either is not known, or where there was none."""
    each = per_unit(cost, count)

    if cost is None or not count:
        assert each is None
    else:
        assert each is not None
        assert abs(each * count - cost) < Decimal("1e-9")


def test_a_negative_count_is_a_mistake() -> None:
    """It is not 0."""
    with pytest.raises(InvalidValueError, match="negative"):
        per_unit(Decimal(1), -1)


def test_units_are_reckoned_over_the_same_days() -> None:
    """Money of other days does not count."""
    found = unit_costs(days(MONDAY, 10), MONDAY, MONDAY + 5 * DAY, predictions=1000, llm_calls=0)

    assert (found.costs.amount, found.per_prediction) == (Decimal(5), Decimal("0.005"))
    assert (found.per_llm_call, found.reason) == (None, "")


def test_units_of_days_that_are_not_known_cost_nobody_knows_what() -> None:
    """The reason says how many are."""
    found = unit_costs(days(MONDAY, 3), MONDAY, MONDAY + 5 * DAY, predictions=10)

    assert (found.per_prediction, found.per_llm_call) == (None, None)
    assert found.reason == "the costs of 3 of 5 days are known"


def test_how_the_application_rounds_makes_no_difference() -> None:
    """Neither three digits of precision nor an error for what is not exact."""
    totals = days(date(2026, 8, 3), 40, lambda day: f"10.{day.day:06}1")
    end = date(2026, 9, 12)

    def told() -> tuple[object, ...]:
        each = unit_costs(totals, end - 7 * DAY, end, predictions=7, llm_calls=3)
        return trend(totals, end), forecast(totals, end), each, Spending(7, Decimal("0.012")).amount

    expected = told()
    with localcontext(Context(prec=3, traps=[])):
        assert told() == expected
    with localcontext(Context(traps=[Inexact])):
        assert told() == expected


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        ([0] * 45, ("0", "0", "0")),
        ([-1] * 45, ("-30", "-30", "-30")),  # refunds only
    ],
)
def test_days_that_never_differ_are_foretold_without_doubt(
    amounts: list[int], expected: tuple[str, ...]
) -> None:
    """Also where nothing was spent, or less."""
    start = date(2026, 10, 1)
    month = forecast(days(start, 45, lambda day: amounts[(day - start).days]), start + 45 * DAY)

    assert (month.amount, month.low, month.high) == tuple(map(Decimal, expected))


def test_a_refund_widens_the_interval_below_what_is_known() -> None:
    """Costs that were below 0 can be so again."""
    start, refund = date(2026, 10, 1), date(2026, 11, 10)
    month = forecast(days(start, 45, lambda day: -500 if day == refund else 10), start + 45 * DAY)

    assert month.so_far == -370
    assert month.low is not None
    assert month.low < -370
