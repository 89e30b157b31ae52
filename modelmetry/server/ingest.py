"""The operations that store a batch, and what a client says of itself."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, cast

from modelmetry_api.models import IngestSignalsV1ResponseBody, ReportClientV1ResponseBody
from modelmetry_api.types import encode_json

from modelmetry.server.calls import Answer, Call, Handler
from modelmetry.server.problems import Problem
from modelmetry.store.protocol import Store


def ingest_handlers(store: Store) -> dict[str, Handler]:
    """Handlers by operation."""

    async def ingest(call: Call) -> Answer:
        # The rows are on disk when the future is done, and not before this answers.
        future = store.ingest_future(call.tenant, call.document)
        accepted = await asyncio.shield(asyncio.wrap_future(future))
        return Answer(encode_json(IngestSignalsV1ResponseBody(accepted=accepted)))

    async def report(call: Call) -> Answer:
        # It waits as a batch does, and not on a thread that reads.
        future = store.report_future(call.tenant, call.document)
        stored = await asyncio.shield(asyncio.wrap_future(future))
        return Answer(encode_json(ReportClientV1ResponseBody(stored=stored)))

    return {"ingest-signals-v1": ingest, "report-client-v1": report}


def check_batch(document: Any, largest: int) -> None:
    """Refuse a batch of too many signals before time is spent on it.

    Raises:
        Problem: 413.
    """
    if not isinstance(document, dict):
        return  # the document's check says so better
    members = cast("Mapping[str, Any]", document).values()
    lists = [cast("Sequence[Any]", member) for member in members if isinstance(member, list)]
    # Signals are objects; the numbers of a list of a metric are part of one.
    signals = sum(len(one) for one in lists if one and isinstance(one[0], dict))
    if signals > largest:
        raise Problem(
            413,
            "too-many-signals",
            f"the batch has {signals} signals; {largest} is the most that one request may hold",
        )
