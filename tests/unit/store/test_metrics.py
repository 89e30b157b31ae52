"""Values and lists of metrics: their order, their bound, and who finds them."""

from __future__ import annotations

import re
import sqlite3
import sys
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from modelmetry_api.types import UNSET, to_builtins

from modelmetry.errors import (
    InvalidValueError,
    StoreConflictError,
    StoreLimitError,
    StoreQueryError,
)
from modelmetry.signals.measurements import MOST_LIST_VALUES
from modelmetry.store import executions
from modelmetry.store.executions import MetricQuery
from modelmetry.store.sqlite import read_metrics
from modelmetry.store.sqlite.store import SqliteStore
from tests.unit.store.cast import NOON, TENANT, Item, at, body, trace
from tests.unit.store.conftest import Clock
from tests.unit.store.execution_cast import chunk, execution, numbers_of, recorded, value

ALL = MetricQuery(limit=500)
LARGEST = sys.float_info.max


def history(store: SqliteStore, limit: int = 2) -> list[int | float]:
    """All values of the accuracy of an execution, page by page."""
    cursor, seen = None, list[int | float]()
    while True:
        page = store.metric_history(TENANT, "e1", "accuracy", limit=limit, cursor=cursor)
        assert page is not None
        seen += [point.value for point in page.history]
        cursor = page.next_cursor
        if cursor is None:
            assert page.total_count == len(seen)
            return seen


def test_a_value_comes_back(store: SqliteStore) -> None:
    """With the names of its execution, and when its first and its last value were recorded."""
    sent = [value(), value("v2", number=0.5, At=at(3)), value("v0", number=7, At=at(2))]
    store.ingest(TENANT, recorded([execution(DeploymentName="nightly")], sent))
    page = store.list_metric_values(TENANT, MetricQuery())
    assert to_builtins(page) == {
        "Values": [
            {
                "Name": "accuracy", "ExecutionID": "e1", "PipelineName": "train",
                "DeploymentName": "nightly", "Value": 0.5, "HistoryCount": 3,
                "CreatedAt": "2026-11-02T12:00:01Z", "UpdatedAt": "2026-11-02T12:00:03Z",
            }
        ],
        "NextCursor": None, "TotalCount": 1,
    }  # fmt: skip
    assert history(store) == [1, 7, 0.5]


def test_a_list_comes_back(store: SqliteStore) -> None:
    """In the order of time; its values only when they are asked for."""
    sent = [chunk("c2", numbers=[4, -1.5], At=at(2)), chunk("c1", numbers=[1, 2])]
    store.ingest(TENANT, recorded([execution()], lists=sent))
    (one,) = store.list_metric_lists(TENANT, MetricQuery()).lists
    assert one.values is UNSET
    (one,) = store.list_metric_lists(TENANT, MetricQuery(include_values=True)).lists
    assert to_builtins(one) == {
        "Name": "loss", "ExecutionID": "e1", "PipelineName": "train", "DeploymentName": "",
        "Count": 4, "Remaining": 49_996, "Min": -1.5, "Max": 4, "Last": -1.5,
        "CreatedAt": "2026-11-02T12:00:01Z", "UpdatedAt": "2026-11-02T12:00:02Z",
        "Values": [1, 2, 4, -1.5],
    }  # fmt: skip


def test_a_value_and_a_list_may_share_a_name(store: SqliteStore) -> None:
    """Also the XID of their recordings, and that of their execution."""
    store.ingest(TENANT, recorded([], [value("e1", Name="x")], [chunk("e1", Name="x")]))
    assert [one.name for one in store.list_metric_values(TENANT, ALL).values] == ["x"]
    assert [one.name for one in store.list_metric_lists(TENANT, ALL).lists] == ["x"]
    assert [one.name for one in store.metric_names(TENANT).names] == ["x"]


