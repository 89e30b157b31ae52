"""Traces of requests, and the traces that measurements show as examples."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import BackgroundTasks, FastAPI, HTTPException

from modelmetry import Client, Config
from modelmetry.metrics import MetricsMiddleware, Registry
from modelmetry.metrics.http.tracing import RequestTrace
from modelmetry.testing import MemorySink
from tests.builders import Kit
from tests.unit.metrics.http.serving import (
    answering,
    body,
    call,
    durations,
    points,
    scope,
    serving,
    start,
)

TRACEPARENT = "00-0123456789abcdef0123456789abcdef-fedcba9876543210-01"
CALLER = "01234567-89ab-cdef-0123-456789abcdef"
HELLO = answering(start(), body(b"hello"))


@pytest.fixture
def kit() -> Iterator[Kit]:
    """A client that records into memory."""
    made = Kit()
    yield made
    made.close()


def examples(registry: Registry, name: str = "http.server.request.duration") -> set[str]:
    """The traces that a metric shows as examples."""
    found = points(registry, name).values()
    return {one.trace for point in found for one in point.exemplars if one is not None}


def test_each_request_is_a_trace(registry: Registry, kit: Kit) -> None:
    """Named by its method and route, with its status; what a handler records is in it."""
    app = FastAPI()

    async def item(item: int) -> str:
        with kit.client.span("load"):
            return "hello"

    app.add_api_route("/items/{item}", item)
    app.add_middleware(MetricsMiddleware, registry=registry, client=kit.client)
    with serving(app) as http:
        http.get("/items/7?secret=1")
    (trace,), (span,) = kit.sent().traces, kit.sent().spans

    assert (trace.name, trace.severity, span.name) == ("GET /items/{item}", None, "load")
    assert trace.metadata == {
        "http.request.method": "GET",
        "http.route": "/items/{item}",
        "http.response.status_code": 200,
        "url.path": "/items/7",
    }
    assert span.trace_xid == trace.xid
    assert trace.end_ns is not None
    assert examples(registry) == {trace.xid}
    assert examples(registry, "modelmetry.http.server.time_to_first_byte") == {trace.xid}


def test_a_caller_s_trace_goes_on(registry: Registry, kit: Kit) -> None:
    """The request is a span in it, below the one that called."""
    app = MetricsMiddleware(HELLO, registry=registry, client=kit.client)
    call(app, scope(headers=[(b"traceparent", TRACEPARENT.encode()), (b"tracestate", b"a=b")]))
    (span,) = kit.sent().spans

    assert (span.name, span.trace_xid) == ("GET", CALLER)
    assert span.parent_xid == "01234567-89ab-cdef-fedc-ba9876543210"
    assert kit.sent().traces == []
    assert examples(registry) == {CALLER}


def test_who_names_two_callers_names_none(registry: Registry, kit: Kit) -> None:
    """As W3C Trace Context has it."""
    app = MetricsMiddleware(HELLO, registry=registry, client=kit.client)
    call(app, scope(headers=[(b"traceparent", TRACEPARENT.encode())] * 2))

    assert [trace.name for trace in kit.sent().traces] == ["GET"]


@pytest.mark.parametrize(
    ("error", "severity", "message"),
    [
        (ArithmeticError("odd"), "error", "ArithmeticError: odd"),
        (HTTPException(503), "error", "HTTP: 503"),
        (HTTPException(404), None, None),
    ],
)
def test_a_failed_request_is_a_failed_trace(
    registry: Registry, kit: Kit, error: Exception, severity: str | None, message: str | None
) -> None:
    """By its exception, or by a status that says so; 404 is the caller's mistake."""
    app = FastAPI()

    async def fail() -> None:
        raise error

    app.add_api_route("/", fail)
    app.add_middleware(MetricsMiddleware, registry=registry, client=kit.client)
    with serving(app) as http:
        http.get("/")
    (trace,) = kit.sent().traces

    assert (trace.severity, trace.message) == (severity, message)
    assert trace.name == "GET /"


