"""Lists of traces: every filter, order and page, held against plain Python; no scans."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import attrs
import pytest
from modelmetry_api.models import Trace
from modelmetry_api.types import UNSET

from modelmetry.errors import StoreQueryError
from modelmetry.store.queries import FindingCondition, MetadataCondition, Sort, TraceQuery
from modelmetry.store.sqlite import listing
from modelmetry.store.sqlite.read_sessions import get_session
from modelmetry.store.sqlite.read_traces import get_trace, trace_listing
from modelmetry.store.sqlite.store import SqliteStore
from tests.unit.store.cast import NOON, TENANT, Item, body, completion, finding, span, trace

COUNT = 60


@pytest.fixture(params=["wide", "narrow"])
def windows(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists both walk and collect: with tiny windows all filters have to collect."""
    if request.param == "narrow":
        monkeypatch.setattr(listing, "_FIRST", 1)
        monkeypatch.setattr(listing, "_SECOND", 2)
        monkeypatch.setattr(listing, "_FEW", 3)


@pytest.fixture(scope="module")
def sixty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteStore]:
    """A store with sixty traces, for reading only."""
    with SqliteStore(tmp_path_factory.mktemp("sixty") / "store.db") as store:
        fill(store)
        store.settle()
        yield store


def fill(store: SqliteStore) -> None:
    """Sixty traces, every tenth of a name, a third of them failed, two of each start."""
    chance = random.Random(5)
    traces: list[Item] = []
    spans: list[Item] = []
    findings: list[Item] = []
    for number in range(COUNT):
        xid, start = f"t{number}", number // 2
        traces.append(
            trace(
                xid, start, start + number % 7 / 2,
                Name=f"name{number % 10}", SessionID=f"s{number % 4}",
                Severity="error" if number % 3 == 0 else None,
                Metadata={"channel": "web" if number % 2 else "app", "n": number % 5, "on": True},
            )
        )  # fmt: skip
        model = "gpt-4o" if number % 4 == 0 else "llama"
        spans.append(
            span(f"p{number}", xid, start, start, Name=f"part{number % 6}", Family="completion",
                 FamilyData=completion(model), Severity="warning" if number % 5 == 0 else None)
        )  # fmt: skip
        value: Any = chance.choice([number / COUNT, number, True, False, "de", "7"])
        spans += [
            span(f"q{number}.{n}", xid, start, start, Name="twice",
                 Severity="error" if number % 9 == n == 0 else None)
            for n in range(2)
        ]  # fmt: skip
        findings.append(finding(f"f{number}", xid, value, Unit="s"))
        findings.append(finding(f"g{number}", None, number, SpanID=f"p{number}", Name="second"))
        # As an annotation is: hours after its trace.
        at = (NOON + timedelta(hours=number)).isoformat()
        findings.append(finding(f"h{number}", xid, number, Name="later", At=at))
    store.ingest(TENANT, body(traces=traces, spans=spans, findings=findings))
    store.ingest("other", body(traces=traces, spans=spans, findings=findings))


def listed(store: SqliteStore, query: TraceQuery) -> list[Trace]:
    """All pages of a query, seven at a time."""
    found: list[Trace] = []
    query = attrs.evolve(query, limit=7)
    while True:
        page = store.list_traces(TENANT, query)
        found += page.traces
        assert len(page.traces) <= 7
        if page.next_cursor is None:
            return found
        query = attrs.evolve(query, cursor=page.next_cursor)


def conditions(*texts: str) -> tuple[FindingCondition, ...]:
    """Finding conditions."""
    return tuple(FindingCondition.parse(text) for text in texts)


def pairs(*texts: str) -> tuple[MetadataCondition, ...]:
    """Metadata conditions."""
    return tuple(MetadataCondition.parse(text) for text in texts)


def number_of(one: Trace) -> int:
    """Which of the sixty it is."""
    return int(one.xid[1:])


