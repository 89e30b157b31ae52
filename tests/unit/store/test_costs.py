"""Costs of the cloud in the store: exact, replaced whole, for all processes of one file."""

from __future__ import annotations

import sqlite3
import tracemalloc
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelmetry.costs.days import midnight
from modelmetry.costs.ledger import Poll
from modelmetry.costs.poller import CostPoller
from modelmetry.costs.rows import CostRow, day_row
from modelmetry.costs.source import Spending
from modelmetry.errors import StoreConflictError, StoreQueryError, StoreRefusedError
from modelmetry.store.costs import MOST_SOURCES, CostQuery, CostTrendQuery
from modelmetry.store.production import Window
from modelmetry.store.sqlite import migrations
from modelmetry.store.sqlite.cost_schema import COSTS
from modelmetry.store.sqlite.encode import to_micros
from modelmetry.store.sqlite.store import SqliteStore
from tests.unit.store.cast import TENANT, span, trace
from tests.unit.store.cast import body as signals
from tests.unit.store.production_cast import counter, interval, intervals

FIRST = date(2026, 11, 1)
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)


class Clock:
    """A moment, moved by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> int:
        return to_micros(self.now)


@pytest.fixture
def clock() -> Clock:
    """The morning of the 22nd."""
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[SqliteStore]:
    """An empty store."""
    with SqliteStore(tmp_path / "costs.db", clock=clock) as opened:
        yield opened


def row(day: date, service: str = "S3", billed: str = "1", **members: Any) -> dict[str, Any]:
    """A row of a request."""
    return {
        "ChargePeriodStart": f"{day}T00:00:00Z",
        "ChargePeriodEnd": f"{day + DAY}T00:00:00Z",
        "ServiceName": service,
        "BilledCost": billed,
        "EffectiveCost": billed,
        **members,
    }


def body(*rows: dict[str, Any], days: int = 1, source: str = "aws", **members: Any) -> Any:
    """A request from the first of November on."""
    return {
        "Source": source,
        "From": f"{FIRST}",
        "To": f"{FIRST + days * DAY}",
        "Currency": "USD",
        "Rows": list(rows),
        **members,
    }


def month(cost: str = "10", days: int = 21, source: str = "aws") -> Any:
    """Each day of November so far costs the same."""
    return body(
        *(row(FIRST + place * DAY, billed=cost) for place in range(days)), days=days, source=source
    )


def put(store: SqliteStore, sent: Any, tenant: str = TENANT) -> Any:
    """What is answered."""
    return store.replace_cost_days(tenant, sent).result()


def sums(store: SqliteStore, *group_by: Any, **query: Any) -> list[tuple[Any, ...]]:
    """Group and billed cost of each sum."""
    found = store.list_cost_days(TENANT, CostQuery(group_by=group_by or ("day",), **query))
    return [
        (*(getattr(one, name) for name in group_by or ("day",)), one.billed_cost)
        for one in found.sums
    ]


def test_days_are_replaced_and_the_same_again_changes_nothing(store: SqliteStore) -> None:
    """What is gone, new or other is counted."""
    first = body(row(FIRST), row(FIRST, "EC2", "2"), days=2)
    assert put(store, first).changed == 2
    assert put(store, first).changed == 0
    answer = put(store, body(row(FIRST, billed="1.5"), row(FIRST + DAY, "EC2"), days=2))
    assert (answer.rows, answer.changed) == (2, 3)
    assert sums(store) == [(FIRST, "1.5"), (FIRST + DAY, "1")]
    found = store.list_cost_days(TENANT, CostQuery(start=FIRST, end=FIRST + 5 * DAY))
    assert (found.known_days, found.sources) == (2, ["aws"])


amounts = st.decimals(min_value=-(10**29), max_value=10**29, places=12, allow_nan=False)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 20), amounts), max_size=12))
def test_sums_are_exact_in_any_order(spent: list[tuple[int, Decimal]]) -> None:
    """As fractions have them, also beyond what a float can tell apart."""
    rows = [
        row(FIRST + day * DAY, f"service {place}", f"{amount:f}")
        for place, (day, amount) in enumerate(spent)
    ]
    with TemporaryDirectory() as folder, SqliteStore(Path(folder) / "s.db", clock=Clock()) as store:
        put(store, body(*rows, days=21))
        found = [Fraction(one) for (_, one) in sums(store, "source")]
    assert found == ([sum((Fraction(one) for _, one in spent), Fraction(0))] if spent else [])


@pytest.mark.parametrize(
    ("spoilt", "inside"),
    [
        ({"ChargePeriodStart": "2026-11-05T00:00:00Z"}, ".ChargePeriodStart"),
        ({"ChargePeriodEnd": "2026-10-01T00:00:00Z"}, ".ChargePeriodEnd"),
        ({"ChargePeriodEnd": "2028-10-01T00:00:00Z"}, ".ChargePeriodEnd"),
        ({"BilledCost": "9" * 31}, ".BilledCost"),
        ({"ServiceName": "S3"}, ""),
    ],
)
def test_one_bad_row_refuses_all(store: SqliteStore, spoilt: dict[str, str], inside: str) -> None:
    """With its place, and what was known stays."""
    put(store, body(row(FIRST, billed="5")))
    with pytest.raises(StoreRefusedError) as refused:
        store.replace_cost_days(TENANT, body(row(FIRST), row(FIRST, "EC2") | spoilt))
    assert refused.value.faults[0][:2] == (1, inside)
    assert sums(store) == [(FIRST, "5")]


@pytest.mark.parametrize(
    "days", [{"To": "2026-11-01"}, {"To": "2030-01-01"}, {"From": "tomorrow"}, {"To": "0001-01-01"}]
)
def test_days_that_cannot_be_are_refused(store: SqliteStore, days: dict[str, str]) -> None:
    """None at all, or too many."""
    with pytest.raises(StoreQueryError):
        store.replace_cost_days(TENANT, body() | days)


def test_a_source_has_one_currency(store: SqliteStore) -> None:
    """Another one is refused unless it replaces all that there is; others are not added to it."""
    put(store, body(row(FIRST), row(FIRST + DAY), days=2))
    with pytest.raises(StoreConflictError, match="'aws' would be in EUR and USD"):
        put(store, body(row(FIRST), Currency="EUR"))
    assert sums(store) == [(FIRST, "1"), (FIRST + DAY, "1")]
    put(store, body(row(FIRST), source="azure", Currency="EUR"))
    found = store.list_cost_days(TENANT, CostQuery())
    assert [(one.day, one.currency) for one in found.sums if one.day == FIRST] == [
        (FIRST, "EUR"),
        (FIRST, "USD"),
    ]
    put(store, body(row(FIRST), row(FIRST + DAY), days=2, Currency="EUR"))
    [aws, _] = store.list_cost_sources(TENANT).sources
    assert (aws.currency, aws.known_days, aws.known_to) == ("EUR", 2, FIRST + 2 * DAY)


def test_nobody_sees_costs_of_another_tenant(store: SqliteStore) -> None:
    """Nor where they come from."""
    put(store, body(row(FIRST)), tenant="other")
    assert store.list_cost_sources(TENANT).sources == []
    assert sums(store) == []
    assert list(store.cost_ledger(TENANT).days(FIRST, FIRST + DAY)) == []


def test_a_day_is_known_when_all_sources_know_it(store: SqliteStore) -> None:
    """Those that know none of the days do not count."""
    put(store, month())
    put(store, month(days=3, source="azure"))
    trend = store.cost_trend(TENANT, CostTrendQuery(days=1))
    assert (trend.now.to, trend.now.amount) == (FIRST + 3 * DAY, "20")
    assert store.cost_trend(TENANT, CostTrendQuery(source="aws")).now.amount == "70"
    found = store.list_cost_days(TENANT, CostQuery(start=FIRST + 3 * DAY))
    assert (found.known_days, found.sources) == (18, ["aws"])


def test_the_trend_says_when_there_are_too_few_days(store: SqliteStore) -> None:
    """And gives no number then."""
    put(store, month(days=10))
    found = store.cost_trend(TENANT, CostTrendQuery())
    assert (found.now.amount, found.before.amount, found.change) == ("70", None, None)
    assert found.reason.startswith("too few days: 10 of 14 are known")
    assert found.month.so_far == "100"
    assert "each weekday is needed twice" in found.month.reason
    put(store, month(days=21))
    found = store.cost_trend(TENANT, CostTrendQuery())
    assert (found.change, found.ratio, found.reason) == ("0", 0.0, "")
    assert (found.month.amount, found.month.learned_from) == ("300", 21)


def test_a_forecast_of_amounts_that_nobody_pays_is_one(store: SqliteStore) -> None:
    """A door takes up to 1e30: what it took is answered, with all digits before the point."""
    put(store, month(f"{10**29}", days=21))
    found = store.cost_trend(TENANT, CostTrendQuery())
    assert (found.month.so_far, found.month.amount) == (f"{21 * 10**29}", f"{30 * 10**29}")


def test_units_are_those_of_the_same_days(store: SqliteStore) -> None:
    """Seven days of 10 dollars over 14 predictions; today's do not count, nor do those before."""
    put(store, month())
    for day in (-30, -20, -4, 0):
        at = int((midnight(date(2026, 11, 22)) + day * DAY).timestamp()) + 3600
        start = at - int(datetime(2026, 11, 2, 12, tzinfo=UTC).timestamp())
        made = counter("modelmetry.model.predictions", value=14)
        store.ingest(TENANT, intervals(interval(made, start=start, XID=f"i{day}")))
    found = store.cost_trend(TENANT, CostTrendQuery()).units
    assert (found.predictions, found.cost_per_prediction, found.llm_calls) == (14, "5", None)
    costs = store.production_summary(TENANT, Window(NOW - 30 * DAY, NOW)).costs
    assert (costs.cloud_total.value, costs.cloud_total.samples) == (210, 21)
    assert costs.cloud_per_prediction.value == 210 / 28
    assert costs.cloud_per_prediction.note == "of the days from 2026-11-01 to 2026-11-21, UTC"


