"""Defects to seed into the real server: each must be caught by the suite.

A defect is a way to spoil a store, the application, or a function of the server while it runs.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any, cast

import jsonschema_rs
import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from modelmetry.server import app as server_app
from modelmetry.server import dispatch
from modelmetry.server.auth import Caller, Doorkeeper
from modelmetry.server.body import inflated
from modelmetry.server.faults import DocumentCheck
from modelmetry.server.operations import load_spec
from modelmetry.store.keys import SCOPES
from tests.contract.sent import items

NAIVE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?")
Rewrite = Callable[[Scope, int, dict[str, str], Any], tuple[int, dict[str, str], Any]]


class SpoiltStore:
    """The store, with some of its methods replaced."""

    def __init__(self, inner: Any, **methods: Callable[..., Any]) -> None:
        self._inner = inner
        self._methods = methods

    def __getattr__(self, name: str) -> Any:
        return self._methods.get(name) or getattr(self._inner, name)


# ---------------------------------------------------------------------- answers


def rewriting(rewrite: Rewrite) -> Callable[[ASGIApp], ASGIApp]:
    """An application whose answers are changed: status, headers and JSON."""

    def wrap(app: ASGIApp) -> ASGIApp:
        async def spoilt(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            plain = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]
            begun: list[Message] = []

            async def change(message: Message) -> None:
                if message["type"] == "http.response.start":
                    begun.append(message)
                    return
                for changed in _changed(rewrite, scope, begun[0], message.get("body", b"")):
                    await send(changed)

            await app({**scope, "headers": plain}, receive, change)

        return spoilt

    return wrap


def _changed(rewrite: Rewrite, scope: Scope, start: Message, body: bytes) -> list[Message]:
    headers = {name.decode(): value.decode() for name, value in start["headers"]}
    document = json.loads(body) if body else None
    status, headers, document = rewrite(scope, start["status"], headers, document)
    content = b"" if document is None else json.dumps(document).encode()
    headers.pop("content-length", None)
    if document is not None:
        headers["content-length"] = str(len(content))
    listed = [(name.encode(), value.encode()) for name, value in headers.items()]
    return [
        {"type": "http.response.start", "status": status, "headers": listed},
        {"type": "http.response.body", "body": content},
    ]


def _walk(value: object, change: Callable[[dict[str, Any]], None]) -> None:
    """Apply a change to every object in a document."""
    if isinstance(value, dict):
        members = cast("dict[str, object]", value)
        change(members)
        for member in members.values():
            _walk(member, change)
    elif isinstance(value, list):
        for item in cast("list[object]", value):
            _walk(item, change)


def in_every_object(change: Callable[[dict[str, Any]], None]) -> Callable[[ASGIApp], ASGIApp]:
    """An application in whose successful answers every object is changed."""

    def rewrite(
        _: Scope, status: int, headers: dict[str, str], document: Any
    ) -> tuple[int, dict[str, str], Any]:
        if status == 200:
            _walk(document, change)
        return status, headers, document

    return rewriting(rewrite)


def without_models(item: dict[str, Any]) -> None:
    """A required member of traces is gone."""
    item.pop("Models", None)


def loud_sources(item: dict[str, Any]) -> None:
    """A value outside of its enumeration."""
    if "Source" in item:
        item["Source"] = item["Source"].upper()


def one_more_member(item: dict[str, Any]) -> None:
    """A member that the document does not know."""
    if "TenantID" in item:
        item["RowID"] = 1


def naive_answers(item: dict[str, Any]) -> None:
    """Times without their offset."""
    for name in ("Start", "End", "At", "CreatedAt", "UpdatedAt"):
        if isinstance(item.get(name), str):
            item[name] = item[name].removesuffix("Z").removesuffix("+00:00")


def milliseconds(item: dict[str, Any]) -> None:
    """Times cut to milliseconds."""
    if isinstance(item.get("Start"), str):
        item["Start"] = re.sub(r"(\.\d{3})\d+", r"\1", item["Start"])


def without_allow(
    _: Scope, status: int, headers: dict[str, str], document: Any
) -> tuple[int, dict[str, str], Any]:
    """405 does not say what is allowed."""
    headers.pop("allow", None)
    return status, headers, document


def created(
    scope: Scope, status: int, headers: dict[str, str], document: Any
) -> tuple[int, dict[str, str], Any]:
    """201 where the document says 200."""
    is_ingest = scope["method"] == "POST" and status == 200
    return 201 if is_ingest else status, headers, document


def plain_errors(
    _: Scope, status: int, headers: dict[str, str], document: Any
) -> tuple[int, dict[str, str], Any]:
    """Errors under the media type of any JSON."""
    if status >= 400:
        headers["content-type"] = "application/json"
    return status, headers, document


def nameless_errors(
    _: Scope, status: int, headers: dict[str, str], document: Any
) -> tuple[int, dict[str, str], Any]:
    """422 without the places of its faults."""
    for error in items(document, "errors"):
        error["location"] = "body"
    return status, headers, document


def telling_keys(
    scope: Scope, status: int, headers: dict[str, str], document: Any
) -> tuple[int, dict[str, str], Any]:
    """A refusal repeats the key that was sent."""
    key = dict(scope["headers"]).get(b"x-api-key", b"").decode("latin-1")
    if status in {401, 403} and document:
        document["detail"] += f" (key {key})"
    return status, headers, document


# ---------------------------------------------------------------------- doors


async def open_door(self: Doorkeeper, headers: Any, scope: str) -> Caller:
    """Everybody is the tenant, without any key."""
    return Caller("contract", frozenset(SCOPES))


def every_scope(patch: pytest.MonkeyPatch) -> None:
    """A known key may do everything."""
    real = Doorkeeper.caller

    async def caller(self: Doorkeeper, headers: Any, scope: str) -> Caller:
        return await real(self, headers, "ingest")

    patch.setattr(Doorkeeper, "caller", caller)


def loose_schemas(patch: pytest.MonkeyPatch) -> None:
    """Members that the document does not know are let in."""

    def load() -> Any:
        document, spec = load_spec()
        loose: Any = json.loads(json.dumps(spec))
        for name, schema in loose["components"]["schemas"].items():
            if name.startswith(("Create", "Ingest")):
                schema.pop("additionalProperties", None)
        return document, loose

    patch.setattr(server_app, "load_spec", load)


def naive_requests(patch: pytest.MonkeyPatch) -> None:
    """Times without an offset are taken as UTC."""
    real = DocumentCheck.faults

    def aware(item: dict[str, Any]) -> None:
        for name in ("Start", "End", "At"):
            if isinstance(item.get(name), str) and NAIVE.fullmatch(item[name]):
                item[name] += "Z"

    def found(self: DocumentCheck, document: Any) -> Any:
        _walk(document, aware)
        return real(self, document)

    patch.setattr(DocumentCheck, "faults", found)


def nothing_checked(*_: object) -> None:
    """A check that finds nothing."""


def no_formats(patch: pytest.MonkeyPatch) -> None:
    """What should be a time may be any text."""
    real: Callable[..., Any] = jsonschema_rs.validator_for

    def loose(schema: Any, **options: Any) -> Any:
        return real(schema, **{**options, "validate_formats": False})

    patch.setattr(jsonschema_rs, "validator_for", loose)


def any_media_type(patch: pytest.MonkeyPatch) -> None:
    """What the body says that it is does not matter."""
    patch.setattr(dispatch, "check_media_type", nothing_checked)


def unbounded_inflation(patch: pytest.MonkeyPatch) -> None:
    """A bomb is inflated whole."""

    async def unbounded(raw: bytes, name: str, largest: int, held: Any) -> bytes:
        return await inflated(raw, name, largest * 4, held)

    patch.setattr(dispatch, "inflated", unbounded)


def any_batch(patch: pytest.MonkeyPatch) -> None:
    """The largest batch that `/info` names is not the largest."""
    patch.setattr(dispatch, "check_batch", nothing_checked)


def any_caller(patch: pytest.MonkeyPatch) -> None:
    """Foreign hosts and pages are served."""
    patch.setattr(dispatch, "check_caller", nothing_checked)


def doorless(patch: pytest.MonkeyPatch) -> None:
    """No key is needed."""
    patch.setattr(Doorkeeper, "caller", open_door)


def unknown_parameters(app: ASGIApp) -> ASGIApp:
    """Query parameters whose names are not known are ignored."""

    async def spoilt(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            pairs = scope["query_string"].split(b"&")
            kept = [pair for pair in pairs if not pair.startswith((b"unknown", b"api_key", b"x-"))]
            scope = {**scope, "query_string": b"&".join(kept)}
        await app(scope, receive, send)

    return spoilt


# ---------------------------------------------------------------------- the store


def ingesting(change: Callable[[dict[str, Any]], Any]) -> Callable[[Any], Any]:
    """A store that changes each batch before it stores it."""

    def spoil(store: Any) -> Any:
        def ingest_future(tenant: str, body: Mapping[str, Any]) -> Future[int]:
            copied = json.loads(json.dumps(body))
            change(copied)
            return cast("Future[int]", store.ingest_future(tenant, copied))

        return SpoiltStore(store, ingest_future=ingest_future)

    return spoil


def lose_a_span(body: dict[str, Any]) -> None:
    """The last span of a batch of several is not stored."""
    spans = body.get("Spans")
    if spans and len(spans) > 2:
        spans.pop()


def metadata_as_text(body: dict[str, Any]) -> None:
    """Numbers in metadata become text."""

    def change(item: dict[str, Any]) -> None:
        metadata = cast("dict[str, object]", item.get("Metadata") or {})
        for name, value in metadata.items():
            if isinstance(value, (int, float)):
                metadata[name] = str(value)

    _walk(body, change)


def flags_as_numbers(body: dict[str, Any]) -> None:
    """Findings that are true or false become 1 or 0."""
    for item in items(body, "Findings"):
        if isinstance(item["Value"], bool):
            item["Value"] = int(item["Value"])


def new_findings(body: dict[str, Any]) -> None:
    """A finding that is sent again is another finding."""
    for item in items(body, "Findings"):
        item["XID"] = f"{item['XID']}-{uuid.uuid4()}"


def leaky_traces(store: Any) -> Any:
    """A trace of another tenant is answered like one's own."""

    def get_trace(tenant: str, xid: str) -> Any:
        return (
            store.get_trace(tenant, xid)
            or store.get_trace("contract", xid)
            or store.get_trace("other", xid)
        )

    return SpoiltStore(store, get_trace=get_trace)


