"""Lists of spans: every filter, order and page; no scans."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from datetime import timedelta

import attrs
import pytest
from modelmetry_api.models import SpanSummary
from modelmetry_api.types import to_builtins

from modelmetry.store.queries import Sort, SpanQuery
from modelmetry.store.sqlite import listing
from modelmetry.store.sqlite.read_spans import span_listing
from modelmetry.store.sqlite.store import SqliteStore
from tests.unit.store.cast import NOON, TENANT, body, completion, span, trace

COUNT = 40


@pytest.fixture(params=[(128, 1024), (1, 2)])
def windows(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With tiny windows all filters have to collect."""
    monkeypatch.setattr(listing, "_FIRST", request.param[0])
    monkeypatch.setattr(listing, "_SECOND", request.param[1])
    monkeypatch.setattr(listing, "_FEW", request.param[1])


@pytest.fixture(scope="module")
def forty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteStore]:
    """A store with forty spans of four traces, for reading only."""
    sent = [
        span(f"p{n}", f"t{n % 4}", n // 2, n // 2 + n % 3,
             Name=f"step{n % 5}", Severity="error" if n % 6 == 0 else None,
             Family=["completion", "retrieval", None][n % 3],
             FamilyData=completion("a" if n % 2 else "b"))
        for n in range(COUNT)
    ]  # fmt: skip
    with SqliteStore(tmp_path_factory.mktemp("forty") / "store.db") as store:
        for tenant in (TENANT, "other"):
            store.ingest(tenant, body(traces=[trace("t0")], spans=sent))
        yield store


FILTERS: list[tuple[SpanQuery, Callable[[int], bool]]] = [
    (SpanQuery(), lambda n: True),
    (SpanQuery(trace="t1"), lambda n: n % 4 == 1),
    (SpanQuery(trace="none"), lambda n: False),
    (SpanQuery(names=("step2",)), lambda n: n % 5 == 2),
    (SpanQuery(names=("step2", "step3", "none")), lambda n: n % 5 in (2, 3)),
    (SpanQuery(family="retrieval"), lambda n: n % 3 == 1),
    (SpanQuery(family="other"), lambda n: n % 3 == 2),
    (SpanQuery(model="a"), lambda n: n % 3 == 0 and n % 2 == 1),
    (SpanQuery(model="none"), lambda n: False),
    (SpanQuery(failed=True), lambda n: n % 6 == 0),
    (SpanQuery(failed=False), lambda n: n % 6 != 0),
    (SpanQuery(start_after=NOON + timedelta(seconds=5)), lambda n: n >= 10),
    (SpanQuery(start_before=NOON + timedelta(seconds=5)), lambda n: n < 10),
    (SpanQuery(family="completion", names=("step0",), failed=True), lambda n: n in (0, 30)),
    (SpanQuery(trace="t0", model="b", start_after=NOON), lambda n: n % 12 == 0),
]


@pytest.mark.parametrize("sort", ["-start", "start", "-duration", "duration"])
@pytest.mark.parametrize(("query", "holds"), FILTERS)
def test_filters_find_what_they_say(
    forty: SqliteStore,
    windows: None,
    query: SpanQuery,
    holds: Callable[[int], bool],
    sort: Sort,
) -> None:
    """Each filter, in each order, over all pages: exactly the spans for which it holds."""
    found: list[SpanSummary] = []
    query = attrs.evolve(query, sort=sort, limit=3)
    while True:
        page = forty.list_spans(TENANT, query)
        found += page.spans
        if page.next_cursor is None:
            break
        query = attrs.evolve(query, cursor=page.next_cursor)
    assert sorted(int(one.xid[1:]) for one in found) == [n for n in range(COUNT) if holds(n)]
    keys = [one.start if "start" in sort else one.duration_ms for one in found]
    assert keys == sorted(keys, reverse=sort.startswith("-"))


@pytest.mark.parametrize("sort", ["-start", "duration"])
@pytest.mark.parametrize("query", [query for query, _ in FILTERS])
def test_no_filter_looks_at_a_whole_table(
    forty: SqliteStore, windows: None, query: SpanQuery, sort: Sort
) -> None:
    """SQLite's plan of every statement searches by an index, whatever the filter."""
    connection = sqlite3.connect(forty.path, isolation_level=None)
    statements: list[str] = []
    connection.set_trace_callback(statements.append)
    wanted = span_listing(connection, TENANT, attrs.evolve(query, sort=sort))
    assert wanted is not None
    wanted.page(connection)
    connection.set_trace_callback(None)
    plans = [
        row[3]
        for statement in statements
        for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")
    ]
    connection.close()
    inner = ("SCAN w", "SCAN c", "SCAN (subquery", "SCAN CONSTANT")
    assert [plan for plan in plans if plan.startswith("SCAN") and not plan.startswith(inner)] == []
    keys = "SEARCH t USING PRIMARY KEY (trace=? AND xid=?)"
    assert {plan for plan in plans if plan.startswith("SEARCH t ")} <= {keys}


def test_a_span_in_short(store: SqliteStore) -> None:
    """Model, provider, tokens and cost where there are any; the trace by its XID and name."""
    store.ingest(
        TENANT,
        body(
            traces=[trace()],
            spans=[
                span(Family="completion", FamilyData=completion(), ParentID="p0", Message="m"),
                span("p2", "t2", start=5, end=None),
            ],
        ),
    )
    plain, full = (to_builtins(one) for one in store.list_spans(TENANT, SpanQuery()).spans)
    assert {key: full[key] for key in ("Model", "Provider", "Cost", "TraceID", "TraceName")} == {
        "Model": "gpt-4o", "Provider": "openai", "TraceID": "t1", "TraceName": "turn",
        "Cost": {"Amount": 0.5, "Currency": "USD"},
    }  # fmt: skip
    assert full["Usage"]["Total"] == {"Amount": 12, "Unit": "tokens"}
    assert (plain["Model"], plain["TraceName"], plain["Open"]) == ("", "", True)
    assert not {"Usage", "Cost"} & set(plain)


def test_a_tenant_without_anything_has_no_spans(store: SqliteStore) -> None:
    """An empty page, not an error."""
    assert store.list_spans("nobody", SpanQuery()).spans == []
