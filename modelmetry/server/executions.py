"""The operations of executions and their metrics."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from modelmetry_api.types import encode_json

from modelmetry.server.calls import Answer, Call, Handler
from modelmetry.server.ingest import written
from modelmetry.server.read import Read, Values, deleting, missing, moments, names, reading
from modelmetry.server.threads import Threads
from modelmetry.store.executions import CurveQuery, ExecutionQuery, MetricQuery
from modelmetry.store.protocol import Store

Write = Callable[[Call], Future[Any]]


def execution_handlers(store: Store, threads: Threads) -> dict[str, Handler]:
    """Handlers by operation."""
    writes: dict[str, Write] = {
        "create-execution": lambda call: store.put_execution(call.tenant, call.document),
        "finish-execution": lambda call: store.finish_execution(
            call.tenant, call.values["xid"], call.document
        ),
        "record-metric-value": lambda call: store.record_metric_value(
            call.tenant, call.values["xid"], call.document
        ),
        "append-metric-values": lambda call: store.append_metric_values(
            call.tenant, call.values["xid"], call.document
        ),
    }
    return {
        **{name: _writing(write) for name, write in writes.items()},
        **{name: reading(store, threads, read) for name, read in READS.items()},
        "delete-execution": deleting(store.delete_execution, threads),
    }


def _writing(write: Write) -> Handler:
    async def handle(call: Call) -> Answer:
        model = await written(write(call))
        if model is None:
            raise missing()
        return Answer(encode_json(model))

    return handle


def _executions(store: Store, tenant: str, values: Values) -> object:
    query = ExecutionQuery(
        pipeline=values["pipeline_name"],
        deployment=values["deployment_name"],
        statuses=tuple(values["status"] or ()),
        xid_prefix=values["xid_prefix"] or "",
        **moments(values, "start_after", "start_before"),
        limit=values["limit"],
        cursor=values["cursor"],
    )
    return store.list_executions(tenant, query)


def _execution(store: Store, tenant: str, values: Values) -> object:
    return store.get_execution(tenant, values["xid"])


def _metric_query(values: Values, *, include_values: bool = False) -> MetricQuery:
    return MetricQuery(
        name=values["name"],
        pipeline=values["pipeline_name"],
        deployment=values["deployment_name"],
        execution=values["execution"],
        include_values=include_values,
        limit=values["limit"],
        cursor=values["cursor"],
    )


def _metric_values(store: Store, tenant: str, values: Values) -> object:
    return store.list_metric_values(tenant, _metric_query(values))


def _history(store: Store, tenant: str, values: Values) -> object:
    return store.metric_history(
        tenant,
        values["execution"],
        values["name"],
        limit=values["limit"],
        cursor=values["cursor"],
    )


def _metric_lists(store: Store, tenant: str, values: Values) -> object:
    query = _metric_query(values, include_values=values["include_values"])
    return store.list_metric_lists(tenant, query)


def _curves(store: Store, tenant: str, values: Values) -> object:
    query = CurveQuery(
        executions=tuple(values["execution"]),
        name=values["name"],
        of=values["of"],
        points=values["points"],
        from_index=values["from_index"],
        to_index=values["to_index"],
    )
    return store.metric_curves(tenant, query)


READS: dict[str, Read] = {
    "list-executions": _executions,
    "get-execution": _execution,
    "list-metric-values": _metric_values,
    "get-metric-history": _history,
    "list-metric-lists": _metric_lists,
    "get-metric-curves": _curves,
    "list-pipeline-names": names(lambda store: store.pipeline_names),
    "list-deployment-names": names(lambda store: store.deployment_names),
    "list-metric-names": names(lambda store: store.metric_names),
}