@pytest.mark.parametrize(
    "name",
    ["a/b#c d", "'; DROP TABLE metric; --", "a\0b", "💡" * 500],
    ids=["signs", "sql", "nul", "long"],
)
def test_any_text_is_a_name(store: SqliteStore, name: str) -> None:
    """Of a value, a list, a pipeline and an execution."""
    sent = [execution(name, PipelineName=name)]
    store.ingest(TENANT, recorded(sent, [value(of=name, Name=name)], [chunk(of=name, Name=name)]))
    (one,) = store.list_metric_values(TENANT, MetricQuery(name=name, pipeline=name)).values
    assert (one.name, one.execution_id, one.pipeline_name) == (name, name, name)
    assert numbers_of(store, name, name) == [1, 2]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (1.0, 1), (True, 1), (-0.0, 0), (5e-324, 5e-324), (2**53 - 1, 2**53 - 1), (1e300, 1e300),
        (10**400, LARGEST), (-(10**400), -LARGEST), (LARGEST, LARGEST), (float("inf"), LARGEST),
    ],
)  # fmt: skip
def test_numbers_are_kept_as_floats(store: SqliteStore, sent: float, kept: float) -> None:
    """Whole ones come back without a fraction, what is too large becomes the largest float."""
    numbers = [sent] * 3
    store.ingest(TENANT, recorded(values=[value(number=sent)], lists=[chunk(numbers=numbers)]))
    (one,) = store.list_metric_values(TENANT, ALL).values
    for found in (one.value, *numbers_of(store)):
        assert found == kept
        assert type(found) is type(kept)


def test_what_is_no_number_is_refused(store: SqliteStore) -> None:
    """The contract has no NaN; whoever gets by it is told which value it is."""
    with pytest.raises(InvalidValueError, match="value 1 of a metric is not a number"):
        store.ingest(TENANT, recorded(lists=[chunk(numbers=[1, float("nan"), float("inf")])]))


def test_calls_concatenate_in_their_order(store: SqliteStore) -> None:
    """However many at once, at one time of the clock; the answer is the list as it is then."""
    futures = [
        store.append_metric_values(TENANT, "e1", {"Name": "loss", "Values": [n, n]})
        for n in range(50)
    ]
    assert [future.result().count for future in futures] == [*range(2, 102, 2)]
    assert [future.result().last for future in futures] == [*range(50)]
    assert numbers_of(store) == [n for n in range(50) for _ in range(2)]


def test_calls_record_values_in_their_order(store: SqliteStore) -> None:
    """The last one is the value, those before are its history."""
    for n in range(5):
        answer = store.record_metric_value(TENANT, "e1", {"Name": "accuracy", "Value": n}).result()
        assert (answer.value, answer.history_count) == (n, n + 1)
    assert history(store) == [0, 1, 2, 3, 4]


def test_a_call_sent_again_changes_nothing(store: SqliteStore, clock: Clock) -> None:
    """Also when its execution has finished meanwhile: it was stored."""
    sent = {"XID": "c1", "Name": "loss", "Values": [1, 2]}
    first = store.append_metric_values(TENANT, "e1", sent).result()
    clock.now += 5
    assert store.append_metric_values(TENANT, "e1", sent).result() == first
    store.finish_execution(TENANT, "e1", {"Status": "completed"}).result()
    assert store.append_metric_values(TENANT, "e1", sent).result() == first
    with pytest.raises(StoreConflictError):
        store.append_metric_values(TENANT, "e1", {**sent, "Name": "other"}).result()


def test_a_finished_execution_takes_no_calls(store: SqliteStore) -> None:
    """The message names it, its status, its end and what to do; batches are taken."""
    store.ingest(TENANT, recorded([execution(Status="failed", End=at(5))]))
    words = r"'e1' has finished \(failed\) at 2026-11-02T12:00:05.*'loss'.*another execution"
    with pytest.raises(StoreConflictError, match=words):
        store.append_metric_values(TENANT, "e1", {"Name": "loss", "Values": [1]}).result()
    with pytest.raises(StoreConflictError, match="value 'accuracy' is not recorded"):
        store.record_metric_value(TENANT, "e1", {"Name": "accuracy", "Value": 1}).result()
    assert store.metric_names(TENANT).names == []
    store.ingest(TENANT, recorded(values=[value(At=at(60))], lists=[chunk(At=at(60))]))
    found = store.get_execution(TENANT, "e1")
    assert found is not None
    assert (found.value_count, found.list_count, found.status) == (1, 1, "failed")


