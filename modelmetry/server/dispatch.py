"""The way of a request: guard, route, key, parameters, body, handler, answer."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from typing import Protocol

from attrs import evolve, frozen
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from modelmetry.server.auth import Caller
from modelmetry.server.body import (
    BodyLimits,
    ClientGone,
    check_media_type,
    inflated,
    parse,
    read_body,
)
from modelmetry.server.calls import Answer, Call, Handler
from modelmetry.server.failures import problem_of
from modelmetry.server.faults import DocumentCheck
from modelmetry.server.guard import check_caller
from modelmetry.server.inflate import coding
from modelmetry.server.ingest import check_batch
from modelmetry.server.limits import InFlight
from modelmetry.server.log import RequestRecord
from modelmetry.server.operations import Operation
from modelmetry.server.packing import best_coding
from modelmetry.server.page import Page
from modelmetry.server.parameters import ParameterCheck, refused
from modelmetry.server.problems import PROBLEM_JSON
from modelmetry.server.routing import Router, raw_path

NO_CONTENT = 204
NOT_MODIFIED = 304
CLIENT_CLOSED = 499  # what logs say when nobody waits for the answer any more
ALWAYS = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
}

SAFE_METHODS = frozenset({"GET", "HEAD"})


class Door(Protocol):
    """Tells who asks for something that needs a scope, or raises a `Problem`."""

    def __call__(self, headers: Headers, scope: str, *, unsafe: bool) -> Awaitable[Caller]:
        """`unsafe`: whether something is to be changed."""
        ...


@frozen
class Bodies:
    """How bodies are read: their bounds, the room for them, the checks by schema."""

    limits: BodyLimits
    largest_batch: int
    in_flight: InFlight
    checks: Mapping[str, DocumentCheck]


@frozen
class Dispatcher:
    """Answers HTTP requests; an ASGI application of its own."""

    router: Router
    handlers: Mapping[str, Handler]
    parameters: Mapping[str, ParameterCheck]
    bodies: Bodies
    door: Door
    page: Page
    guarded: bool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; whatever happens, its line is written to the access log."""
        record = RequestRecord.of(scope)
        try:
            answer = await self._answer(scope, record.counting(receive), record)
            await _send(record.sending(send), record, answer, head=scope["method"] == "HEAD")
        except ClientGone:
            record.status = CLIENT_CLOSED
        finally:
            record.write()

    async def _answer(self, scope: Scope, receive: Receive, record: RequestRecord) -> Answer:
        try:
            return await self._handled(scope, receive, record)
        except ClientGone:
            raise
        except Exception as error:  # noqa: BLE001  # no failure leaves without a document
            problem = problem_of(error, record.instance)
            content = problem.encode(record.instance)
            return Answer(content, problem.status, PROBLEM_JSON, problem.headers)

    async def _handled(self, scope: Scope, receive: Receive, record: RequestRecord) -> Answer:
        headers = Headers(scope=scope)
        if self.guarded:
            check_caller(headers)
        path = raw_path(scope)
        if self.page.owns(path):
            return self.page.answer(scope["method"], path, headers)
        if scope["method"] == "OPTIONS":
            return Answer(status=NO_CONTENT, headers={"Allow": self.router.allowed(path)})
        found = self.router.find(scope["method"], path)
        operation = found.operation
        tenant = ""
        if operation.scope is not None:
            unsafe = operation.method not in SAFE_METHODS
            tenant = (await self.door(headers, operation.scope, unsafe=unsafe)).tenant
            record.tenant = tenant
        values = self.parameters[operation.id].values(scope["query_string"], found.values)
        call = Call(
            tenant,
            values,
            coding=best_coding(headers.get("accept-encoding", "")),
            headers=headers,
            address=(scope.get("client") or ("",))[0],
            secure=scope["scheme"] == "https",
        )
        if operation.body is None:
            return await self.handlers[operation.id](call)
        return await self._with_body(operation, operation.body, call, headers, receive)

    async def _with_body(
        self, operation: Operation, schema: str, call: Call, headers: Headers, receive: Receive
    ) -> Answer:
        check_media_type(headers)
        name = coding(headers.get("content-encoding", ""))
        limits = self.bodies.limits
        with self.bodies.in_flight.body() as held:
            raw = await read_body(receive, headers, limits, held)
            data = await inflated(raw, name, limits.largest_inflated_body, held)
            document = parse(data)
            check_batch(document, self.bodies.largest_batch)
            faults = self.bodies.checks[schema].faults(document)
            if faults:
                raise refused(faults)
            return await self.handlers[operation.id](evolve(call, document=document))


async def _send(send: Send, record: RequestRecord, answer: Answer, *, head: bool) -> None:
    headers = ALWAYS | {"x-request-id": record.request_id}
    if answer.status not in {NO_CONTENT, NOT_MODIFIED}:
        headers["content-type"] = answer.media_type
        headers["content-length"] = str(len(answer.content))
    headers |= {name.lower(): text for name, text in answer.headers.items()}
    raw = [(name.encode(), text.encode()) for name, text in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": raw})
    await send({"type": "http.response.body", "body": b"" if head else answer.content})
