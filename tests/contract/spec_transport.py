"""An httpx transport that refuses every request which openapi/spec.yaml does not describe."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs

import httpx
import pytest
import zstandard

from tests.contract.spec_document import Operation, at_path, faults, strict_json


class UndescribedRequestError(AssertionError):
    """A client sent what the document does not describe."""


class SpecTransport(httpx.BaseTransport):
    """Checks each request, then hands it on; keeps what was sent.

    Args:
        inner: what carries the requests; without it every operation answers with `answer`.
        answer: status and JSON of the answers made here.
    """

    def __init__(
        self,
        inner: httpx.BaseTransport | None = None,
        answer: tuple[int, Any] = (200, {"Accepted": 0}),
    ) -> None:
        self._inner = inner
        self._answer = answer
        self.operations: list[str] = []
        self.bodies: list[Any] = []
        self.queries: list[Mapping[str, list[str]]] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Check, remember, hand on. Raises `UndescribedRequestError`."""
        request.read()
        operation = described(request)
        self.operations.append(operation.id)
        self.queries.append(_query(request))
        if operation.body is not None:
            self.bodies.append(strict_json(_content(request)))
        if self._inner is not None:
            return self._inner.handle_request(request)
        status, body = self._answer
        return httpx.Response(status, json=body, request=request)

    def close(self) -> None:
        """Close what carries the requests."""
        if self._inner is not None:
            self._inner.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        self.close()


@contextmanager
def watched() -> Generator[list[str]]:
    """Refuse what the document does not describe, whichever httpx client of this process sends it.

    Requests that it describes go on to the network; gives the ids of their operations.
    """
    real = httpx.HTTPTransport.handle_request
    seen: list[str] = []

    def handle(self: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        request.read()
        seen.append(described(request).id)
        return real(self, request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpx.HTTPTransport, "handle_request", handle)
        yield seen


@contextmanager
def answered() -> Generator[SpecTransport]:
    """As `watched`, but every request is answered here and nothing reaches the network."""
    transport = SpecTransport()

    def handle(self: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        return transport.handle_request(request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpx.HTTPTransport, "handle_request", handle)
        yield transport


def described(request: httpx.Request) -> Operation:
    """The operation that a request is for. Raises `UndescribedRequestError`."""
    path = request.url.raw_path.decode("ascii").partition("?")[0]
    here = [found for found in at_path(path) if found.method == request.method]
    if not here:
        raise UndescribedRequestError(f"no operation {request.method} {path}")
    operation = here[0]
    wrong = [
        *_path_faults(operation, path),
        *_query_faults(operation, _query(request)),
        *_credential_faults(operation, request),
        *_body_faults(operation, request),
    ]
    if wrong:
        raise UndescribedRequestError(f"{operation.id}: {'; '.join(wrong[:5])}")
    return operation


def _query(request: httpx.Request) -> dict[str, list[str]]:
    return parse_qs(request.url.query.decode("ascii"), keep_blank_values=True, errors="strict")


def _path_faults(operation: Operation, path: str) -> list[str]:
    values = operation.path_values(path) or []
    return [
        f"path parameter {parameter.name}: {fault}"
        for parameter, value in zip(operation.path_parameters, values, strict=True)
        for fault in faults(parameter.schema, value, request=True)
    ]


def _query_faults(operation: Operation, query: Mapping[str, list[str]]) -> list[str]:
    known = operation.query_parameters
    wrong = [f"query parameter {name} is not described" for name in query.keys() - known.keys()]
    for name, parameter in known.items():
        if name in query:
            value = parameter.read(query[name])
            wrong += [f"query {name}: {f}" for f in faults(parameter.schema, value, request=True)]
        elif parameter.required:
            wrong.append(f"query parameter {name} is missing")
    return wrong


def _credential_faults(operation: Operation, request: httpx.Request) -> list[str]:
    bearer = request.headers.get("authorization", "").lower().startswith("bearer ")
    given = bool(request.headers.get("x-api-key")) or bearer
    if operation.secured and not given:
        return ["no credentials"]
    if not operation.secured and given:
        return ["credentials where none are asked for"]
    return []


def _body_faults(operation: Operation, request: httpx.Request) -> list[str]:
    if operation.body is None:
        return ["a body where none is described"] if request.content else []
    media_type = request.headers.get("content-type", "")
    if media_type not in operation.body:
        return [f"media type {media_type!r}, not one of {[*operation.body]}"]
    try:
        body = strict_json(_content(request))
    except (ValueError, OSError, EOFError) as error:
        return [f"the body is not JSON: {error}"]
    return faults(operation.body[media_type]["schema"], body, request=True)


def _content(request: httpx.Request) -> bytes:
    """The body as it was before it was compressed."""
    coding = request.headers.get("content-encoding", "identity")
    inflate: dict[str, Callable[[bytes], bytes]] = {
        "identity": bytes,
        "gzip": gzip.decompress,
        "zstd": zstandard.ZstdDecompressor().decompress,
    }
    if coding not in inflate:
        raise ValueError(f"content encoding {coding!r}")
    return inflate[coding](request.content)
