"""What is recorded of answers, of exceptions, and of clients that leave."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import pytest
from fastapi import BackgroundTasks, FastAPI, HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import StreamingResponse

from modelmetry.metrics import MetricsMiddleware, Registry
from modelmetry.metrics.http import exchange
from tests.unit.metrics.http.serving import (
    Moments,
    active,
    answering,
    body,
    call,
    durations,
    ignored,
    nothing,
    points,
    scope,
    serving,
    start,
)

FIRST_BYTE = "modelmetry.http.server.time_to_first_byte"
DURATION = "http.server.request.duration"


class MadeUpError(Exception):
    """A class of its own."""


@pytest.fixture
def moments(monkeypatch: pytest.MonkeyPatch) -> Moments:
    """The clock by which requests are measured."""
    clock = Moments()
    monkeypatch.setattr(exchange, "perf_counter", clock)
    return clock


def recorded(registry: Registry) -> tuple[str, str]:
    """Status and error type of the one request that was measured."""
    ((_, _, status, _, error),) = durations(registry)
    assert active(registry) == 0
    return status, error


def test_answers_over_a_real_server(registry: Registry) -> None:
    """Crashes are counted as 500 and by their class, answers of 5xx by their status."""
    app = FastAPI()

    async def fail(kind: str) -> str:
        if kind == "crash":
            raise MadeUpError
        if kind == "division":
            return str(1 // 0)
        raise HTTPException(int(kind))

    app.add_api_route("/{kind}", fail)
    app.add_middleware(MetricsMiddleware, registry=registry)
    with serving(app) as http:
        for kind in ("crash", "division", "404", "503", "206"):
            http.get(f"/{kind}")

    module = MadeUpError.__module__
    assert {key[2:]: count for key, count in durations(registry).items()} == {
        ("500", "http", f"{module}.MadeUpError"): 1,
        ("500", "http", "ZeroDivisionError"): 1,
        ("404", "http", ""): 1,
        ("503", "http", "503"): 1,
        ("206", "http", ""): 1,
    }
    assert active(registry) == 0


def test_exceptions_are_raised_again_untouched(registry: Registry) -> None:
    """The server, or a middleware around ours, gets the very one."""
    error = MadeUpError()
    with pytest.raises(MadeUpError) as raised:
        call(MetricsMiddleware(answering(error=error), registry=registry), scope())

    assert raised.value is error
    assert error.__cause__ is None
    assert error.__context__ is None


def test_an_exception_in_the_middle_of_an_answer_keeps_its_status(registry: Registry) -> None:
    """The client was told 200; that it got no whole answer is the error."""
    app = answering(start(200), body(b"a", more_body=True), error=ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        call(MetricsMiddleware(app, registry=registry), scope())

    assert recorded(registry) == ("200", "ZeroDivisionError")


def test_what_happens_after_the_answer_belongs_to_no_answer(
    registry: Registry, moments: Moments
) -> None:
    """Neither the time of background tasks, nor their exceptions."""
    app = FastAPI()

    def work() -> None:
        assert active(registry) == 0
        moments.now += 60
        raise MadeUpError

    async def answer(tasks: BackgroundTasks) -> str:
        moments.now += 2
        tasks.add_task(work)
        return "soon"

    app.add_api_route("/", answer)
    app.add_middleware(MetricsMiddleware, registry=registry)
    with pytest.raises(MadeUpError):
        call(app, scope())

    ((key, point),) = points(registry, DURATION).items()
    assert key == ("GET", "/", "200", "http", "")
    assert point.value == 2


def test_a_stream_lasts_until_its_last_byte(registry: Registry, moments: Moments) -> None:
    """And its first byte has a time of its own."""

    async def tokens() -> AsyncIterator[bytes]:
        for _ in range(4):
            moments.now += 0.25
            yield b"token "

    app = FastAPI()
    app.add_api_route("/", lambda: StreamingResponse(tokens()))
    app.add_middleware(MetricsMiddleware, registry=registry)
    with serving(app) as http:
        assert http.get("/").text == "token " * 4

    (whole,) = points(registry, DURATION).values()
    (first,) = points(registry, FIRST_BYTE).values()
    assert whole.value == 1
    assert first.value == 0.25


ENDS: list[tuple[list[dict[str, Any]], float, float]] = [
    ([start(204), body()], 2, 2),
    ([start(), body(more_body=True), body(b"a", more_body=True), body()], 4, 3),
    ([start(), {"type": "http.response.pathsend", "path": "/etc/hosts"}], 2, 2),
    ([start(), {"type": "http.response.zerocopysend", "file": 1}], 2, 2),
    (
        [
            start(trailers=True),
            body(b"a"),
            {"type": "http.response.trailers", "headers": [], "more_trailers": True},
            {"type": "http.response.trailers", "headers": []},
        ],
        4,
        2,
    ),
    ([{"type": "http.response.early_hint", "links": []}, start(), body(b"a")], 3, 3),
]


@pytest.mark.parametrize(("messages", "seconds", "first"), ENDS)
def test_every_way_to_answer_has_an_end(
    registry: Registry, moments: Moments, messages: Any, seconds: float, first: float
) -> None:
    """Of the protocol and of its extensions; each message takes a second here."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        for message in messages:
            moments.now += 1
            await send(message)
        moments.now += 100

    assert call(MetricsMiddleware(app, registry=registry), scope()) == messages
    (whole,) = points(registry, DURATION).values()
    (begun,) = points(registry, FIRST_BYTE).values()
    assert (whole.value, begun.value) == (seconds, first)


