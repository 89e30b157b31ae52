"""The operations of costs of the cloud."""

from __future__ import annotations

from concurrent.futures import Future
from datetime import date

from modelmetry_api.models import CostDaysReplaced
from modelmetry_api.types import encode_json

from modelmetry.server.calls import Answer, Call, Handler
from modelmetry.server.ingest import written
from modelmetry.server.read import Read, Values, reading
from modelmetry.server.threads import Threads
from modelmetry.store.costs import CostQuery, CostTrendQuery, day_of
from modelmetry.store.protocol import Store


def cost_handlers(store: Store, threads: Threads) -> dict[str, Handler]:
    """Handlers by operation."""

    async def replace(call: Call) -> Answer:
        def begin() -> Future[CostDaysReplaced]:
            return store.replace_cost_days(call.tenant, call.document)

        # To read 10,000 rows takes long enough for others to notice.
        model = await written(await threads.run(begin))
        return Answer(encode_json(model))

    reads = {name: reading(store, threads, read) for name, read in READS.items()}
    return {"replace-cost-days": replace, **reads}


def _day(values: Values, name: str) -> date | None:
    text = values[name]
    return None if text is None else day_of(text, name)


def _days(store: Store, tenant: str, values: Values) -> object:
    query = CostQuery(
        start=_day(values, "from"),
        end=_day(values, "to"),
        source=values["source"],
        service=values["service"],
        group_by=tuple(values["group_by"] or ("day",)),
    )
    return store.list_cost_days(tenant, query)


def _sources(store: Store, tenant: str, values: Values) -> object:
    del values
    return store.list_cost_sources(tenant)


def _trend(store: Store, tenant: str, values: Values) -> object:
    query = CostTrendQuery(
        days=values["days"],
        end=_day(values, "to"),
        source=values["source"],
        basis=values["basis"],
        without=tuple(values["without"] or ()),
    )
    return store.cost_trend(tenant, query)


READS: dict[str, Read] = {
    "list-cost-days": _days,
    "list-cost-sources": _sources,
    "get-cost-trend": _trend,
}
