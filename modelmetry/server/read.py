"""The operations that read and delete."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from modelmetry_api.types import encode_json

from modelmetry.server.calls import Answer, Call, Handler
from modelmetry.server.families import Families
from modelmetry.server.moments import moment
from modelmetry.server.packing import pack
from modelmetry.server.problems import Problem
from modelmetry.server.threads import Threads
from modelmetry.store.protocol import Store
from modelmetry.store.queries import (
    FindingCondition,
    HistogramQuery,
    MetadataCondition,
    ReportQuery,
    SeriesQuery,
    SessionQuery,
    SpanQuery,
    TotalsSeriesQuery,
    TraceQuery,
)

Values = Mapping[str, Any]
Read = Callable[[Store, str, Values], object]
"""Answers a model, or None when there is no such thing."""

Names = Callable[[str, str, int], object]
"""A method of a store: of a tenant, the names with a prefix, so many at most."""


def read_handlers(store: Store, families: Families, threads: Threads) -> dict[str, Handler]:
    """Handlers by operation."""
    reads = READS | {"get-trace": partial(_trace, families), "get-span": partial(_span, families)}
    handlers = {name: reading(store, threads, read) for name, read in reads.items()}
    return handlers | {
        "delete-trace": deleting(store.delete_trace, threads),
        "delete-session": deleting(store.delete_session, threads),
    }


def reading(store: Store, threads: Threads, read: Read) -> Handler:
    """A handler that answers what `read` finds, or 404."""

    async def handle(call: Call) -> Answer:
        def work() -> Answer:
            model = read(store, call.tenant, call.values)
            if model is None:
                raise missing()
            content, headers = pack(encode_json(model), call.coding)
            return Answer(content, headers=headers)

        return await threads.run(work)

    return handle


def deleting(delete: Callable[[str, str], bool], threads: Threads) -> Handler:
    """A handler that deletes what has the XID, or answers 404."""

    async def handle(call: Call) -> Answer:
        if not await threads.run(lambda: delete(call.tenant, call.values["xid"])):
            raise missing()
        return Answer(status=204)

    return handle


def missing() -> Problem:
    """404 for a thing; the same whether another tenant has it or nobody."""
    return Problem(404, "no-such-thing", "there is nothing with this XID")


def _range(values: Values) -> dict[str, Any]:
    """The stretch of time that is asked for, as arguments of a query."""
    return moments(values, "start_after", "start_before")


def moments(values: Values, *names: str) -> dict[str, Any]:
    """Times that are asked for, by the names of their parameters; None where none is."""
    return {name: values[name] and moment(values[name]) for name in names}


def _metadata(values: Values) -> tuple[MetadataCondition, ...]:
    return tuple(MetadataCondition.parse(text) for text in values["metadata"] or ())


def _traces(store: Store, tenant: str, values: Values) -> object:
    query = TraceQuery(
        names=tuple(values["name"] or ()),
        span_names=tuple(values["span_name"] or ()),
        span_failed=values["span_failed"],
        session=values["session"],
        **_range(values),
        min_duration_ms=values["min_duration_ms"],
        max_duration_ms=values["max_duration_ms"],
        severity=values["severity"],
        failed=values["failed"],
        model=values["model"],
        metadata=_metadata(values),
        findings=tuple(FindingCondition.parse(text) for text in values["finding"] or ()),
        **moments(values, "found_after", "found_before"),
        text=values["q"] or None,
        include_findings=tuple(values["include_finding"] or ()),
        include_preview=values["include_preview"],
        sort=values["sort"],
        limit=values["limit"],
        cursor=values["cursor"],
    )
    return store.list_traces(tenant, query)


def _trace(families: Families, store: Store, tenant: str, values: Values) -> object:
    found = store.get_trace(tenant, values["xid"])
    return None if found is None else families.trace(found)


def _outline(store: Store, tenant: str, values: Values) -> object:
    return store.trace_outline(tenant, values["xid"])


def _matches(store: Store, tenant: str, values: Values) -> object:
    return store.search_trace(tenant, values["xid"], values["text"])


def _span(families: Families, store: Store, tenant: str, values: Values) -> object:
    found = store.get_span(tenant, values["xid"], values["trace"])
    return None if found is None else families.span(found)


def _sessions(store: Store, tenant: str, values: Values) -> object:
    query = SessionQuery(
        names=tuple(values["name"] or ()),
        name_prefix=values["name_prefix"] or "",
        failed=values["failed"],
        **_range(values),
        limit=values["limit"],
        cursor=values["cursor"],
    )
    return store.list_sessions(tenant, query)


def _session(store: Store, tenant: str, values: Values) -> object:
    return store.get_session(tenant, values["xid"])


def _spans(store: Store, tenant: str, values: Values) -> object:
    query = SpanQuery(
        trace=values["trace"],
        names=tuple(values["name"] or ()),
        family=values["family"],
        model=values["model"],
        failed=values["failed"],
        **_range(values),
        sort=values["sort"],
        limit=values["limit"],
        cursor=values["cursor"],
    )
    return store.list_spans(tenant, query)


def _findings(values: Values) -> dict[str, Any]:
    """The findings that are asked for, as arguments of a query."""
    names = {name: values[name] for name in ("name", "trace_name", "span_name", "model")}
    return {**names, **_range(values), "metadata": _metadata(values)}


def _series(store: Store, tenant: str, values: Values) -> object:
    query = SeriesQuery(**_findings(values), bucket_seconds=values["bucket_seconds"])
    return store.finding_series(tenant, query)


def _histogram(store: Store, tenant: str, values: Values) -> object:
    query = HistogramQuery(**_findings(values), bins=values["bins"])
    return store.finding_histogram(tenant, query)


def _totals(store: Store, tenant: str, values: Values) -> object:
    return store.totals(tenant, **_range(values), sort=values["sort"])


def _totals_series(store: Store, tenant: str, values: Values) -> object:
    query = TotalsSeriesQuery(
        **_range(values),
        bucket_seconds=values["bucket_seconds"],
        trace_name=values["trace_name"],
    )
    return store.totals_series(tenant, query)


def _reports(store: Store, tenant: str, values: Values) -> object:
    moments = {name: values[name] and moment(values[name]) for name in ("at_after", "at_before")}
    query = ReportQuery(
        xid=values["xid"],
        **moments,
        lossy=values["lossy"],
        limit=values["limit"],
        cursor=values["cursor"],
    )
    return store.list_reports(tenant, query)


def _metadata_names(store: Store, tenant: str, values: Values) -> object:
    return store.metadata_names(tenant, **_range(values))


def names(listed: Callable[[Store], Names]) -> Read:
    """Answers names that begin with a prefix, of the kind that `listed` gives."""

    def read(store: Store, tenant: str, values: Values) -> object:
        return listed(store)(tenant, values["prefix"] or "", values["limit"])

    return read


READS: dict[str, Read] = {
    "list-traces": _traces,
    "list-sessions": _sessions,
    "get-session": _session,
    "list-spans": _spans,
    "get-trace-outline": _outline,
    "search-trace": _matches,
    "get-finding-series": _series,
    "get-finding-histogram": _histogram,
    "list-trace-names": names(lambda store: store.trace_names),
    "list-span-names": names(lambda store: store.span_names),
    "list-finding-names": names(lambda store: store.finding_names),
    "list-model-names": names(lambda store: store.model_names),
    "list-metadata-names": _metadata_names,
    "get-totals": _totals,
    "get-totals-series": _totals_series,
    "list-client-reports": _reports,
}
