"""Telemetry in a file of SQLite, which several processes may share and anybody may query."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import msgspec

from modelmetry.delivery.sink import SinkFailure
from modelmetry.telemetry.direct import Direct
from modelmetry.telemetry.documents import Document
from modelmetry.telemetry.sqlite_schema import is_ready, prepare

_INSERT: Final = """
    INSERT OR IGNORE INTO telemetry
        (timestamp, command, status, metrics, system, message, record_id, run_id, kind, event)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_BUSY: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_LATER: Final = frozenset(
    {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}
)
_OURS_ALONE: Final = 0o600  # messages may be private
_PRIMARY: Final = 0xFF  # the rest of a code says more of the same


class SQLiteBackend(Direct):
    """Writes records to the table `telemetry`; also a backend of the older telemetry tool.

    The table is that of the older tool with columns behind it; `telemetry_number` and the view
    `telemetry_value` have the numbers typed and indexed, also those that the older tool writes.
    One connection, a transaction for many records, and a log beside the file (WAL), so that who
    reads never waits.

    Args:
        path: the file; it and its folder are made when the first record comes.
        wait: seconds to wait for another process that writes; the delivery tries again later.
    """

    def __init__(self, path: str | os.PathLike[str] = "telemetry.db", *, wait: float = 5.0) -> None:
        super().__init__()
        self._wait = wait
        self._path = Path(path).expanduser()
        self._begin_anew()
        self._inherited: list[sqlite3.Connection] = []

    def _begin_anew(self) -> None:
        self._connection: sqlite3.Connection | None = None
        self._process = os.getpid()
        self._lock = threading.Lock()

    def emit_many(self, records: Sequence[Document]) -> None:
        """Write `records` in one transaction; those that are there already change nothing.

        Raises:
            SinkFailure: none of them was written; `retry` says whether that may be tried again.
        """
        self._leave_to_parent()
        rows = [_row(record) for record in records]
        with self._lock:
            try:
                self._write(rows)
            except (sqlite3.Error, OSError) as error:
                self._let_go()  # the file may have been replaced: the next try opens it anew
                raise _failure(error) from error

    def _write(self, rows: list[tuple[Any, ...]]) -> None:
        connection = self._opened()
        # Who fails lets go of the connection, and with it of the transaction.
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(_INSERT, rows)
        connection.execute("COMMIT")

    def _opened(self) -> sqlite3.Connection:
        if self._connection is not None and self._path.exists():
            return self._connection
        self._let_go()
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._make_file()
        self._connection = connection = sqlite3.connect(
            self._path, timeout=self._wait, isolation_level=None, check_same_thread=False
        )
        # What was written survives the end of the process; a power failure may cost the last of it.
        connection.execute("PRAGMA synchronous = NORMAL")
        if not is_ready(connection):
            connection.execute("PRAGMA journal_mode = WAL")
            prepare(connection)
        return connection

    def _make_file(self) -> None:
        """Make the file for its owner alone; SQLite makes those beside it alike."""
        # Only a new one: closing one that is there would drop the locks of all connections of this
        # process to it (sqlite.org/howtocorrupt.html, 2.2).
        new = os.O_CREAT | os.O_EXCL | os.O_WRONLY
        with suppress(FileExistsError):
            os.close(os.open(os.path.realpath(self._path), new, _OURS_ALONE))

    def _let_go(self) -> None:
        if self._connection is not None:
            connection, self._connection = self._connection, None
            connection.close()

    def close(self) -> None:
        """Close the file; the next record opens it again."""
        self._leave_to_parent()
        with self._lock:
            self._let_go()

    def _leave_to_parent(self) -> None:
        """Begin anew in a forked child."""
        if self._process == os.getpid():
            return
        if self._connection is not None:
            # Kept, not closed: closing SQLite's copy of the parent's connection can drop the
            # parent's locks (sqlite.org/howtocorrupt.html, 2.6).
            self._inherited.append(self._connection)
        self._begin_anew()

    def __repr__(self) -> str:
        """The path."""
        return f"SQLiteBackend({str(self._path)!r})"


def _row(record: Document) -> tuple[Any, ...]:
    return (
        record.get("timestamp"),
        record.get("command"),
        record.get("status") or None,
        msgspec.json.encode(record.get("metrics") or {}).decode(),
        msgspec.json.encode(record.get("system") or {}).decode(),
        record.get("message") or None,
        record.get("id") or None,
        record.get("run_id") or None,
        record.get("kind") or None,
        record.get("event") or None,
    )


def _failure(error: sqlite3.Error | OSError) -> SinkFailure:
    code = getattr(error, "sqlite_errorcode", None)
    if isinstance(error, OSError):
        return SinkFailure(type(error).__name__, retry=True)
    if code is None:
        return SinkFailure(type(error).__name__, retry=False)
    primary = code & _PRIMARY
    if primary in _BUSY:
        return SinkFailure("busy", retry=True)
    return SinkFailure(type(error).__name__, retry=primary in _LATER)
