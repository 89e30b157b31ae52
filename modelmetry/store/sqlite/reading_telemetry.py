"""What can be read of telemetry."""

from __future__ import annotations

from modelmetry_api.models import (
    NameList,
    TelemetryAggregate,
    TelemetryRecordList,
    TelemetryRun,
    TelemetryRunList,
    TelemetrySeries,
    TelemetrySummary,
)

from modelmetry.store.sqlite import (
    read_names,
    read_telemetry,
    read_telemetry_runs,
    telemetry_numbers,
    telemetry_sums,
)
from modelmetry.store.sqlite.connected import Connected
from modelmetry.store.sqlite.names import NameKind
from modelmetry.store.telemetry import (
    Group,
    TelemetryFilter,
    TelemetryRecordQuery,
    TelemetryRunQuery,
)


class ReadingTelemetry(Connected):
    """A `TelemetryStore`."""

    def list_telemetry_records(
        self, tenant: str, query: TelemetryRecordQuery
    ) -> TelemetryRecordList:
        """One page of records."""
        with self._read() as connection:
            return read_telemetry.list_records(connection, tenant, query)

    def list_telemetry_runs(self, tenant: str, query: TelemetryRunQuery) -> TelemetryRunList:
        """One page of runs."""
        with self._read() as connection:
            return read_telemetry_runs.list_runs(connection, tenant, query)

    def get_telemetry_run(self, tenant: str, xid: str) -> TelemetryRun | None:
        """One run, None when there is none."""
        with self._read() as connection:
            return read_telemetry_runs.get_run(connection, tenant, xid)

    def telemetry_summary(self, tenant: str, query: TelemetryFilter) -> TelemetrySummary:
        """Counts and success rates."""
        with self._read() as connection:
            return telemetry_sums.summary(connection, tenant, query)

    def telemetry_aggregate(
        self, tenant: str, query: TelemetryFilter, *, metric: str, group_by: Group = "none"
    ) -> TelemetryAggregate:
        """How the values of one number are distributed."""
        with self._read() as connection:
            return telemetry_numbers.aggregate(
                connection, tenant, query, metric=metric, group_by=group_by
            )

    def telemetry_series(
        self,
        tenant: str,
        query: TelemetryFilter,
        *,
        metrics: tuple[str, ...],
        bucket_seconds: int = 60,
    ) -> TelemetrySeries:
        """Numbers over time."""
        with self._read() as connection:
            return telemetry_numbers.series(
                connection, tenant, query, metrics=metrics, bucket_seconds=bucket_seconds
            )

    def command_names(self, tenant: str, prefix: str = "", limit: int = 50) -> NameList:
        """Names of commands."""
        with self._read() as connection:
            return read_names.list_names(connection, tenant, NameKind.COMMAND, prefix, limit)

    def telemetry_names(self, tenant: str, prefix: str = "", limit: int = 50) -> NameList:
        """Names of numbers in telemetry."""
        with self._read() as connection:
            return read_names.list_names(connection, tenant, NameKind.TELEMETRY, prefix, limit)