def test_figures_of_very_many_services_take_little_memory(store: SqliteStore) -> None:
    """Rows are added up as they are read, by day and category."""
    for day in range(3):
        sent = body(*(row(FIRST + day * DAY, f"S{number}") for number in range(5000)))
        put(store, sent | {"From": f"{FIRST + day * DAY}", "To": f"{FIRST + (day + 1) * DAY}"})
    tracemalloc.start()
    found = store.cost_trend(TENANT, CostTrendQuery(days=1))
    taken = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (found.now.amount, found.change) == ("5000", "0")
    assert taken < 1_000_000


def test_days_that_are_not_over_count_in_no_figure(store: SqliteStore) -> None:
    """An export of this morning has a part of today, and what is bought for next year."""
    put(store, month(days=21))
    rest = [row(date(2026, 11, 22), billed="0.5"), row(date(2026, 12, 20), billed="900")]
    put(store, body(*rest, From="2026-11-22", To="2026-12-21"))
    found = store.cost_trend(TENANT, CostTrendQuery())
    assert (found.now.to, found.now.amount) == (date(2026, 11, 22), "70")
    assert (found.month.known_to, found.month.so_far) == (date(2026, 11, 22), "210")
    costs = store.production_summary(TENANT, Window(NOW - 30 * DAY, NOW)).costs
    assert (costs.cloud_total.value, costs.cloud_total.samples) == (210, 21)


