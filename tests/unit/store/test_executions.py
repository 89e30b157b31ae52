"""Executions are made, told more of, finished, found and listed."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest
from modelmetry_api.models import Execution
from modelmetry_api.types import to_builtins

from modelmetry.errors import InvalidValueError, StoreConflictError, StoreQueryError
from modelmetry.store.executions import ExecutionQuery
from modelmetry.store.sqlite.read_executions import get_execution, list_executions
from modelmetry.store.sqlite.store import SqliteStore
from tests.unit.store.cast import NOON, TENANT, at, body, run, telemetry, trace
from tests.unit.store.conftest import Clock
from tests.unit.store.execution_cast import chunk, execution, recorded, value


def read(store: SqliteStore, xid: str = "e1") -> Execution:
    """An execution that must be there."""
    found = store.get_execution(TENANT, xid)
    assert found is not None
    return found


def listed(store: SqliteStore, **conditions: Any) -> list[str]:
    """XIDs of the executions that a query finds, page by page of two."""
    cursor, seen = None, list[str]()
    while True:
        query = ExecutionQuery(**conditions, limit=2, cursor=cursor)
        page = store.list_executions(TENANT, query)
        seen += [one.xid for one in page.executions]
        cursor = page.next_cursor
        if cursor is None:
            assert page.total_count == len(seen)
            return seen


def test_all_members_come_back(store: SqliteStore) -> None:
    """An execution is read as it was sent, with how many metrics it has."""
    one = execution(
        DeploymentName="nightly", Status="failed", End=at(90.5), Message="out of memory",
        TraceID="t1", Metadata={"dataset": "orders", "n": 10**30},
    )  # fmt: skip
    sent = recorded([one], [value(), value("v2", Name="f1")], [chunk()])
    assert store.ingest(TENANT, {**sent, **body(traces=[trace()])}) == 5
    assert to_builtins(read(store)) == {
        "ID": "exe_e1", "XID": "e1", "TenantID": "ten_local",
        "CreatedAt": "2027-01-15T08:00:00Z", "UpdatedAt": "2027-01-15T08:00:00Z",
        "PipelineName": "train", "DeploymentName": "nightly", "Status": "failed",
        "Message": "out of memory", "Metadata": {"dataset": "orders", "n": 10**30},
        "Start": "2026-11-02T12:00:00Z", "End": "2026-11-02T12:01:30.500000Z",
        "DurationMs": 90500, "Traces": ["t1"], "ValueCount": 2, "ListCount": 1, "RunCount": 0,
    }  # fmt: skip


@pytest.mark.parametrize("xid", ["e1", "0190b2c1-0000-7000-8000-00000000000a"])
def test_it_says_how_many_runs_sent_telemetry_of_it(store: SqliteStore, xid: str) -> None:
    """Also before it was heard of; those of others and of other tenants are not among them."""
    runs = [run("r1", ExecutionID=xid), run("r2", ExecutionID=xid), run("r3", ExecutionID="e2")]
    store.ingest(TENANT, telemetry([], runs))
    store.ingest("other", telemetry([], runs))
    store.ingest(TENANT, recorded([execution(xid), execution("e3")]))
    page = store.list_executions(TENANT, ExecutionQuery())
    assert {one.xid: one.run_count for one in page.executions} == {xid: 2, "e3": 0}


def test_what_is_not_sent_is_plain(store: SqliteStore) -> None:
    """It runs since it was first heard of; a call without an XID gets one that sorts by time."""
    first = store.put_execution(TENANT, {}).result()
    second = store.put_execution(TENANT, {}).result()
    assert UUID(first.xid).version == 7
    assert first.xid < second.xid
    assert (first.status, first.end, first.duration_ms) == ("running", None, None)
    assert (first.pipeline_name, first.deployment_name, first.message) == ("", "", "")
    assert first.start == first.created_at
    assert (first.traces, first.metadata) == ([], {})
    assert store.get_execution(TENANT, first.xid) == first


def test_the_same_again_changes_nothing(store: SqliteStore, clock: Clock) -> None:
    """Not even the time of the last change moves; something new moves it."""
    sent = recorded(
        [execution(Status="completed", TraceID="t1", Metadata={}, DeploymentName="")],
        [value(), value("v2", "e2", At=None)],
        [chunk()],
    )
    store.ingest(TENANT, sent)
    before = read(store), read(store, "e2")
    clock.now += 1_000_000
    store.ingest(TENANT, sent)
    assert (read(store), read(store, "e2")) == before
    store.ingest(TENANT, recorded(values=[value("v3")]))
    assert read(store).updated_at > before[0].updated_at


def test_later_data_updates_the_members_that_it_carries(store: SqliteStore) -> None:
    """Absent and null members erase nothing; metadata replaces the old one; traces add up."""
    store.ingest(
        TENANT,
        recorded([execution(Message="m", DeploymentName="d", TraceID="t2", Metadata={"a": 1})]),
    )
    more = {"XID": "e1", "PipelineName": None, "Message": None, "TraceID": "t1", "End": None}
    found = store.put_execution(TENANT, {**more, "Metadata": {"b": 2}}).result()
    assert (found.pipeline_name, found.deployment_name, found.message) == ("train", "d", "m")
    assert (found.metadata, found.traces) == ({"b": 2}, ["t2", "t1"])
    assert found.start == NOON


def test_the_first_hundred_traces_are_named(store: SqliteStore) -> None:
    """Each once, in the order in which they came."""
    xids = [f"t{n:03}" for n in range(103)][::-1]
    store.ingest(TENANT, recorded([execution(TraceID=xid) for xid in [*xids, *xids]]))
    assert read(store).traces == xids[:100]


STATUSES = [
    {"Status": "running"},
    {"Status": "completed", "End": at(7)},
    {"Status": "failed", "End": at(5)},
    {"Status": "cancelled", "End": at(9)},
]


@pytest.mark.parametrize("sent", [*permutations(STATUSES)])
def test_the_worst_status_and_the_latest_end_stay(
    store: SqliteStore, sent: tuple[dict[str, Any], ...]
) -> None:
    """Whatever comes first, and however often."""
    for one in (*sent, *sent):
        store.ingest(TENANT, recorded([execution(**one)]))
    assert (read(store).status, read(store).end) == ("failed", NOON + timedelta(seconds=9))


def test_one_that_had_finished_may_run_again(store: SqliteStore) -> None:
    """A start after its end says so, and its values are taken again; the failure is not lost."""
    first = [execution(), {"XID": "e1", "Status": "failed", "End": at(5), "Message": "m"}]
    again = {"XID": "e1", "Status": "running", "Start": at(20)}
    store.ingest(TENANT, recorded([*first, {**again, "Start": at(4)}]))
    assert read(store).status == "failed"
    store.ingest(TENANT, recorded([again]))
    for late in ([], first, [again]):
        store.ingest(TENANT, recorded(late))
        found = read(store)
        assert (found.status, found.end, found.message) == ("running", None, "m")
        assert found.start == NOON
    store.append_metric_values(TENANT, "e1", {"Name": "loss", "Values": [1]}).result()
    store.ingest(TENANT, recorded([{"XID": "e1", "Status": "completed", "End": at(30)}]))
    for late in ([], first, [again]):
        store.ingest(TENANT, recorded(late))
        assert (read(store).status, read(store).duration_ms) == ("failed", 30_000)


RUNS = [
    {"Status": "running", "Start": at()},
    {"Status": "failed", "End": at(5), "Message": "m"},
    {"Status": "running", "Start": at(20)},
    {"Status": "completed", "End": at(30), "Message": "n"},
]


@pytest.mark.parametrize("order", [*permutations(range(4))])
def test_several_processes_may_share_one_whoever_is_heard_first(
    store: SqliteStore, order: tuple[int, ...]
) -> None:
    """At once or one after the other: the worst that became of one of them is what is said."""
    for n in order:
        store.ingest(TENANT, recorded([{"XID": "e1", **RUNS[n]}]))
        store.ingest(TENANT, recorded([{"XID": "e1", "DeploymentName": "d"}]))
    found = read(store)
    assert (found.status, found.message) == ("failed", "m")
    assert (found.start, found.duration_ms) == (NOON, 30_000)


def test_one_run_ends_also_when_its_clock_went_back(store: SqliteStore) -> None:
    """It is no run before itself."""
    for one in ({"Status": "running", "Start": at(5)}, {"Status": "failed", "End": at(3)}):
        store.ingest(TENANT, recorded([{"XID": "e1", **one}]))
    assert (read(store).status, read(store).duration_ms) == ("failed", 0)


def test_a_finished_one_ends_when_that_was_heard(store: SqliteStore, clock: Clock) -> None:
    """Unless an end was sent; a clock that is behind makes no negative duration."""
    found = store.put_execution(TENANT, {"XID": "e1", "Status": "cancelled"}).result()
    assert found.end == found.created_at
    clock.now += 5
    assert store.put_execution(TENANT, {"XID": "e1", "Status": "failed"}).result().end == found.end
    early = {"XID": "e2", "Status": "completed", "Start": at(5), "End": at(3)}
    assert store.put_execution(TENANT, early).result().duration_ms == 0


def test_finishing(store: SqliteStore, clock: Clock) -> None:
    """Once; the same status again changes nothing, and of an unknown one there is nothing."""
    store.ingest(TENANT, recorded([execution()]))
    done = store.finish_execution(TENANT, "e1", {"Status": "failed", "Message": "m"}).result()
    assert done is not None
    assert (done.status, done.message, done.end) == ("failed", "m", done.updated_at)
    clock.now += 5
    again = {"Status": "failed", "Message": "n", "End": at(1_000)}
    assert store.finish_execution(TENANT, "e1", again).result() == done
    assert store.finish_execution(TENANT, "none", {"Status": "failed"}).result() is None
    assert store.finish_execution("other", "e1", {"Status": "failed"}).result() is None


def test_one_that_is_imported_from_before_1970_ends_when_it_did(store: SqliteStore) -> None:
    """Times are numbers below 0 there."""
    store.ingest(TENANT, recorded([execution(Start="1969-05-01T00:00:00Z")]))
    body = {"Status": "completed", "End": "1969-05-01T00:01:00Z"}
    done = store.finish_execution(TENANT, "e1", body).result()
    assert done is not None
    assert done.duration_ms == 60_000


def test_a_time_that_cannot_be_read_never_reaches_the_writer(store: SqliteStore) -> None:
    """It would take those down that are written beside it, to be written once more."""
    for call in (
        lambda: store.put_execution(TENANT, {"XID": "e1", "End": "noon"}),
        lambda: store.finish_execution(TENANT, "e1", {"Status": "failed", "End": "noon"}),
        lambda: store.record_metric_value(TENANT, "e1", {"Name": "a", "Value": 1, "At": "noon"}),
    ):
        with pytest.raises(InvalidValueError, match="not 'noon'"):
            call()


def test_another_end_is_refused(store: SqliteStore) -> None:
    """The message names the execution, its status and its end."""
    store.ingest(TENANT, recorded([execution(Status="completed", End=at(5))]))
    before = read(store)
    words = r"'e1' has finished \(completed\) at 2026-11-02T12:00:05.*start another execution"
    with pytest.raises(StoreConflictError, match=words):
        store.finish_execution(TENANT, "e1", {"Status": "failed"}).result()
    assert read(store) == before


def test_a_metric_makes_its_execution(store: SqliteStore) -> None:
    """It runs since its earliest value, until its own start is sent."""
    store.ingest(TENANT, recorded(values=[value(At=at(8))], lists=[chunk(At=at(6))]))
    assert (read(store).status, read(store).start) == ("running", NOON + timedelta(seconds=6))
    store.ingest(TENANT, recorded(values=[value("v2", At=at(4))]))
    assert read(store).start == NOON + timedelta(seconds=4)
    store.ingest(TENANT, recorded([execution(Start=at(5))], [value("v3", At=at(2))]))
    assert read(store).start == NOON + timedelta(seconds=5)
    assert read(store).pipeline_name == "train"


def test_tenants_see_their_own_executions_only(store: SqliteStore) -> None:
    """The same XID of two tenants is two executions."""
    store.put_execution(TENANT, execution()).result()
    store.put_execution("other", execution(PipelineName="else")).result()
    assert read(store).pipeline_name == "train"
    assert store.list_executions("nobody", ExecutionQuery()).total_count == 0
    assert store.get_execution("nobody", "e1") is None
    page = store.list_executions("other", ExecutionQuery(pipeline="train"))
    assert (page.executions, page.total_count) == ([], 0)


UUIDS = ["0190b2c1-0000-7000-8000-00000000000a", "0190b2c1-0000-7000-8000-00000000000b"]
XIDS = [*UUIDS, "nightly-1", "nightly-2", "night", "0190b2c1-", "x"]


@pytest.fixture
def seven(store: SqliteStore) -> SqliteStore:
    """Seven executions; the first two and the last two began at once."""
    statuses = ["running", "completed", "failed", "cancelled", "completed", "running", "failed"]
    starts = [0, 0, 1, 2, 3, 4, 4]
    for n, (xid, status, start) in enumerate(zip(XIDS, statuses, starts, strict=True)):
        store.ingest(
            TENANT,
            recorded(
                [
                    execution(
                        xid, Start=at(start), Status=status,
                        PipelineName=["train", "evaluate"][n % 2],
                        DeploymentName=["nightly", None, "by hand"][n % 3],
                    )
                ]
            ),
        )  # fmt: skip
    store.put_execution("other", execution(DeploymentName="nightly")).result()
    return store


FILTERS: list[tuple[dict[str, Any], list[int]]] = [
    ({}, [6, 5, 4, 3, 2, 1, 0]),
    ({"pipeline": "train"}, [6, 4, 2, 0]),
    ({"deployment": "nightly"}, [6, 3, 0]),
    ({"pipeline": "train", "deployment": "nightly"}, [6, 0]),
    ({"statuses": ("failed",)}, [6, 2]),
    ({"statuses": ("failed", "running")}, [6, 5, 2, 0]),
    ({"statuses": ("failed",), "pipeline": "evaluate"}, []),
    ({"xid_prefix": "night"}, [4, 3, 2]),
    ({"xid_prefix": "nightly-2"}, [3]),
    ({"xid_prefix": "0190b2c1-"}, [5, 1, 0]),
    ({"xid_prefix": "0190b2c1-0"}, [1, 0]),
    ({"xid_prefix": "0190b2c1-0000-7000-8000-00000000000b"}, [1]),
    ({"xid_prefix": "0190b2c1-0000-7000-8000-00000000000bc"}, []),
    ({"xid_prefix": "0190b2c10"}, []),
    ({"xid_prefix": "0", "statuses": ("completed",), "pipeline": "evaluate"}, [1]),
    ({"start_after": NOON + timedelta(seconds=2)}, [6, 5, 4, 3]),
    ({"start_before": NOON + timedelta(seconds=2)}, [2, 1, 0]),
    ({"start_after": NOON, "start_before": NOON + timedelta(seconds=1)}, [1, 0]),
    ({"deployment": "nightly", "start_before": NOON + timedelta(seconds=4)}, [3, 0]),
    ({"pipeline": "none"}, []),
    ({"deployment": "train"}, []),
]


@pytest.mark.parametrize(("conditions", "expected"), FILTERS)
def test_filters(seven: SqliteStore, conditions: dict[str, Any], expected: list[int]) -> None:
    """All of them must hold; newest first, page by page, each once and counted."""
    assert listed(seven, **conditions) == [XIDS[n] for n in expected]


@pytest.mark.parametrize("conditions", [conditions for conditions, _ in FILTERS])
def test_no_filter_looks_at_a_whole_table(seven: SqliteStore, conditions: dict[str, Any]) -> None:
    """SQLite's plan of every statement searches by an index, and needs to sort a prefix only."""
    cursor = seven.list_executions(TENANT, ExecutionQuery(limit=1)).next_cursor
    connection = sqlite3.connect(seven.path, isolation_level=None)
    statements: list[str] = []
    connection.set_trace_callback(statements.append)
    list_executions(connection, TENANT, ExecutionQuery(**conditions, limit=2, cursor=cursor))
    get_execution(connection, TENANT, "night")
    connection.set_trace_callback(None)
    plans = [
        row[3]
        for statement in statements
        for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")
    ]
    connection.close()
    assert plans
    assert [plan for plan in plans if plan.startswith("SCAN")] == []
    sorts = [plan for plan in plans if "TEMP B-TREE" in plan]
    assert not sorts or "xid_prefix" in conditions