RECORDINGS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "loss", "0190b2c1-0000-7000-8000-00000000000a",
                         "0190b2c1-0000-7000-8000-00000000000b"]),
        st.integers(0, 2),
        st.lists(st.sampled_from([0, 1.5, -2, 3]), min_size=1, max_size=3),
    ),
    unique_by=lambda one: one[0],
    max_size=5,
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(RECORDINGS, st.data())
def test_order_and_repetition_make_no_difference(
    recordings: list[tuple[str, int, list[float]]], data: st.DataObject
) -> None:
    """Any interleaving of the same recordings, in any batches, gives the same list and value."""
    items = [
        recorded(
            values=[value(xid, number=numbers[0], At=at(second))],
            lists=[chunk(xid, numbers=numbers, At=at(second))],
        )
        for xid, second, numbers in recordings
    ]
    sent = data.draw(st.permutations([*items, *items]))
    ordered = sorted(recordings, key=lambda one: (one[1], len(one[0]) == 36, one[0]))
    with TemporaryDirectory() as folder, SqliteStore(Path(folder) / "store.db") as store:
        for one in sent:
            store.ingest(TENANT, one)
        assert numbers_of(store) == [number for one in ordered for number in one[2]]
        assert store.check().problems == ()
        if ordered:
            assert history(store) == [numbers[0] for _, _, numbers in ordered]
            (last,) = store.list_metric_values(TENANT, ALL).values
            assert last.value == ordered[-1][2][0]


def test_one_batch_may_repeat_itself(store: SqliteStore) -> None:
    """Of the same recording the first counts."""
    sent = [chunk(numbers=[1]), chunk(numbers=[2, 3]), chunk("c2", numbers=[4])]
    store.ingest(TENANT, recorded([execution()], [value(), value(number=5)], sent))
    assert numbers_of(store) == [1, 4]
    assert history(store) == [1]


def test_without_a_time_it_was_recorded_when_it_came(store: SqliteStore, clock: Clock) -> None:
    """The first time: sent again it does not move."""
    for _ in range(2):
        store.ingest(TENANT, recorded(lists=[chunk("z", numbers=[1], At=None)]))
        clock.now += 1_000_000
    store.ingest(TENANT, recorded(lists=[chunk("a", numbers=[2], At=None)]))
    assert numbers_of(store) == [1, 2]


@pytest.mark.parametrize("there", ["2027-01-15T09:00:00Z", "9999-12-31T23:59:59.999999Z"])
def test_calls_come_after_what_is_there(store: SqliteStore, clock: Clock, there: str) -> None:
    """Also when the clock of the server goes back, or that of another client is ahead."""
    ahead = recorded(values=[value("ahead", number=-1, At=there)],
                     lists=[chunk("ahead", numbers=[-1], At=there)])  # fmt: skip
    for n in range(5):
        answer = store.record_metric_value(TENANT, "e1", {"Name": "accuracy", "Value": n}).result()
        assert answer.value == n
        store.append_metric_values(TENANT, "e1", {"Name": "loss", "Values": [n]}).result()
        clock.now -= 5_000_000
        if n == 2:
            store.ingest(TENANT, ahead)
    assert history(store) == numbers_of(store) == [0, 1, 2, -1, 3, 4]
    assert store.check().ok


def test_a_list_takes_so_many_and_no_more(store: SqliteStore) -> None:
    """The call that would pass the bound is refused whole, and told how many still fit."""
    full = {"Name": "loss", "Values": [0] * (MOST_LIST_VALUES - 3)}
    assert store.append_metric_values(TENANT, "e1", full).result().remaining == 3
    words = "'loss' of execution 'e1' holds 49,997 of 50,000 values: 4 were sent, 3 still fit"
    with pytest.raises(StoreLimitError, match=words) as failure:
        store.append_metric_values(TENANT, "e1", {"Name": "loss", "Values": [1] * 4}).result()
    assert failure.value.places == ()
    last = {"XID": "last", "Name": "loss", "Values": [1, 2, 3]}
    for _ in range(2):  # the same again is stored already, and does not count
        assert store.append_metric_values(TENANT, "e1", last).result().remaining == 0
    with pytest.raises(StoreLimitError, match="0 still fit"):
        store.append_metric_values(TENANT, "e1", {"Name": "loss", "Values": [1]}).result()
    store.append_metric_values(TENANT, "e1", {"Name": "other", "Values": [1]}).result()
    store.append_metric_values(TENANT, "e2", {"Name": "loss", "Values": [1]}).result()
    assert store.check().ok


