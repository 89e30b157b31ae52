"""The operations of telemetry."""

from __future__ import annotations

from typing import Any

from modelmetry.server.calls import Answer, Call, Handler
from modelmetry.server.ingest import stored
from modelmetry.server.read import Read, Values, moments, names, reading
from modelmetry.server.threads import Threads
from modelmetry.store.protocol import Store
from modelmetry.store.telemetry import TelemetryFilter, TelemetryRecordQuery, TelemetryRunQuery


def telemetry_handlers(store: Store, threads: Threads) -> dict[str, Handler]:
    """Handlers by operation."""

    async def record(call: Call) -> Answer:
        lists = {"TelemetryRuns": "Runs", "TelemetryRecords": "Records"}
        body = {kind: call.document.get(name) for kind, name in lists.items()}
        return await stored(store, call.tenant, body)

    reads = {name: reading(store, threads, read) for name, read in READS.items()}
    return {"record-telemetry": record, **reads}


def _filter(values: Values) -> dict[str, Any]:
    """Which telemetry is asked for, as arguments of a query."""
    named = {name: values[name] for name in ("run", "command")}
    return {**named, **moments(values, "at_after", "at_before")}


def _records(store: Store, tenant: str, values: Values) -> object:
    query = TelemetryRecordQuery(
        **_filter(values),
        statuses=tuple(values["status"] or ()),
        kinds=tuple(values["kind"] or ()),
        event=values["event"],
        metric=values["metric"],
        sort=values["sort"],
        limit=values["limit"],
        cursor=values["cursor"],
    )
    return store.list_telemetry_records(tenant, query)


def _runs(store: Store, tenant: str, values: Values) -> object:
    query = TelemetryRunQuery(
        command=values["command"],
        execution=values["execution"],
        statuses=tuple(values["status"] or ()),
        **moments(values, "start_after", "start_before"),
        limit=values["limit"],
        cursor=values["cursor"],
    )
    return store.list_telemetry_runs(tenant, query)


def _run(store: Store, tenant: str, values: Values) -> object:
    return store.get_telemetry_run(tenant, values["xid"])


def _summary(store: Store, tenant: str, values: Values) -> object:
    return store.telemetry_summary(tenant, TelemetryFilter(**_filter(values)))


def _aggregate(store: Store, tenant: str, values: Values) -> object:
    query = TelemetryFilter(**_filter(values))
    return store.telemetry_aggregate(
        tenant, query, metric=values["metric"], group_by=values["group_by"]
    )


def _series(store: Store, tenant: str, values: Values) -> object:
    query = TelemetryFilter(**_filter(values))
    return store.telemetry_series(
        tenant, query, metrics=tuple(values["metric"]), bucket_seconds=values["bucket_seconds"]
    )


READS: dict[str, Read] = {
    "list-telemetry-records": _records,
    "list-telemetry-runs": _runs,
    "get-telemetry-run": _run,
    "get-telemetry-summary": _summary,
    "get-telemetry-aggregate": _aggregate,
    "get-telemetry-series": _series,
    "list-command-names": names(lambda store: store.command_names),
    "list-telemetry-names": names(lambda store: store.telemetry_names),
}
