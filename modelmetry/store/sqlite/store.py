"""The store in one SQLite file."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import attrs
from modelmetry_api.models import (
    ClientReportList,
    FindingNameList,
    FindingSeries,
    FullSession,
    FullTrace,
    NameList,
    SessionList,
    SpanList,
    Totals,
    TraceList,
)

from modelmetry.store.keys import Key, Scope
from modelmetry.store.protocol import CheckReport, Progress, PruneReport, VacuumReport
from modelmetry.store.queries import ReportQuery, SeriesQuery, SessionQuery, SpanQuery, TraceQuery
from modelmetry.store.sqlite import (
    background,
    check,
    delete,
    keys,
    read_names,
    read_sessions,
    read_spans,
    read_traces,
    reports,
    search,
    series,
    totals,
)
from modelmetry.store.sqlite.connection import (
    BUSY_SECONDS,
    ReaderPool,
    connect_writer,
    make_file,
    our_errors,
)
from modelmetry.store.sqlite.encode import Micros, to_micros, xid_key
from modelmetry.store.sqlite.ingest import read_batch
from modelmetry.store.sqlite.migrations import migrate
from modelmetry.store.sqlite.names import NameKind
from modelmetry.store.sqlite.writer import Limits, Work, Writer

# A search waits for the index when so little is missing that it takes less than about a second.
_SMALL_BACKLOG: Final = 2_000
STANDARD: Final = Limits()


def micros_now() -> Micros:
    """Microseconds since 1970."""
    return time.time_ns() // 1000


class SqliteStore:
    """A `Store` and `KeyStore` in one file, for any number of threads and processes.

    Attributes:
        writer: the thread that writes.
        readers: the connections that read.

    Args:
        path: the file.
        create: make it when it is missing.
        clock: microseconds since 1970.
        limits: how much may wait to be written.
        busy_seconds: how long to wait for other processes that write.

    Raises:
        StoreUnavailableError: the file cannot be opened, or is something else.
        StoreVersionError: a newer version of this package made it.
    """

    def __init__(
        self,
        path: Path,
        *,
        create: bool = True,
        clock: Callable[[], Micros] = micros_now,
        limits: Limits = STANDARD,
        busy_seconds: float = BUSY_SECONDS,
    ) -> None:
        self._path = path
        self._clock = clock
        self._limits = limits
        self._busy_seconds = busy_seconds
        if create:
            make_file(path)
        with our_errors(path):
            connection = connect_writer(path, busy_seconds)
            try:
                migrate(connection, clock())
            finally:
                connection.close()
        self._keys_version = 0
        self._inherited: list[object] = []
        self._start()

    def _start(self) -> None:
        with our_errors(self._path):
            self.writer = Writer(
                self._path,
                clock=self._clock,
                limits=self._limits,
                background=background.work_on,
                busy_seconds=self._busy_seconds,
            )
        self.readers = ReaderPool(self._path, self._busy_seconds)
        self._process = os.getpid()

    def _here(self) -> None:
        """In a forked child start anew: connections and threads do not survive a fork."""
        if self._process != os.getpid():
            # Not closed but kept: SQLite forbids to touch a parent's connection.
            self._inherited += [self.writer, self.readers]
            self._start()

    def _read(self) -> AbstractContextManager[sqlite3.Connection]:
        self._here()
        return self.readers.read()

    def _write(self, run: Callable[[Work], Any]) -> Any:
        self._here()
        return self.writer.submit(run).result()

    @property
    def path(self) -> Path:
        """The file."""
        return self._path

    # Writing

    def ingest_future(self, tenant: str, body: Mapping[str, Any]) -> Future[int]:
        """`ingest` that does not wait; see `Store`."""
        batch = read_batch(body)

        def write(work: Work) -> int:
            work.upsert.write(tenant, batch)
            return batch.signals

        self._here()
        return self.writer.submit(write, batch.weight + 1)

    def ingest(self, tenant: str, body: Mapping[str, Any]) -> int:
        """Store a batch whole or not at all; see `Store`."""
        return self.ingest_future(tenant, body).result()

    def put_report(self, tenant: str, body: Mapping[str, Any]) -> bool:
        """Keep the report of a client; see `Store`."""
        return self.report_future(tenant, body).result()

    def report_future(self, tenant: str, body: Mapping[str, Any]) -> Future[bool]:
        """`put_report` that does not wait; see `Store`."""
        self._here()
        return self.writer.submit(
            lambda work: reports.put_report(work, tenant, body), reports.weight(body)
        )

    def delete_trace(self, tenant: str, xid: str) -> bool:
        """Delete a trace with all its parts; False when there is none."""
        key = xid_key(xid)
        return bool(self._write(lambda work: delete.delete_trace(work, tenant, key)))

    def delete_session(self, tenant: str, xid: str) -> bool:
        """Delete a session with all its traces; False when there is none."""
        key, known = xid_key(xid), False
        while True:
            # Slice by slice, so that what others write need not wait for all of it.
            gone = self._write(lambda work: delete.delete_session_slice(work, tenant, key))
            known = known or gone is not None
            if gone is None or gone < delete.SLICE:
                return known

    # Reading

    def list_traces(self, tenant: str, query: TraceQuery) -> TraceList:
        """One page of traces; a search waits for the index to catch up, if it can soon."""
        if query.text is not None:
            self._catch_up()
        with self._read() as connection:
            return read_traces.list_traces(connection, tenant, query)

    def get_trace(self, tenant: str, xid: str) -> FullTrace | None:
        """One trace with all its parts, None when there is none."""
        with self._read() as connection:
            return read_traces.get_trace(connection, tenant, xid)

    def export(self, tenant: str, query: TraceQuery) -> Iterator[FullTrace]:
        """Every trace that the query finds; see `Store`."""
        while True:
            page = self.list_traces(tenant, query)
            for trace in page.traces:
                whole = self.get_trace(tenant, trace.xid)
                if whole is not None:
                    yield whole
            if page.next_cursor is None:
                return
            query = attrs.evolve(query, cursor=page.next_cursor)

    def list_sessions(self, tenant: str, query: SessionQuery) -> SessionList:
        """One page of sessions."""
        with self._read() as connection:
            return read_sessions.list_sessions(connection, tenant, query)

    def get_session(self, tenant: str, xid: str) -> FullSession | None:
        """One session with its first 1,000 traces, None when there is none."""
        with self._read() as connection:
            return read_sessions.get_session(connection, tenant, xid)

    def list_spans(self, tenant: str, query: SpanQuery) -> SpanList:
        """One page of spans."""
        with self._read() as connection:
            return read_spans.list_spans(connection, tenant, query)

    def list_reports(self, tenant: str, query: ReportQuery) -> ClientReportList:
        """One page of reports of clients."""
        with self._read() as connection:
            return reports.list_reports(connection, tenant, query)

    def finding_series(self, tenant: str, query: SeriesQuery) -> FindingSeries:
        """A finding over time."""
        with self._read() as connection:
            return series.finding_series(connection, tenant, query)

    def trace_names(self, tenant: str, prefix: str = "", limit: int = 50) -> NameList:
        """Names of traces."""
        with self._read() as connection:
            return read_names.list_names(connection, tenant, NameKind.TRACE, prefix, limit)

    def span_names(self, tenant: str, prefix: str = "", limit: int = 50) -> NameList:
        """Names of spans."""
        with self._read() as connection:
            return read_names.list_names(connection, tenant, NameKind.SPAN, prefix, limit)

    def model_names(self, tenant: str, prefix: str = "", limit: int = 50) -> NameList:
        """Names of models."""
        with self._read() as connection:
            return read_names.list_names(connection, tenant, NameKind.MODEL, prefix, limit)

    def finding_names(self, tenant: str, prefix: str = "", limit: int = 50) -> FindingNameList:
        """Names of findings with the types of their values."""
        with self._read() as connection:
            return read_names.list_finding_names(connection, tenant, prefix, limit)

    def totals(
        self,
        tenant: str,
        start_after: datetime | None = None,
        start_before: datetime | None = None,
    ) -> Totals:
        """Totals of what started in the range."""
        with self._read() as connection:
            return totals.totals(connection, tenant, start_after, start_before)

    # Keys

    def create_key(self, tenant: str, scopes: frozenset[Scope], label: str = "") -> tuple[str, str]:
        """Make a key; returns its id and its secret. Raises `InvalidValueError`."""
        keys.check_tenant(tenant)
        keys.check_scopes(scopes)
        secret = keys.new_secret()
        return self._save_key(secret, tenant, scopes, label), secret

    def ensure_key(self, secret: str, tenant: str, scopes: frozenset[Scope]) -> str:
        """Make a key with a given secret unless it exists. Raises `InvalidValueError`."""
        keys.check_tenant(tenant)
        keys.check_scopes(scopes)
        keys.check_secret(secret)
        return self._save_key(secret, tenant, scopes, "bootstrap")

    def _save_key(self, secret: str, tenant: str, scopes: frozenset[Scope], label: str) -> str:
        def save(work: Work) -> str:
            return keys.save_key(work.connection, secret, tenant, scopes, label, work.tx.now)

        key_id = str(self._write(save))
        self._keys_version += 1
        return key_id

    def find_key(self, secret: str) -> Key | None:
        """The key with this secret."""
        with self._read() as connection:
            return keys.find_key(connection, secret)

    def list_keys(self, tenant: str | None = None) -> list[Key]:
        """All keys, oldest first, or those of one tenant."""
        with self._read() as connection:
            return keys.list_keys(connection, tenant)

    def revoke_key(self, key_id: str) -> bool:
        """Forget a key; False when there is none of this id."""
        revoked = bool(self._write(lambda work: keys.revoke_key(work.connection, key_id)))
        self._keys_version += 1
        return revoked

    def has_keys(self) -> bool:
        """Whether any key exists."""
        with self._read() as connection:
            return keys.has_keys(connection)

    @property
    def keys_version(self) -> int:
        """Another number after each change of the keys by this object."""
        return self._keys_version

    # Maintenance

    def check(self) -> CheckReport:
        """Whether the store is in order: its file, its parts and its counters."""
        with self._read() as connection:
            return check.check(connection)

    def vacuum(self) -> VacuumReport:
        """Give unused space back to the disk; the background work is done first."""
        self.settle()
        self._here()
        before = self._size()
        self.writer.alone(background.shrink).result()
        return VacuumReport(bytes_before=before, bytes_after=self._size())

    def prune(
        self, before: datetime, *, tenant: str | None = None, progress: Progress | None = None
    ) -> PruneReport:
        """Delete what is from before a time: traces, sessions without any, reports of clients."""
        micros, done, sessions = to_micros(before), 0, 0
        all_ = self.count_before(before, tenant=tenant)
        with self._read() as connection:
            tenants = delete.tenants_of(connection, tenant)
        while True:
            deleted, emptied = self._write(lambda work: delete.prune_slice(work, micros, tenants))
            if not deleted:
                break
            done, sessions = done + deleted, sessions + emptied
            if progress is not None:
                progress(done, max(all_, done))
        emptied, reports_ = self._write(lambda work: delete.prune_rest(work, micros, tenants))
        return PruneReport(traces=done, sessions=sessions + emptied, reports=reports_)

    def count_before(self, before: datetime, *, tenant: str | None = None) -> int:
        """How many traces `prune` would delete."""
        with self._read() as connection:
            tenants = delete.tenants_of(connection, tenant)
            return sum(delete.count_before(connection, one, to_micros(before)) for one in tenants)

    def count_reports_before(self, before: datetime, *, tenant: str | None = None) -> int:
        """How many reports of clients `prune` would delete."""
        micros = to_micros(before)
        with self._read() as connection:
            tenants = delete.tenants_of(connection, tenant)
            return sum(delete.count_reports_before(connection, one, micros) for one in tenants)

    def _size(self) -> int:
        """Bytes of the file, those included that wait in the log."""
        with self._read() as connection:
            (pages,) = connection.execute("PRAGMA page_count").fetchone()
            (size,) = connection.execute("PRAGMA page_size").fetchone()
            return int(pages) * int(size)

    def settle(self) -> None:
        """Do all background work that is due: the text index and the summaries."""
        while self._write(background.work_on):
            pass

    def ping(self) -> None:
        """Return when the store can be read and written."""
        self._write(lambda work: work.connection.execute("UPDATE name SET id = id WHERE id = 0"))
        with self._read() as connection:
            connection.execute("SELECT 1 FROM schema_version").fetchone()

    def close(self) -> None:
        """Write what is waiting, then close; again is harmless."""
        if self._process == os.getpid():
            self.writer.close()
            self.readers.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _catch_up(self) -> None:
        with self._read() as connection:
            left = search.backlog(connection, _SMALL_BACKLOG + 1)
        if 0 < left <= _SMALL_BACKLOG:
            while self._write(lambda work: search.index_some(work.connection)):
                pass
