"""The one line that adds it: what it measures, what it leaves out, and that it harms nobody."""

from __future__ import annotations

import logging
import os
import socket
import subprocess
import sys
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route

from modelmetry.client import current
from modelmetry.errors import InvalidTypeError, InvalidValueError
from modelmetry.metrics import REGISTRY, MetricsApp, MetricsMiddleware, Registry
from modelmetry.metrics.attributes import bounded
from modelmetry.metrics.http.routes import Begun, RouteNames
from tests.unit.metrics.http.serving import (
    active,
    answering,
    body,
    call,
    durations,
    points,
    scope,
    serving,
    start,
)


def hello(request: Request) -> PlainTextResponse:
    """Answer anything."""
    return PlainTextResponse("hello")


HELLO = answering(start(), body(b"hello"))


def test_one_line_is_enough() -> None:
    """It measures into the registry of the process."""
    app = FastAPI()
    app.add_api_route("/one/line/{item}", lambda: "hello")
    app.add_middleware(MetricsMiddleware)
    with serving(app) as http:
        http.get("/one/line/1")

    assert durations(REGISTRY)["GET", "/one/line/{item}", "200", "http", ""] == 1


def test_a_scrape_shows_requests(registry: Registry) -> None:
    """Itself among them, as one in flight."""
    app = FastAPI()
    app.add_api_route("/items/{item}", lambda: "hello")
    app.add_middleware(MetricsMiddleware, registry=registry)
    app.router.routes.append(Route("/metrics", MetricsApp(registry=registry)))
    with serving(app) as http:
        http.get("/items/1")
        shown = http.get("/metrics").text

    assert (
        'http_server_request_duration_seconds_count{error_type="",http_request_method="GET",'
        'http_response_status_code="200",http_route="/items/{item}",url_scheme="http"} 1.0'
    ) in shown
    assert 'http_server_active_requests{http_request_method="GET",url_scheme="http"} 1.0' in shown


def test_requests_in_flight_are_counted(registry: Registry) -> None:
    """While they are answered, by method."""
    seen: list[float] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(active(registry))
        await HELLO(scope, receive, send)

    call(MetricsMiddleware(app, registry=registry), scope(method="QUERY"))

    assert seen == [1]
    assert points(registry, "http.server.active_requests")["QUERY", "http"].value == 0


def ask(http: httpx.Client, method: str, *paths: str, host: str = "example.org") -> None:
    """Send requests as they are through one connection, and wait for all answers."""
    url = http.base_url
    head = f"{method} /{{}} HTTP/1.1\r\nHost: {host}\r\n\r\n"
    with socket.create_connection((url.host, url.port or 80), timeout=60) as connection:
        for begin in range(0, len(paths), 100):
            some = paths[begin : begin + 100]
            connection.sendall("".join(map(head.format, some)).encode())
            received = b""
            while received.count(b"HTTP/1.1 ") < len(some):
                part = connection.recv(65_536)
                assert part
                received += part


def test_a_scanner_makes_one_series(registry: Registry) -> None:
    """With 10,000 paths, odd methods and hosts, against a real server."""
    app = Starlette(
        routes=[
            Route("/items/{item}", hello),
            Mount("/tenants/{tenant}", routes=[Route("/leaf", PlainTextResponse("leaf"))]),
        ]
    )
    app.add_middleware(MetricsMiddleware, registry=registry)
    scanned = 10_000
    with serving(app) as http:
        ask(http, "GET", *(f"wp-{number}.php?{number}" for number in range(scanned)))
        for number in range(20):
            ask(http, f"BREW{number}", f"items/{number}", host=f"host-{number}.example")
            http.get(f"/tenants/{number}/leaf")
            http.get(f"/tenants/{number}/none")

    assert durations(registry) == {
        ("GET", "unmatched", "404", "http", ""): scanned + 20,
        ("_OTHER", "/items/{item}", "405", "http", ""): 20,
        ("GET", "/tenants/{tenant}/leaf", "200", "http", ""): 20,
    }


