"""What a store can do. Servers, sinks and the command line know this and no more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from datetime import datetime
from typing import Any, Protocol

from attrs import frozen
from modelmetry_api.models import (
    ClientReportList,
    FindingHistogram,
    FindingNameList,
    FindingSeries,
    FullSession,
    FullTrace,
    MetadataNameList,
    NameList,
    SessionList,
    Span,
    SpanList,
    Totals,
    TotalsSeries,
    TraceList,
    TraceMatches,
    TraceOutline,
)

from modelmetry.store.costs import CostStore
from modelmetry.store.executions import ExecutionStore
from modelmetry.store.production import ProductionStore
from modelmetry.store.queries import (
    HistogramQuery,
    ReportQuery,
    SeriesQuery,
    SessionQuery,
    SpanNameSort,
    SpanQuery,
    TotalsSeriesQuery,
    TraceQuery,
)
from modelmetry.store.telemetry import TelemetryStore

Progress = Callable[[int, int], None]
"""Called with what is done and how much there is in all."""


@frozen(kw_only=True)
class CheckReport:
    """What `check` found; `problems` are sentences, none when all is well."""

    problems: tuple[str, ...]
    traces: int
    spans: int
    events: int
    findings: int
    executions: int
    telemetry_records: int

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


@frozen(kw_only=True)
class VacuumReport:
    """Bytes of the file before and after."""

    bytes_before: int
    bytes_after: int


@frozen(kw_only=True)
class PruneReport:
    """How much was deleted."""

    traces: int
    sessions: int
    reports: int
    executions: int
    telemetry_records: int
    metric_hours: int


@frozen(kw_only=True)
class StoreHealth:
    """How a store is, as far as this process knows; sums begin when it is opened.

    Attributes:
        signals: how many were stored, by the list of a body in which they came.
        transactions: how often something was written.
        write_seconds: what that took.
        waiting: how many batches wait to be written.
        sizes: bytes of its files, by what they are.
    """

    signals: Mapping[str, int]
    transactions: int
    write_seconds: float
    waiting: int
    sizes: Mapping[str, int]


class Store(ExecutionStore, TelemetryStore, ProductionStore, CostStore, Protocol):
    """Where signals rest.

    Every method is synchronous, may be called from any thread, and sees one tenant only. All
    raise `StoreClosedError` after `close`, and `StoreUnavailableError` when the file cannot be
    read or written now. XIDs are the clients' ids, any text.
    """

    def ingest(self, tenant: str, body: Mapping[str, Any]) -> int:
        """Store a batch whole or not at all; its rows are on disk when this returns.

        Args:
            tenant: whose signals they are.
            body: a request body of the ingest operation as plain JSON values under wire names;
                times may be `datetime` objects. It has been validated.

        Returns:
            How many signals the batch has.

        Raises:
            StoreBusyError: too much is waiting to be written; nothing of the batch is stored.
            StoreFullError: the disk is full; nothing of the batch is stored.
            StoreLimitError: a list of an execution would hold too many values; likewise.
            StoreRefusedError: intervals of metrics contradict themselves, or have more series than
                there is room for; likewise.
        """
        ...

    def ingest_future(self, tenant: str, body: Mapping[str, Any]) -> Future[int]:
        """`ingest` that does not wait; raises `StoreBusyError` and `StoreClosedError` at once."""
        ...

    def put_report(self, tenant: str, body: Mapping[str, Any]) -> bool:
        """Keep the report of a client; False when one of the same time or a later one is known.

        Args:
            tenant: whose client it is.
            body: a request body of the operation, as with `ingest`.

        Raises:
            StoreBusyError: too much is waiting to be written; nothing of the report is stored.
        """
        ...

    def report_future(self, tenant: str, body: Mapping[str, Any]) -> Future[bool]:
        """`put_report` that does not wait; raises as `ingest_future` does."""
        ...

    def list_reports(self, tenant: str, query: ReportQuery) -> ClientReportList:
        """One page of reports. Raises `StoreQueryError` when the cursor cannot be read."""
        ...

    def list_traces(self, tenant: str, query: TraceQuery) -> TraceList:
        """One page of traces. Raises `StoreQueryError` when the cursor cannot be read."""
        ...

    def get_trace(self, tenant: str, xid: str) -> FullTrace | None:
        """One trace with all its parts; family data as sent, in `family_data` of its spans."""
        ...

    def trace_outline(self, tenant: str, xid: str) -> TraceOutline | None:
        """What a waterfall needs of a trace: its spans without what is in them."""
        ...

    def search_trace(self, tenant: str, xid: str, texts: Sequence[str]) -> TraceMatches | None:
        """The spans of a trace in which all of the texts occur, capital letters aside.

        Like the trace itself, each comes with one place where one of them occurs; 1,000 at most.
        """
        ...

    def get_span(self, tenant: str, xid: str, trace: str | None = None) -> Span | None:
        """One span with its events and findings; family data as with `get_trace`.

        None when it does not belong to the trace with the XID `trace`, if one is given.
        """
        ...

    def delete_trace(self, tenant: str, xid: str) -> bool:
        """Delete a trace with all its parts; False when there is none."""
        ...

    def delete_session(self, tenant: str, xid: str) -> bool:
        """Delete a session with all its traces; False when there is none."""
        ...

    def list_sessions(self, tenant: str, query: SessionQuery) -> SessionList:
        """One page of sessions. Raises `StoreQueryError` when the cursor cannot be read."""
        ...

    def get_session(self, tenant: str, xid: str) -> FullSession | None:
        """One session with its first 1,000 traces."""
        ...

    def list_spans(self, tenant: str, query: SpanQuery) -> SpanList:
        """One page of spans. Raises `StoreQueryError` when the cursor cannot be read."""
        ...

    def finding_series(self, tenant: str, query: SeriesQuery) -> FindingSeries:
        """A finding over time."""
        ...

    def finding_histogram(self, tenant: str, query: HistogramQuery) -> FindingHistogram:
        """How the values of a finding are spread."""
        ...

    def trace_names(self, tenant: str, prefix: str = "", limit: int = 50) -> NameList:
        """Names of traces that begin with `prefix`, in the order of their code points."""
        ...

    def span_names(self, tenant: str, prefix: str = "", limit: int = 50) -> NameList:
        """Names of spans, likewise."""
        ...

    def model_names(self, tenant: str, prefix: str = "", limit: int = 50) -> NameList:
        """Names of models, likewise."""
        ...

    def metadata_names(
        self,
        tenant: str,
        start_after: datetime | None = None,
        start_before: datetime | None = None,
    ) -> MetadataNameList:
        """Keys and values in the metadata of the traces that started in the range."""
        ...

    def finding_names(self, tenant: str, prefix: str = "", limit: int = 50) -> FindingNameList:
        """Names of findings with the types of their values, likewise."""
        ...

    def totals(
        self,
        tenant: str,
        start_after: datetime | None = None,
        start_before: datetime | None = None,
        *,
        sort: SpanNameSort = "spans",
    ) -> Totals:
        """Counts, durations, tokens and cost of what started in the range.

        `sort` says which 50 span names are answered.
        """
        ...

    def totals_series(self, tenant: str, query: TotalsSeriesQuery) -> TotalsSeries:
        """The same over time."""
        ...

    def export(self, tenant: str, query: TraceQuery) -> Iterator[FullTrace]:
        """Every trace that the query finds, page by page; `limit` is the size of a page."""
        ...

    def check(self) -> CheckReport:
        """Whether the store is in order: its file, its parts and its counters."""
        ...

    def vacuum(self) -> VacuumReport:
        """Give unused space back to the disk. Nobody can write meanwhile."""
        ...

    def prune(
        self, before: datetime, *, tenant: str | None = None, progress: Progress | None = None
    ) -> PruneReport:
        """Delete what is from before a time, others going on meanwhile.

        That is traces, sessions without any, reports of clients, executions with their metrics,
        telemetry records and runs without any, production metrics.
        """
        ...

    def ping(self) -> None:
        """Return when the store can be read and written; raises `StoreUnavailableError`."""
        ...

    def health(self) -> StoreHealth:
        """How the store is; touches no row."""
        ...

    def close(self) -> None:
        """Write what is waiting, then close; again is harmless."""
        ...
