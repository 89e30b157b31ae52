"""Where metrics are read: a route, a WSGI application, a port; over real sockets."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Generator, MutableMapping
from contextlib import closing, contextmanager
from typing import Any
from wsgiref.simple_server import make_server
from wsgiref.validate import validator

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route

from modelmetry.config import Config
from modelmetry.errors import ConfigError
from modelmetry.metrics import Counter, MetricsApp, MetricsServer, MetricsWSGIApp, Registry


@pytest.fixture
def registry() -> Registry:
    """One with a counter that is at 7."""
    made = Registry()
    Counter("c", registry=made).add(7)
    return made


@contextmanager
def by_asgi(**arguments: Any) -> Generator[str]:
    """An application with a route, on uvicorn."""
    app = Starlette(routes=[Route("/metrics", MetricsApp(**arguments))])
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        config = uvicorn.Config(app, log_level="error", ws="none", lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/metrics"
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def by_wsgi(**arguments: Any) -> Generator[str]:
    """An application that keeps to WSGI, as the validator of the standard library sees it."""
    app: Any = validator(MetricsWSGIApp(**arguments))
    with make_server("127.0.0.1", 0, app) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/metrics"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def by_port(**arguments: Any) -> Generator[str]:
    """A port of its own."""
    with MetricsServer(0, **arguments) as server:
        yield server.url


everywhere = pytest.mark.parametrize("serve", [by_asgi, by_wsgi, by_port])


@everywhere
def test_metrics_are_read_without_a_redirect(serve: Any, registry: Registry) -> None:
    """In the format that was asked for, compressed for who takes that, and never kept."""
    with serve(registry=registry) as url, httpx.Client() as http:
        plain = http.get(url, headers={"accept-encoding": "identity"})
        found = http.get(url, headers={"accept": "application/openmetrics-text; version=1.0.0"})
        head = http.head(url)

    assert (plain.status_code, plain.history) == (200, [])
    assert "c_total 7.0" in plain.text
    assert "content-encoding" not in plain.headers
    assert found.headers["content-type"].startswith("application/openmetrics-text")
    assert found.headers["content-encoding"] == "gzip"
    assert found.text.endswith("# EOF\n")
    assert found.headers["cache-control"] == "no-store"
    assert (head.status_code, head.content) == (200, b"")


@everywhere
def test_a_token_is_asked_for(serve: Any, registry: Registry) -> None:
    """Where one is set; the answer is a problem, and does not have it."""
    with serve(registry=registry, token="s3cret-of-a-scrape") as url, httpx.Client() as http:
        answers = [
            http.get(url, headers={"authorization": given} if given else {})
            for given in ("", "Bearer x", "Basic s3cret-of-a-scrape", "bearer s3cret-of-a-scrape")
        ]

    assert [one.status_code for one in answers] == [401, 401, 401, 200]
    assert answers[0].headers["www-authenticate"] == "Bearer"
    assert answers[0].headers["content-type"] == "application/problem+json"
    assert "s3cret" not in answers[0].text


@everywhere
def test_metrics_are_only_read(serve: Any, registry: Registry) -> None:
    """Other methods are refused, with those that there are."""
    with serve(registry=registry) as url:
        answer = httpx.post(url, content=b"x")

    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
    assert answer.json()["detail"] == "metrics are read with GET, not POST"


def test_the_token_may_be_a_setting(registry: Registry) -> None:
    """So that it stands in no program."""
    config = Config(metrics_token="s3cret-of-a-scrape")
    with by_port(registry=registry, config=config) as url:
        assert httpx.get(url).status_code == 401
    assert "s3cret" not in repr(config)


@pytest.mark.parametrize("token", ["", " ", "a\nb", b"s3cret", 3])
def test_a_token_that_can_be_none_is_refused_at_once(registry: Registry, token: Any) -> None:
    """An empty one would let everyone in who says nothing."""
    with pytest.raises(ConfigError, match="metrics_token is") as refused:
        MetricsApp(registry=registry, token=token)
    assert "s3cret" not in str(refused.value)


def test_a_port_that_is_taken_is_said(registry: Registry) -> None:
    """With what can be done; so is one that cannot be."""
    with (
        MetricsServer(0, registry=registry) as server,
        pytest.raises(ConfigError, match=rf":{server.port}: .* choose another port"),
    ):
        MetricsServer(server.port, registry=registry)
    with pytest.raises(ConfigError, match=":70000: "):
        MetricsServer(70_000, registry=registry)


def test_a_client_that_says_nothing_does_not_hold_up_the_next_one(registry: Registry) -> None:
    """Each has a thread of its own."""
    with (
        MetricsServer(0, registry=registry) as server,
        socket.create_connection((server.host, server.port)),
    ):
        assert httpx.get(server.url).status_code == 200


@pytest.mark.parametrize(
    ("kind", "received", "expected"),
    [
        (
            "lifespan",
            ["lifespan.startup", "lifespan.shutdown"],
            ["lifespan.startup.complete", "lifespan.shutdown.complete"],
        ),
        ("websocket", ["websocket.connect"], ["websocket.close"]),
    ],
)
def test_it_may_be_the_only_application_of_a_server(
    registry: Registry, kind: str, received: list[str], expected: list[str]
) -> None:
    """It starts and stops with it, and closes a websocket."""
    sent: list[str] = []
    waiting = iter(received)

    async def receive() -> dict[str, Any]:
        return {"type": next(waiting)}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message["type"])

    asyncio.run(MetricsApp(registry=registry)({"type": kind}, receive, send))
    assert sent == expected
