"""Connections to the file, and SQLite's errors in our words."""

from __future__ import annotations

import errno
import os
import sqlite3
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from modelmetry.errors import (
    StoreClosedError,
    StoreForbiddenError,
    StoreFullError,
    StoreQueryError,
    StoreUnavailableError,
)

# Nobody gets around these by trying again.
_FORBIDDING: Final = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
BUSY_SECONDS: Final = 10.0
READERS: Final = 4
# 64 MB at the usual page size: fewer checkpoints, so less waiting for the disk.
_CHECKPOINT_PAGES: Final = 16_000
_READ_SETTINGS: Final = ("cache_size = -8000", "temp_store = MEMORY", "query_only = ON")
_WRITE_SETTINGS: Final = (
    "cache_size = -64000",
    "temp_store = MEMORY",
    # FULL: an answered batch survives a power cut; NORMAL gained 8 % and would not promise it.
    "synchronous = FULL",
    f"wal_autocheckpoint = {_CHECKPOINT_PAGES}",
    "journal_size_limit = 67108864",
)


def make_file(path: Path) -> None:
    """Make the file and its folders, readable for their owner only, unless they exist."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make(path)
    except OSError as error:
        forbidden = error.errno in _FORBIDDING
        kind = StoreForbiddenError if forbidden else StoreUnavailableError
        what = "may not be written" if forbidden and _is_there(path) else "cannot be made"
        raise kind(f"the store {path} {what}: {error.strerror}; give another path") from error


def _make(path: Path) -> None:
    try:
        os.close(os.open(path.resolve(), os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        # Not opened: to close it again would drop the locks that this process has on it
        # (sqlite.org/howtocorrupt.html, 2.2).
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR)) from None
        if not os.access(path, os.R_OK | os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES)) from None


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # nor may its folder be looked into
        return False


def read_only_access(path: Path) -> str:
    """How SQLite has to open a file that may not be written, where it can.

    Beside a log it wants a file for locks, which is there while others have the store open. Without
    either nothing is under way, so that the file can be taken as it is.
    """
    log, locks = (path.with_name(f"{path.name}-{name}") for name in ("wal", "shm"))
    waits = locks.exists() or (log.exists() and log.stat().st_size > 0)
    return "mode=ro" if waits else "mode=ro&immutable=1"


def connect_writer(path: Path, busy_seconds: float) -> sqlite3.Connection:
    """A connection that may write; the file must exist."""
    connection = _connect(path, busy_seconds)
    with _closed_if_unfit(connection):
        # Before the first table exists, or it has no effect.
        _patiently(connection, "PRAGMA auto_vacuum = INCREMENTAL", busy_seconds)
        _patiently(connection, "PRAGMA journal_mode = WAL", busy_seconds)
        for setting in _WRITE_SETTINGS:
            connection.execute(f"PRAGMA {setting}")
    return connection


def connect_reader(path: Path, busy_seconds: float, access: str = "mode=rw") -> sqlite3.Connection:
    """A connection that only reads; the file must exist."""
    connection = _connect(path, busy_seconds, access)
    with _closed_if_unfit(connection):
        for setting in _READ_SETTINGS:
            connection.execute(f"PRAGMA {setting}")
    return connection


@contextmanager
def _closed_if_unfit(connection: sqlite3.Connection) -> Generator[None]:
    try:
        yield
    except BaseException:
        connection.close()
        raise


def _connect(path: Path, busy_seconds: float, access: str = "mode=rw") -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?{access}",
        uri=True,
        timeout=busy_seconds,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=256,
    )


def _patiently(connection: sqlite3.Connection, setting: str, busy_seconds: float) -> None:
    """Set what SQLite does not always wait for when another process has the file."""
    # It may have waited once by itself when it fails.
    until = time.monotonic() + 2 * busy_seconds
    while True:
        try:
            connection.execute(setting)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return


@contextmanager
def our_errors(path: Path) -> Generator[None]:
    """Turn SQLite's errors into ours."""
    try:
        yield
    except sqlite3.Error as error:
        raise translated(error, path) from error
    except UnicodeEncodeError as error:
        raise StoreQueryError(
            "text with a lone surrogate cannot be looked for: it is never stored"
        ) from error


def translated(error: sqlite3.Error, path: Path) -> StoreUnavailableError:
    """What an error of SQLite means to a user, and what to do about it."""
    # Errors of the sqlite3 module itself, such as too large an integer, have no code.
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    what = _MEANINGS.get(code, f"failed ({error})")
    return _kind(error, code, path)(f"the store {path} {what}")


def _kind(error: sqlite3.Error, code: int, path: Path) -> type[StoreUnavailableError]:
    if code == sqlite3.SQLITE_FULL:
        return StoreFullError
    # SQLite also calls read-only what was moved away, and cannot open what is gone for a moment.
    whole = getattr(error, "sqlite_errorcode", 0)
    read_only = whole in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_READONLY_DIRECTORY}
    if read_only or (code == sqlite3.SQLITE_CANTOPEN and not may_write(path)):
        return StoreForbiddenError
    return StoreUnavailableError


def may_write(path: Path) -> bool:
    """Whether this process may write a file that is there, and others beside it."""
    return not _is_there(path) or (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK))


_MEANINGS: Final = {
    sqlite3.SQLITE_FULL: "could not be written: the disk is full; free space, or prune the store",
    sqlite3.SQLITE_BUSY: "is locked by another process for too long; try again",
    sqlite3.SQLITE_LOCKED: "is locked by another connection for too long; try again",
    sqlite3.SQLITE_READONLY: "could not be written: it is read-only; check its permissions",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened; check the path and its permissions",
    sqlite3.SQLITE_PERM: "cannot be opened; check its permissions",
    sqlite3.SQLITE_IOERR: "could not be read or written: the disk failed",
    sqlite3.SQLITE_NOTADB: "is not an SQLite file; give another path",
    sqlite3.SQLITE_CORRUPT: "is damaged; run `modelmetry store check`, restore a copy",
}


class ReaderPool:
    """A few connections that threads read with beside the writer."""

    def __init__(
        self, path: Path, busy_seconds: float, size: int = READERS, access: str = "mode=rw"
    ) -> None:
        self._path = path
        self._access = access
        self._busy_seconds = busy_seconds
        self._free = threading.Semaphore(size)
        self._lock = threading.Lock()
        self._idle: list[sqlite3.Connection] = []
        self._closed = False

    @contextmanager
    def read(self) -> Generator[sqlite3.Connection]:
        """A connection that sees one state of the store until it is given back."""
        with self._free, our_errors(self._path):
            connection = self._take()
            try:
                connection.execute("BEGIN")
                yield connection
            finally:
                self._give_back(connection)

    def _take(self) -> sqlite3.Connection:
        with self._lock:
            if self._closed:
                raise StoreClosedError(f"the store {self._path} is closed; open it again")
            if self._idle:
                return self._idle.pop()
        return connect_reader(self._path, self._busy_seconds, self._access)

    def _give_back(self, connection: sqlite3.Connection) -> None:
        if connection.in_transaction:
            connection.rollback()
        with self._lock:
            if not self._closed:
                self._idle.append(connection)
                return
        connection.close()

    def close(self) -> None:
        """Close the idle connections now and the others when they are given back."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()
