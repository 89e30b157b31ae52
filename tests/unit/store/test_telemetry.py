"""Telemetry: runs and their records, stored once and found again."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from modelmetry.errors import InvalidValueError, StoreQueryError
from modelmetry.store.sqlite import listing, migrations, telemetry_schema
from modelmetry.store.sqlite.read_telemetry import list_records
from modelmetry.store.sqlite.read_telemetry_runs import list_runs
from modelmetry.store.sqlite.store import SqliteStore
from modelmetry.store.telemetry import TelemetryRecordQuery, TelemetryRunQuery
from tests.unit.store.cast import NOON, TENANT, Item, at, body, record, run, telemetry, trace
from tests.unit.store.conftest import Clock


def listed(store: SqliteStore, tenant: str = TENANT, **query: Any) -> list[str]:
    """The XIDs of a list of records."""
    found = store.list_telemetry_records(tenant, TelemetryRecordQuery(**query))
    return [one.xid for one in found.records]


def runs(store: SqliteStore, **query: Any) -> list[str]:
    """The XIDs of a list of runs; the list says how many there are in all."""
    found = store.list_telemetry_runs(TENANT, TelemetryRunQuery(**query))
    assert found.total_count == len(found.runs)
    return [one.xid for one in found.runs]


def test_all_members_of_a_record_come_back(store: SqliteStore) -> None:
    """As it was sent, with values of every type."""
    metrics = {"loss": 0.25, "step": 3, "ok": True, "note": "fine", "parts": [1, {"a": None}]}
    xid = "0193e0a4-7c10-7000-8000-000000000022"
    sent = record(
        xid, Kind="event", Status="started", Event="load", Metrics=metrics, Message="Begins"
    )
    assert store.ingest(TENANT, telemetry([sent])) == 1
    (found,) = store.list_telemetry_records(TENANT, TelemetryRecordQuery()).records
    assert (found.xid, found.run_id, found.command, found.at) == (xid, "r1", "train", NOON)
    assert (found.kind, found.status, found.event) == ("event", "started", "load")
    assert (found.metrics, found.message) == (metrics, "Begins")


def test_what_was_not_sent_is_empty(store: SqliteStore, clock: Clock) -> None:
    """A record without anything happened when it arrived and belongs to no run."""
    store.ingest(TENANT, telemetry([{"XID": "m", "RunID": None, "Status": "", "Event": None}]))
    (found,) = store.list_telemetry_records(TENANT, TelemetryRecordQuery()).records
    assert (found.run_id, found.command, found.kind, found.status) == ("", "", "record", "")
    assert (found.event, found.metrics, found.message) == ("", {}, "")
    assert found.at.timestamp() * 1_000_000 == clock.now
    assert runs(store) == []


def test_all_members_of_a_run_come_back(store: SqliteStore, clock: Clock) -> None:
    """A run without records ends where it starts."""
    system = {"host.arch": "arm64", "memory_total": 2**34}
    store.ingest(TENANT, telemetry([], [run(System=system, ExecutionID="e1")]))
    found = store.get_telemetry_run(TENANT, "r1")
    assert found is not None
    assert (found.id, found.xid, found.tenant_id) == ("run_r1", "r1", f"ten_{TENANT}")
    assert (found.command, found.start, found.last_at) == ("train", NOON, NOON)
    assert (found.status, found.system, found.execution_id) == ("", system, "e1")
    assert (found.record_count, found.reading_count) == (0, 0)
    assert found.created_at == found.updated_at
    assert store.get_telemetry_run(TENANT, "r2") is None
    assert store.get_telemetry_run("nobody", "r1") is None


def test_records_make_and_shape_their_run(store: SqliteStore) -> None:
    """It starts with the first, ends with the last and has the latest status there is."""
    store.ingest(
        TENANT,
        telemetry(
            [
                record("m2", seconds=5, Status="completed"),
                record("m1", seconds=1, Status="started", Command="old"),
                record("m3", seconds=9, Kind="reading"),
                record("m4", seconds=7, Kind="event", Event="saved"),
            ]
        ),
    )
    found = store.get_telemetry_run(TENANT, "r1")
    assert found is not None
    assert (found.command, found.status) == ("old", "completed")
    assert found.start == NOON + timedelta(seconds=1)
    assert found.last_at == NOON + timedelta(seconds=9)
    assert (found.record_count, found.reading_count) == (3, 1)


def test_what_a_run_says_of_itself_outdoes_its_records(store: SqliteStore) -> None:
    """Whether it comes before them or after; a later part erases nothing."""
    early, late = record("m1", seconds=-9, Command="x"), record("m2", seconds=9, Command="x")
    store.ingest(TENANT, telemetry([early]))
    store.ingest(TENANT, telemetry([], [run(System={"a": 1})]))
    store.ingest(TENANT, telemetry([late], [{"XID": "r1", "ExecutionID": "e1"}]))
    found = store.get_telemetry_run(TENANT, "r1")
    assert found is not None
    assert (found.command, found.start, found.system) == ("train", NOON, {"a": 1})
    assert (found.execution_id, found.record_count) == ("e1", 2)


def test_the_same_again_changes_nothing(store: SqliteStore, clock: Clock) -> None:
    """Neither a record twice in a batch nor a batch sent again is counted twice."""
    sent = telemetry([record(Metrics={"a": 1}), record(Metrics={"a": 2})], [run()])
    assert store.ingest(TENANT, sent) == 3
    first = store.get_telemetry_run(TENANT, "r1")
    clock.now += 1
    store.ingest(TENANT, sent)
    assert store.get_telemetry_run(TENANT, "r1") == first
    (found,) = store.list_telemetry_records(TENANT, TelemetryRecordQuery()).records
    assert found.metrics == {"a": 1}
    assert store.check().problems == ()
    assert store.check().telemetry_records == 1


def test_only_finite_numbers_are_numbers(store: SqliteStore) -> None:
    """Booleans, texts and what is no number have no name in lists of numbers."""
    values: Item = {"a": 1, "b": True, "c": "1", "d": float("nan"), "e": float("inf"), "f": None}
    store.ingest(TENANT, telemetry([record(Metrics=values | {"big": 10**400})]))
    assert [one.name for one in store.telemetry_names(TENANT).names] == ["a", "big"]
    (group,) = store.telemetry_aggregate(TENANT, TelemetryRecordQuery(), metric="big").groups
    assert 1e308 < group.numbers.max_ < float("inf")


def test_text_that_cannot_be_stored_is_refused(store: SqliteStore) -> None:
    """The batch is refused whole."""
    for bad in (record(Message="\ud800"), record(Metrics={"\ud800": 1}), record(Status="\ud800")):
        with pytest.raises(InvalidValueError, match="lone surrogate"):
            store.ingest(TENANT, telemetry([record("good"), bad]))
    assert listed(store) == []


def fill(store: SqliteStore) -> None:
    """Twelve records in three runs, at two times each; one of no run."""
    kinds, statuses = ("record", "event", "reading"), ("started", "completed", None)
    records = [
        record(
            f"m{n:02}", f"r{n % 3}", n // 2, Command=("train", "serve")[n % 2],
            Kind=kinds[n % 3], Status=statuses[n // 4], Event="load" if n % 3 == 1 else None,
            Metrics={"loss": n} if n % 4 == 0 else {"gpu": n},
        )
        for n in range(12)
    ]  # fmt: skip
    store.ingest(TENANT, telemetry([*records, record("loose", None, 20, Command=None)]))
    store.ingest("other", telemetry([record("m00", Status="started", Event="load")]))


FILTERS: list[tuple[Item, str]] = [
    ({}, "loose m11 m10 m09 m08 m07 m06 m05 m04 m03 m02 m01 m00"),
    ({"sort": "at", "limit": 3}, "m00 m01 m02"),
    ({"run": "r1"}, "m10 m07 m04 m01"),
    ({"command": "serve"}, "m11 m09 m07 m05 m03 m01"),
    ({"statuses": ("started",)}, "m03 m02 m01 m00"),
    ({"statuses": ("started", "completed", "unheard of"), "command": "train"}, "m06 m04 m02 m00"),
    ({"kinds": ("reading",)}, "m11 m08 m05 m02"),
    ({"kinds": ("event",)}, "m10 m07 m04 m01"),
    ({"kinds": ("record",)}, "loose m09 m06 m03 m00"),
    ({"kinds": ("record", "event"), "sort": "at", "limit": 4}, "m00 m01 m03 m04"),
    ({"kinds": ("reading", "event")}, "m11 m10 m08 m07 m05 m04 m02 m01"),
    ({"event": "load", "run": "r1", "statuses": ("started",)}, "m01"),
    ({"metric": "loss"}, "m08 m04 m00"),
    ({"metric": "gpu", "kinds": ("reading",), "sort": "at"}, "m02 m05 m11"),
    ({"at_after": NOON + timedelta(seconds=1), "at_before": NOON + timedelta(seconds=2)},
     "m03 m02"),
    ({"run": "none"}, ""),
    ({"command": "none"}, ""),
    ({"event": "none"}, ""),
    ({"metric": "none"}, ""),
    ({"statuses": ("none",)}, ""),
]  # fmt: skip


@pytest.mark.parametrize(("query", "expected"), FILTERS)
def test_records_are_listed_by_what_they_are(
    store: SqliteStore, query: Item, expected: str
) -> None:
    """Newest first unless asked otherwise; all that is given must hold."""
    fill(store)
    assert listed(store, **query) == expected.split()


@pytest.mark.parametrize("limit", [1, 2, 3, 5])
@pytest.mark.parametrize("query", [query for query, _ in FILTERS if "limit" not in query])
def test_pages_hold_every_record_once(store: SqliteStore, query: Item, limit: int) -> None:
    """Also where several happened at one instant."""
    fill(store)
    cursor, seen = None, list[str]()
    while True:
        page = store.list_telemetry_records(
            TENANT, TelemetryRecordQuery(**query, limit=limit, cursor=cursor)
        )
        seen += [one.xid for one in page.records]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == listed(store, **query)


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small windows, so that few records make many."""
    for name, size in {"_FIRST": 2, "_SECOND": 2, "_FEW": 4, "_MANY": 4}.items():
        monkeypatch.setattr(listing, name, size)


