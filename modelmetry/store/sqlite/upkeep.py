"""What keeps the store in order and small."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import datetime
from functools import partial

from modelmetry.store.protocol import CheckReport, Progress, PruneReport, VacuumReport
from modelmetry.store.sqlite import (
    background,
    check,
    delete,
    delete_executions,
    delete_production,
    delete_telemetry,
)
from modelmetry.store.sqlite.connected import Connected
from modelmetry.store.sqlite.encode import Micros, to_micros

_Count = Callable[[sqlite3.Connection, int, Micros], int]


class Upkeep(Connected):
    """Checks, gives space back, deletes what is old."""

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
        """Delete what is from before a time.

        That is traces, sessions without any, reports of clients, executions with their metrics,
        telemetry records and runs without any, production metrics.
        """
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
        return PruneReport(
            traces=done,
            sessions=sessions + emptied,
            reports=reports_,
            executions=self._prune_executions(micros, tenants),
            telemetry_records=self._prune_telemetry(micros, tenants),
            metric_hours=self._prune_production(micros, tenants),
        )

    def _prune_production(self, before: Micros, tenants: list[int]) -> int:
        """Delete old production metrics in slices; how many hours of series went."""
        hours = 0
        for one in tenants:
            prune = partial(delete_production.prune_points_slice, before=before, tenant=one)
            while (deleted := self._write(prune)) is not None:
                hours += deleted
            self._write(partial(delete_production.prune_rest, before=before, tenant=one))
        return hours

    def count_metrics_before(self, before: datetime, *, tenant: str | None = None) -> int:
        """How many hours of series of production metrics `prune` would delete."""
        return self._count(delete_production.count_points_before, before, tenant)

    def _prune_telemetry(self, before: Micros, tenants: list[int]) -> int:
        """Delete old telemetry in slices; how many records went."""
        records = 0
        for one in tenants:
            prune = partial(delete_telemetry.prune_records_slice, before=before, tenant=one)
            while deleted := self._write(prune):
                records += deleted
            prune = partial(delete_telemetry.prune_runs_slice, before=before, tenant=one)
            while self._write(prune):
                pass
        return records

    def count_before(self, before: datetime, *, tenant: str | None = None) -> int:
        """How many traces `prune` would delete."""
        return self._count(delete.count_before, before, tenant)

    def count_reports_before(self, before: datetime, *, tenant: str | None = None) -> int:
        """How many reports of clients `prune` would delete."""
        return self._count(delete.count_reports_before, before, tenant)

    def count_executions_before(self, before: datetime, *, tenant: str | None = None) -> int:
        """How many executions `prune` would delete."""
        return self._count(delete_executions.count_executions_before, before, tenant)

    def _prune_executions(self, before: Micros, tenants: list[int]) -> int:
        done = 0
        while True:
            deleted = self._write(
                lambda work: delete_executions.prune_executions_slice(work, before, tenants)
            )
            if deleted is None:
                return done
            done += deleted

    def count_telemetry_before(self, before: datetime, *, tenant: str | None = None) -> int:
        """How many telemetry records `prune` would delete."""
        return self._count(delete_telemetry.count_records_before, before, tenant)

    def _count(self, count: _Count, before: datetime, tenant: str | None) -> int:
        micros = to_micros(before)
        with self._read() as connection:
            tenants = delete.tenants_of(connection, tenant)
            return sum(count(connection, one, micros) for one in tenants)

    def _size(self) -> int:
        """Bytes of the file, those included that wait in the log."""
        with self._read() as connection:
            (pages,) = connection.execute("PRAGMA page_count").fetchone()
            (size,) = connection.execute("PRAGMA page_size").fetchone()
            return int(pages) * int(size)