FILTERS: list[tuple[TraceQuery, Callable[[int], bool]]] = [
    (TraceQuery(), lambda n: True),
    (TraceQuery(names=("name3",)), lambda n: n % 10 == 3),
    (TraceQuery(names=("name3", "name4", "none")), lambda n: n % 10 in (3, 4)),
    (TraceQuery(names=("none",)), lambda n: False),
    (TraceQuery(span_names=("part2",)), lambda n: n % 6 == 2),
    (TraceQuery(span_names=("part2", "part5", "none")), lambda n: n % 6 in (2, 5)),
    (TraceQuery(span_names=("twice",), names=("name3",)), lambda n: n % 10 == 3),
    (TraceQuery(span_names=("twice",), failed=True), lambda n: n % 3 == 0),
    (TraceQuery(span_names=("name3",)), lambda n: False),
    (TraceQuery(span_failed=True), lambda n: n % 9 == 0),
    (TraceQuery(span_failed=True, span_names=("twice", "part2")), lambda n: n % 9 == 0),
    (TraceQuery(span_failed=True, span_names=("part2",)), lambda n: False),
    (TraceQuery(span_failed=False), lambda n: True),
    (TraceQuery(span_failed=False, span_names=("part2",)), lambda n: n % 6 == 2),
    (TraceQuery(session="s1"), lambda n: n % 4 == 1),
    (TraceQuery(session="none"), lambda n: False),
    (TraceQuery(failed=True), lambda n: n % 3 == 0),
    (TraceQuery(failed=False), lambda n: n % 3 != 0),
    (TraceQuery(severity="warning"), lambda n: n % 5 == 0),
    (TraceQuery(severity="error"), lambda n: n % 3 == 0),
    (TraceQuery(model="gpt-4o"), lambda n: n % 4 == 0),
    (TraceQuery(model="none"), lambda n: False),
    (TraceQuery(metadata=pairs("channel=web")), lambda n: n % 2 == 1),
    (TraceQuery(metadata=pairs("channel=web", "n=2", "on=true")), lambda n: n % 10 == 7),
    (TraceQuery(start_after=NOON + timedelta(seconds=10)), lambda n: n >= 20),
    (TraceQuery(start_before=NOON + timedelta(seconds=10)), lambda n: n < 20),
    (TraceQuery(min_duration_ms=1000), lambda n: n % 7 >= 2),
    (TraceQuery(max_duration_ms=1000), lambda n: n % 7 <= 2),
    (TraceQuery(min_duration_ms=1000.0001, max_duration_ms=1e300), lambda n: n % 7 > 2),
    (TraceQuery(findings=conditions("second<5")), lambda n: n < 5),
    (TraceQuery(findings=conditions("second>=5", "second!=7")), lambda n: n >= 5 and n != 7),
    (TraceQuery(findings=conditions("none=1")), lambda n: False),
    (
        TraceQuery(findings=conditions("later>=0"), found_after=NOON + timedelta(hours=30)),
        lambda n: n >= 30,
    ),
    (
        TraceQuery(findings=conditions("later>=0"), found_before=NOON + timedelta(hours=30)),
        lambda n: n < 30,
    ),
    (
        TraceQuery(
            findings=conditions("later!=22"),
            found_after=NOON + timedelta(hours=20),
            found_before=NOON + timedelta(hours=25, seconds=1),
        ),
        lambda n: 20 <= n <= 25 and n != 22,
    ),
    (
        TraceQuery(
            findings=conditions("later>=0", "second<9"), found_after=NOON + timedelta(hours=1)
        ),
        lambda n: False,
    ),
    (TraceQuery(found_after=NOON + timedelta(hours=30)), lambda n: True),
    (TraceQuery(failed=True, names=("name3",), model="llama"), lambda n: n in (3, 33)),
    (
        TraceQuery(session="s1", metadata=pairs("channel=web"), findings=conditions("second>30")),
        lambda n: n % 4 == 1 and n > 30,
    ),
]


@pytest.mark.parametrize("sort", ["-start", "start", "-duration", "duration"])
@pytest.mark.parametrize(("query", "holds"), FILTERS)
def test_filters_find_what_they_say(
    sixty: SqliteStore,
    windows: None,
    query: TraceQuery,
    holds: Callable[[int], bool],
    sort: Sort,
) -> None:
    """Each filter, in each order, over all pages: exactly the traces for which it holds."""
    found = listed(sixty, attrs.evolve(query, sort=sort))
    assert sorted(map(number_of, found)) == [n for n in range(COUNT) if holds(n)]
    keys = [one.start if "start" in sort else one.duration_ms for one in found]
    assert keys == sorted(keys, reverse=sort.startswith("-"))


