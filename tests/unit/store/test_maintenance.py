"""Deleting, pruning, checking and shrinking."""

from __future__ import annotations

import sqlite3
from concurrent.futures import Future
from datetime import timedelta
from pathlib import Path

import pytest

from modelmetry.store.queries import SessionQuery, TraceQuery
from modelmetry.store.sqlite import delete
from modelmetry.store.sqlite.store import SqliteStore
from tests.unit.store.cast import (
    NOON,
    TENANT,
    at,
    body,
    completion,
    event,
    finding,
    session,
    span,
    trace,
)


def fill(store: SqliteStore, tenant: str = TENANT, count: int = 10) -> None:
    """A trace each second with all kinds of parts, two in each session."""
    for n in range(count):
        store.ingest(
            tenant,
            body(
                traces=[
                    trace(f"t{n}", n, n + 1, SessionID=f"s{n // 2}", Metadata={"a": "x" * 500})
                ],
                spans=[
                    span(
                        f"p{n}",
                        f"t{n}",
                        n,
                        Family="completion",
                        FamilyData=completion(),
                        Descendants=1,
                    )
                ],
                events=[event(f"e{n}", f"t{n}")],
                findings=[finding(f"f{n}", f"t{n}", SpanID=f"p{n}")],
            ),
        )


def test_deleting_a_trace_leaves_nothing_of_it(store: SqliteStore, path: Path) -> None:
    """No row of any table but its session and names; sent again it is new."""
    fill(store, count=1)
    store.settle()
    assert store.delete_trace(TENANT, "t0")
    assert not store.delete_trace(TENANT, "t0")
    store.settle()
    connection = sqlite3.connect(path)
    for table in ("trace", "span", "event", "finding", "carrier", "posting", "words_of",
                  "words_due", "summary", "finding_summary", "summary_due"):  # fmt: skip
        assert connection.execute(f"SELECT * FROM {table}").fetchall() == [], table
    connection.close()
    fill(store, count=1)
    assert store.get_trace(TENANT, "t0") is not None
    assert store.check().ok


