"""What telemetry adds up to, beside a plain computation over the same records."""

from __future__ import annotations

import math
import random
import sqlite3
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_args
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from modelmetry_api.models import TelemetryAggregate, TelemetryGroup, TelemetrySummary
from modelmetry_api.types import to_builtins

from modelmetry.store.sqlite import delete_telemetry, telemetry_numbers, telemetry_sums
from modelmetry.store.sqlite.store import SqliteStore
from modelmetry.store.telemetry import (
    Group,
    TelemetryFilter,
    TelemetryRecordQuery,
    TelemetryRunQuery,
)
from tests.unit.store.cast import NOON, TENANT, Item, at, record, run, telemetry

ENDED = ("completed", "failed", "cancelled")
ALL = TelemetryFilter()


def moment(seconds: float) -> datetime:
    """Seconds after noon."""
    return NOON + timedelta(seconds=seconds)


def summed(store: SqliteStore, **query: Any) -> Any:
    """The summary of a query."""
    return store.telemetry_summary(TENANT, TelemetryFilter(**query))


def counts(found: list[Any]) -> list[tuple[str, int]]:
    """Names and how often they occur."""
    return [(one.name, one.count) for one in found]


def test_a_summary_counts_what_jobs_say(store: SqliteStore) -> None:
    """Records and events, not readings; rates are of what has ended."""
    sent = [record(f"a{n}", Status=status) for n, status in enumerate((*ENDED, "completed"))]
    sent += [
        record("s", Status="started", Kind="event", Event="load", Metrics={"loss": 1, "ok": True}),
        record("g", "r2", Kind="reading", Status="failed", Metrics={"gpu": 1}),
        record("c", "r3", Command="serve", Metrics={"loss": 2, "gpu": 3}),
    ]
    store.ingest(TENANT, telemetry(sent))
    found = summed(store)
    assert (found.record_count, found.run_count, found.finished_count) == (6, 2, 4)
    assert found.success_rate == 0.5
    assert counts(found.statuses) == [
        ("completed", 2), ("cancelled", 1), ("failed", 1), ("started", 1)
    ]  # fmt: skip
    assert counts(found.events) == [("load", 1)]
    assert counts(found.metrics) == [("loss", 2), ("gpu", 1)]
    train, serve = found.commands
    assert (train.name, train.record_count, train.success_rate) == ("train", 5, 0.5)
    assert (train.completed, train.failed, train.cancelled) == (2, 1, 1)
    assert (serve.name, serve.record_count, serve.success_rate) == ("serve", 1, None)


def test_without_telemetry_there_is_nothing_to_sum_up(store: SqliteStore) -> None:
    """No rate while nothing has ended; what is unknown is empty."""
    nothing = summed(store)
    assert (nothing.record_count, nothing.success_rate, nothing.commands) == (0, None, [])
    store.ingest(TENANT, telemetry([record(Status="started", Metrics={"a": 1})]))
    assert summed(store).success_rate is None
    assert summed(store, run="none") == summed(store, command="none") == nothing
    assert store.telemetry_summary("nobody", ALL) == nothing
    assert store.telemetry_aggregate(TENANT, ALL, metric="none").groups == []
    assert store.telemetry_aggregate("nobody", ALL, metric="a").groups == []
    found = store.telemetry_series(TENANT, ALL, metrics=("none", "a"))
    assert [len(one.points) for one in found.series] == [0, 1]


def test_a_number_is_split_by_what_its_records_are(store: SqliteStore) -> None:
    """By command, status and run; the group with the most values first."""
    sent = [record(f"m{n}", "r1", Status="completed", Metrics={"loss": n}) for n in range(1, 101)]
    sent += [record("x", None, Command=None, Metrics={"loss": -1.5})]
    sent += [record("y", "r2", Command="serve", Metrics={"loss": -2})]
    store.ingest(TENANT, telemetry(sent))

    def groups(by: Group) -> list[tuple[str, int]]:
        found = store.telemetry_aggregate(TENANT, ALL, metric="loss", group_by=by).groups
        return [(one.group, one.numbers.count) for one in found]

    assert groups("none") == [("", 102)]
    assert groups("command") == [("train", 100), ("", 1), ("serve", 1)]
    assert groups("status") == [("completed", 100), ("", 2)]
    assert groups("run") == [("r1", 100), ("", 1), ("r2", 1)]
    (mine,) = store.telemetry_aggregate(
        TENANT, TelemetryFilter(command="serve"), metric="loss", group_by="status"
    ).groups
    assert (mine.group, mine.numbers.max_) == ("", -2)
    (one,) = store.telemetry_aggregate(TENANT, TelemetryFilter(run="r1"), metric="loss").groups
    spread = one.numbers
    assert (spread.min_, spread.max_, spread.mean) == (1, 100, 50.5)
    assert (spread.p50, spread.p95, spread.p99) == (50, 95, 99)


