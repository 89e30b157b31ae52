"""Uptime, savings and sums of the report, beside a computation that shares no code with it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest
from modelmetry_api.models import ProductionSummary

from modelmetry.costs.rows import day_row
from modelmetry.store import production_names as names
from modelmetry.store.figures import Reading
from modelmetry.store.production import Window
from modelmetry.store.spending import Spend, savings
from modelmetry.store.sqlite.encode import to_micros
from modelmetry.store.sqlite.store import SqliteStore
from tests.unit.store.cast import NOON, TENANT, Item, body, completion, span, trace
from tests.unit.store.production_cast import counter, gauge, histogram, interval, intervals

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DAY_SECONDS: Final = 86_400
NOW = NOON + timedelta(minutes=25)
MONTH = Window(NOON - 30 * DAY, NOON)
MONTH_BEFORE = Window(NOON - 60 * DAY, NOON - 30 * DAY)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    """A store in which it is a little later than noon."""
    with SqliteStore(tmp_path / "s.db", clock=lambda: to_micros(NOW)) as opened:
        yield opened


def summed(store: SqliteStore, window: Window = MONTH, **asked: Any) -> ProductionSummary:
    """The report."""
    return store.production_summary(TENANT, window, **asked)


def paid(cost: float, ago: float, **members: Any) -> Item:
    """An hour with one call of a model, so many days before noon."""
    call = histogram(names.LLM_DURATIONS[0], (1, 0), (1.0,), 0.5)
    money = counter(names.LLM_COST, cost) | {"Unit": "USD"}
    return interval(call, money, start=-ago * DAY_SECONDS, **members)


def test_a_process_that_begins_anew_fifty_times_counts_everything_once(store: SqliteStore) -> None:
    """Three workers, late, repeated and out of order: sums and minutes are those of plain sets."""
    chance, sent = Random(6), list[Item]()
    for worker in range(3):
        at = chance.randrange(600)
        for life in range(50):
            for _ in range(chance.randrange(1, 6)):
                length = chance.choice([7, 60, 61, 600])
                add = counter(names.PREDICTIONS, chance.randrange(9), outcome="ok")
                members = {"Process": f"w{worker}-{life}", "XID": f"{worker}-{at}"}
                sent.append(interval(add, start=at - DAY_SECONDS, seconds=length, **members))
                at += length
            at += chance.choice([0, 30, 400])
    twice = [*sent, *chance.sample(sent, 100)]
    chance.shuffle(twice)
    for first in range(0, len(twice), 37):
        store.ingest(TENANT, intervals(*twice[first : first + 37]))
    found = summed(store, Window(NOON - 2 * DAY, NOON))
    assert found.predictions.count.value == sum(one["Series"][0]["Sum"] for one in sent)
    begin = NOON - 2 * DAY
    alive = {
        minute
        for one in sent
        for minute in range(2 * 1_440)
        if one["Start"] < (begin + timedelta(minutes=minute + 1)).isoformat()
        and one["End"] > (begin + timedelta(minutes=minute)).isoformat()
    }
    observed = 2 * 1_440 - min(alive)
    uptime = found.runtime.uptime
    assert uptime.value == pytest.approx(len(alive) / observed)
    assert uptime.samples == observed
    assert f"{observed - len(alive):,} of {observed:,} minutes" in uptime.note
    assert "150 processes" in uptime.note


def test_who_was_there_before_the_window_is_missed_from_its_begin_on(store: SqliteStore) -> None:
    """Else a service that was away for the first half would have been up all the time."""
    before = interval(start=-40 * DAY_SECONDS)
    half = [
        interval(start=hour * 3_600 - 15 * DAY_SECONDS, seconds=3_600, Process="p2")
        for hour in range(15 * 24)
    ]
    store.ingest(TENANT, intervals(*half))
    assert summed(store).runtime.uptime.value == 1
    store.ingest(TENANT, intervals(before))
    found = summed(store).runtime.uptime
    assert found.value == pytest.approx(0.5)
    assert "21,600 of 43,200 minutes without a heartbeat" in found.note
    assert summed(store, service="other").runtime.uptime.value is None


def test_no_hour_and_no_day_is_in_the_window_and_in_the_baseline(store: SqliteStore) -> None:
    """A baseline that ends where the window begins ends there, also when hours are widened."""
    begin = NOON - 30 * DAY - 11 * HOUR - timedelta(minutes=53)  # 00:07
    window, past = Window(begin, NOON), Window(begin - 30 * DAY, begin)
    store.ingest(TENANT, intervals(paid(1, 30 + 11 / 24 + 50 / 1_440)))
    days = [day_row(date(2026, 8, 1) + n * DAY, "S3", Decimal(1), "USD") for n in range(93)]
    store.cost_ledger(TENANT).replace("aws", days[0].day, date(2026, 11, 2), days)
    found = summed(store, window, baseline=past)
    assert found.baseline is not None
    assert found.baseline.end == found.window.start
    calls, cloud = found.llm.calls, found.costs.cloud_total
    assert calls.baseline is not None
    assert cloud.baseline is not None
    assert (calls.value, calls.baseline.value) == (1, None)
    # The window has 3 October, whose hour was widened, to 1 November; the baseline 3 September on.
    assert (cloud.samples, cloud.baseline.samples) == (30, 30)


def test_savings_are_those_of_a_plain_division(store: SqliteStore) -> None:
    """Per day of what both know: models and the cloud, of days that have come and were known."""
    daily = {-50: 3.0, -40: 5.0, -20: 1.0, -2: 2.0}
    store.ingest(TENANT, intervals(interval(start=-70 * DAY_SECONDS)))
    store.ingest(
        TENANT, intervals(*(paid(cost, -day, XID=f"d{day}") for day, cost in daily.items()))
    )
    first = date(2026, 9, 3)
    days = [
        day_row(first + n * DAY, "S3", Decimal("2.00" if n < 31 else "1.50"), "USD")
        for n in range(60)
    ]
    store.cost_ledger(TENANT).replace("aws", first, first + 60 * DAY, days)
    found = summed(store, baseline=MONTH_BEFORE).costs.savings
    after, before = (1.0 + 2.0) / 30 + 1.5, (3.0 + 5.0) / 30 + 2.0
    assert found.value == pytest.approx(1 - after / before, abs=1e-3)
    assert found.samples in {29, 30}
    assert "a day against" in found.note
    ahead = summed(store, Window(NOON - 30 * DAY, NOON + 30 * DAY), baseline=MONTH_BEFORE)
    assert ahead.costs.savings.value == pytest.approx(1 - after / before, abs=2e-3)


def test_savings_against_a_time_of_which_little_is_known_are_not_told(store: SqliteStore) -> None:
    """Measured for 20 of 30 days it is over these 20; for 2 of 30 nothing can be said."""
    store.ingest(TENANT, intervals(paid(2.0, 50), paid(1.0, 5)))
    found = summed(store, baseline=MONTH_BEFORE).costs.savings
    assert found.value == pytest.approx(1 - (1 / 30) / (2 / 20), rel=1e-3)
    assert found.samples == 20
    found = summed(store, baseline=Window(NOON - 78 * DAY, NOON - 48 * DAY)).costs.savings
    assert found.value is None
    assert "known in both windows" in found.note


def test_savings_never_add_two_currencies() -> None:
    """They are not told then, and say why."""
    euros, dollars = Reading(value=60, unit="EUR"), Reading(value=2, unit="USD")
    found = savings(Spend(euros, 30, dollars, 30), Spend(euros, 30, dollars, 30))
    assert (found.value, found.note) == (
        None,
        "not measured: costs are in EUR, USD, which cannot be added up",
    )
    found = savings(Spend(euros, 30, dollars, 0), Spend(dollars, 30, Reading(unit="USD"), 0))
    assert found.value is None


def test_an_application_that_changed_its_names_in_between_counts_all_its_calls(
    store: SqliteStore,
) -> None:
    """The old generation before, the new one after, both in one hour: that which has more."""
    older, newer = names.LLM_DURATIONS

    def called(name: str, count: int) -> Item:
        return histogram(name, (count, 0), (1.0,), count / 2, gen_ai__request__model="gpt-4o")

    store.ingest(
        TENANT,
        intervals(
            interval(called(older, 8), start=-20 * DAY_SECONDS),
            interval(called(older, 5), called(newer, 5), start=-10 * DAY_SECONDS),
            interval(called(newer, 3), start=-3_600),
        ),
    )
    assert summed(store).llm.calls.value == 16
    assert summed(store).llm.latency_mean.value == 0.5


def test_other_units_are_turned_into_those_of_the_report(store: SqliteStore) -> None:
    """Milliseconds of another language and seconds of ours are one distribution."""
    ours = histogram(names.HTTP_DURATION, (0, 10, 0), (0.1, 0.25), 2.0)
    theirs = histogram(names.HTTP_DURATION, (0, 30, 0), (100.0, 250.0), 6_000.0) | {"Unit": "ms"}
    busy = gauge(names.CPU_UTILIZATION, 30.0, 50.0) | {"Unit": "%"}
    store.ingest(TENANT, intervals(interval(ours, theirs, busy, start=-600)))
    found = summed(store)
    assert found.requests.latency_mean.value == pytest.approx(0.2)
    assert found.requests.latency_p95.value == pytest.approx(0.1 + 0.15 * 0.95)
    assert "bounds" not in found.requests.latency_p95.note
    assert (found.runtime.cpu_mean.value, found.runtime.cpu_max.value) == (0.4, 0.5)


def test_calls_that_only_traces_know_are_said(store: SqliteStore) -> None:
    """Where metrics came later than traces, their count is not that of the window."""
    made = completion(tokens=10, cost=0.5)
    spans = [
        span(f"p{n}", Family="completion", FamilyData=made, start=-3_600 + n) for n in range(20)
    ]
    store.ingest(TENANT, body(traces=[trace(start=-3_600)], spans=spans))
    store.ingest(TENANT, intervals(paid(1.0, 1)))
    found = summed(store).llm
    assert found.calls.value == 1
    assert "20 calls were recorded in traces" in found.calls.note
    assert "20 calls were recorded in traces" in found.cost.note