def test_a_batch_with_too_many_values_is_refused_whole(store: SqliteStore) -> None:
    """All that do not fit are named, those before them in the batch counted; nothing is stored."""
    store.ingest(TENANT, recorded(lists=[chunk("old", numbers=[0] * 40_000)]))
    before = store.list_executions(TENANT, executions.ExecutionQuery())
    lists = [
        chunk("old", numbers=[0] * 40_000),  # stored already
        chunk("c1", numbers=[1] * 6_000),
        chunk("c2", numbers=[2] * 5_000),  # too many
        chunk("c3", "e2", [3] * 50_000),
        chunk("c4", numbers=[4] * 4_000),
        chunk("c4", numbers=[4] * 4_000),  # the same again
        chunk("c5", "e2", [5]),  # too many
        chunk("c6", numbers=[6]),  # too many
    ]
    sent = {**recorded([execution("e9")], [value()], lists), **body(traces=[trace()])}
    words = r"holds 46,000 of 50,000.*5,000 were sent, 4,000 still fit.*fit: 2, 6, 7\)"
    with pytest.raises(StoreLimitError, match=words) as failure:
        store.ingest(TENANT, sent)
    assert failure.value.places == (2, 6, 7)
    assert store.list_executions(TENANT, executions.ExecutionQuery()) == before
    assert store.get_trace(TENANT, "t1") is None
    kept = [one for place, one in enumerate(lists) if place not in failure.value.places]
    store.ingest(TENANT, {**sent, "MetricLists": kept})
    found = {one.execution_id: one.count for one in store.list_metric_lists(TENANT, ALL).lists}
    assert found == {"e1": 50_000, "e2": 50_000}


def test_a_refused_batch_leaves_those_beside_it(store: SqliteStore) -> None:
    """Also when they are written in one transaction."""
    futures = [
        store.ingest_future(TENANT, recorded(lists=[chunk(f"c{n}", numbers=[n] * size)]))
        for n, size in enumerate([30_000, 30_000, 20_000, 1])
    ]
    assert [future.exception() is None for future in futures] == [True, False, True, False]
    assert len(numbers_of(store)) == 50_000


SEVEN: list[Item] = [
    execution("e1", DeploymentName="nightly"),
    execution("e2"),
    execution("e3", PipelineName="evaluate", DeploymentName="nightly"),
    {"XID": "e4"},
]


@pytest.fixture
def eight(store: SqliteStore) -> SqliteStore:
    """Two values and two lists of four executions; those of one execution began at once."""
    values, lists = list[Item](), list[Item]()
    for n, of in enumerate(("e1", "e2", "e3", "e4")):
        for name in ("a", "b"):
            values.append(value(f"{n}{name}", of, n, Name=name, At=at(n)))
            lists.append(chunk(f"{n}{name}", of, [n, n], Name=name, At=at(n)))
    store.ingest(TENANT, recorded(SEVEN, values, lists))
    store.ingest("other", recorded(SEVEN, values, lists))
    return store


SCOPES: list[tuple[dict[str, Any], list[str]]] = [
    ({}, ["e4b", "e4a", "e3b", "e3a", "e2b", "e2a", "e1b", "e1a"]),
    ({"name": "a"}, ["e4a", "e3a", "e2a", "e1a"]),
    ({"pipeline": "train"}, ["e2b", "e2a", "e1b", "e1a"]),
    ({"pipeline": "train", "name": "b"}, ["e2b", "e1b"]),
    ({"deployment": "nightly"}, ["e3b", "e3a", "e1b", "e1a"]),
    ({"deployment": "nightly", "name": "a"}, ["e3a", "e1a"]),
    ({"execution": "e3"}, ["e3b", "e3a"]),
    ({"execution": "e3", "name": "a"}, ["e3a"]),
    ({"execution": "none"}, []),
    ({"execution": "e3", "name": "none"}, []),
    ({"pipeline": "nightly"}, []),
    ({"deployment": "none", "name": "a"}, []),
]