def test_calls_of_exactly_the_days_share_the_costs(store: SqliteStore) -> None:
    """From the first moment of the first day to before the last one's end, both ends in UTC."""
    put(store, month("0.1"))
    first, end = (midnight(date(2026, 11, day)) for day in (15, 22))
    tick = timedelta(microseconds=1)
    moments = [first - tick, first, first + tick, *(first + n * DAY for n in range(7)), end - tick]
    spans = [
        span(f"p{place}", Start=f"{at.isoformat()}", End=None, Family="completion")
        for place, at in enumerate([*moments, end])
    ]
    store.ingest(TENANT, signals(traces=[trace()], spans=spans))
    found = store.cost_trend(TENANT, CostTrendQuery()).units
    inside = sum(first <= at < end for at in moments)
    assert found.llm_calls == inside == 10
    assert found.cost_per_llm_call == "0.07"
    assert Fraction(found.cost_per_llm_call) == 7 * Fraction("0.1") / inside
    costs = store.production_summary(TENANT, Window(first, end)).costs
    assert costs.cloud_per_llm_call.value == pytest.approx(0.07)
    assert (found.predictions, found.cost_per_prediction) == (None, None)


def test_calls_that_are_a_sample_give_no_cost_of_one(store: SqliteStore) -> None:
    """It would be too high by as much as was left out."""
    put(store, month())
    spans = [span(f"p{n}", Start="2026-11-20T09:00:00Z", Family="completion") for n in range(3)]
    sampled = trace(Start="2026-11-20T09:00:00Z", Weight=10)
    store.ingest(TENANT, signals(traces=[sampled], spans=spans))
    found = store.cost_trend(TENANT, CostTrendQuery()).units
    assert (found.llm_calls, found.cost_per_llm_call) == (None, None)
    each = store.production_summary(TENANT, Window(NOW - 30 * DAY, NOW)).costs.cloud_per_llm_call
    assert each.value is None
    assert "sample" in each.note