@pytest.mark.parametrize("length", [749, 750, 999])
def test_pages_go_on_after_xids_that_end_differently(store: SqliteStore, length: int) -> None:
    """However long they are before that, and where all of them began at once."""
    xids = ["💡" * length + end for end in "abcde"]
    store.ingest(TENANT, recorded([execution(xid) for xid in xids]))
    assert listed(store) == xids[::-1]


def test_a_cursor_that_cannot_be_read_is_refused(store: SqliteStore) -> None:
    """Also of a tenant that has nothing."""
    with pytest.raises(StoreQueryError, match="no cursor"):
        store.list_executions(TENANT, ExecutionQuery(cursor="?"))


def test_names_of_pipelines_and_deployments(seven: SqliteStore) -> None:
    """In the order of their code points, with the start of the latest execution."""
    names = seven.pipeline_names(TENANT).names
    assert [(one.name, one.last_seen) for one in names] == [
        ("evaluate", NOON + timedelta(seconds=4)),
        ("train", NOON + timedelta(seconds=4)),
    ]
    assert [one.name for one in seven.deployment_names(TENANT).names] == ["by hand", "nightly"]
    assert [one.name for one in seven.deployment_names(TENANT, "ni", 1).names] == ["nightly"]
    assert seven.pipeline_names("nobody").names == []
