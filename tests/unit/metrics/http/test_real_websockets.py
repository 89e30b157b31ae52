"""Websockets over a real server and a real client, from the handshake to a lost connection."""

from __future__ import annotations

import threading

import pytest
from fastapi import FastAPI
from starlette.websockets import WebSocket, WebSocketDisconnect

from modelmetry.metrics import MetricsMiddleware, Registry
from tests.unit.metrics.http.serving import active, durations, points, serving

# The environments of other people's clients have none.
client = pytest.importorskip("websockets.sync.client")
exceptions = pytest.importorskip("websockets.exceptions")

CONNECTIONS = "modelmetry.websocket.server.connection.duration"
OPEN = "modelmetry.websocket.server.active_connections"


def rooms(registry: Registry, left: threading.Event) -> FastAPI:
    """An application that echoes, fails or refuses, by the name of the room."""
    app = FastAPI()

    @app.websocket("/rooms/{room}")
    async def room(connection: WebSocket, room: str) -> None:
        if room == "private":
            await connection.close(1008)
            return
        await connection.accept()
        try:
            while True:
                text = await connection.receive_text()
                if text == "fail":
                    raise LookupError(text)
                await connection.send_text(text)
        except WebSocketDisconnect:
            left.set()

    app.add_middleware(MetricsMiddleware, registry=registry)
    return app


def open_now(registry: Registry) -> float:
    """How many websockets are open."""
    return sum(one.value for one in points(registry, OPEN).values())


def test_websockets_are_counted_however_they_end(registry: Registry) -> None:
    """By the client's wish, an exception, a cut connection; refused, or on an unknown path."""
    left = threading.Event()
    with serving(rooms(registry, left), websockets=True) as http:
        at = f"ws://{http.base_url.host}:{http.base_url.port}"
        with client.connect(f"{at}/rooms/1", proxy=None) as echo:
            echo.send("hello")
            assert echo.recv() == "hello"
            assert (open_now(registry), active(registry)) == (1, 0)
        assert left.wait(30)
        with client.connect(f"{at}/rooms/2", proxy=None) as failing:
            failing.send("fail")
            with pytest.raises(exceptions.ConnectionClosedError):
                failing.recv()
        left.clear()
        cut = client.connect(f"{at}/rooms/3", proxy=None)
        cut.socket.close()
        for path in ("rooms/private", "nowhere"):
            with pytest.raises(exceptions.InvalidStatus, match="403"):
                client.connect(f"{at}/{path}", proxy=None)
        assert left.wait(30)
    asked = {
        (route, status): count for (_, route, status, _, _), count in durations(registry).items()
    }
    assert asked == {
        ("/rooms/{room}", "101"): 3,
        ("/rooms/{room}", "403"): 1,
        ("unmatched", "403"): 1,
    }
    ended = {attributes: one.count for attributes, one in points(registry, CONNECTIONS).items()}
    assert ended == {("/rooms/{room}", "ws", ""): 2, ("/rooms/{room}", "ws", "LookupError"): 1}
    assert open_now(registry) == 0