def test_sources_are_not_without_number(store: SqliteStore) -> None:
    """One more than there may be is refused; those that are there go on, and so do others'."""
    for number in range(MOST_SOURCES):
        put(store, body(row(FIRST), source=f"s{number}"))
    with pytest.raises(StoreConflictError, match="more than 100 sources"):
        put(store, body(row(FIRST), source="one more"))
    put(store, body(row(FIRST, billed="2"), source="s7"))
    put(store, body(row(FIRST), source="theirs"), tenant="others")
    assert sums(store) == [(FIRST, "101")]


def test_costs_in_several_currencies_are_no_figure(store: SqliteStore) -> None:
    """The report and the trend say so."""
    put(store, month())
    put(store, month(source="azure") | {"Currency": "EUR"})
    total = store.production_summary(TENANT).costs.cloud_total
    assert (total.value, total.note) == (None, "not measured: costs are in EUR, USD")
    found = store.cost_trend(TENANT, CostTrendQuery())
    assert found.now.amount is None
    assert found.reason == "costs are in EUR and USD; name a source"


def test_savings_compare_with_the_baseline(store: SqliteStore) -> None:
    """8 dollars a day after 10."""
    put(store, month("10", days=10))
    later = month("8", days=20)
    put(store, later | {"From": "2026-11-11", "Rows": later["Rows"][10:]})
    window = Window(datetime(2026, 11, 11, tzinfo=UTC), datetime(2026, 11, 21, tzinfo=UTC))
    before = Window(datetime(2026, 11, 1, tzinfo=UTC), window.start)
    costs = store.production_summary(TENANT, window, before).costs
    assert costs.savings.value == pytest.approx(0.2)
    assert costs.cloud_monthly.value == 240
    assert costs.cloud_daily.change == pytest.approx(-0.2)


class Source:
    """Gives rows of one day each, for a price or for nothing."""

    name = "cloud"

    def __init__(self, price: str = "0.01", until: date = date(2026, 11, 20)) -> None:
        self.price = Decimal(price)
        self.requests = 0
        self.until = until

    @property
    def spending(self) -> Spending:
        """What it cost."""
        return Spending(self.requests, self.price)

    def rows(self, start: date, end: date) -> Iterator[CostRow]:
        """A dollar a day, as far as it knows."""
        self.requests += 1
        count = (min(end, self.until) - start).days
        return iter([day_row(start + n * DAY, "S3", Decimal(1), "USD") for n in range(count)])


def test_a_poll_does_not_take_days_for_free_that_are_not_there_yet(store: SqliteStore) -> None:
    """Yesterday without a row is not known; a gap in between cost nothing."""
    poller = CostPoller(Source(), store.cost_ledger(TENANT), clock=lambda: NOW)
    assert poller.run_once().outcome == "polled"
    [found] = store.list_cost_sources(TENANT).sources
    assert (found.known_from, found.known_to) == (date(2026, 10, 1), date(2026, 11, 20))
    assert found.poll is not None
    assert (found.poll.requests, found.poll.spent, found.poll.done) == (1, "0.01", True)


