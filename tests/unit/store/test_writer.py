"""The writer: many threads, full queues, failing disks."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from modelmetry.errors import (
    StoreBusyError,
    StoreClosedError,
    StoreFullError,
    StoreUnavailableError,
)
from modelmetry.store.queries import TraceQuery
from modelmetry.store.sqlite import connection as connection_module
from modelmetry.store.sqlite.connection import ReaderPool, connect_writer, translated
from modelmetry.store.sqlite.store import SqliteStore
from modelmetry.store.sqlite.writer import Limits, Work
from tests.unit.store.cast import (
    TENANT,
    Item,
    body,
    finding,
    record,
    session,
    span,
    telemetry,
    trace,
)
from tests.unit.store.execution_cast import chunk, execution, recorded


def held(store: SqliteStore) -> threading.Event:
    """Keep the writer busy until the event is set."""
    started, go_on = threading.Event(), threading.Event()

    def wait(work: Work) -> None:
        started.set()
        go_on.wait(30)

    store.writer.submit(wait)
    assert started.wait(30)
    return go_on


def test_many_threads_write_and_read_at_once(store: SqliteStore) -> None:
    """All that was answered is there; readers see whole batches only."""

    def work(thread: int) -> None:
        for n in range(20):
            xid = f"t{thread}-{n}"
            parts = [span(f"p{thread}-{n}", xid)], [finding(f"f{thread}-{n}", xid)]
            store.ingest(TENANT, body(traces=[trace(xid)], spans=parts[0], findings=parts[1]))
            found = store.get_trace(TENANT, xid)
            assert found is not None
            assert (found.span_count, found.finding_count) == (1, 1)
            store.list_traces(TENANT, TraceQuery(limit=10, text="turn"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert store.check().traces == 160
    assert store.check().ok


def test_reports_have_a_place_in_the_bounds(path: Path) -> None:
    """Clients that report while nothing can be written are told to come again."""
    counts = dict.fromkeys(("Created", "Delivered", "Pending", "Spooled", "Recovered"), 0)
    said: Item = {"XID": "c", "At": "2026-11-02T12:00:00Z", "Dropped": {}, **counts}
    with SqliteStore(path, limits=Limits(jobs=2)) as store:
        go_on = held(store)
        waiting = [store.report_future(TENANT, said) for _ in range(2)]
        with pytest.raises(StoreBusyError, match="wait to be written"):
            store.report_future(TENANT, said)
        go_on.set()
        assert [one.result(30) for one in waiting] == [True, False]


def test_batches_that_are_written_together_follow_each_other(store: SqliteStore) -> None:
    """A session that a batch only names gets what the next one, of the same transaction, says."""
    go_on = held(store)
    first = store.ingest_future(TENANT, body(traces=[trace("t1", SessionID="s1")]))
    second = store.ingest_future(TENANT, body(sessions=[session("s1", Name="Chat")]))
    go_on.set()
    assert (first.result(30), second.result(30)) == (1, 1)
    found = store.get_session(TENANT, "s1")
    assert found is not None
    assert (found.name, found.trace_count) == ("Chat", 1)


def test_a_full_queue_refuses_batches(path: Path) -> None:
    """It says when to come again; what waits is written, and more is taken after that."""
    limits = Limits(jobs=2, retry_after=0.5)
    with SqliteStore(path, limits=limits) as store:
        go_on = held(store)
        waiting = [store.ingest_future(TENANT, body(traces=[trace(f"t{n}")])) for n in range(2)]
        with pytest.raises(StoreBusyError, match="2 batches wait") as refused:
            store.ingest(TENANT, body(traces=[trace("late")]))
        assert refused.value.retry_after == 0.5
        go_on.set()
        assert [future.result() for future in waiting] == [1, 1]
        assert store.ingest(TENANT, body(traces=[trace("late")])) == 1


LARGE: dict[str, Item] = {
    "data of a span": body(spans=[span(FamilyData="x" * 10_000)]),
    "message of an execution": recorded([execution(Message="x" * 10_000)]),
    "metadata of an execution": recorded([execution(Metadata={"x": "x" * 10_000})]),
    "values of a list": recorded(lists=[chunk(numbers=[1] * 2_000)]),
    "message of a record": telemetry([record(Message="x" * 10_000)]),
    "numbers of a record": telemetry([record(Metrics={f"{n}": n for n in range(1_000)})]),
}


@pytest.mark.parametrize("large", LARGE.values(), ids=LARGE)
def test_the_queue_is_bounded_in_bytes_too(path: Path, large: Item) -> None:
    """One batch is always taken, however large."""
    with SqliteStore(path, limits=Limits(weight=8_000)) as store:
        go_on = held(store)
        waiting = store.ingest_future(TENANT, large)
        with pytest.raises(StoreBusyError):
            store.ingest_future(TENANT, large)
        go_on.set()
        assert waiting.result() == 1


def test_a_cancelled_batch_is_not_written(store: SqliteStore) -> None:
    """Nobody waits for it any more, and those beside it are written."""
    go_on = held(store)
    first = store.ingest_future(TENANT, body(traces=[trace("t1")]))
    second = store.ingest_future(TENANT, body(traces=[trace("t2")]))
    assert first.cancel()
    go_on.set()
    assert second.result() == 1
    assert [one.xid for one in store.list_traces(TENANT, TraceQuery()).traces] == ["t2"]


def test_closing_writes_what_waits(path: Path) -> None:
    """Batches that were taken are on disk; later ones are refused."""
    store = SqliteStore(path)
    go_on = held(store)
    waiting = [store.ingest_future(TENANT, body(traces=[trace(f"t{n}")])) for n in range(3)]
    closing = threading.Thread(target=store.close)
    closing.start()
    while not store.writer.closing:
        closing.join(0.01)
    with pytest.raises(StoreClosedError):
        store.ingest_future(TENANT, body(traces=[trace("late")]))
    go_on.set()
    closing.join()
    assert [future.result() for future in waiting] == [1, 1, 1]
    with SqliteStore(path) as again:
        assert again.check().traces == 3


def test_without_a_thread_whoever_comes_writes(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As at the end of a process, when Python 3.12 starts none; from several threads as well."""
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", _refuses)
        store = SqliteStore(path)

    def write(number: int) -> int:
        return store.ingest(TENANT, body(traces=[trace(f"t{number}")]))

    with ThreadPoolExecutor(4) as workers:
        assert list(workers.map(write, range(40))) == [1] * 40
    store.close()
    with pytest.raises(StoreClosedError):
        store.ingest(TENANT, body(traces=[trace("late")]))
    with SqliteStore(path) as again:
        assert again.check().traces == 40
        assert again.check().ok