def test_methods_and_schemes_that_somebody_made_up_are_one(registry: Registry) -> None:
    """Methods are told apart by case, as in RFC 9110."""
    app = MetricsMiddleware(HELLO, registry=registry)
    for method, scheme in (("get", "http"), ("BREW", "gopher"), ("PATCH", "https"), ("", "")):
        call(app, scope(method=method, scheme=scheme))

    assert {(key[0], key[3]) for key in durations(registry)} == {
        ("_OTHER", "http"),
        ("_OTHER", "_OTHER"),
        ("PATCH", "https"),
    }


@pytest.mark.parametrize(
    ("status", "told", "error"),
    [(99, "99", ""), (700, "700", "700"), (12345, "12345", ""), ("ok", "_OTHER", "")],
)
def test_a_status_that_is_none_is_told_as_it_is(
    registry: Registry, status: Any, told: str, error: str
) -> None:
    """An application chooses it, so there are only so many; from 600 on it is a failure."""
    call(MetricsMiddleware(answering(start(status), body()), registry=registry), scope())
    assert durations(registry) == {("GET", "unmatched", told, "http", error): 1}


EXCLUDED = ("/healthz", "/internal/{name}", "/assets/{rest:path}")


@pytest.mark.parametrize(
    ("path", "is_measured"),
    [
        ("/healthz", False),
        ("/healthz/", True),
        ("/behind/healthz", False),
        ("/internal/metrics", False),
        ("/internal/a/b", True),
        ("/internal/", True),
        ("/assets/a/b.css", False),
        ("/other", True),
    ],
)
def test_excluded_paths_are_not_measured(registry: Registry, path: str, is_measured: bool) -> None:
    """Neither how long they take, nor in flight; also below the root path of a proxy."""
    app = MetricsMiddleware(HELLO, registry=registry, exclude=EXCLUDED)
    sent = call(app, scope(path, root_path="/behind"))

    assert sent[-1]["body"] == b"hello"
    assert bool(durations(registry)) is is_measured
    assert bool(points(registry, "http.server.active_requests")) is is_measured


def test_what_cannot_be_excluded_is_said_at_once() -> None:
    """When the application starts, and not at its first request."""
    with pytest.raises(InvalidTypeError, match="list of paths"):
        MetricsMiddleware(HELLO, exclude="/metrics")
    with pytest.raises(InvalidValueError, match="begin with a slash"):
        MetricsMiddleware(HELLO, exclude=["metrics"])
    with pytest.raises(InvalidTypeError, match="client"):
        MetricsMiddleware(HELLO, client="client")  # type: ignore[arg-type]


def test_added_twice_it_counts_once(registry: Registry) -> None:
    """Or added to an application and to one that is mounted in it."""
    inner = Starlette(routes=[Route("/leaf", PlainTextResponse("leaf"))])
    app = Starlette(routes=[Mount("/sub", inner)])
    for one in (inner, app, app):
        one.add_middleware(MetricsMiddleware, registry=registry)
    call(app, scope("/sub/leaf"))

    assert durations(registry) == {("GET", "/sub/leaf", "200", "http", ""): 1}


def test_two_registries_both_count() -> None:
    """Who asks for both gets both."""
    registries = Registry(), Registry()
    app = MetricsMiddleware(HELLO, registry=registries[0])
    call(MetricsMiddleware(app, registry=registries[1]), scope())

    assert [sum(durations(one).values()) for one in registries] == [1, 1]