EVERY: list[Any] = [1, 1.0, True, "1", "true", "x", 0.5, 2**70]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("score=1", [1, 1.0, "1"]),
        ("score!=1", [True, "true", "x", 0.5, 2**70]),
        ("score=true", [True, "true"]),
        ("score!=true", [1, 1.0, "1", "x", 0.5, 2**70]),
        ("score=x", ["x"]),
        ("score>=1", [1, 1.0, 2**70]),
        ("score<1", [0.5]),
        ("score>a", ["true", "x"]),
        ("score>=true", [True]),
        ("score>1e18", [2**70]),
    ],
)
def test_findings_compare_by_type(store: SqliteStore, text: str, expected: list[Any]) -> None:
    """Numbers compare with numbers, booleans with booleans, texts with labels."""
    findings = [finding(f"f{n}", f"t{n}", value) for n, value in enumerate(EVERY)]
    store.ingest(TENANT, body(findings=findings))
    found = store.list_traces(TENANT, TraceQuery(findings=conditions(text))).traces
    values = [EVERY[number_of(one)] for one in found]
    assert sorted(map(repr, values)) == sorted(map(repr, expected))


@pytest.mark.parametrize(
    "value", [2**53 + 1, 2**62 + 1, 2**63 - 1, -(2**63), 1_800_000_000_123_456_789, 2**63, 2**70]
)
def test_findings_are_found_by_their_whole_number(store: SqliteStore, value: int) -> None:
    """All digits count as far as integers reach: nanoseconds since 1970 have 19 of them."""
    store.ingest(TENANT, body(findings=[finding("f1", "t1", value)]))
    for op in ("=", "<=", ">="):
        found = store.list_traces(TENANT, TraceQuery(findings=conditions(f"score{op}{value}")))
        assert [one.xid for one in found.traces] == ["t1"]


def test_shown_findings_are_the_latest_values(store: SqliteStore) -> None:
    """With each trace come the latest value of each wanted finding and how many there are."""
    findings = [
        finding("f1", value=0.5, At="2026-11-02T12:00:02Z", Unit="s"),
        finding("f2", value="late", At="2026-11-02T12:00:03Z"),
        finding("f3", value=True, Name="ok"),
    ]
    store.ingest(TENANT, body(traces=[trace(), trace("t2", 5)], findings=findings))
    query = TraceQuery(include_findings=("score", "ok", "none", "score"), sort="start")
    first, second = store.list_traces(TENANT, query).traces
    assert first.shown_findings is not UNSET
    shown = [(one.name, one.value, one.unit, one.count) for one in first.shown_findings]
    assert shown == [("score", "late", "", 2), ("ok", True, "", 1)]
    assert second.shown_findings == []
    assert store.list_traces(TENANT, TraceQuery()).traces[0].shown_findings is UNSET


@pytest.mark.parametrize("cursor", ["", "x", "1", "1~!", "1~" + "A" * 4001, "1" * 19 + "~"])
def test_what_is_no_cursor_is_refused(store: SqliteStore, cursor: str) -> None:
    """Also for a tenant that has nothing."""
    with pytest.raises(StoreQueryError, match="no cursor"):
        store.list_traces(TENANT, TraceQuery(cursor=cursor))


def test_text_that_is_never_stored_cannot_be_looked_for(store: SqliteStore) -> None:
    """A lone surrogate in a question is the questioner's mistake."""
    store.ingest(TENANT, body(traces=[trace()]))
    with pytest.raises(StoreQueryError, match="surrogate"):
        store.get_trace(TENANT, "\ud800")


@pytest.mark.parametrize("cursor", ["0~", "-5~A", "999999999999999999~_-", "7~" + "A" * 4000])
def test_every_string_in_the_form_of_a_cursor_is_one(store: SqliteStore, cursor: str) -> None:
    """It may name nothing; its value then says where to go on."""
    store.ingest(TENANT, body(traces=[trace()]))
    page = store.list_traces(TENANT, TraceQuery(cursor=cursor, sort="start"))
    assert len(page.traces) == (0 if cursor.startswith("9") else 1)


