"""The store in one SQLite file."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from modelmetry.store.sqlite.connection import (
    BUSY_SECONDS,
    ReaderPool,
    connect_writer,
    make_file,
    our_errors,
)
from modelmetry.store.sqlite.encode import Micros
from modelmetry.store.sqlite.ingest import read_batch
from modelmetry.store.sqlite.migrations import migrate
from modelmetry.store.sqlite.writer import Limits, Work, Writer


def micros_now() -> Micros:
    """Microseconds since 1970."""
    return time.time_ns() // 1000


class SqliteStore:
    def __init__(
        self,
        path: Path,
        *,
        create: bool = True,
        clock=micros_now,
        limits=Limits(),
        busy_seconds=BUSY_SECONDS,
    ):
        self._path = path
        if create:
            make_file(path)
        with our_errors(path):
            connection = connect_writer(path, busy_seconds)
            try:
                migrate(connection, clock())
            finally:
                connection.close()
            self._writer = Writer(
                path,
                clock=clock,
                limits=limits,
                background=lambda work: False,
                busy_seconds=busy_seconds,
            )
        self._readers = ReaderPool(path, busy_seconds)

    def ingest_future(self, tenant: str, body: Mapping[str, Any]) -> Future[int]:
        batch = read_batch(body)

        def write(work: Work) -> int:
            work.upsert.write(tenant, batch)
            return batch.signals

        return self._writer.submit(write, batch.weight + 1)

    def ingest(self, tenant: str, body: Mapping[str, Any]) -> int:
        return self.ingest_future(tenant, body).result()

    def close(self) -> None:
        self._writer.close()
        self._readers.close()