@pytest.mark.parametrize(("conditions", "expected"), SCOPES)
@pytest.mark.parametrize("limit", [1, 3, 100])
def test_scopes(
    eight: SqliteStore, conditions: dict[str, Any], expected: list[str], limit: int
) -> None:
    """A name goes with each; newest first, page by page, each once and counted."""
    for kind in ("values", "lists"):
        seen, cursor = list[str](), None
        while True:
            query = MetricQuery(**conditions, limit=limit, cursor=cursor)
            page: Any = getattr(eight, f"list_metric_{kind}")(TENANT, query)
            seen += [one.execution_id + one.name for one in getattr(page, kind)]
            assert page.total_count == len(expected)
            cursor = page.next_cursor
            if cursor is None:
                break
        assert seen == expected


@pytest.mark.parametrize(("conditions", "expected"), SCOPES)
def test_pages_may_be_counted(
    eight: SqliteStore, conditions: dict[str, Any], expected: list[str]
) -> None:
    """For callers that know no cursors; the cursor of such a page leads on all the same."""
    for first in range(0, 10, 3):
        query = MetricQuery(**conditions, limit=3, offset=first)
        page = eight.list_metric_lists(TENANT, query)
        found = [one.execution_id + one.name for one in page.lists]
        assert (found, page.total_count) == (expected[first : first + 3], len(expected))
        assert (page.next_cursor is None) == (first + 3 >= len(expected))


@pytest.mark.parametrize("conditions", [conditions for conditions, _ in SCOPES])
def test_no_scope_looks_at_a_whole_table(eight: SqliteStore, conditions: dict[str, Any]) -> None:
    """SQLite's plan of every statement searches by an index that has the order of the list."""
    cursor = eight.list_metric_lists(TENANT, MetricQuery(limit=1)).next_cursor
    connection = sqlite3.connect(eight.path, isolation_level=None)
    statements: list[str] = []
    connection.set_trace_callback(statements.append)
    query = MetricQuery(**conditions, limit=2, cursor=cursor, include_values=True)
    read_metrics.list_metric_values(connection, TENANT, query)
    read_metrics.list_metric_lists(connection, TENANT, query)
    read_metrics.metric_history(connection, TENANT, "e1", "a", limit=1, cursor="0~YQ")
    connection.set_trace_callback(None)
    plans = [
        row[3]
        for statement in statements
        for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")
    ]
    connection.close()
    assert plans
    inner = ("SCAN (subquery",)
    assert [plan for plan in plans if plan.startswith("SCAN") and not plan.startswith(inner)] == []
    assert [plan for plan in plans if "TEMP B-TREE" in plan] == []


def test_a_page_goes_on_where_a_metric_was(eight: SqliteStore) -> None:
    """When it is gone, the page begins with those of its time; nothing is left out."""
    first = eight.list_metric_values(TENANT, MetricQuery(limit=3))
    assert [one.execution_id for one in first.values] == ["e4", "e4", "e3"]
    eight.delete_execution(TENANT, "e3")
    rest = eight.list_metric_values(TENANT, MetricQuery(limit=9, cursor=first.next_cursor))
    assert [one.execution_id for one in rest.values] == ["e2", "e2", "e1", "e1"]


@pytest.mark.parametrize("cursor", ["?", "", "1~?", "x~YQ"])
def test_a_cursor_that_cannot_be_read_is_refused(store: SqliteStore, cursor: str) -> None:
    """With what to give instead, also of a tenant that has nothing."""
    query = MetricQuery(cursor=cursor)
    for read in (
        lambda: store.list_metric_values(TENANT, query),
        lambda: store.list_metric_lists(TENANT, query),
        lambda: store.metric_history(TENANT, "e1", "x", limit=1, cursor=cursor),
    ):
        with pytest.raises(StoreQueryError, match="is no cursor; give the NextCursor"):
            read()


