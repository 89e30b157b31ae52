"""A web application with models and language models, as a user would write it; uvicorn runs it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncGenerator, AsyncIterator
from itertools import count
from typing import Any

from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from fastapi.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route

from modelmetry import Client
from modelmetry.metrics import (
    REGISTRY,
    Counter,
    Family,
    MetricsApp,
    MetricsMiddleware,
    ground_truth,
    model_metrics,
    record_prediction,
)
from modelmetry.metrics.resources.table import families
from tests.dashboards import facts

BEGAN = float(os.environ["PROOF_BEGAN"])

client = Client()
usage: dict[str, Any] = {**facts.USAGE}


@contextlib.asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
    """Hold a websocket open, and leave no room for predictions that wait for their truth."""
    wait_for_truth(facts.WAITING)
    accepted = asyncio.Event()
    held = asyncio.create_task(connected(accepted, is_held=True))
    await accepted.wait()
    yield
    held.cancel()


app = FastAPI(lifespan=lifespan)
numbers = count()
measured = Counter("proof.measured", attributes=("what",), most_series=3)
churn, fraud = (model_metrics(name, version="3") for name in ("churn", "fraud"))


def failing() -> list[Family]:
    """A collector that has a fault."""
    raise LookupError("on purpose")


def hardware() -> list[Family]:
    """A container and a GPU that this machine may not have, by the names of those that do."""
    lived = time.time() - BEGAN
    figures = {**facts.CONTAINER, **facts.LEVELS}
    figures |= {name: each * lived for name, each in facts.RATES.items()}
    return families([(name, _place(name), value) for name, value in figures.items()], time.time())


def _place(name: str) -> tuple[str, ...]:
    if name in {"hw.energy", "hw.temperature"}:
        return (*facts.GPU, "gpu")
    if name == "hw.gpu.utilization":
        return (*facts.GPU, "general")
    return facts.GPU if name.startswith("hw.") else ()


REGISTRY.add_collector(hardware)
REGISTRY.add_collector(failing)
app.add_middleware(MetricsMiddleware, exclude=("/metrics",))
app.router.routes.append(Route("/metrics", MetricsApp()))


@app.get("/fast/{item}")
async def fast(item: int) -> int:
    """Answer soon."""
    await asyncio.sleep(facts.FAST)
    return item


@app.get("/slow")
async def slow() -> str:
    """Answer late."""
    await asyncio.sleep(facts.SLOW)
    return "late"


@app.get("/crash")
async def crash() -> None:
    """Never answer."""
    raise LookupError("on purpose")


@app.get("/teapot")
async def teapot() -> PlainTextResponse:
    """Refuse."""
    return PlainTextResponse("no", 418)


@app.get("/predict/{how}")
async def predict(how: str) -> str:
    """Predict; the truth comes at once."""
    number = next(numbers)
    try:
        with client.trace("decide"), fraud if how == "other" else churn as prediction:
            await asyncio.sleep(facts.PREDICTION)
            if how == "bad":
                raise KeyError(how)  # noqa: TRY301 - as a model does
            prediction.confidence(0.45 if how == "wrong" else 0.92).id(number).label("stays")
    except KeyError:
        return "failed"
    ground_truth(number, "leaves" if how == "wrong" else "stays")
    return "stays"


@app.get("/call/{how}")
async def call(how: str) -> str:
    """Call a model that has a price, one that has none, or one that fails."""
    model = facts.UNKNOWN if how == "unknown" else facts.KNOWN
    try:
        with (
            client.trace("turn") as trace,
            trace.completion("generate", model=model, provider="openai") as span,
        ):
            await asyncio.sleep(facts.CALL)
            if how == "fail":
                raise TimeoutError("on purpose")  # noqa: TRY301 - as a library does
            span.usage(**usage)
    except TimeoutError:
        return "failed"
    return "done"


@app.get("/stream")
async def stream() -> StreamingResponse:
    """Pass on what a model answers, piece by piece."""

    async def answer() -> AsyncIterator[str]:
        await asyncio.sleep(facts.FIRST_TOKEN)
        yield "piece"
        await asyncio.sleep(facts.EACH_TOKEN)
        yield "piece"

    async def passed_on() -> AsyncIterator[str]:
        with (
            client.trace("turn") as trace,
            trace.completion("generate", model=facts.KNOWN, provider="openai") as span,
        ):
            async for piece in span.stream(answer()):
                yield piece
            span.usage(**usage)

    return StreamingResponse(passed_on())


@app.get("/measure")
async def measure() -> dict[str, Any]:
    """Measure what is none, and more than there is room for."""
    measured.add(float("nan"), what="first")
    for what in ("first", "second", "third"):  # one of three series is that of what has no room
        measured.add(1, what=what)
    wait_for_truth(facts.FORGOTTEN)
    await connected(asyncio.Event(), is_held=False)
    return {}


def wait_for_truth(how_many: int) -> None:
    """Predict what nobody will ever know."""
    for _ in range(how_many):
        record_prediction(f"unknown-{next(numbers)}", "stays", model="churn", version="3")


@app.get("/hold")
async def hold() -> None:
    """Do not answer as long as the application runs."""
    await asyncio.Event().wait()


@app.websocket("/socket")
async def socket(connection: WebSocket) -> None:
    """Listen until the other side leaves."""
    await connection.accept()
    with contextlib.suppress(WebSocketDisconnect):
        await connection.receive_text()


async def connected(accepted: asyncio.Event, *, is_held: bool) -> None:
    """A websocket as a server hands it over: the locked uvicorn has no protocol for them."""
    messages = iter([{"type": "websocket.connect"}])

    async def receive() -> dict[str, Any]:
        for message in messages:
            return message
        if is_held:
            await asyncio.Event().wait()
        return {"type": "websocket.disconnect", "code": 1000}

    async def send(message: Any) -> None:
        accepted.set()

    scope = {"type": "websocket", "path": "/socket", "raw_path": b"/socket", "scheme": "ws"}
    more: dict[str, Any] = {"headers": [], "query_string": b"", "subprotocols": [], "root_path": ""}
    await app({**scope, **more}, receive, send)