def plans(path: Path, ask: Callable[[sqlite3.Connection], object]) -> list[str]:
    """SQLite's plans of all statements that a question takes."""
    connection = sqlite3.connect(path, isolation_level=None)
    statements: list[str] = []
    connection.set_trace_callback(statements.append)
    ask(connection)
    connection.set_trace_callback(None)
    found = [
        row[3]
        for statement in statements
        for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")
    ]
    connection.close()
    return found


INNER = ("SCAN w", "SCAN c", "SCAN (subquery", "SCAN CONSTANT")
BY_ID = "SEARCH t USING INTEGER PRIMARY KEY (rowid=?)"


@pytest.mark.parametrize("query", [query for query, _ in FILTERS])
def test_no_filter_looks_at_a_whole_table(store: SqliteStore, windows: None, query: Item) -> None:
    """SQLite's plan of every statement searches by an index, whatever the filter."""
    fill(store)
    wanted = TelemetryRecordQuery(**query)
    found = plans(store.path, lambda connection: list_records(connection, TENANT, wanted))
    assert [plan for plan in found if plan.startswith("SCAN") and not plan.startswith(INNER)] == []
    assert {plan for plan in found if plan.startswith("SEARCH t ")} <= {BY_ID}


RUN_FILTERS: list[Item] = [
    {},
    {"command": "train"},
    {"execution": "e1"},
    {"statuses": ("started",)},
    {"statuses": ("started", "completed"), "command": "train"},
    {"start_after": NOON, "execution": "e1", "command": "train"},
]


