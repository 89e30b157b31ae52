"""Every function of the generated client, with every parameter, against server and document."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import import_module
from keyword import iskeyword
from typing import Any

import httpx
import pytest
from modelmetry_api import errors, models
from modelmetry_api.api import delete_trace, get_info, get_trace, ingest_signals_v1, list_traces
from modelmetry_api.client import AsyncClient, Client

from tests.contract.spec_document import Operation, operations
from tests.contract.spec_transport import SpecTransport, UndescribedRequestError
from tests.contract.target import Target

MOMENT = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)
VALUES: dict[str, Any] = {
    "xid": "a/b ../%2F?#é",
    "name": ["one, two", "a&b=c"],
    "session": "ä/ö",
    "start_after": MOMENT,
    "found_after": MOMENT,
    "found_before": MOMENT,
    "start_before": MOMENT.astimezone(),
    "at_after": MOMENT,
    "at_before": MOMENT.astimezone(),
    "lossy": True,
    "min_duration_ms": 0,
    "max_duration_ms": 1.5,
    "severity": "error",
    "failed": True,
    "model": "gpt-4o",
    "metadata": ["channel=web", "a=b=c", "k="],
    "finding": ["score<0.5", "topic!=a b", "safe=true"],
    "q": "where is my order?",
    "text": ["where is", "a&b=c"],
    "include_finding": ["score", "topic"],
    "include_preview": True,
    "sort": "-duration",
    "limit": 500,
    "cursor": "-5~YWJj",
    "trace": "a+b",
    "family": "completion",
    "bucket_seconds": 60,
    "trace_name": "t",
    "span_name": "s",
    "span_failed": True,
    "name_prefix": "a%",
    "prefix": "a%",
    "bins": 5,
    "pipeline_name": "train + test",
    "deployment_name": "nightly/é",
    "execution": "a/b?#",
    "status": ["running", "failed"],
    "xid_prefix": "2026-",
    "include_values": True,
    "of": "value",
    "points": 10,
    "from_index": 0,
    "to_index": 50,
    "run": "a/b?#",
    "command": "train & test",
    "kind": ["record", "event"],
    "event": "drift",
    "metric": "tokens/s",
    "group_by": "status",
    "service": "shop & co",
    "attribute": ["http.route=/a b", "k="],
    "quantile": [0.5, 0.95],
    "from": MOMENT.date(),
    "to": (MOMENT + DAY).date(),
    "source": "aws & azure",
    "days": 14,
    "basis": "effective",
    "without": ["Tax", "Purchase"],
    "baseline_after": MOMENT,
    "baseline_before": MOMENT.astimezone(),
}
# Names that mean something else in these operations.
OTHERWISE: dict[str, dict[str, Any]] = {
    "get-finding-series": {"name": "score"},
    "get-finding-histogram": {"name": "score"},
    "get-totals": {"sort": "p95"},
    "get-metric-history": {"name": "score"},
    "list-metric-values": {"name": "score"},
    "list-metric-lists": {"name": "score"},
    "get-metric-curves": {"name": "score", "execution": ["a", "b"]},
    "get-telemetry-series": {"metric": ["tokens/s", "a&b=c"]},
    "list-telemetry-records": {"sort": "at"},
    "get-production-series": {
        "name": "http.server.request.duration",
        "group_by": ["service"],
        "points": False,
        "at_before": MOMENT + DAY,
    },
    "list-cost-days": {"group_by": ["day", "service"]},
    "get-production-summary": {"at_before": MOMENT + DAY, "baseline_before": MOMENT + DAY},
}
# Of these only one may be given.
SCOPED = {"list-metric-values", "list-metric-lists"}
READS = [found for found in operations() if found.method == "GET"]
NOT_THERE = {
    *("get-trace", "get-trace-outline", "search-trace", "get-span", "get-session"),
    *("get-execution", "get-metric-history", "get-telemetry-run"),
}


def arguments(operation: Operation) -> dict[str, Any]:
    """A value for every parameter of an operation."""
    values = {parameter.name: VALUES[parameter.name] for parameter in operation.parameters}
    if operation.id in SCOPED:
        del values["pipeline_name"], values["deployment_name"]
    values |= OTHERWISE.get(operation.id, {})
    return {f"{name}_" if iskeyword(name) else name: value for name, value in values.items()}


def function(operation: Operation, name: str) -> Any:
    """One of the four functions that the generated package has for an operation."""
    module = import_module(f"modelmetry_api.api.{operation.id.replace('-', '_')}")
    return getattr(module, name)


@pytest.fixture(scope="module")
def reader(target: Target) -> Iterator[Client]:
    """The generated client; what the document does not describe does not leave it."""
    transport = SpecTransport(httpx.HTTPTransport())
    with Client(target.base_url, api_key=target.key, transport=transport) as opened:
        yield opened


@pytest.mark.parametrize("operation", READS, ids=lambda operation: operation.id)
def test_a_read_with_every_parameter_is_described_and_answered(
    reader: Client, operation: Operation
) -> None:
    """All parameters at once: the request is described, and the answer is read."""
    call = function(operation, "sync_detailed")
    given = arguments(operation)
    accepted = inspect.signature(call).parameters.keys() - {"client", "headers", "timeout"}
    assert accepted >= given.keys()
    assert accepted == given.keys() or operation.id in SCOPED
    if operation.id in NOT_THERE:
        with pytest.raises(errors.NotFoundError):
            call(client=reader, **given)
        return
    assert call(client=reader, **given).status == 200


def test_a_read_by_asyncio_is_answered_alike(reader: Client, target: Target) -> None:
    """The functions for asyncio ask and read the same."""
    there = [found for found in READS if found.id not in NOT_THERE | {"get-totals"}]

    async def ask() -> list[Any]:
        async with AsyncClient(target.base_url, api_key=target.key) as client:
            calls = [function(one, "asyncio")(client=client, **arguments(one)) for one in there]
            return [await call for call in calls]

    expected = [function(found, "sync")(client=reader, **arguments(found)) for found in there]
    assert asyncio.run(ask()) == expected


def test_the_life_of_a_trace(reader: Client, target: Target) -> None:
    """Ingest, read, list, delete, read again, with models all the way."""
    xid = target.xid()
    target.sent.add(xid)
    trace = models.CreateTraceParams(xid=xid, name="t", session_id=target.session, start=MOMENT)
    body = models.IngestSignalsV1RequestBody(traces=[trace])
    assert ingest_signals_v1.sync(client=reader, body=body).accepted == 1
    assert get_trace.sync(xid, client=reader).start == MOMENT
    listed = list_traces.sync(client=reader, session=target.session, limit=500)
    assert xid in {found.xid for found in listed.traces}
    assert delete_trace.sync_detailed(xid, client=reader).status == 204
    with pytest.raises(errors.NotFoundError):
        get_trace.sync(xid, client=reader)
    with pytest.raises(errors.NotFoundError):
        delete_trace.sync(xid, client=reader)


def test_refusals_are_typed(target: Target) -> None:
    """A wrong key and a wrong request are errors of their own that do not tell the key."""
    with Client(target.base_url, api_key="mm_wrong") as stranger:
        with pytest.raises(errors.UnauthorizedError) as unknown:
            list_traces.sync(client=stranger)
        assert get_info.sync(client=stranger).limits.largest_batch > 0
    with (
        Client(target.base_url, api_key=target.key) as reader,
        pytest.raises(errors.UnprocessableError) as refused,
    ):
        list_traces.sync(client=reader, limit=0)
    assert "query.limit" in str(refused.value)
    assert target.key not in f"{unknown.value} {refused.value}"


def test_the_transport_refuses_what_is_not_described(target: Target) -> None:
    """The guard of these tests itself: each kind of undescribed request is refused."""

    def ingest(body: Any, **headers: str) -> None:
        with Client("http://127.0.0.1:1", api_key="k", transport=SpecTransport()) as client:
            ingest_signals_v1.sync(client=client, body=body, headers=headers)

    ingest(b'{"Traces": null}')
    for body in (b"{", b"[]", b'{"More": 1}', b'{"$schema": "https://example.com"}',
                 b'{"Traces": [{"XID": "x", "Start": "2026-11-02T09:30:00"}]}',
                 b'{"Findings": [{"XID": "x", "Name": "n", "Value": NaN}]}'):  # fmt: skip
        with pytest.raises(UndescribedRequestError):
            ingest(body)
    with pytest.raises(UndescribedRequestError):
        ingest(b"{}", **{"Content-Type": "text/plain"})
    with (
        Client("http://127.0.0.1:1", transport=SpecTransport()) as client,
        pytest.raises(UndescribedRequestError, match="credentials"),
    ):
        list_traces.sync(client=client)
    with (
        Client("http://127.0.0.1:1", api_key="k", transport=SpecTransport()) as client,
        pytest.raises(UndescribedRequestError, match="limit"),
    ):
        list_traces.sync(client=client, limit=501)