def test_a_client_that_leaves_is_a_warning(registry: Registry, kit: Kit) -> None:
    """Nobody here did wrong."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()

    measured = MetricsMiddleware(app, registry=registry, client=kit.client)
    call(measured, scope(), [{"type": "http.disconnect"}])
    (trace,) = kit.sent().traces

    assert (trace.severity, trace.message) == ("warning", "HTTP: client_disconnected")


def test_background_tasks_are_in_the_trace(registry: Registry, kit: Kit) -> None:
    """They are not in the duration, yet it is the request that caused them."""
    app = FastAPI()

    def work() -> None:
        kit.clock.advance(60)
        kit.client.span("work").end()

    async def answer(tasks: BackgroundTasks) -> str:
        tasks.add_task(work)
        return "soon"

    app.add_api_route("/", answer)
    app.add_middleware(MetricsMiddleware, registry=registry, client=kit.client)
    call(app, scope())
    (trace,), (span,) = kit.sent().traces, kit.sent().spans

    assert span.trace_xid == trace.xid
    assert trace.end_ns is not None
    assert trace.end_ns - trace.start_ns == 60 * 10**9


def test_two_requests_in_one_context_are_two_traces(registry: Registry, kit: Kit) -> None:
    """Nothing of the first one is current in the second."""
    app = MetricsMiddleware(HELLO, registry=registry, client=kit.client)

    async def both(request: Any, receive: Any, send: Any) -> None:
        for _ in range(2):
            await app(dict(request), receive, send)
            assert kit.client.current_span() is None

    call(both, scope())
    assert len({trace.xid for trace in kit.sent().traces}) == 2


def test_it_traces_with_the_settings_of_the_environment(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When it is asked to and gets no client."""
    monkeypatch.setenv("MODELMETRY_DISABLED", "1")
    call(MetricsMiddleware(HELLO, registry=registry, trace=True), scope())

    assert examples(registry) == set()  # nobody could look at it


def test_the_example_is_the_trace_that_a_handler_began(registry: Registry, kit: Kit) -> None:
    """Also when it has ended before the answer is sent, and in a thread."""
    app = FastAPI()
    xids: set[str] = set()

    def record(name: str) -> str:
        with kit.client.trace(name) as trace:
            xids.add(trace.xid)
        kit.client.trace("another").end()
        return "hello"

    async def on_the_loop() -> str:
        return record("loop")

    app.add_api_route("/thread", lambda: record("thread"))
    app.add_api_route("/loop", on_the_loop)
    app.add_middleware(MetricsMiddleware, registry=registry)
    with serving(app) as http:
        http.get("/thread")
        http.get("/loop")

    assert examples(registry) == xids
    assert len(xids) == 2


@pytest.mark.parametrize("settings", [{"disabled": True}, {"sample_rate": 0.0}])
def test_a_trace_that_is_not_kept_is_no_example(registry: Registry, settings: Any) -> None:
    """Nobody could look at it."""
    client = Client(config=Config(**settings), sink=MemorySink())

    async def app(scope: Any, receive: Any, send: Any) -> None:
        client.trace("turn").end()
        await HELLO(scope, receive, send)

    call(MetricsMiddleware(app, registry=registry), scope())
    call(MetricsMiddleware(HELLO, registry=registry, client=client), scope())
    client.close()

    assert sum(durations(registry).values()) == 2
    assert examples(registry) == set()


def test_the_example_may_be_the_caller_s_trace(registry: Registry) -> None:
    """Where nobody here records one; what is no traceparent names none."""
    app = MetricsMiddleware(HELLO, registry=registry)
    for value in (b"nonsense", b"\xff", TRACEPARENT.encode()):
        call(app, scope(headers=[(b"traceparent", value)]))

    assert examples(registry) == {CALLER}


def test_the_example_may_be_what_the_registry_knows(registry: Registry) -> None:
    """Such as a span that is open around the application."""
    registry.current_trace = lambda: "of-the-registry"
    call(MetricsMiddleware(HELLO, registry=registry), scope())

    assert examples(registry) == {"of-the-registry"}


def test_a_renamed_trace_has_its_last_name(kit: Kit) -> None:
    """Also when it was sent under the first one, and when it is renamed after its end."""
    with kit.client.trace("first") as trace:
        kit.sent()
        trace.rename("second")
    kit.sent()
    trace.rename("third")

    assert [one.name for one in kit.sent().traces] == ["first", "second", "third"]


def test_a_client_without_settings_is_not_made(registry: Registry) -> None:
    """`trace=False` comes before a client that is given."""
    client = Client(config=Config(disabled=True))
    call(MetricsMiddleware(HELLO, registry=registry, trace=False, client=client), scope())

    assert examples(registry) == set()


def test_a_trace_that_cannot_be_ended_harms_nobody(
    registry: Registry, kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever goes wrong in what records it."""

    def fail(*_: object) -> None:
        raise ArithmeticError("odd")

    monkeypatch.setattr(RequestTrace, "end", fail)
    app = MetricsMiddleware(HELLO, registry=registry, client=kit.client)

    assert call(app, scope())[-1]["body"] == b"hello"