def test_the_life_of_the_server_is_not_touched(registry: Registry) -> None:
    """What is neither HTTP nor a websocket goes through as it is."""
    seen: list[object] = []

    async def app(*given: object) -> None:
        seen.extend(given)

    async def receive() -> Any: ...
    async def send(message: Any) -> None: ...

    lifespan = {"type": "lifespan"}
    coroutine = MetricsMiddleware(app, registry=registry)(lifespan, receive, send)
    with pytest.raises(StopIteration):
        coroutine.send(None)

    assert [id(one) for one in seen] == [id(one) for one in (lifespan, receive, send)]
    assert lifespan == {"type": "lifespan"}


def test_routes_and_traces_that_fail_when_they_are_asked_harm_nobody(
    registry: Registry, caplog: pytest.LogCaptureFixture
) -> None:
    """It is said in the log, once, and the application goes on."""

    class Odd(Route):
        def matches(self, scope: Any) -> Any:
            raise ArithmeticError("odd")

    app = MetricsMiddleware(HELLO, registry=registry)
    registry.current_trace = lambda: str(1 // 0)
    request = scope(app=Starlette(routes=[Odd("/", PlainTextResponse("hello"))]))
    for _ in range(2):
        assert call(app, dict(request))[-1]["body"] == b"hello"

    assert active(registry) == 0
    assert durations(registry) == {("GET", "unmatched", "200", "http", ""): 2}
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert "could not be measured" in caplog.text


def test_a_scope_that_is_not_whole_harms_nobody(registry: Registry) -> None:
    """Whatever the server left out."""
    request = scope()
    del request["method"], request["headers"], request["root_path"], request["scheme"]

    assert call(MetricsMiddleware(HELLO, registry=registry), request)[-1]["body"] == b"hello"
    assert durations(registry) == {("GET", "unmatched", "200", "http", ""): 1}


def test_routes_by_the_thousand_are_not_remembered() -> None:
    """Mounts with parameters have a root path for each value, and only the last ones are kept."""
    leaf = Route("/leaf/{x}", PlainTextResponse("leaf"))
    app = Starlette(routes=[Mount("/tenants/{tenant}", routes=[leaf])])
    names = RouteNames(app)
    for number in range(1_100):
        path = f"/tenants/{number}/leaf/1"
        left = scope(path, app=app)
        call(app, left)
        template = names.template(left, Begun(path, "", app), "200")
        assert template == "/tenants/{tenant}/leaf/{x}"

    assert names.known < 1_024


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_forked_worker_measures_anew(registry: Registry) -> None:
    """What was known before the fork is the parent's, and nothing of the child's is lost."""
    app = MetricsMiddleware(HELLO, registry=registry)
    call(app, scope())
    child = os.fork()
    if not child:
        code = 1
        try:
            call(app, scope())
            call(app, scope())
            code = 0 if sum(durations(registry).values()) == 2 and active(registry) == 0 else 2
        finally:
            os._exit(code)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert sum(durations(registry).values()) == 1


def test_a_long_template_is_cut(registry: Registry) -> None:
    """To what any attribute may have, and to the same each time."""
    path = "/" + "long" * 50
    app = Starlette(routes=[Route(path, hello)])
    app.add_middleware(MetricsMiddleware, registry=registry)
    for _ in range(2):
        call(app, scope(path))

    assert durations(registry) == {("GET", bounded(path), "200", "http", ""): 2}


def test_nothing_is_left_in_the_context(registry: Registry) -> None:
    """Whoever is called next in it is another request."""

    async def app(request: Any, receive: Any, send: Any) -> None:
        await MetricsMiddleware(HELLO, registry=registry)(request, receive, send)
        assert current.heard() is None

    call(app, scope())


def test_it_loads_neither_a_framework_nor_the_client() -> None:
    """Who measures an application of another framework, and records no traces, pays for neither."""
    code = (
        "import sys; from modelmetry.metrics import MetricsMiddleware; MetricsMiddleware(print);"
        "print({'starlette', 'fastapi', 'modelmetry.client.client'} & set(sys.modules))"
    )
    command = [sys.executable, "-c", code]
    assert subprocess.check_output(command, text=True) == "set()\n"