@pytest.mark.parametrize("query", RUN_FILTERS)
def test_no_list_of_runs_looks_at_a_whole_table(
    store: SqliteStore, windows: None, query: Item
) -> None:
    """Nor does the number of all that fit."""
    fill(store)
    wanted = TelemetryRunQuery(**query)
    found = plans(store.path, lambda connection: list_runs(connection, TENANT, wanted))
    assert [plan for plan in found if plan.startswith("SCAN") and not plan.startswith(INNER)] == []


@pytest.mark.parametrize(("query", "expected"), FILTERS)
def test_small_windows_find_the_same(
    store: SqliteStore, windows: None, query: Item, expected: str
) -> None:
    """However the list is walked or collected."""
    fill(store)
    assert listed(store, **query) == expected.split()


def test_a_cursor_that_is_none_is_refused(store: SqliteStore) -> None:
    """The message says what to give."""
    with pytest.raises(StoreQueryError, match="no cursor"):
        listed(store, cursor="?")
    with pytest.raises(StoreQueryError, match="no cursor"):
        runs(store, cursor="?")


def test_runs_are_listed_by_what_they_are(store: SqliteStore) -> None:
    """Newest start first, by command, latest status, execution and start."""
    store.ingest(
        TENANT,
        telemetry(
            [
                record("m1", "r1", Status="started"),
                record("m2", "r1", 1, Status="failed"),
                record("m3", "r2", 2, Status="started"),
                record("m4", "r3", 3, Command="serve"),
            ],
            [run("r4", Start=at(4), ExecutionID="e1"), run("r5", Start=at(5), ExecutionID="e1")],
        ),
    )
    assert runs(store) == ["r5", "r4", "r3", "r2", "r1"]
    assert runs(store, command="serve") == ["r3"]
    assert runs(store, statuses=("started",)) == ["r2"]
    assert runs(store, statuses=("failed", "started")) == ["r2", "r1"]
    assert runs(store, execution="e1") == ["r5", "r4"]
    assert runs(store, execution="e1", command="train", start_before=at_time(5)) == ["r4"]
    assert runs(store, start_after=at_time(2), start_before=at_time(4)) == ["r3", "r2"]
    assert runs(store, command="train", start_after=at_time(2)) == ["r5", "r4", "r2"]
    assert runs(store, command="none") == runs(store, statuses=("none",)) == []
    page = store.list_telemetry_runs(TENANT, TelemetryRunQuery(limit=2))
    assert (len(page.runs), page.total_count) == (2, 5)
    rest = store.list_telemetry_runs(TENANT, TelemetryRunQuery(cursor=page.next_cursor))
    assert [one.xid for one in rest.runs] == ["r3", "r2", "r1"]
    assert store.list_telemetry_runs("nobody", TelemetryRunQuery()).total_count == 0