@pytest.mark.parametrize("mark", ["04zK", "A", "____", ""])
def test_a_cursor_of_a_value_that_cannot_be_tells_its_time_again(
    store: SqliteStore, mark: str
) -> None:
    """It fits the contract, which promises an answer; nothing is left out."""
    store.ingest(TENANT, recorded(values=[value(), value("v2", number=0.5, At=at(3))]))
    whole = store.metric_history(TENANT, "e1", "accuracy", limit=5, cursor=None)
    found = store.metric_history(TENANT, "e1", "accuracy", limit=5, cursor=f"0~{mark}")
    assert found == whole


def test_there_is_no_history_of_what_is_not_there(store: SqliteStore) -> None:
    """Of another tenant, another execution, another name, or a list."""
    store.ingest(TENANT, recorded(values=[value()], lists=[chunk()]))
    for tenant, of, name in (
        ("other", "e1", "accuracy"), (TENANT, "e2", "accuracy"), (TENANT, "e1", "loss"),
    ):  # fmt: skip
        assert store.metric_history(tenant, of, name, limit=5, cursor=None) is None


@pytest.mark.parametrize("length", [1, 740, 749, 750, 999])
def test_a_history_goes_on_after_an_xid_of_any_length(store: SqliteStore, length: int) -> None:
    """Its cursor is as the contract has it all the same."""
    xids = ["💡" * length + end for end in "abc"]
    store.ingest(TENANT, recorded(values=[value(xid, number=n) for n, xid in enumerate(xids)]))
    assert history(store, limit=1) == [0, 1, 2]
    page = store.metric_history(TENANT, "e1", "accuracy", limit=1, cursor=None)
    assert page is not None
    assert re.fullmatch(r"-?[0-9]{1,18}~[A-Za-z0-9_-]{0,4000}", page.next_cursor or "")


def test_a_page_of_lists_with_values_ends_early(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the list that passes the bound; without values it does not end."""
    monkeypatch.setattr(read_metrics, "MOST_PAGE_VALUES", 10)
    store.ingest(
        TENANT,
        recorded(lists=[chunk(of=f"e{n}", numbers=[n] * 6, At=at(-n)) for n in range(5)]),
    )
    assert len(store.list_metric_lists(TENANT, MetricQuery()).lists) == 5
    sizes, cursor = list[int](), None
    while True:
        query = MetricQuery(include_values=True, cursor=cursor)
        page = store.list_metric_lists(TENANT, query)
        sizes.append(len(page.lists))
        cursor = page.next_cursor
        if cursor is None:
            break
    assert (sizes, page.total_count) == ([2, 2, 1], 5)


def test_metrics_go_where_their_execution_goes(store: SqliteStore) -> None:
    """They are found by names that were sent of it later, and not by earlier ones."""
    store.ingest(TENANT, recorded([execution()], [value()]))
    store.ingest(TENANT, recorded([execution(PipelineName="evaluate", DeploymentName="d")]))
    assert store.list_metric_values(TENANT, MetricQuery(pipeline="train")).total_count == 0
    (one,) = store.list_metric_values(TENANT, MetricQuery(pipeline="evaluate")).values
    assert one.deployment_name == "d"
    assert store.list_metric_values(TENANT, MetricQuery(deployment="d")).total_count == 1
    assert store.check().ok


def test_names_of_metrics(eight: SqliteStore) -> None:
    """Of values and lists, with the latest time at which one began."""
    found = [(one.name, one.last_seen) for one in eight.metric_names(TENANT).names]
    latest = NOON + timedelta(seconds=3)
    assert found == [("a", latest), ("b", latest)]
    eight.ingest(TENANT, recorded(values=[value("x", "e1", Name="only a value", At=at(9))]))
    assert [one.name for one in eight.metric_names(TENANT, "o").names] == ["only a value"]
    assert eight.metric_names("nobody").names == []