def test_who_never_answers_is_counted_as_servers_then_answer(registry: Registry) -> None:
    """With 500; whoever stops in the middle is told by the error type alone."""
    call(MetricsMiddleware(answering(), registry=registry), scope())
    call(MetricsMiddleware(answering(start(201)), registry=registry), scope())

    assert {key[2:] for key in durations(registry)} == {
        ("500", "http", "no_response"),
        ("201", "http", "incomplete_response"),
    }


GONE: dict[str, Any] = {"type": "http.disconnect"}


@pytest.mark.parametrize("begun", [False, True])
@pytest.mark.parametrize("error", [None, ClientDisconnect(), OSError(), asyncio.CancelledError()])
def test_a_client_that_leaves_is_no_fault_of_ours(
    registry: Registry, error: BaseException | None, begun: bool
) -> None:
    """Without an answer there is no status, and no 500 either."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if begun:
            await send(start(200))
        assert await receive() == GONE
        if error is not None:
            raise error

    with suppress(ClientDisconnect, OSError, asyncio.CancelledError):
        call(MetricsMiddleware(app, registry=registry), scope(), [GONE])

    assert recorded(registry) == ("200" if begun else "", "client_disconnected")


def test_a_server_that_says_nobody_listens(registry: Registry) -> None:
    """It raises OSError where something is sent (ASGI 2.4), and the application lets it."""

    async def send(message: Any) -> None:
        if message["type"] == "http.response.body":
            raise OSError

    async def run() -> None:
        app = MetricsMiddleware(answering(start(), body(b"a")), registry=registry)
        await app(scope(), nothing, send)

    with pytest.raises(OSError):  # noqa: PT011 - the very plain one
        asyncio.run(run())
    assert recorded(registry) == ("200", "client_disconnected")


def test_an_error_while_the_client_leaves_is_still_one(registry: Registry) -> None:
    """An exception that has nothing to do with it counts as what it is."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        raise MadeUpError

    with pytest.raises(MadeUpError):
        call(MetricsMiddleware(app, registry=registry), scope(), [GONE])
    assert recorded(registry) == ("500", f"{MadeUpError.__module__}.MadeUpError")


def test_a_cancelled_request_has_no_status(registry: Registry) -> None:
    """Such as by a server that stops: nobody was answered."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.Event().wait()

    async def run() -> None:
        task = asyncio.create_task(
            MetricsMiddleware(app, registry=registry)(scope(), nothing, ignored)
        )
        await asyncio.sleep(0)
        task.cancel()
        await task

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(run())
    assert recorded(registry) == ("", "asyncio.exceptions.CancelledError")


def test_a_disconnect_after_the_answer_is_none(registry: Registry) -> None:
    """Servers say it to everybody who asks then."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send(start())
        await send(body(b"a"))
        await receive()

    call(MetricsMiddleware(app, registry=registry), scope(), [GONE])
    assert recorded(registry) == ("200", "")


def test_a_client_that_really_leaves(registry: Registry) -> None:
    """In the middle of a stream without an end, over a real server."""
    app = FastAPI()

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 65536
            await asyncio.sleep(0)

    app.add_api_route("/", lambda: StreamingResponse(endless()))
    app.add_middleware(MetricsMiddleware, registry=registry)
    with serving(app) as http, http.stream("GET", "/") as answer:
        next(answer.iter_bytes())

    assert recorded(registry) == ("200", "client_disconnected")