def at_time(seconds: float) -> Any:
    """Seconds after noon."""
    return NOON + timedelta(seconds=seconds)


def test_names_of_commands_and_numbers(store: SqliteStore) -> None:
    """In order, with the time of the latest; a run without records has a command too."""
    fill(store)
    store.ingest(TENANT, telemetry([], [run("r9", Command="alone", Start=at(99))]))
    found = store.command_names(TENANT).names
    assert [(one.name, one.last_seen) for one in found] == [
        ("alone", at_time(99)), ("serve", at_time(5)), ("train", at_time(5))
    ]  # fmt: skip
    assert [one.name for one in store.telemetry_names(TENANT, "l").names] == ["loss"]
    assert store.telemetry_names("other").names == []


def test_telemetry_and_traces_of_one_batch_are_stored_together(store: SqliteStore) -> None:
    """A batch may hold both, and counts both."""
    sent = {**body(traces=[trace()]), **telemetry([record()], [run()])}
    assert store.ingest(TENANT, sent) == 3
    assert store.check().problems == ()


def test_a_store_from_before_telemetry_takes_it(store: SqliteStore) -> None:
    """The file of the version before gets the tables; its traces are there."""
    store.ingest(TENANT, body(traces=[trace()]))
    store.close()
    connection = sqlite3.connect(store.path)
    before = migrations.MIGRATIONS.index(telemetry_schema.TELEMETRY)
    later = "\n".join(chain.from_iterable(migrations.MIGRATIONS[before:]))
    for table in re.findall(r"CREATE TABLE (\w+)", later):
        connection.execute(f"DROP TABLE {table}")
    connection.execute("DELETE FROM schema_version WHERE version > ?", (before,))
    connection.commit()
    connection.close()
    with SqliteStore(store.path) as again:
        again.ingest(TENANT, telemetry([record(Metrics={"a": 1})]))
        assert listed(again) == ["m1"]
        assert again.get_trace(TENANT, "t1") is not None
        assert again.check().ok
