"""The store in one SQLite file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from functools import partial
from typing import Any

import attrs
from modelmetry_api.models import FullTrace

from modelmetry.store.queries import TraceQuery
from modelmetry.store.sqlite import delete, reports
from modelmetry.store.sqlite.cost_room import CostRoom
from modelmetry.store.sqlite.encode import xid_key
from modelmetry.store.sqlite.executions import ExecutionRoom
from modelmetry.store.sqlite.healthy import Healthy
from modelmetry.store.sqlite.ingest import read_batch
from modelmetry.store.sqlite.kept_keys import KeptKeys
from modelmetry.store.sqlite.reading import Reading
from modelmetry.store.sqlite.reading_production import ReadingProduction
from modelmetry.store.sqlite.reading_telemetry import ReadingTelemetry
from modelmetry.store.sqlite.signing_keys import KeptSigningKeys
from modelmetry.store.sqlite.upkeep import Upkeep
from modelmetry.store.sqlite.writer import Work


class SqliteStore(
    Reading,
    ReadingTelemetry,
    ReadingProduction,
    CostRoom,
    ExecutionRoom,
    KeptKeys,
    KeptSigningKeys,
    Upkeep,
    Healthy,
):
    """A `Store`, `KeyStore` and `SigningKeys` in one file, for any number of threads and processes.

    Attributes:
        writer: the thread that writes.
        readers: the connections that read.

    Args:
        path: the file.
        create: make it when it is missing.
        clock: microseconds since 1970.
        limits: how much may wait to be written.
        busy_seconds: how long to wait for other processes that write.
        read_only: only read, a file that may not be written.

    Raises:
        StoreUnavailableError: the file cannot be opened, or is something else.
        StoreVersionError: a newer version of this package made it.
    """

    def ingest_future(self, tenant: str, body: Mapping[str, Any]) -> Future[int]:
        """`ingest` that does not wait; see `Store`."""
        batch = read_batch(body)

        def write(work: Work) -> int:
            work.upsert.write(tenant, batch)
            return batch.signals

        self._here()
        future = self.writer.submit(write, batch.weight + 1)
        future.add_done_callback(partial(self.count, body))
        return future

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
