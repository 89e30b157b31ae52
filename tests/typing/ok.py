"""Chains whose types both checkers agree about; read by them, never run."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any, assert_type

import modelmetry
from modelmetry import (
    Client,
    CompletionSpan,
    EmbeddingsSpan,
    FindingType,
    Receipt,
    RetrievalSpan,
    Session,
    Span,
    ToolCall,
    Trace,
)
from modelmetry.metrics import ModelMetrics, Prediction, model_metrics
from modelmetry.prices import Listing, Price, PriceBook, Prices, Unpriced, Usage
from modelmetry.telemetry import Job

client = Client()
trace = client.trace("chatbot.turn", session="chat-42")
assert_type(trace, Trace)
assert_type(trace.end(), Client)

# Nouns go down and know their parent.
span = trace.span("a")
assert_type(span, Span[Trace])
assert_type(span.span("b"), Span[Span[Trace]])
assert_type(span.completion("c"), CompletionSpan[Span[Trace]])
assert_type(trace.retrieval("d"), RetrievalSpan[Trace])
assert_type(trace.embeddings("e"), EmbeddingsSpan[Trace])
assert_type(trace.completion("f").span("g"), Span[CompletionSpan[Trace]])
assert_type(client.span("h"), Span[Any])
assert_type(client.completion("i"), CompletionSpan[Any])
assert_type(client.current_span(), Trace | Span[Any] | None)

# `end` goes up, to exactly the parent's own type.
assert_type(span.end(), Trace)
assert_type(span.span("b").end(), Span[Trace])
assert_type(trace.completion("c").span("d").end(), CompletionSpan[Trace])
assert_type(trace.completion("c").span("d").end().end().end(), Client)

# Facts stay, and stay what they were.
assert_type(trace.finding("f", 1).event("e", {"a": 1}).metadata(a=1).fail("no"), Trace)
assert_type(trace.set_metadata("a", 1).replace_metadata({"a": 1}), Trace)
completion = trace.completion("c", model="gpt-4o", provider="openai")
assert_type(completion.system("s").user("u").assistant("a").finding("f", 1), CompletionSpan[Trace])
assert_type(
    completion.options(temperature=0.5, stop=["END"]).usage(input=1).cost(total=0.1),
    CompletionSpan[Trace],
)
assert_type(completion.tool_call("T", {"a": 1}).tool("r").document("d"), CompletionSpan[Trace])
assert_type(completion.user([modelmetry.binary(b"x", "image/png"), "?"]), CompletionSpan[Trace])
assert_type(completion.assistant(tool_calls=[ToolCall("1", "T", {})]), CompletionSpan[Trace])
assert_type(trace.retrieval("r").query("q").document("d"), RetrievalSpan[Trace])
assert_type(trace.embeddings("e").input("a").inputs(["b"]).usage(input=1), EmbeddingsSpan[Trace])

# Values of findings: plain scalars and numbers of other libraries.
span.finding("a", 1).finding("b", 0.5).finding("c", True).finding("d", "text")
span.finding("e", Decimal("0.5")).finding("f", Fraction(1, 2))
TOKENS = FindingType("input_tokens", int, unit="tokens")
assert_type(TOKENS, FindingType[int])
assert_type(span.finding(TOKENS, 42, comment="well"), Span[Trace])
span.finding(FindingType("latency", float), 0.5)

# Blocks give the receiver itself.
with client.trace("t") as t, t.completion("c") as c:
    assert_type(t, Trace)
    assert_type(c, CompletionSpan[Trace])

# Streams keep the items and the kind of loop.
assert_type(completion.stream([1, 2]), Iterator[int])
assert_type(completion.stream([1, 2], text=str), Iterator[int])


async def asynchronous(items: AsyncIterator[bytes]) -> None:
    """Async blocks and streams."""
    async with client.trace("t") as inner:
        assert_type(inner, Trace)
    assert_type(completion.stream(items), AsyncIterator[bytes])
    assert_type(await client.aflush_all(), Receipt)


# Decorators keep signatures, bare and called.
@client.traced
def plain(question: str, *, loud: bool = False) -> str:
    """A function."""
    return question if loud else ""


@client.traced("name")
async def coroutine(number: int) -> bool:
    """A coroutine."""
    return number > 0


@client.traced()
async def generator() -> AsyncGenerator[int]:
    """An async generator."""
    yield 1


class Bot:
    """A class with a decorated method."""

    @client.traced("bot.answer")
    def answer(self, question: str) -> str:
        """A method."""
        return question


assert_type(plain("hi", loud=True), str)
assert_type(generator(), AsyncGenerator[int, None])
assert_type(Bot().answer("hi"), str)
check: Callable[[int], Awaitable[bool]] = coroutine
carried: Callable[[str], str] = client.carried(Bot().answer)

# Sessions and receipts.
session = client.session("chat-42", metadata={"channel": "web"})
assert_type(session, Session)
assert_type(session.trace("t"), Trace)
assert_type(session.metadata(a=1), Session)
receipt = client.flush_all(timeout=2.0)
assert_type(receipt.created, int)
assert_type(client.stats(), Receipt)
with client as same:
    assert_type(same, Client)


def takes_any_span(given: Span[Any]) -> None:
    """Any family is a span."""


takes_any_span(completion)
takes_any_span(span.span("b"))

# Telemetry: the same words, awaitable where they wait.
telemetry = modelmetry.Telemetry("train", backend=["jsonl", "sqlite"])
assert_type(telemetry.flush(), modelmetry.TelemetryReceipt)
assert_type(telemetry.stats().backends["jsonl"], Receipt)
telemetry.emit("completed", {"loss": 0.5}, "message", metric="accuracy", value=0.92, event="end")
with telemetry.track("epoch") as job:
    assert_type(job.metric("loss", 0.25), Job)


@telemetry.track()
def scored(text: str) -> float:
    """Kept as it is by the decorator."""
    return float(text)


assert_type(scored("1"), float)


async def serving() -> None:
    """Nothing but waiting is awaited."""
    async with modelmetry.AsyncTelemetry("serve") as reporting:
        reporting.emit(event="warm")
        await reporting.emit("started")
        async with reporting.track() as job:
            assert_type(job, Job)
        assert_type(await reporting.flush(), modelmetry.TelemetryReceipt)


# A price is asked of any book, and may be unknown.
prices = Prices()
book: PriceBook = prices
assert_type(book.price("gpt-4o", usage=Usage(input=1, output=1)), Price | Unpriced)
assert_type(prices.listing("gpt-4o", provider="openai"), Listing | Unpriced)


# Models: functions of all kinds keep their types, blocks are predictions.
churn = model_metrics("churn", version="3", batch=len, confidence=lambda found: found[0])
assert_type(churn, ModelMetrics)


@churn
def predicted(rows: list[str], *, strict: bool = False) -> list[float]:
    """Kept as it is by the decorator."""
    return [float(strict) for _ in rows]


@churn
async def predicted_later(rows: list[str]) -> list[float]:
    """A coroutine."""
    return predicted(rows, strict=True)


@churn
def predicted_in_steps(rows: list[str]) -> Iterator[float]:
    """A generator."""
    yield from predicted(rows)


@churn
async def predicted_in_steps_later(rows: list[str]) -> AsyncGenerator[float, None]:
    """An async generator."""
    yield (await predicted_later(rows))[0]


class Model:
    """A class with a measured method."""

    @churn
    def predict(self, row: str) -> float:
        """A method."""
        return float(row)


assert_type(predicted(["a"], strict=True), list[float])
assert_type(predicted_in_steps(["a"]), Iterator[float])
assert_type(predicted_in_steps_later(["a"]), AsyncGenerator[float, None])
assert_type(Model().predict("a"), float)
with churn as prediction:
    assert_type(prediction.id("a").label("late").confidence(0.9).batch(2), Prediction)


async def predicting() -> None:
    """Awaited where functions are."""
    assert_type(await predicted_later(["a"]), list[float])
    async with churn as prediction:
        assert_type(prediction, Prediction)