def test_a_page_goes_on_where_a_deleted_trace_was(store: SqliteStore) -> None:
    """The value of the cursor is enough; nothing is left out."""
    store.ingest(TENANT, body(traces=[trace(f"t{n}", start=n) for n in range(4)]))
    page = store.list_traces(TENANT, TraceQuery(limit=2))
    store.delete_trace(TENANT, "t2")
    rest = store.list_traces(TENANT, TraceQuery(limit=2, cursor=page.next_cursor))
    assert [one.xid for one in rest.traces] == ["t1", "t0"]


def test_pages_with_very_long_xids_and_the_same_start(store: SqliteStore) -> None:
    """A cursor holds 3,000 bytes of an XID; its beginning has to do."""
    xids = [letter * 5000 for letter in "abc"] + ["é" * 2000]
    store.ingest(TENANT, body(traces=[trace(xid) for xid in xids]))
    found: list[str] = []
    query = TraceQuery(limit=1)
    for _ in xids:
        page = store.list_traces(TENANT, query)
        found += [one.xid for one in page.traces]
        query = attrs.evolve(query, cursor=page.next_cursor)
    assert query.cursor is None
    assert sorted(found) == sorted(xids)


def test_export_gives_every_trace_whole(store: SqliteStore) -> None:
    """Page after page, the traces with all their parts; one deleted meanwhile is left out."""
    fill(store)
    exported = store.export(TENANT, TraceQuery(limit=5, sort="start"))
    first = next(exported)
    assert [one.xid for one in first.spans or []] == ["p0", "q0.0", "q0.1"]
    store.delete_trace(TENANT, "t3")
    rest = [one.xid for one in exported]
    assert len(rest) == COUNT - 2
    assert "t3" not in rest


QUERIES = [query for query, _ in FILTERS if query != TraceQuery(names=("none",))] + [
    TraceQuery(text="where parcel")
]


@pytest.mark.parametrize("sort", ["-start", "duration"])
@pytest.mark.parametrize("query", QUERIES)
def test_no_filter_looks_at_a_whole_table(
    sixty: SqliteStore, windows: None, query: TraceQuery, sort: Sort
) -> None:
    """SQLite's plan of every statement searches by an index, whatever the filter."""
    connection = sqlite3.connect(sixty.path, isolation_level=None)
    statements: list[str] = []
    connection.set_trace_callback(statements.append)
    wanted = trace_listing(connection, TENANT, attrs.evolve(query, sort=sort))
    assert wanted is not None
    wanted.page(connection)
    connection.set_trace_callback(None)
    plans = [
        row[3]
        for statement in statements
        if "SELECT" in statement and not statement.startswith("--")
        for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")
    ]
    connection.close()
    assert plans
    assert [plan for plan in plans if plan.startswith("SCAN") and not _is_inner(plan)] == []
    key = "SEARCH t USING INTEGER PRIMARY KEY (rowid=?)"
    assert {plan for plan in plans if plan.startswith("SEARCH t ")} <= {key}
    probes = {plan for plan in plans if plan.startswith("SEARCH f ")}
    assert probes <= {"SEARCH f USING PRIMARY KEY (trace=?)"}


def test_one_trace_is_read_by_its_own_keys(sixty: SqliteStore) -> None:
    """No part is looked for among all that the tenant has."""
    connection = sqlite3.connect(sixty.path, isolation_level=None)
    statements: list[str] = []
    connection.set_trace_callback(statements.append)
    assert get_trace(connection, TENANT, "t1") is not None
    assert get_session(connection, TENANT, "s1") is not None
    connection.set_trace_callback(None)
    plans = [
        row[3]
        for statement in statements
        for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")
    ]
    connection.close()
    assert [plan for plan in plans if "(tenant=?)" in plan or plan.startswith("SCAN")] == []


def _is_inner(plan: str) -> bool:
    """Rows that an inner statement has already searched, and the text index."""
    return plan.startswith(
        (
            "SCAN w",
            "SCAN c",
            "SCAN h",
            "SCAN (subquery",
            "SCAN CONSTANT",
            "SCAN words",
            "SCAN main.words",
        )
    )
