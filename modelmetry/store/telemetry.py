"""What a store can do with telemetry, and what can be asked of it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Protocol

from attrs import frozen
from modelmetry_api.models import (
    NameList,
    TelemetryAggregate,
    TelemetryRecordList,
    TelemetryRun,
    TelemetryRunList,
    TelemetrySeries,
    TelemetrySummary,
)

Group = Literal["none", "command", "status", "run"]


@frozen(kw_only=True)
class TelemetryFilter:
    """Which telemetry: all that is given must hold."""

    run: str | None = None
    command: str | None = None
    at_after: datetime | None = None
    at_before: datetime | None = None


@frozen(kw_only=True)
class TelemetryRecordQuery(TelemetryFilter):
    """Which records; `metric`: only those with a number of this name."""

    statuses: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    event: str | None = None
    metric: str | None = None
    sort: Literal["-at", "at"] = "-at"
    limit: int = 50
    cursor: str | None = None


@frozen(kw_only=True)
class TelemetryRunQuery:
    """Which runs, newest start first; `statuses` are the latest ones."""

    command: str | None = None
    execution: str | None = None
    statuses: tuple[str, ...] = ()
    start_after: datetime | None = None
    start_before: datetime | None = None
    limit: int = 50
    cursor: str | None = None


class TelemetryStore(Protocol):
    """Where telemetry rests; see `Store` for what holds of every method.

    It is written by `Store.ingest`, as `TelemetryRuns` and `TelemetryRecords`.
    """

    def list_telemetry_records(
        self, tenant: str, query: TelemetryRecordQuery
    ) -> TelemetryRecordList:
        """One page of records. Raises `StoreQueryError` when the cursor cannot be read."""
        ...

    def list_telemetry_runs(self, tenant: str, query: TelemetryRunQuery) -> TelemetryRunList:
        """One page of runs. Raises `StoreQueryError` likewise."""
        ...

    def get_telemetry_run(self, tenant: str, xid: str) -> TelemetryRun | None:
        """One run."""
        ...

    def telemetry_summary(self, tenant: str, query: TelemetryFilter) -> TelemetrySummary:
        """Counts and success rates; readings of machines are not counted."""
        ...

    def telemetry_aggregate(
        self, tenant: str, query: TelemetryFilter, *, metric: str, group_by: Group = "none"
    ) -> TelemetryAggregate:
        """How the values of one number are distributed; percentiles are of the nearest rank."""
        ...

    def telemetry_series(
        self,
        tenant: str,
        query: TelemetryFilter,
        *,
        metrics: tuple[str, ...],
        bucket_seconds: int = 60,
    ) -> TelemetrySeries:
        """Numbers over time."""
        ...

    def command_names(self, tenant: str, prefix: str = "", limit: int = 50) -> NameList:
        """Names of commands that begin with `prefix`, in the order of their code points."""
        ...

    def telemetry_names(self, tenant: str, prefix: str = "", limit: int = 50) -> NameList:
        """Names of numbers in telemetry, likewise."""
        ...