def test_asking_early_keeps_to_the_limit_of_a_day(store: SqliteStore, clock: Clock) -> None:
    """Three polls that are paid; the fourth waits for the next day."""
    source = Source()

    def outcome(*, early: bool) -> str:
        poller = CostPoller(source, store.cost_ledger(TENANT), clock=lambda: clock.now)
        return poller.run_once(early=early).outcome

    assert [outcome(early=False) for _ in range(2)] == ["polled", "waiting"]
    assert [outcome(early=True) for _ in range(3)] == ["polled", "polled", "waiting"]
    clock.now = NOW + DAY
    assert outcome(early=True) == "polled"


def test_a_poll_in_another_currency_fails_and_says_so(store: SqliteStore) -> None:
    """What was known stays."""
    eur = [day_row(date(2026, 9, 1), "S3", Decimal(1), "EUR")]
    store.cost_ledger(TENANT).replace("cloud", date(2026, 9, 1), date(2026, 9, 2), eur)
    result = CostPoller(Source(), store.cost_ledger(TENANT), clock=lambda: NOW).run_once()
    assert result.outcome == "failed"
    assert "name another source" in result.message
    [found] = store.list_cost_sources(TENANT).sources
    assert (found.known_days, found.poll and found.poll.failures) == (1, 1)


def test_a_lease_ends_also_when_the_clock_is_set_back(store: SqliteStore, clock: Clock) -> None:
    """Nobody waits until it is as late again."""
    ledger = store.cost_ledger(TENANT)
    assert ledger.lease("costs:aws", "one", 1800)
    assert not ledger.lease("costs:aws", "other", 1800)
    assert ledger.lease("costs:aws", "one", 1800)
    clock.now = NOW - 365 * DAY
    assert ledger.lease("costs:aws", "other", 1800)
    clock.now += timedelta(seconds=1801)
    assert ledger.lease("costs:aws", "one", 1800)
    assert ledger.lease("costs:aws", "one", 0)
    assert ledger.lease("costs:aws", "other", 1800)


def test_a_clock_that_jumps_costs_no_more(store: SqliteStore, clock: Clock) -> None:
    """Back a year it waits a day at most; from day to day it pays three times in all."""
    source = Source()
    poller = CostPoller(source, store.cost_ledger(TENANT), clock=lambda: clock.now)
    assert poller.run_once().outcome == "polled"
    clock.now = NOW - 365 * DAY
    result = poller.run_once()
    assert result.outcome == "waiting"
    assert result.next_due <= clock.now + DAY
    for day in range(1, 10):
        clock.now = NOW + day * DAY
        poller.run_once()
    assert source.requests == 3


def test_what_is_not_in_order_is_found(store: SqliteStore, tmp_path: Path) -> None:
    """Rows of days that nobody knows, and of sources that are gone."""
    put(store, body(row(FIRST)))
    with closing(sqlite3.connect(tmp_path / "costs.db", isolation_level=None)) as connection:
        connection.execute("DELETE FROM cost_known")
    assert store.check().problems == ("1 rows of costs are of days that are not known",)
    with closing(sqlite3.connect(tmp_path / "costs.db", isolation_level=None)) as connection:
        connection.execute("DELETE FROM cost_source")
    assert "1 rows of costs are of sources that do not exist" in store.check().problems


def test_a_poll_comes_back_as_it_was_noted(store: SqliteStore) -> None:
    """With its amounts and moments."""
    ledger = store.cost_ledger(TENANT)
    assert ledger.last_poll("aws") is None
    poll = Poll(at=NOW, due=NOW + DAY, paid=(NOW,), known_from=FIRST, spent=Decimal("0.030"))
    ledger.note_poll("aws", poll)
    assert ledger.last_poll("aws") == poll
    rows = [day_row(FIRST, "S3", Decimal("0.1"), "USD")]
    ledger.replace("aws", FIRST, FIRST + DAY, rows)
    assert list(ledger.days(FIRST, FIRST + DAY)) == rows


def test_a_file_from_before_costs_takes_them(tmp_path: Path) -> None:
    """The migration leaves the rest alone."""
    path = tmp_path / "old.db"
    before = migrations.MIGRATIONS[: migrations.MIGRATIONS.index(COSTS)]
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        migrations.migrate(connection, 0, before)
    with SqliteStore(path) as store:
        put(store, body(row(FIRST)))
        assert store.check().ok
