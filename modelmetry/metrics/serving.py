"""Where Prometheus reads metrics: a route of an application, or a port of its own."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from pathlib import Path
from typing import Any, Final

from msgspec import Struct, json

from modelmetry.config import Config
from modelmetry.metrics.exposition import page
from modelmetry.metrics.observing import observe
from modelmetry.metrics.registry import REGISTRY, Registry
from modelmetry.metrics.sharing import shared

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
StartResponse = Callable[[str, list[tuple[str, str]]], object]

_PROBLEM: Final = "application/problem+json"
_REASONS: Final = {200: "OK", 401: "Unauthorized", 405: "Method Not Allowed"}


class _Answer(Struct, frozen=True):
    status: int
    headers: list[tuple[str, str]]
    body: bytes


class Metrics:
    """What a scrape is answered, whatever carries it.

    From then on the calls of models that the process records are counted in `REGISTRY`, unless
    another registry is shown.

    Args:
        registry: what is shown, together with that of the other workers of the same server.
        token: what `Authorization: Bearer` has to say, if anything.
        folder: where the workers of one server lay their metrics down; see `Sharing`.
        config: its `metrics_token` and `metrics_folder` are used for what is not given; the
            environment by default.
    """

    def __init__(
        self,
        *,
        registry: Registry = REGISTRY,
        token: str | None = None,
        folder: Path | str | None = None,
        config: Config | None = None,
    ) -> None:
        used = Config.from_env() if config is None else config
        if registry is REGISTRY:
            observe()
        self._token = used.metrics_token if token is None else token
        given = used.metrics_folder if folder is None else folder
        self._sharing = shared(registry, None if given is None else Path(given))

    def answer(self, method: str, headers: Mapping[str, str]) -> _Answer:
        """The answer to a request; names of `headers` are in small letters."""
        if method not in {"GET", "HEAD"}:
            return _problem(405, f"metrics are read with GET, not {method}", ("allow", "GET, HEAD"))
        if not self._is_allowed(headers.get("authorization", "")):
            challenge = ("www-authenticate", "Bearer")
            return _problem(
                401, "the header Authorization must be 'Bearer' and the token of metrics", challenge
            )
        found = page(
            self._sharing.collect, headers.get("accept", ""), headers.get("accept-encoding", "")
        )
        known = [
            ("content-type", found.content_type),
            ("content-length", str(len(found.body))),
            ("cache-control", "no-store"),
            ("vary", "Accept, Accept-Encoding"),
        ]
        if found.is_gzip:
            known.append(("content-encoding", "gzip"))
        return _Answer(200, known, found.body)

    def _is_allowed(self, authorization: str) -> bool:
        if self._token is None:
            return True
        scheme, _, given = authorization.partition(" ")
        is_same = hmac.compare_digest(given.strip().encode(), self._token.encode())
        return is_same and scheme.lower() == "bearer"


class MetricsApp(Metrics):
    """An ASGI application that shows metrics to Prometheus, and nothing else.

    The arguments are those of `Metrics`.

    Example:
        `app.router.routes.append(Route("/metrics", MetricsApp()))` in Starlette and FastAPI;
        unlike a mount this answers `/metrics` without a redirect.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await _decline(scope, receive, send)
            return
        headers = {name.decode("latin-1"): one.decode("latin-1") for name, one in scope["headers"]}
        # The other workers' metrics are files, and those of the machine as well.
        answer = await asyncio.to_thread(self.answer, scope["method"], headers)
        await send(
            {
                "type": "http.response.start",
                "status": answer.status,
                "headers": [(name.encode(), one.encode()) for name, one in answer.headers],
            }
        )
        body = b"" if scope["method"] == "HEAD" else answer.body
        await send({"type": "http.response.body", "body": body})


class MetricsWSGIApp(Metrics):
    """A WSGI application that shows metrics to Prometheus, and nothing else.

    The arguments are those of `Metrics`.
    """

    def __call__(
        self, environ: Mapping[str, Any], start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer a request."""
        method = str(environ["REQUEST_METHOD"])
        headers = {
            name.removeprefix("HTTP_").lower().replace("_", "-"): str(value)
            for name, value in environ.items()
            if name.startswith("HTTP_")
        }
        answer = self.answer(method, headers)
        start_response(f"{answer.status} {_REASONS[answer.status]}", answer.headers)
        return [b"" if method == "HEAD" else answer.body]


def _problem(status: int, detail: str, header: tuple[str, str]) -> _Answer:
    told = {"type": "about:blank", "title": _REASONS[status], "status": status, "detail": detail}
    body = json.encode(told)
    headers = [("content-type", _PROBLEM), ("content-length", str(len(body))), header]
    return _Answer(status, headers, body)


async def _decline(scope: Scope, receive: Receive, send: Send) -> None:
    """Do what the protocol asks of an application that is there for HTTP only."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1000})
        return
    if scope["type"] != "lifespan":
        raise ValueError(f"metrics are read by HTTP, not by {scope['type']!r}")
    while (await receive())["type"] != "lifespan.shutdown":
        await send({"type": "lifespan.startup.complete"})
    await send({"type": "lifespan.shutdown.complete"})
