"""Whether all of a trace has arrived."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from modelmetry_api.models import Completeness
from modelmetry_api.types import UNSET, to_builtins

from modelmetry.store.queries import TraceQuery
from modelmetry.store.sqlite.completeness import MOST_PARENTS
from modelmetry.store.sqlite.store import SqliteStore
from tests.unit.store.cast import TENANT, body, span, trace
from tests.unit.store.conftest import Clock


def said(store: SqliteStore, xid: str = "t1") -> dict[str, Any]:
    """What the store says of a trace's completeness."""
    found = store.get_trace(TENANT, xid)
    assert found is not None
    assert isinstance(found.completeness, Completeness)
    told: dict[str, Any] = to_builtins(found.completeness)
    return told


def missing(store: SqliteStore) -> list[Any]:
    """How many spans are missing of each trace of the list."""
    return [one.missing_spans for one in store.list_traces(TENANT, TraceQuery()).traces]


def test_a_trace_is_whole_when_all_its_spans_have_come(store: SqliteStore) -> None:
    """Two of three are told, with the number that is missing in the list; then it is whole."""
    spans = [span(f"p{n}") for n in range(3)]
    store.ingest(TENANT, body(traces=[trace(Descendants=3)], spans=spans[:2]))
    assert said(store) == {
        "Whole": False, "Expected": 3, "Stored": 2, "Open": 0, "MissingParents": []
    }  # fmt: skip
    assert missing(store) == [1]
    store.ingest(TENANT, body(spans=spans[2:]))
    assert said(store)["Whole"] is True
    assert missing(store) == [0]


def test_without_the_number_nothing_is_claimed(store: SqliteStore) -> None:
    """A client that does not count gets neither an expected number nor a verdict."""
    store.ingest(TENANT, body(traces=[trace()], spans=[span()]))
    assert said(store) == {"Stored": 1, "Open": 0, "MissingParents": []}
    assert missing(store) == [UNSET]


def test_a_span_alone_is_not_whole(store: SqliteStore) -> None:
    """Its trace has not arrived, whether or not somebody sends a number."""
    store.ingest(TENANT, body(spans=[span()]))
    assert said(store) == {"Whole": False, "Stored": 1, "Open": 0, "MissingParents": []}


def test_an_open_span_is_not_whole(store: SqliteStore) -> None:
    """With or without a number, what has no end yet is told."""
    store.ingest(TENANT, body(traces=[trace(Descendants=1)], spans=[span(end=None)]))
    assert (said(store)["Whole"], said(store)["Open"]) == (False, 1)
    store.ingest(TENANT, body(spans=[span(end=1)]))
    assert said(store)["Whole"] is True


def test_an_open_trace_is_not_whole(store: SqliteStore) -> None:
    """More may come."""
    store.ingest(TENANT, body(traces=[trace(end=None)], spans=[span()]))
    assert said(store)["Whole"] is False


def test_spans_of_other_processes_count(store: SqliteStore) -> None:
    """A span that carries a number stands for itself and for those below it."""
    sent = body(
        traces=[trace(Descendants=2)],
        spans=[span("a"), span("b"), span("c", ParentID="b", Descendants=2)],
    )
    store.ingest(TENANT, sent)
    assert (said(store)["Expected"], missing(store)) == (5, [2])
    store.ingest(TENANT, body(spans=[span("d", ParentID="c"), span("e", ParentID="d")]))
    assert said(store)["Whole"] is True
    found = store.get_trace(TENANT, "t1")
    assert found is not None
    assert {one.xid: one.descendants for one in found.spans or ()} == {
        "a": UNSET, "b": UNSET, "c": 2, "d": UNSET, "e": UNSET
    }  # fmt: skip


def test_the_order_of_arrival_does_not_matter(store: SqliteStore) -> None:
    """Trace, carrier and spans in any order, each in a batch of its own, come to the same."""
    for number, order in enumerate(permutations(range(3))):
        of = f"t{number}"
        parts = [
            body(traces=[trace(of, Descendants=1)]),
            body(spans=[span(f"a{number}", of, Descendants=0)]),
            body(spans=[span(f"b{number}", of)]),
        ]
        for place in order:
            store.ingest(TENANT, parts[place])
        assert (said(store, of)["Expected"], said(store, of)["Whole"]) == (2, True)


def test_a_number_that_grows_replaces_the_old_one(store: SqliteStore, clock: Clock) -> None:
    """And one that is not sent again stays, of traces and of spans."""
    store.ingest(TENANT, body(traces=[trace(Descendants=1)], spans=[span(Descendants=1)]))
    store.ingest(TENANT, body(traces=[trace(Descendants=2)], spans=[span(Descendants=4)]))
    store.ingest(TENANT, body(traces=[trace(Message="x")], spans=[span(Message="x")]))
    assert said(store)["Expected"] == 7
    clock.now += 1
    store.ingest(TENANT, body(spans=[span(Descendants=5)]))
    assert said(store)["Expected"] == 8
    assert store.check().ok


@pytest.mark.parametrize("together", [True, False])
def test_an_older_number_that_comes_late_changes_nothing(
    store: SqliteStore, together: bool
) -> None:
    """It only grows: a smaller one was sent before, in this batch or in another that was late."""
    traces = [trace(Descendants=3), trace(Descendants=1)]
    spans = [span(Descendants=4), span(Descendants=2)]
    if together:
        store.ingest(TENANT, body(traces=traces, spans=spans))
    else:
        for one, other in zip(traces, spans, strict=True):
            store.ingest(TENANT, body(traces=[one], spans=[other]))
    assert (said(store)["Expected"], said(store)["Whole"]) == (8, False)
    assert store.check().ok


def test_a_number_goes_with_its_span_to_another_trace(store: SqliteStore) -> None:
    """Both traces are told anew."""
    store.ingest(
        TENANT, body(traces=[trace(Descendants=0), trace("t2", Descendants=0)], spans=[
            span(Descendants=3)])
    )  # fmt: skip
    store.ingest(TENANT, body(spans=[span(of="t2")]))
    assert (said(store)["Expected"], said(store, "t2")["Expected"]) == (0, 4)


@pytest.mark.parametrize("descendants", [{}, {"Descendants": 2}])
def test_parents_that_are_not_there_are_named(
    store: SqliteStore, descendants: dict[str, Any]
) -> None:
    """Once each, the trace itself is no missing parent; nothing is whole without them."""
    spans = [
        span("a", ParentID="gone"), span("b", ParentID="gone"), span("c", ParentID="a"),
        span("d", ParentID="t1"),
    ]  # fmt: skip
    store.ingest(TENANT, body(traces=[trace(**descendants)], spans=spans))
    assert said(store)["MissingParents"] == ["gone"]
    assert said(store)["Whole"] is False


def test_the_list_of_missing_parents_is_bounded(store: SqliteStore) -> None:
    """However many are missing, the answer stays within its schema."""
    spans = [span(f"p{n}", ParentID=f"gone{n}") for n in range(MOST_PARENTS + 5)]
    store.ingest(TENANT, body(traces=[trace()], spans=spans))
    assert len(said(store)["MissingParents"]) == MOST_PARENTS


def test_a_number_written_with_a_point_is_a_whole_number(store: SqliteStore) -> None:
    """JSON Schema takes 3.0 for an integer."""
    store.ingest(TENANT, body(traces=[trace(Descendants=3.0)], spans=[span(Descendants=1.0)]))
    assert said(store)["Expected"] == 5