def test_deleting_a_session_deletes_its_traces(
    store: SqliteStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slice by slice, and nothing of other sessions or tenants; sent again it is new."""
    monkeypatch.setattr(delete, "SLICE", 2)
    sent = body(
        sessions=[session("empty"), session("s1"), session("s2")],
        traces=[trace(f"t{n}", SessionID="s2" if n == 4 else "s1") for n in range(5)],
        spans=[span(f"p{n}", f"t{n}") for n in range(5)],
    )
    for tenant in (TENANT, "other"):
        store.ingest(tenant, sent)

    assert store.delete_session(TENANT, "s1")
    assert not store.delete_session(TENANT, "s1")
    assert not store.delete_session("nobody", "s2")
    assert store.delete_session(TENANT, "empty")
    assert store.get_session(TENANT, "s1") is None
    assert [one.xid for one in store.list_traces(TENANT, TraceQuery()).traces] == ["t4"]
    assert len(store.list_traces("other", TraceQuery()).traces) == 5
    store.settle()
    assert store.check().ok

    store.ingest(TENANT, sent)
    again = store.get_session(TENANT, "s1")
    assert again is not None
    assert again.trace_count == 4


def test_one_transaction_may_store_delete_and_store_again(store: SqliteStore) -> None:
    """What comes after a deletion does not find the old rows."""
    sent = body(traces=[trace()], findings=[finding()])
    futures: list[Future[int]] = []
    for _ in range(5):
        futures.append(store.ingest_future(TENANT, sent))
        futures.append(store.writer.submit(lambda work: delete.delete_trace(work, TENANT, "t1")))
    futures.append(store.ingest_future(TENANT, body(traces=[trace()])))
    assert [future.result() for future in futures] == [2, True] * 5 + [1]
    found = store.get_trace(TENANT, "t1")
    assert found is not None
    assert found.finding_count == 0
    assert store.check().ok


def test_pruning_deletes_what_is_old(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """In slices, saying how far it is, with the sessions that it empties."""
    monkeypatch.setattr(delete, "SLICE", 2)
    fill(store)
    fill(store, "other")
    store.ingest(TENANT, body(sessions=[session("empty")]))
    steps: list[tuple[int, int]] = []
    before = NOON + timedelta(seconds=5)

    def note(done: int, whole: int) -> None:
        steps.append((done, whole))

    report = store.prune(before, tenant=TENANT, progress=note)
    assert (report.traces, report.sessions) == (5, 2)
    assert steps == [(2, 5), (4, 5), (5, 5)]
    left = store.list_traces(TENANT, TraceQuery(sort="start")).traces
    assert [one.xid for one in left] == ["t5", "t6", "t7", "t8", "t9"]
    sessions = {one.xid for one in store.list_sessions(TENANT, SessionQuery()).sessions}
    assert sessions == {"s2", "s3", "s4", "empty"}
    assert len(store.list_traces("other", TraceQuery()).traces) == 10
    assert store.prune(before).traces == 5
    assert store.check().ok


def test_pruning_deletes_old_parts_that_no_trace_claimed(store: SqliteStore) -> None:
    """And sessions made before that time that never had a trace."""
    loose = [finding(of=None), finding("f2", of=None, At=at(100))]
    store.ingest(TENANT, body(findings=loose, events=[event(of=None)], sessions=[session()]))
    report = store.prune(NOON + timedelta(seconds=50))
    assert (report.traces, report.sessions) == (0, 0)
    assert store.check().findings == 1
    assert store.check().events == 0
    assert store.prune(NOON + timedelta(days=300)).sessions == 1
    assert store.prune(NOON, tenant="nobody").traces == 0


def test_vacuum_gives_space_back(store: SqliteStore, path: Path) -> None:
    """The file is smaller afterwards, and everything that was left is there."""
    fill(store, count=200)
    store.prune(NOON + timedelta(seconds=190))
    report = store.vacuum()
    assert report.bytes_after < report.bytes_before
    assert path.stat().st_size == report.bytes_after
    assert len(store.list_traces(TENANT, TraceQuery()).traces) == 10
    assert len(store.list_traces(TENANT, TraceQuery(text="parcel")).traces) == 10


def test_a_store_in_order_has_no_problems(store: SqliteStore) -> None:
    """The report counts what is there."""
    fill(store)
    report = store.check()
    assert report.ok
    assert (report.traces, report.spans, report.events, report.findings) == (10, 10, 10, 10)


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        ("DELETE FROM trace WHERE id = 1", "traces of spans are missing"),
        ("DELETE FROM trace WHERE id = 1", "traces of events are missing"),
        ("DELETE FROM trace WHERE id = 1", "traces of findings are missing"),
        ("DELETE FROM trace WHERE id = 1", "filter entries"),
        ("DELETE FROM session WHERE id = 1", "sessions that do not exist"),
        ("DELETE FROM finding WHERE trace = 3", "count their parts wrongly"),
        ("UPDATE trace SET u_total = 3", "sum up their tokens wrongly"),
        ("INSERT INTO words_of VALUES (99, x'00')", "are indexed"),
    ],
)
def test_check_finds_what_is_wrong(
    store: SqliteStore, path: Path, damage: str, sentence: str
) -> None:
    """Each fault is one sentence."""
    fill(store)
    connection = sqlite3.connect(path)
    connection.execute(damage)
    connection.commit()
    connection.close()
    report = store.check()
    assert not report.ok
    assert any(sentence in problem for problem in report.problems)


def test_check_finds_a_damaged_file(store: SqliteStore, path: Path) -> None:
    """An index that disagrees with its table is found by SQLite's own check."""
    fill(store)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA writable_schema = ON")
    connection.execute("DELETE FROM sqlite_schema WHERE name = 'trace_start'")
    connection.commit()
    connection.close()
    with SqliteStore(path) as again:
        assert any("damaged" in problem for problem in again.check().problems)
