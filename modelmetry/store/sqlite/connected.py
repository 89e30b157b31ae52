"""One file, the thread that writes it and the connections that read it."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, cast

from modelmetry.errors import StoreForbiddenError
from modelmetry.store.sqlite import background
from modelmetry.store.sqlite.connection import (
    BUSY_SECONDS,
    ReaderPool,
    connect_reader,
    connect_writer,
    make_file,
    our_errors,
    read_only_access,
)
from modelmetry.store.sqlite.encode import Micros
from modelmetry.store.sqlite.migrations import check_newest, migrate
from modelmetry.store.sqlite.no_writer import NoWriter
from modelmetry.store.sqlite.writer import Limits, Work, Writer

STANDARD: Final = Limits()


def micros_now() -> Micros:
    """Microseconds since 1970."""
    return time.time_ns() // 1000


class Connected:
    """What all rooms of the store stand on. `SqliteStore` says what the arguments are."""

    writer: Writer
    readers: ReaderPool

    def __init__(
        self,
        path: Path,
        *,
        create: bool = True,
        clock: Callable[[], Micros] = micros_now,
        limits: Limits = STANDARD,
        busy_seconds: float = BUSY_SECONDS,
        read_only: bool = False,
    ) -> None:
        self._path = path
        self._read_only = read_only
        self._clock = clock
        self._limits = limits
        self._busy_seconds = busy_seconds
        if read_only:
            self._look()
        else:
            self._prepare(create=create)
        self._inherited: list[object] = []
        self._start()

    def _prepare(self, *, create: bool) -> None:
        if create:
            make_file(self._path)
        with our_errors(self._path):
            connection = connect_writer(self._path, self._busy_seconds)
            try:
                migrate(connection, self._clock())
            finally:
                connection.close()

    def _look(self) -> None:
        """See that the file can be read as it is: nothing can be put right."""
        with our_errors(self._path):
            access = read_only_access(self._path)
            try:
                connection = connect_reader(self._path, self._busy_seconds, access)
                with closing(connection):
                    check_newest(connection)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_CANTOPEN or "immutable" in access:
                    raise
                raise StoreForbiddenError(
                    f"the store {self._path} may not be written, and its newest rows wait in "
                    f"{self._path.name}-wal to be worked in; let its owner open it once, or copy "
                    "both files to a folder of yours"
                ) from error

    def _start(self) -> None:
        if self._read_only:
            self.writer = cast("Writer", NoWriter(self._path))  # it has what is used of it here
            access = read_only_access(self._path)
            self.readers = ReaderPool(self._path, self._busy_seconds, access=access)
            self._process = os.getpid()
            return
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
