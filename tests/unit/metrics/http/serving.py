"""Applications of others behind a real server, and what was measured of them."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, Generator, Iterable
from contextlib import contextmanager
from typing import Any, Literal

import httpx
import uvicorn

from modelmetry.metrics import Point, Registry

App = Callable[..., Awaitable[None]]


@contextmanager
def serving(app: App, *, websockets: bool = False) -> Generator[httpx.Client]:
    """Uvicorn on a free port; when the block is left every request was measured."""
    # asyncio lets small answers go at once only where TCP is named.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    port = int(listener.getsockname()[1])
    # A connection waits in the listener until the server has begun.
    protocol: Literal["websockets-sansio", "none"] = "websockets-sansio" if websockets else "none"
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", ws=protocol))
    serve = server.serve(sockets=[listener])
    thread = threading.Thread(target=asyncio.run, args=[serve], daemon=True)
    thread.start()
    try:
        alone = httpx.Limits(max_keepalive_connections=0)  # uvicorn closes after an exception
        url = f"http://127.0.0.1:{port}"
        with httpx.Client(base_url=url, limits=alone, trust_env=False) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join(30)
        listener.close()


def points(registry: Registry, name: str) -> dict[tuple[str, ...], Point]:
    """The series of a metric by the values of their attributes."""
    found = [family for family in registry.collect() if family.name == name]
    return {point.attributes: point for family in found for point in family.points}


def durations(registry: Registry) -> dict[tuple[str, ...], int]:
    """How many requests were measured by method, route, status, scheme and error type."""
    found = points(registry, "http.server.request.duration")
    return {attributes: point.count for attributes, point in found.items()}


def answered(registry: Registry) -> set[tuple[str, str, str]]:
    """Method, route and status of what was measured."""
    return {(method, route, status) for method, route, status, _, _ in durations(registry)}


def active(registry: Registry) -> float:
    """How many requests are being answered."""
    return sum(one.value for one in points(registry, "http.server.active_requests").values())


def scope(path: str = "/", **members: Any) -> dict[str, Any]:
    """Of a request, as a server gives it."""
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"example.org")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        **members,
    }


def call(
    app: App,
    request: dict[str, Any],
    received: Iterable[dict[str, Any]] = ({"type": "http.request", "body": b""},),
) -> list[dict[str, Any]]:
    """Call an application as a server would; what it sent."""
    waiting = list(received)
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return waiting.pop(0)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(_called(app(request, receive, send)))
    return sent


async def nothing() -> dict[str, Any]:
    """What a server gives that has nothing more."""
    return {"type": "http.disconnect"}


async def ignored(message: Any) -> None:
    """A server that sends to nobody."""


async def _called(called: Awaitable[None]) -> None:
    await called


def answering(*messages: dict[str, Any], error: BaseException | None = None) -> App:
    """An application that sends these messages, and then raises, if there is something to."""

    async def app(request: Any, receive: Any, send: Any) -> None:
        for message in messages:
            await send(message)
        if error is not None:
            raise error

    return app


def start(status: int = 200, **members: Any) -> dict[str, Any]:
    """The head of an answer."""
    return {"type": "http.response.start", "status": status, "headers": [], **members}


def body(content: bytes = b"", **members: Any) -> dict[str, Any]:
    """A part of an answer, the last one by default."""
    return {"type": "http.response.body", "body": content, **members}


class Moments:
    """A clock that moves only when it is told to.

    Attributes:
        now: what it says, in seconds.
    """

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """What it says."""
        return self.now
