"""Answers that come piece by piece."""

from __future__ import annotations

import asyncio
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelmetry.client.capture import MOST, Capture
from modelmetry.errors import InvalidTypeError
from modelmetry.signals.families import CompletionData, Message, TextPart
from tests.builders import Kit


def chunks(kit: Kit, size: int) -> Iterator[str]:
    """An answer that takes a second for its first word and half of one for each other."""
    kit.clock.advance(1)
    for number in range(size):
        yield str(number)
        kit.clock.advance(0.5)


def test_a_stream_finds_out_how_fast_it_was(kit: Kit) -> None:
    """Time to the first item and items per second become findings with units."""
    completion = kit.client.trace("t").completion("generate")
    assert list(completion.stream(chunks(kit, 5))) == ["0", "1", "2", "3", "4"]
    completion.assistant("01234").end().end()

    findings = kit.sent().span("generate").findings
    assert [(f.name, f.value, f.unit) for f in findings] == [
        ("time_to_first_token", 1.0, "s"),
        ("items_per_second", 2.0, "1/s"),
    ]


def test_an_async_stream_does_the_same(kit: Kit) -> None:
    """Async iterables are passed through with `async for`."""

    async def answer() -> AsyncIterator[str]:
        for item in chunks(kit, 3):
            yield item

    async def main() -> list[str]:
        completion = kit.client.trace("t").completion("generate")
        items = [item async for item in completion.stream(answer())]
        completion.end().end()
        return items

    assert asyncio.run(main()) == ["0", "1", "2"]
    assert kit.sent().values("items_per_second") == [2.0]


@pytest.mark.parametrize(("size", "names"), [(0, []), (1, ["time_to_first_token"])])
def test_a_short_stream_has_no_speed(kit: Kit, size: int, names: list[str]) -> None:
    """Nothing is found out about nothing, and no rate from one item."""
    completion = kit.client.trace("t").completion("generate")
    list(completion.stream(chunks(kit, size)))
    completion.end().end()

    assert [f.name for f in kit.sent().findings] == names


def test_a_stream_that_is_left_early_counts_what_came(kit: Kit) -> None:
    """Breaking out of the loop records what is known and does not end the span."""
    completion = kit.client.trace("t").completion("generate")
    for item in completion.stream(chunks(kit, 5)):
        if item == "2":
            break
    assert not completion.ended
    completion.end().end()

    assert kit.sent().values("items_per_second") == [2.0]


def test_an_async_stream_that_its_loop_never_closed_counts_what_came(kit: Kit) -> None:
    """The garbage collector finds it too late: what is known is told all the same, and once."""
    completion = kit.client.trace("t").completion("generate")

    async def answer() -> AsyncIterator[str]:
        for item in chunks(kit, 5):
            yield item

    async def take_two(stream: AsyncIterator[str]) -> list[str]:
        return [await anext(stream), await anext(stream)]

    stream = completion.stream(answer(), text=str)
    loop = asyncio.new_event_loop()
    assert loop.run_until_complete(take_two(stream)) == ["0", "1"]
    loop.close()
    completion.end().end()
    del stream

    sent = kit.sent()
    assert [f.name for f in sent.findings] == ["time_to_first_token", "items_per_second"]
    data = sent.span("generate").data
    assert isinstance(data, CompletionData)
    assert data.messages == [Message("assistant", [TextPart("01")])]


def test_a_stream_that_fails_raises_unchanged(kit: Kit) -> None:
    """The exception of the response goes on, and fails the block around it."""

    def answer() -> Iterator[str]:
        yield "one"
        raise ConnectionError("lost")

    with (
        pytest.raises(ConnectionError, match="lost"),
        kit.client.trace("t") as trace,
        trace.completion("generate") as completion,
    ):
        list(completion.stream(answer()))

    span = kit.sent().span("generate")
    assert span.message == "ConnectionError: lost"
    assert [f.name for f in span.findings] == ["time_to_first_token"]


def test_what_cannot_be_iterated_is_refused_at_once(kit: Kit) -> None:
    """The mistake is told at the call, not at the first item."""
    response: Any = 42
    with pytest.raises(InvalidTypeError, match=r"not int; pass the response .* stream=True"):
        kit.client.trace("t").completion("generate").stream(response)


def text_of(item: str | None) -> str | None:
    return item


def test_what_a_stream_said_becomes_a_message(kit: Kit) -> None:
    """Also when it is left early, and without what has no text."""
    completion = kit.client.trace("t").completion("generate")
    for item in completion.stream(["Two", None, " days", ".", "?"], text=text_of):
        if item == ".":
            break
    completion.end().end()

    data = kit.sent().span("generate").data
    assert isinstance(data, CompletionData)
    assert data.messages == [Message("assistant", [TextPart("Two days.")])]


def test_an_async_stream_is_captured_as_well(kit: Kit) -> None:
    """With `async for`."""

    async def answer() -> AsyncIterator[str]:
        for item in ("Two", " days."):
            yield item

    async def main() -> None:
        completion = kit.client.trace("t").completion("generate")
        assert [item async for item in completion.stream(answer(), text=text_of)]
        completion.end().end()

    asyncio.run(main())
    assert "Two days." in str(kit.sent().span("generate").data)


@pytest.mark.parametrize("given", [b"bytes", ["a list"], 7])
def test_a_text_function_that_gives_no_text_costs_nothing_else(
    kit: Kit, given: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """The application gets its items, and the log a line."""
    with kit.client.completion("c") as span:
        assert [*span.stream([1, 2, 3], text=lambda _: given)] == [1, 2, 3]
    assert caplog.text.count("its text function failed, or gave no str (TypeError)") == 1


def test_a_text_function_that_raises_costs_its_text_and_nothing_else(
    kit: Kit, caplog: pytest.LogCaptureFixture
) -> None:
    """What was captured before it is kept, the items go on, and the log says it once."""

    def fragile(item: str) -> str:
        if item == "b":
            raise KeyError("secret")
        return item

    completion = kit.client.trace("t").completion("generate")
    assert list(completion.stream("abcb", text=fragile)) == ["a", "b", "c", "b"]
    completion.end().end()
    assert "TextPart(text='a')" in str(kit.sent().span("generate").data)
    assert [record.getMessage() for record in caplog.records] == [
        "no more of this stream is captured: its text function failed, or gave no str (KeyError)"
    ]


@given(st.lists(st.text(max_size=30)), st.integers(2, 60))
def test_a_capture_keeps_the_beginning_and_the_end(pieces: list[str], most: int) -> None:
    """All of a short answer; of a long one both ends, and how much is missing between them."""
    said: list[str] = []
    capture = Capture(text_of, said.append, most)
    for piece in pieces:
        capture.add(piece)
    capture.end()
    whole, half = "".join(pieces), most // 2
    if len(whole) <= 2 * half:
        assert "".join(said) == whole
    else:
        left = len(whole) - 2 * half
        assert said == [f"{whole[:half]}[... {left} more characters ...]{whole[-half:]}"]


def test_a_capture_takes_bounded_memory() -> None:
    """However long the answer is."""
    capture = Capture(text_of, str)
    tracemalloc.start()
    try:
        for _ in range(100_000):
            capture.add("a piece of it " * 3)
        assert tracemalloc.get_traced_memory()[1] < 10 * MOST
    finally:
        tracemalloc.stop()
