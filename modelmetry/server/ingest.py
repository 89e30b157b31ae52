"""The operations that store a batch, and what a client says of itself."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar, cast

from modelmetry_api.models import IngestSignalsV1ResponseBody, ReportClientV1ResponseBody
from modelmetry_api.types import encode_json

from modelmetry.server.calls import Answer, Call, Handler
from modelmetry.server.problems import Problem
from modelmetry.store.protocol import Store

T = TypeVar("T")


def ingest_handlers(store: Store) -> dict[str, Handler]:
    """Handlers by operation."""

    async def ingest(call: Call) -> Answer:
        return await stored(store, call.tenant, call.document)

    async def report(call: Call) -> Answer:
        # It waits as a batch does, and not on a thread that reads.
        kept = await written(store.report_future(call.tenant, call.document))
        return Answer(encode_json(ReportClientV1ResponseBody(stored=kept)))

    return {"ingest-signals-v1": ingest, "report-client-v1": report}


async def stored(store: Store, tenant: str, batch: Mapping[str, Any]) -> Answer:
    """The answer to a batch of signals, once it is stored."""
    accepted = await written(store.ingest_future(tenant, batch))
    return Answer(encode_json(IngestSignalsV1ResponseBody(accepted=accepted)))


async def written(future: Future[T]) -> T:
    """What was written. Its rows are on disk when the future is done, and nobody answers before."""
    return await asyncio.shield(asyncio.wrap_future(future))


def check_batch(document: Any, lists: Collection[str], largest: int) -> None:
    """Refuse a batch of too many signals before time is spent on it.

    Args:
        document: a body.
        lists: names of its members that are lists of signals; values of a metric are none.
        largest: how many there may be.

    Raises:
        Problem: 413.
    """
    if not isinstance(document, dict):
        return  # the document's check says so better
    members = cast("Mapping[str, Any]", document)
    found = [members.get(name) for name in lists]
    signals = sum(len(cast("Sequence[Any]", one)) for one in found if isinstance(one, list))
    if signals > largest:
        raise Problem(
            413,
            "too-many-signals",
            f"the batch has {signals} signals; {largest} is the most that one request may hold",
        )
