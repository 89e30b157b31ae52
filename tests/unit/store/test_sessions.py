"""Sessions and what follows from their traces."""

from __future__ import annotations

from datetime import timedelta

import attrs
import pytest
from modelmetry_api.types import to_builtins

from modelmetry.store.queries import SessionQuery
from modelmetry.store.sqlite import listing, read_sessions
from modelmetry.store.sqlite.encode import from_micros
from modelmetry.store.sqlite.store import SqliteStore
from tests.unit.store.cast import NOON, TENANT, body, completion, session, span, trace
from tests.unit.store.conftest import Clock


def test_a_session_sums_up_its_traces(store: SqliteStore) -> None:
    """Bounds, counts, tokens and cost are those of its traces, oldest first."""
    spans = [
        span("p1", "t1", Family="completion", FamilyData=completion(), Severity="error"),
        span("p2", "t2", Family="completion", FamilyData=completion(currency="EUR")),
        span("p3", "t2", Family="completion", FamilyData=completion()),
    ]
    traces = [trace("t2", 60, 90, SessionID="s1"), trace("t1", 0, 30, SessionID="s1")]
    store.ingest(TENANT, body(traces=traces, spans=spans, sessions=[session(Name="chat")]))
    found = store.get_session(TENANT, "s1")
    assert found is not None
    assert [one.xid for one in found.traces] == ["t1", "t2"]
    assert (found.start, found.end) == (NOON, NOON + timedelta(seconds=90))
    assert (found.trace_count, found.failed_trace_count, found.name) == (2, 1, "chat")
    assert to_builtins(found.usage)["Total"]["Amount"] == 36
    assert to_builtins(found.costs) == [
        {"Amount": 0.5, "Currency": "EUR"}, {"Amount": 1, "Currency": "USD"},
    ]  # fmt: skip
    store.delete_trace(TENANT, "t2")
    left = store.get_session(TENANT, "s1")
    assert left is not None
    assert (left.end, left.trace_count) == (NOON + timedelta(seconds=30), 1)


def test_a_session_without_traces_starts_when_it_was_made(store: SqliteStore, clock: Clock) -> None:
    """It is listed all the same."""
    store.ingest(TENANT, body(sessions=[session()]))
    (found,) = store.list_sessions(TENANT, SessionQuery()).sessions
    made = from_micros(clock.now)
    assert (found.start, found.end, found.trace_count, found.name) == (made, made, 0, "")
    assert store.get_session(TENANT, "none") is None
    assert store.list_sessions("nobody", SessionQuery()).sessions == []


@pytest.mark.parametrize("windows", [(128, 1024), (1, 1)])
def test_sessions_are_listed_by_their_latest_activity(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch, windows: tuple[int, ...]
) -> None:
    """With filters by name, failures and start, page by page."""
    monkeypatch.setattr(listing, "_FIRST", windows[0])
    monkeypatch.setattr(listing, "_SECOND", windows[1])
    monkeypatch.setattr(listing, "_FEW", windows[0])
    for n in range(10):
        sent = session(f"s{n}", Name=f"n{n % 2}")
        ends = 100 - n if n < 5 else 100 + n
        severity = "error" if n % 3 == 0 else None
        owned = trace(f"t{n}", n, ends, SessionID=f"s{n}", Severity=severity)
        store.ingest(TENANT, body(sessions=[sent], traces=[owned]))

    def listed(query: SessionQuery) -> list[int]:
        query, found = attrs.evolve(query, limit=2), list[int]()
        while True:
            page = store.list_sessions(TENANT, query)
            found += [int(one.xid[1:]) for one in page.sessions]
            if page.next_cursor is None:
                return found
            query = attrs.evolve(query, cursor=page.next_cursor)

    order = [9, 8, 7, 6, 5, 0, 1, 2, 3, 4]
    assert listed(SessionQuery()) == order
    assert listed(SessionQuery(names=("n1",))) == [n for n in order if n % 2]
    assert listed(SessionQuery(names=("n1", "none"))) == [n for n in order if n % 2]
    assert listed(SessionQuery(name_prefix="n")) == order
    assert listed(SessionQuery(name_prefix="n0")) == [n for n in order if n % 2 == 0]
    assert listed(SessionQuery(name_prefix="N")) == []
    assert listed(SessionQuery(failed=True)) == [n for n in order if n % 3 == 0]
    assert listed(SessionQuery(failed=False, names=("n1",))) == [7, 5, 1]
    after, before = NOON + timedelta(seconds=2), NOON + timedelta(seconds=7)
    assert listed(SessionQuery(start_after=after)) == [n for n in order if n >= 2]
    assert listed(SessionQuery(start_before=before)) == [n for n in order if n < 7]
    both = SessionQuery(start_after=after, start_before=before, names=("n0",))
    assert listed(both) == [n for n in order if 2 <= n < 7 and n % 2 == 0]


def test_a_session_is_answered_with_its_first_traces(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At most 1,000; the count says how many there are."""
    monkeypatch.setattr(read_sessions, "MOST_TRACES", 3)
    store.ingest(TENANT, body(traces=[trace(f"t{n}", n, SessionID="s1") for n in range(5)]))
    found = store.get_session(TENANT, "s1")
    assert found is not None
    assert ([one.xid for one in found.traces], found.trace_count) == (["t0", "t1", "t2"], 5)