def repeating_pages(store: Any) -> Any:
    """Each page begins with the last item of the page before."""
    last: dict[str, Any] = {}

    def list_traces(tenant: str, query: Any) -> Any:
        page = store.list_traces(tenant, query)
        before = last.get(query.cursor)
        if before is not None and page.traces:
            page.traces[:] = [before, *page.traces[:-1]]
        if page.next_cursor is not None and page.traces:
            last[page.next_cursor] = page.traces[-1]
        return page

    return SpoiltStore(store, list_traces=list_traces)


def idle_deletion(store: Any) -> Any:
    """A deletion says that it was done, and does nothing."""

    def delete_trace(tenant: str, xid: str) -> bool:
        return store.get_trace(tenant, xid) is not None

    return SpoiltStore(store, delete_trace=delete_trace)


def broken_by_nul(store: Any) -> Any:
    """A name that holds NUL breaks the writer."""

    def ingest_future(tenant: str, body: Mapping[str, Any]) -> Future[int]:
        if "\\u0000" in json.dumps(body):
            raise RuntimeError("embedded null character")
        return cast("Future[int]", store.ingest_future(tenant, body))

    return SpoiltStore(store, ingest_future=ingest_future)


def half_a_batch(patch: pytest.MonkeyPatch) -> None:
    """A refused batch loses its bad items only, and the others are stored."""
    real = DocumentCheck.faults

    def found(self: DocumentCheck, document: Any) -> Any:
        for name in ("Sessions", "Traces", "Spans", "Events", "Findings"):
            listed = items(document, name)
            if listed:
                document[name] = [item for item in listed if not real(self, {name: [item]})]
        return real(self, document)

    patch.setattr(DocumentCheck, "faults", found)


def miscounting(item: dict[str, Any]) -> None:
    """A trace whose spans are missing is called whole."""
    if "MissingParents" in item:
        item["Whole"] = True


def forget_descendants(body: dict[str, Any]) -> None:
    """The number of descendants of spans is not kept."""
    for item in body.get("Spans") or ():
        item.pop("Descendants", None)


def last_report_wins(store: Any) -> SpoiltStore:
    """Whatever comes last replaces the report of a client, also when it is older."""

    def report_future(tenant: str, body: Mapping[str, Any]) -> Future[bool]:
        late = {**body, "At": "2040-01-01T00:00:00Z"}
        return cast("Future[bool]", store.report_future(tenant, late))

    return SpoiltStore(store, report_future=report_future)


def leaky_reports(store: Any) -> SpoiltStore:
    """Everybody reports as the same tenant."""

    def report_future(tenant: str, body: Mapping[str, Any]) -> Future[bool]:
        return cast("Future[bool]", store.report_future("contract", body))

    def list_reports(tenant: str, query: Any) -> Any:
        return store.list_reports("contract", query)

    return SpoiltStore(store, report_future=report_future, list_reports=list_reports)
