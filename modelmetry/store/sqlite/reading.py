"""What can be read of the store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

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
from modelmetry.store.sqlite import (
    histogram,
    matches,
    outline,
    read_metadata,
    read_names,
    read_sessions,
    read_spans,
    read_traces,
    reports,
    search,
    series,
    totals,
    totals_series,
)
from modelmetry.store.sqlite.connected import Connected
from modelmetry.store.sqlite.names import NameKind

# A search waits for the index when so little is missing that it takes less than about a second.
_SMALL_BACKLOG: Final = 2_000


class Reading(Connected):
    """Lists, single things, series and totals."""

    def list_traces(self, tenant: str, query: TraceQuery) -> TraceList:
        """One page of traces; a search waits for the index to catch up, if it can soon."""
        if query.text is not None:
            self._catch_up()
        with self._read() as connection:
            return read_traces.list_traces(connection, tenant, query)

    def get_trace(self, tenant: str, xid: str) -> FullTrace | None:
        """One trace with all its parts, None when there is none."""
        with self._read() as connection:
            return read_traces.get_trace(connection, tenant, xid)

    def trace_outline(self, tenant: str, xid: str) -> TraceOutline | None:
        """What a waterfall needs of a trace, None when there is none."""
        with self._read() as connection:
            return outline.get_outline(connection, tenant, xid)

    def search_trace(self, tenant: str, xid: str, texts: Sequence[str]) -> TraceMatches | None:
        """Where all of the texts occur in a trace, None when there is none."""
        with self._read() as connection:
            return matches.search_trace(connection, tenant, xid, texts)

    def get_span(self, tenant: str, xid: str, trace: str | None = None) -> Span | None:
        """One span whole, None when there is none or it is not in this trace."""
        with self._read() as connection:
            return read_spans.get_span(connection, tenant, xid, trace)

    def list_sessions(self, tenant: str, query: SessionQuery) -> SessionList:
        """One page of sessions."""
        with self._read() as connection:
            return read_sessions.list_sessions(connection, tenant, query)

    def get_session(self, tenant: str, xid: str) -> FullSession | None:
        """One session with its first 1,000 traces, None when there is none."""
        with self._read() as connection:
            return read_sessions.get_session(connection, tenant, xid)

    def list_spans(self, tenant: str, query: SpanQuery) -> SpanList:
        """One page of spans."""
        with self._read() as connection:
            return read_spans.list_spans(connection, tenant, query)

    def list_reports(self, tenant: str, query: ReportQuery) -> ClientReportList:
        """One page of reports of clients."""
        with self._read() as connection:
            return reports.list_reports(connection, tenant, query)

    def finding_series(self, tenant: str, query: SeriesQuery) -> FindingSeries:
        """A finding over time."""
        with self._read() as connection:
            return series.finding_series(connection, tenant, query)

    def finding_histogram(self, tenant: str, query: HistogramQuery) -> FindingHistogram:
        """How a finding is spread."""
        with self._read() as connection:
            return histogram.finding_histogram(connection, tenant, query)

    def trace_names(self, tenant: str, prefix: str = "", limit: int = 50) -> NameList:
        """Names of traces."""
        with self._read() as connection:
            return read_names.list_names(connection, tenant, NameKind.TRACE, prefix, limit)

    def span_names(self, tenant: str, prefix: str = "", limit: int = 50) -> NameList:
        """Names of spans."""
        with self._read() as connection:
            return read_names.list_names(connection, tenant, NameKind.SPAN, prefix, limit)

    def model_names(self, tenant: str, prefix: str = "", limit: int = 50) -> NameList:
        """Names of models."""
        with self._read() as connection:
            return read_names.list_names(connection, tenant, NameKind.MODEL, prefix, limit)

    def metadata_names(
        self,
        tenant: str,
        start_after: datetime | None = None,
        start_before: datetime | None = None,
    ) -> MetadataNameList:
        """Keys and values in the metadata of the traces that started in the range."""
        with self._read() as connection:
            return read_metadata.list_metadata_names(connection, tenant, start_after, start_before)

    def finding_names(self, tenant: str, prefix: str = "", limit: int = 50) -> FindingNameList:
        """Names of findings with the types of their values."""
        with self._read() as connection:
            return read_names.list_finding_names(connection, tenant, prefix, limit)

    def totals(
        self,
        tenant: str,
        start_after: datetime | None = None,
        start_before: datetime | None = None,
        *,
        sort: SpanNameSort = "spans",
    ) -> Totals:
        """Totals of what started in the range."""
        with self._read() as connection:
            return totals.totals(connection, tenant, start_after, start_before, sort=sort)

    def totals_series(self, tenant: str, query: TotalsSeriesQuery) -> TotalsSeries:
        """Totals over time."""
        with self._read() as connection:
            return totals_series.totals_series(connection, tenant, query)

    def _catch_up(self) -> None:
        with self._read() as connection:
            left = search.backlog(connection, _SMALL_BACKLOG + 1)
        if 0 < left <= _SMALL_BACKLOG:
            while self._write(lambda work: search.index_some(work.connection)):
                pass