def test_the_largest_groups_are_answered(store: SqliteStore) -> None:
    """A hundred of them, those with the most values."""
    sent = [record(f"m{n}", f"r{n}", Metrics={"loss": n}) for n in range(120)]
    sent += [record("more", "r119", Metrics={"loss": 0})]
    store.ingest(TENANT, telemetry(sent))
    found = store.telemetry_aggregate(TENANT, ALL, metric="loss", group_by="run").groups
    assert (len(found), found[0].group) == (telemetry_numbers.MOST_GROUPS, "r119")


@pytest.mark.parametrize("few", [0, 20_000])
def test_numbers_over_time(store: SqliteStore, monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    """A point for each stretch with values, in the order in which numbers are asked for."""
    monkeypatch.setattr(telemetry_numbers, "_FEW", few)
    sent = [record(f"m{n}", seconds=n * 20, Metrics={"loss": n, "gpu": 5}) for n in range(6)]
    sent += [record("late", "r2", seconds=600, Metrics={"loss": 10.5})]
    store.ingest(TENANT, telemetry(sent))
    found = store.telemetry_series(TENANT, ALL, metrics=("gpu", "loss"))
    assert (found.bucket_seconds, [one.metric for one in found.series]) == (60, ["gpu", "loss"])
    points = [(p.start, p.count, p.mean, p.min_, p.max_) for p in found.series[1].points]
    assert points == [
        (NOON, 3, 1, 0, 2), (moment(60), 3, 4, 3, 5), (moment(600), 1, 10.5, 10.5, 10.5)
    ]  # fmt: skip
    within = TelemetryFilter(run="r1", command="train", at_after=moment(20), at_before=moment(80))
    (one,) = store.telemetry_series(TENANT, within, metrics=("loss",)).series
    assert [(p.start, p.count, p.mean) for p in one.points] == [(NOON, 2, 1.5), (moment(60), 1, 3)]


def test_too_many_points_are_made_wider(store: SqliteStore) -> None:
    """The answer says how wide they are."""
    sent = [record("a", Metrics={"loss": 1}), record("b", seconds=10_000, Metrics={"loss": 2})]
    store.ingest(TENANT, telemetry(sent))
    found = store.telemetry_series(TENANT, ALL, metrics=("loss",), bucket_seconds=1)
    assert (found.bucket_seconds, len(found.series[0].points)) == (11, 2)


def test_times_before_1970_have_their_own_hours(store: SqliteStore) -> None:
    """They are counted, drawn and deleted like others."""
    old = [record(f"o{n}", At=f"1969-12-31T23:{n}:00Z", Metrics={"a": n}) for n in (10, 50)]
    store.ingest(TENANT, telemetry([*old, record("new", Metrics={"a": 1})]))
    assert store.check().problems == ()
    points = store.telemetry_series(TENANT, ALL, metrics=("a",), bucket_seconds=10**8).series[0]
    assert [point.count for point in points.points] == [2, 1]
    assert store.prune(NOON).telemetry_records == 2
    assert store.check().problems == ()


STATUSES = st.sampled_from([None, "started", *ENDED])
# Quarters of an hour: some lie on hours, some between them.
QUARTERS = st.integers(0, 12).map(lambda n: n * 900)
# Their sums are the same in any order.
NUMBERS = st.sampled_from([0, 1, -2.5, 7, 1e308, 0.25])


@st.composite
def records(draw: st.DrawFn) -> list[Item]:
    """Records of a few runs and of none."""
    return [
        record(
            f"m{n}",
            draw(st.sampled_from([None, "r0", "r1", "r2"])),
            draw(QUARTERS),
            Command=draw(st.sampled_from([None, "train", "serve"])),
            Kind=draw(st.sampled_from(["record", "event", "reading"])),
            Status=draw(STATUSES),
            Event=draw(st.sampled_from([None, "load"])),
            Metrics=draw(st.dictionaries(st.sampled_from(["a", "b"]), NUMBERS | st.just("x"))),
        )
        for n in range(draw(st.integers(0, 12) | st.just(20)))
    ]


@st.composite
def filters(draw: st.DrawFn) -> TelemetryFilter:
    """What may be asked for, of stretches that begin and end anywhere."""
    after, length = draw(st.none() | QUARTERS), draw(st.none() | QUARTERS)
    return TelemetryFilter(
        run=draw(st.none() | st.sampled_from(["r0", "r1"])),
        command=draw(st.none() | st.sampled_from(["train", "serve"])),
        at_after=None if after is None else moment(after),
        at_before=None if length is None else moment((after or 0) + length),
    )


def fits(one: Item, query: TelemetryFilter) -> bool:
    """Whether a record is asked for."""
    time = datetime.fromisoformat(one["At"])
    return (
        query.run in {None, one["RunID"]}
        and query.command in {None, one["Command"]}
        and (query.at_after is None or time >= query.at_after)
        and (query.at_before is None or time < query.at_before)
    )


def nearest_rank(values: list[float], share: float) -> float:
    """The percentile by its definition."""
    return sorted(values)[max(math.ceil(share * len(values)), 1) - 1]


@settings(max_examples=40, deadline=None)
@given(records(), st.lists(filters(), min_size=4, max_size=8), st.sampled_from([0, 9]))
def test_sums_equal_a_plain_computation(
    made: list[Item], queries: list[TelemetryFilter], few: int
) -> None:
    """Aggregate and summary, whatever is asked for."""
    with (
        TemporaryDirectory() as folder,
        SqliteStore(Path(folder) / "store.db") as store,
        patch.object(telemetry_sums, "_FEW", few),
    ):
        store.ingest(TENANT, telemetry(made))
        assert store.check().problems == ()
        for query in queries:
            mine = [one for one in made if fits(one, query)]
            agrees_with_summary(store.telemetry_summary(TENANT, query), mine)
            for by in get_args(Group):
                found = store.telemetry_aggregate(TENANT, query, metric="a", group_by=by)
                agrees_with_aggregate(found, mine, by)


def agrees_with_aggregate(found: TelemetryAggregate, mine: list[Item], by: Group) -> None:
    """Group for group."""
    member = {"command": "Command", "status": "Status", "run": "RunID"}.get(by, "")
    expected: dict[str, list[float]] = {}
    for one in mine:
        if isinstance(one["Metrics"].get("a"), int | float):
            expected.setdefault(one.get(member) or "", []).append(one["Metrics"]["a"])
    assert {one.group: plain(one) for one in found.groups} == {
        name: (
            len(values), min(values), max(values),
            *(nearest_rank(values, share) for share in (0.5, 0.95, 0.99)),
        )
        for name, values in expected.items()
    }  # fmt: skip


def agrees_with_summary(found: TelemetrySummary, mine: list[Item]) -> None:
    """Count for count; of readings none."""
    jobs = [one for one in mine if one["Kind"] != "reading"]
    statuses = Counter(one["Status"] or "" for one in jobs)
    ended = sum(statuses[status] for status in ENDED)
    assert found.record_count == len(jobs)
    assert found.run_count == len({one["RunID"] for one in jobs} - {None})
    assert found.finished_count == ended
    assert found.success_rate == (statuses["completed"] / ended if ended else None)
    assert dict(counts(found.statuses)) == {name: n for name, n in statuses.items() if name and n}
    assert dict(counts(found.metrics)) == Counter(
        name for one in jobs for name, value in one["Metrics"].items() if value != "x"
    )
    assert {one.name: one.record_count for one in found.commands} == Counter(
        one["Command"] or "" for one in jobs
    )


def plain(group: TelemetryGroup) -> tuple[float, ...]:
    """A distribution without its mean."""
    found = group.numbers
    return found.count, found.min_, found.max_, found.p50, found.p95, found.p99


def outcome(bodies: list[dict[str, list[Item]]]) -> Any:
    """All that can be read after these bodies."""
    with (
        TemporaryDirectory() as folder,
        SqliteStore(Path(folder) / "store.db", clock=lambda: 1_800_000_000_000_000) as store,
    ):
        for one in bodies:
            store.ingest(TENANT, one)
        assert store.check().problems == ()
        found = store.list_telemetry_records(TENANT, TelemetryRecordQuery()).records
        listed = store.list_telemetry_runs(TENANT, TelemetryRunQuery()).runs
        return [
            sorted((to_builtins(one) for one in found), key=str),
            sorted((to_builtins(one) for one in listed), key=str),
            to_builtins(store.telemetry_summary(TENANT, ALL)),
            to_builtins(store.telemetry_aggregate(TENANT, ALL, metric="a", group_by="run")),
            to_builtins(store.telemetry_series(TENANT, ALL, metrics=("a",))),
            to_builtins(store.command_names(TENANT)),
        ]


@settings(max_examples=60, deadline=None)
@given(records(), st.integers(1, 5), st.booleans(), st.randoms(use_true_random=False))
def test_any_cut_order_and_repetition_stores_the_same(
    made: list[Item], cuts: int, named: bool, chance: random.Random
) -> None:
    """Shuffled, some twice, in several batches: the result is that of one batch."""
    sent = [("TelemetryRecords", one) for one in made]
    sent += [("TelemetryRuns", run(f"r{n}", Command=f"c{n}")) for n in range(2 * named)]
    whole = outcome([bodied(sent)])
    shuffled = [*sent, *chance.sample(sent, len(sent) // 2)]
    chance.shuffle(shuffled)
    size = max(-(-len(shuffled) // cuts), 1)
    groups = [shuffled[n : n + size] for n in range(0, len(shuffled), size)]
    assert outcome([bodied(group) for group in groups]) == whole


def bodied(sent: list[tuple[str, Item]]) -> dict[str, list[Item]]:
    """One body of several things."""
    made: dict[str, list[Item]] = {}
    for kind, item in sent:
        made.setdefault(kind, []).append(item)
    return made


def test_pruning_deletes_old_telemetry(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """In slices, records from before the time and runs of which nothing is left."""
    monkeypatch.setattr(delete_telemetry, "SLICE", 2)
    sent = [
        record(
            f"m{n}", f"r{n // 5}", n * 600, Kind=("record", "reading")[n % 2],
            Metrics={"a": n, "b": n}, Status="completed",
        )
        for n in range(11)
    ]  # fmt: skip
    unused = [run("empty"), run("young", Start=at(9_000))]
    for tenant in (TENANT, "other"):
        store.ingest(tenant, telemetry(sent, unused))
    before = moment(7 * 600)
    assert store.count_telemetry_before(before, tenant=TENANT) == 7
    assert store.prune(before, tenant=TENANT).telemetry_records == 7
    assert store.prune(before, tenant=TENANT).telemetry_records == 0
    assert store.check().problems == ()
    left = store.list_telemetry_records(TENANT, TelemetryRecordQuery(sort="at")).records
    assert [one.xid for one in left] == ["m7", "m8", "m9", "m10"]
    kept = store.list_telemetry_runs(TENANT, TelemetryRunQuery()).runs
    assert [one.xid for one in kept] == ["young", "r2", "r1"]
    assert (kept[2].record_count, kept[2].reading_count) == (1, 2)
    assert (summed(store).record_count, counts(summed(store).metrics)) == (2, [("a", 2), ("b", 2)])
    assert store.telemetry_summary("other", ALL).record_count == 6
    assert store.prune(moment(99_999)).telemetry_records == 4 + 11
    assert summed(store).record_count == 0
    store.ingest(TENANT, telemetry(sent))
    assert summed(store).record_count == 6
    assert store.check().problems == ()


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        ("UPDATE telemetry_run SET records = 9", "runs count their telemetry"),
        ("UPDATE telemetry_run SET readings = 9", "runs count their telemetry"),
        ("DELETE FROM telemetry_run", "runs that do not exist"),
        ("DELETE FROM telemetry_record", "records that do not exist"),
        ("UPDATE telemetry_tally SET count = 9", "hours of telemetry are counted"),
        ("DELETE FROM telemetry_tally", "hours of telemetry are counted"),
        ("DELETE FROM telemetry_number_tally", "numbers of 1 hours"),
    ],
)
def test_check_finds_what_is_wrong(store: SqliteStore, damage: str, sentence: str) -> None:
    """Each fault is one sentence."""
    store.ingest(TENANT, telemetry([record(Metrics={"a": 1})]))
    connection = sqlite3.connect(store.path)
    connection.execute(damage)
    connection.commit()
    connection.close()
    assert any(sentence in problem for problem in store.check().problems)