def _refuses(_: threading.Thread) -> None:
    raise RuntimeError("can't create new thread at interpreter shutdown")


def test_a_job_that_fails_takes_no_other_with_it(store: SqliteStore) -> None:
    """Its own waiter gets the error; nothing half written remains."""
    go_on = held(store)

    def fail(work: Work) -> None:
        work.connection.execute("INSERT INTO tenant (name) VALUES ('half')")
        raise ZeroDivisionError

    def wrong(work: Work) -> None:
        work.connection.execute("INSERT INTO tenant (name) VALUES ('a'), ('a')")

    good = store.ingest_future(TENANT, body(traces=[trace("t1")]))
    bad, worse = store.writer.submit(fail), store.writer.submit(wrong)
    also_good = store.ingest_future(TENANT, body(traces=[trace("t2")]))
    go_on.set()
    assert (good.result(), also_good.result()) == (1, 1)
    assert isinstance(bad.exception(), ZeroDivisionError)
    assert isinstance(worse.exception(), StoreUnavailableError)
    assert store.check().traces == 2
    assert store.list_traces("half", TraceQuery()).traces == []


def test_a_full_disk_stores_nothing_of_a_batch(store: SqliteStore) -> None:
    """The error says so; when there is space again, all goes on."""
    store.ingest(TENANT, body(traces=[trace("t1")]))
    (pages,) = store.writer.submit(
        lambda work: work.connection.execute("PRAGMA page_count").fetchone()
    ).result()
    store.writer.alone(lambda c: c.execute(f"PRAGMA max_page_count = {pages}").fetchone()).result()
    large = body(traces=[trace("t2")], spans=[span("p2", "t2", FamilyData="x" * 1_000_000)])
    with pytest.raises(StoreFullError, match="disk is full"):
        store.ingest(TENANT, large)
    assert store.get_trace(TENANT, "t2") is None
    store.writer.alone(lambda c: c.execute("PRAGMA max_page_count = 1000000").fetchone()).result()
    assert store.ingest(TENANT, large) == 2
    assert store.check().ok


def test_a_store_locked_by_another_program_is_unavailable(path: Path) -> None:
    """Writing waits a little, then says why; reading goes on; later both work."""
    with SqliteStore(path, busy_seconds=0.05) as store:
        store.ingest(TENANT, body(traces=[trace("t1")]))
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailableError, match="locked by another process"):
            store.ingest(TENANT, body(traces=[trace("t2")]))
        with pytest.raises(StoreUnavailableError):
            store.ping()
        assert store.get_trace(TENANT, "t1") is not None
        other.execute("ROLLBACK")
        other.close()
        store.ping()
        assert store.ingest(TENANT, body(traces=[trace("t2")])) == 1


def test_opening_waits_for_a_process_that_holds_the_file(path: Path) -> None:
    """And says after a while that it is locked."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreUnavailableError, match="locked"):
        SqliteStore(path, busy_seconds=0.05)
    other.execute("ROLLBACK")
    other.close()
    SqliteStore(path).close()


def test_a_table_that_is_gone_is_an_error_of_ours(store: SqliteStore, path: Path) -> None:
    """No error of SQLite reaches the caller as it is."""
    other = sqlite3.connect(path)
    other.execute("DROP TABLE event")
    other.commit()
    other.close()
    store.ingest(TENANT, {})
    with pytest.raises(StoreUnavailableError, match="no such table"):
        store.ingest(TENANT, body(traces=[trace()]))


def test_errors_have_a_meaning(path: Path) -> None:
    """Known codes are sentences with a remedy, others keep SQLite's words."""
    assert "odd" in str(translated(sqlite3.ProgrammingError("odd"), path))
    error = sqlite3.OperationalError("x")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC
    assert "disk failed" in str(translated(error, path))


def test_two_processes_may_switch_to_wal_at_once(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one that SQLite turns away tries again."""
    connection_module.make_file(path)
    blocker = sqlite3.connect(path, isolation_level=None)
    blocker.execute("BEGIN EXCLUSIVE")
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if blocker.in_transaction:
            blocker.execute("ROLLBACK")

    monkeypatch.setattr("time.sleep", sleep)
    connect_writer(path, 0.2).close()
    blocker.close()


def test_readers_given_back_after_closing_are_closed(path: Path) -> None:
    """A reader that is in use while the store closes may finish."""
    SqliteStore(path).close()
    pool = ReaderPool(path, 1)
    with pool.read() as connection:
        pool.close()
        assert connection.execute("SELECT 1").fetchone() == (1,)
    with pytest.raises(sqlite3.ProgrammingError):
        connection.execute("SELECT 1")
