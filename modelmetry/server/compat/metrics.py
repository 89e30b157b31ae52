"""Recording and reading metrics in the other protocol: the same executions, values and lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelmetry_api.models import MetricList, MetricValue
from modelmetry_api.types import encode_json

from modelmetry.errors import StoreLimitError
from modelmetry.server.calls import Answer, Call, Handler
from modelmetry.server.compat.protocol import SCOPES
from modelmetry.server.ingest import written
from modelmetry.server.parameters import refused
from modelmetry.server.problems import Fault
from modelmetry.server.read import Values, reading
from modelmetry.server.threads import Threads
from modelmetry.store.executions import MOST_PAGE_VALUES, MetricQuery
from modelmetry.store.protocol import Store

Row = dict[str, Any]


def metric_handlers(store: Store, threads: Threads) -> dict[str, Handler]:
    """Handlers by operation."""

    async def put_single_value(call: Call) -> Answer:
        body = {"Name": call.values["name"], "Value": call.document["value"]}
        future = store.record_metric_value(call.tenant, call.document["execution_id"], body)
        return Answer(encode_json(_single_value(await written(future))))

    async def post_list_values(call: Call) -> Answer:
        body = {"Name": call.values["name"], "Values": call.document["values"]}
        future = store.append_metric_values(call.tenant, call.document["execution_id"], body)
        try:
            found = await written(future)
        except StoreLimitError as error:
            raise refused([Fault("body.values", str(error))]) from error
        return Answer(encode_json(_row(found) | {"count": found.count}))

    return {
        "put-single-value": put_single_value,
        "post-list-values": post_list_values,
        "list-single-values": reading(store, threads, _single_values),
        "list-list-values": reading(store, threads, _list_values),
    }


def _single_values(store: Store, tenant: str, values: Values) -> Row:
    page = store.list_metric_values(tenant, _query(values, include_values=False))
    return {"metrics": list(map(_single_value, page.values)), "total_count": page.total_count}


def _list_values(store: Store, tenant: str, values: Values) -> Row:
    query = _query(values, include_values=True)
    page = store.list_metric_lists(tenant, query)
    if page.next_cursor is not None and len(page.lists) < query.limit:
        # Whoever counts pages would take what was left out for what is not there.
        raise refused(
            [
                Fault(
                    "query.items_per_page",
                    f"asks for a page of more than {MOST_PAGE_VALUES:,} values; narrow it by "
                    "filters[name] or filters[execution_id], or ask for fewer items_per_page",
                    query.limit,
                )
            ]
        )
    rows = [_row(one) | {"values": one.values} for one in page.lists]
    return {"metrics": rows, "total_count": page.total_count}


def _query(values: Mapping[str, Any], *, include_values: bool) -> MetricQuery:
    given = [name for scope in SCOPES if values[name := f"filters[{scope}]"] is not None]
    if len(given) > 1:
        # The store says so too, but of parameters that are not named as these are.
        message = f"can be narrowed by one scope, not by {' and '.join(given)}; leave all but one"
        raise refused([Fault("query", f"{message} away")])
    return MetricQuery(
        name=values["filters[name]"],
        pipeline=values["filters[pipeline_name]"],
        deployment=values["filters[deployment_name]"],
        execution=values["filters[execution_id]"],
        include_values=include_values,
        limit=values["items_per_page"],
        offset=(values["page"] - 1) * values["items_per_page"],
    )


def _single_value(found: MetricValue) -> Row:
    return _row(found) | {"value": found.value}


def _row(found: MetricValue | MetricList) -> Row:
    """What rows of both kinds have; names that nobody gave are null."""
    return {
        "name": found.name,
        "created_at": found.created_at,
        "execution_id": found.execution_id,
        "deployment_name": found.deployment_name or None,
        "pipeline_name": found.pipeline_name or None,
    }
