"""The way of a request: guard, route, key, parameters, body, handler, answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import evolve, frozen
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from modelmetry.server.body import (
    BodyLimits,
    ClientGone,
    check_media_type,
    inflated,
    parse,
    read_body,
)
from modelmetry.server.calls import Answer, Call
from modelmetry.server.dialects import Dialect
from modelmetry.server.failures import problem_of
from modelmetry.server.guard import check_caller
from modelmetry.server.inflate import coding
from modelmetry.server.ingest import check_batch
from modelmetry.server.limits import Held, InFlight
from modelmetry.server.log import RequestRecord
from modelmetry.server.measures import ServerMetrics
from modelmetry.server.packing import best_coding
from modelmetry.server.page import ROOT, Page
from modelmetry.server.parameters import refused
from modelmetry.server.routing import first_segment, raw_path

NO_CONTENT = 204
NOT_MODIFIED = 304
CLIENT_CLOSED = 499  # what logs say when nobody waits for the answer any more
ALWAYS = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
}

SAFE_METHODS = frozenset({"GET", "HEAD"})


@frozen
class Bodies:
    """How bodies are read: their bounds and the room for them."""

    limits: BodyLimits
    largest_batch: int
    in_flight: InFlight


@frozen
class Dispatcher:
    """Answers HTTP requests; an ASGI application of its own."""

    own: Dialect
    others: Mapping[str, Dialect]
    """By the first segment of their paths."""
    bodies: Bodies
    page: Page
    guarded: bool
    metrics: ServerMetrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; whatever happens, its line is written to the access log."""
        record = RequestRecord.of(scope)
        self.metrics.begun()
        try:
            answer = await self._answer(scope, record.counting(receive), record)
            await _send(record.sending(send), record, answer, head=scope["method"] == "HEAD")
        except ClientGone:
            record.status = CLIENT_CLOSED
        finally:
            record.write()
            self.metrics.ended(record)

    async def _answer(self, scope: Scope, receive: Receive, record: RequestRecord) -> Answer:
        path = raw_path(scope)
        spoken = self.others.get(first_segment(path), self.own)
        try:
            if self.guarded:
                check_caller(Headers(scope=scope))
            if self.page.owns(path):
                record.route = ROOT
                return self.page.answer(scope["method"], path, Headers(scope=scope))
            return await self._handled(spoken, scope, receive, record)
        except ClientGone:
            raise
        except Exception as error:  # noqa: BLE001  # no failure leaves without a document
            problem = problem_of(error, record.instance)
            record.problem = problem.kind
            record.route = record.route or spoken.router.template(path)
            return spoken.refusing(problem, record)

    async def _handled(
        self, spoken: Dialect, scope: Scope, receive: Receive, record: RequestRecord
    ) -> Answer:
        headers, path = Headers(scope=scope), raw_path(scope)
        if scope["method"] == "OPTIONS":
            record.route = spoken.router.template(path)
            return Answer(status=NO_CONTENT, headers={"Allow": spoken.router.allowed(path)})
        found = spoken.router.find(scope["method"], path)
        operation = found.operation
        record.route = operation.path
        tenant = ""
        if operation.scope is not None:
            unsafe = operation.method not in SAFE_METHODS
            tenant = (await spoken.door(headers, operation.scope, unsafe=unsafe)).tenant
            record.tenant = tenant
        values = spoken.parameters[operation.id].values(scope["query_string"], found.values)
        call = Call(
            tenant,
            values,
            coding=best_coding(headers.get("accept-encoding", "")),
            headers=headers,
            address=(scope.get("client") or ("",))[0],
            secure=scope["scheme"] == "https",
        )
        if operation.body is not None:
            with self.bodies.in_flight.body() as held:
                document = await self._document(receive, headers, held)
                check = spoken.checks[operation.body]
                check_batch(document, check.lists_of_objects, self.bodies.largest_batch)
                faults = check.faults(document)
                if faults:
                    raise refused(faults)
                return await spoken.handlers[operation.id](evolve(call, document=document))
        return await spoken.handlers[operation.id](call)

    async def _document(self, receive: Receive, headers: Headers, held: Held) -> Any:
        check_media_type(headers)
        name = coding(headers.get("content-encoding", ""))
        limits = self.bodies.limits
        raw = await read_body(receive, headers, limits, held)
        return parse(await inflated(raw, name, limits.largest_inflated_body, held))


async def _send(send: Send, record: RequestRecord, answer: Answer, *, head: bool) -> None:
    headers = ALWAYS | {"x-request-id": record.request_id}
    if answer.status not in {NO_CONTENT, NOT_MODIFIED}:
        headers["content-type"] = answer.media_type
        headers["content-length"] = str(len(answer.content))
    headers |= {name.lower(): text for name, text in answer.headers.items()}
    raw = [(name.encode(), text.encode()) for name, text in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": raw})
    await send({"type": "http.response.body", "body": b"" if head else answer.content})
