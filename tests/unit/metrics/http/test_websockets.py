"""Websockets: a request that is answered with 101, and a connection that lasts."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import FastAPI
from starlette.websockets import WebSocket, WebSocketDisconnect

from modelmetry.metrics import MetricsMiddleware, Registry
from modelmetry.metrics.http import exchange, websockets
from tests.unit.metrics.http.serving import Moments, active, call, durations, points, scope

CONNECTIONS = "modelmetry.websocket.server.connection.duration"
OPEN = "modelmetry.websocket.server.active_connections"
CONNECT = {"type": "websocket.connect"}
LEFT = {"type": "websocket.disconnect", "code": 1006}
HELLO = {"type": "websocket.receive", "text": "hello"}


@pytest.fixture
def moments(monkeypatch: pytest.MonkeyPatch) -> Moments:
    """The clock by which connections are measured."""
    clock = Moments()
    for module in (exchange, websockets):
        monkeypatch.setattr(module, "perf_counter", clock)
    return clock


def websocket(path: str = "/rooms/7") -> dict[str, Any]:
    """What a server says of a websocket: it has no method."""
    request = scope(path, type="websocket", scheme="wss", subprotocols=[])
    del request["method"]
    return request


def connections(registry: Registry) -> dict[tuple[str, ...], tuple[int, float]]:
    """How many connections ended, and the seconds of all, by route, scheme and error type."""
    found = points(registry, CONNECTIONS).items()
    return {attributes: (point.count, point.value) for attributes, point in found}


def room(endpoint: Any, registry: Registry) -> FastAPI:
    """An application with one websocket."""
    app = FastAPI()
    app.add_api_websocket_route("/rooms/{room}", endpoint)
    app.add_middleware(MetricsMiddleware, registry=registry)
    return app


def test_a_connection_is_measured_apart_from_its_handshake(
    registry: Registry, moments: Moments
) -> None:
    """An hour that a websocket is open is not the duration of a request."""
    seen: list[tuple[float, float]] = []

    async def chat(websocket: WebSocket) -> None:
        moments.now += 0.5
        await websocket.accept()
        moments.now += 3600
        seen.append((active(registry), points(registry, OPEN)[("wss",)].value))
        assert await websocket.receive_text() == "hello"
        await websocket.send_text("bye")
        await websocket.close()
        moments.now += 60  # nobody is there any more

    call(room(chat, registry), websocket(), [CONNECT, HELLO])

    assert seen == [(0, 1)]
    assert durations(registry) == {("GET", "/rooms/{room}", "101", "wss", ""): 1}
    assert points(registry, "http.server.request.duration").popitem()[1].value == 0.5
    assert connections(registry) == {("/rooms/{room}", "wss", ""): (1, 3600.0)}
    assert points(registry, OPEN)[("wss",)].value == 0


@pytest.mark.parametrize("is_caught", [True, False])
def test_a_client_that_leaves_is_no_error(registry: Registry, is_caught: bool) -> None:
    """Each connection ends like that sooner or later."""

    async def chat(websocket: WebSocket) -> None:
        await websocket.accept()
        try:
            await websocket.receive_text()
        except WebSocketDisconnect:
            if not is_caught:
                raise

    try:
        call(room(chat, registry), websocket(), [CONNECT, LEFT])
    except WebSocketDisconnect:
        assert not is_caught
    assert connections(registry).keys() == {("/rooms/{room}", "wss", "")}


def test_a_connection_that_crashes_has_the_class_of_its_exception(registry: Registry) -> None:
    """Its handshake was good."""

    async def chat(websocket: WebSocket) -> None:
        await websocket.accept()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        call(room(chat, registry), websocket(), [CONNECT])
    assert connections(registry).keys() == {("/rooms/{room}", "wss", "ZeroDivisionError")}
    assert durations(registry) == {("GET", "/rooms/{room}", "101", "wss", ""): 1}
    assert points(registry, OPEN)[("wss",)].value == 0


async def _refuse(websocket: WebSocket) -> None:
    await websocket.close()


async def _crash(websocket: WebSocket) -> None:
    raise ZeroDivisionError


async def _nothing(websocket: WebSocket) -> None:
    pass


@pytest.mark.parametrize(
    ("endpoint", "status", "error"),
    [
        (_refuse, "403", ""),
        (_crash, "500", "ZeroDivisionError"),
        (_nothing, "500", "no_response"),
    ],
)
def test_a_handshake_that_is_refused_is_a_request(
    registry: Registry, endpoint: Any, status: str, error: str
) -> None:
    """With the status that the server answers, and there is no connection."""
    try:
        call(room(endpoint, registry), websocket(), [CONNECT])
    except ZeroDivisionError:
        assert error
    assert durations(registry) == {("GET", "/rooms/{room}", status, "wss", error): 1}
    assert connections(registry) == {}
    assert active(registry) == 0


def test_a_denial_has_its_status(registry: Registry) -> None:
    """By the extension `websocket.http.response` of the protocol."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "websocket.http.response.start", "status": 429, "headers": []})
        await send({"type": "websocket.http.response.body", "body": b"later"})

    call(MetricsMiddleware(app, registry=registry), websocket(), [CONNECT])
    assert durations(registry) == {("GET", "unmatched", "429", "wss", ""): 1}


def test_websockets_that_are_not_there_are_unmatched(registry: Registry) -> None:
    """Like any other path."""
    call(room(_refuse, registry), websocket("/nope"), [CONNECT])
    assert {key[1] for key in durations(registry)} == {"unmatched"}
