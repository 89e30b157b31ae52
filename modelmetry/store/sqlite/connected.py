"""One file, the thread that writes it and the connections that read it."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from modelmetry.store.sqlite import background
from modelmetry.store.sqlite.connection import (
    BUSY_SECONDS,
    ReaderPool,
    connect_writer,
    make_file,
    our_errors,
)
from modelmetry.store.sqlite.encode import Micros
from modelmetry.store.sqlite.migrations import migrate
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
