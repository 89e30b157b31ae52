"""Functions that record themselves."""

from __future__ import annotations

import asyncio
import gc
import inspect
from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterator
from typing import Any

import pytest

from modelmetry.errors import InvalidTypeError
from tests.builders import Kit


def test_a_call_is_a_trace_when_nothing_is_current(kit: Kit) -> None:
    """Outside of any block a decorated call opens a trace."""

    @kit.client.traced("answer")
    def answer(question: str, *, loud: bool = False) -> str:
        return question.upper() if loud else question

    assert answer("hi", loud=True) == "HI"
    assert kit.sent().trace("answer").end_ns is not None
    assert kit.sink.spans == []


def test_a_call_is_a_span_in_the_current_one(kit: Kit) -> None:
    """Nested decorated calls make a tree."""

    @kit.client.traced("inner", metadata={"a": 1})
    def inner() -> None: ...

    @kit.client.traced("outer")
    def outer() -> None:
        inner()

    with kit.client.trace("t"):
        outer()

    sink = kit.sent()
    assert sink.span("inner").parent_xid == sink.span("outer").xid
    assert sink.span("inner").metadata == {"a": 1}


def test_the_name_is_that_of_the_function_by_default(kit: Kit) -> None:
    """Without a name, bare or called, the qualified name of the function is taken."""

    @kit.client.traced
    def bare() -> None: ...

    @kit.client.traced()
    def called() -> None: ...

    bare()
    called()
    names = [trace.name.rpartition(".")[2] for trace in kit.sent().traces]
    assert names == ["bare", "called"]


def test_a_callable_object_is_named_by_its_type(kit: Kit) -> None:
    """An object with `__call__` needs no `__qualname__`."""

    class Answer:
        def __call__(self) -> int:
            return 42

    assert kit.client.traced(Answer())() == 42
    assert kit.sent().traces[0].name == "Answer"


def test_methods_stay_methods(kit: Kit) -> None:
    """A decorated method is bound to its object."""
    client = kit.client

    class Bot:
        @client.traced("bot.answer")
        def answer(self) -> str:
            return type(self).__name__

    assert Bot().answer() == "Bot"


def test_what_is_no_function_is_refused(kit: Kit) -> None:
    """The error names what came in the place of a function."""
    wrong: Any = 42
    with pytest.raises(InvalidTypeError, match="takes a name or a function, not int: 42"):
        kit.client.traced(wrong)


def test_decorated_functions_keep_their_kind(kit: Kit) -> None:
    """Frameworks that look at a function see what they would see without the decorator."""

    @kit.client.traced
    async def coroutine() -> None: ...

    @kit.client.traced
    def generator() -> Generator[int]:
        yield 1

    @kit.client.traced
    async def async_generator() -> AsyncGenerator[int]:
        yield 1

    assert inspect.iscoroutinefunction(coroutine)
    assert inspect.isgeneratorfunction(generator)
    assert inspect.isasyncgenfunction(async_generator)
    assert str(inspect.signature(generator)) == "() -> 'Generator[int]'"


def test_a_failed_call_is_recorded_and_raised_unchanged(kit: Kit) -> None:
    """Plain and async functions record what leaves them."""
    error = ValueError("no")

    @kit.client.traced("plain")
    def plain() -> None:
        raise error

    @kit.client.traced("coroutine")
    async def coroutine() -> None:
        raise error

    with pytest.raises(ValueError, match="no") as first:
        plain()
    with pytest.raises(ValueError, match="no") as second:
        asyncio.run(coroutine())

    sink = kit.sent()
    assert first.value is second.value is error
    assert {sink.trace(n).message for n in ("plain", "coroutine")} == {"ValueError: no"}


def test_coroutines_have_their_own_current_span(kit: Kit) -> None:
    """A decorated coroutine is the parent of what it awaits."""

    @kit.client.traced("inner")
    async def inner() -> None: ...

    @kit.client.traced("outer")
    async def outer() -> None:
        await inner()

    async def main() -> None:
        async with kit.client.trace("t"):
            await asyncio.gather(outer(), outer())

    asyncio.run(main())
    sink = kit.sent()
    outers = [s.xid for s in sink.spans if s.name == "outer"]
    assert sorted(s.parent_xid or "" for s in sink.spans if s.name == "inner") == sorted(outers)


def test_a_generator_is_current_only_while_it_runs(kit: Kit) -> None:
    """Between two items the consumer sees its own span; the span lasts until the last item."""
    client = kit.client

    @client.traced("numbers")
    def numbers() -> Generator[int, str, str]:
        client.span("inside").end()
        sent = yield 1
        client.span(sent).end()
        yield 2
        return "done"

    def consume() -> Generator[int, str, None]:
        result = yield from numbers()
        assert result == "done"

    with client.trace("t") as trace:
        generator = consume()
        assert next(generator) == 1
        assert client.current_span() is trace
        kit.clock.advance(1)
        assert generator.send("sent") == 2
        assert list(generator) == []

    sink = kit.sent()
    span = sink.span("numbers")
    assert (sink.span("inside").parent_xid, sink.span("sent").parent_xid) == (span.xid, span.xid)
    assert (span.parent_xid, span.severity) == (None, None)


def test_what_is_thrown_into_a_generator_reaches_it(kit: Kit) -> None:
    """A decorated generator can handle what its consumer throws."""

    @kit.client.traced("robust")
    def robust() -> Generator[str]:
        try:
            yield "one"
        except KeyError:
            yield "handled"

    generator = robust()
    next(generator)
    assert generator.throw(KeyError()) == "handled"
    generator.close()

    traces = kit.sent().traces
    assert [(trace.name, trace.severity) for trace in traces] == [("robust", None)]


def test_a_generator_that_fails_is_recorded(kit: Kit) -> None:
    """An exception inside the generator fails its span and goes on to the consumer."""

    @kit.client.traced("weak")
    def weak() -> Generator[int]:
        yield 1
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        list(weak())

    assert kit.sent().trace("weak").message == "OSError: gone"


def test_a_generator_left_early_ends_once(kit: Kit) -> None:
    """A loop that breaks ends the span when the generator is dropped, without a failure."""
    cleaned: list[str | None] = []
    client = kit.client

    @client.traced("numbers")
    def numbers() -> Generator[int]:
        try:
            yield from range(10)
        finally:
            current = client.current_span()
            cleaned.append(None if current is None else current.name)

    for _ in numbers():
        break
    gc.collect()

    traces = kit.sent().traces
    assert [(trace.name, trace.severity) for trace in traces] == [("numbers", None)]
    assert cleaned == ["numbers"]


def test_a_generator_that_is_never_asked_records_nothing(kit: Kit) -> None:
    """The span begins with the first item."""

    @kit.client.traced
    def numbers() -> Generator[int]:
        yield 1

    numbers()
    assert kit.sent().traces == []


def test_an_async_generator_is_current_only_while_it_runs(kit: Kit) -> None:
    """Async generators do as plain ones do, also with `asend` and `athrow`."""
    client = kit.client

    @client.traced("numbers")
    async def numbers() -> AsyncGenerator[int, str]:
        sent = yield 1
        client.span(sent).end()
        try:
            yield 2
        except KeyError:
            yield 3

    async def main() -> None:
        async with client.trace("t") as trace:
            generator = numbers()
            assert await anext(generator) == 1
            assert client.current_span() is trace
            assert await generator.asend("sent") == 2
            assert await generator.athrow(KeyError()) == 3
            with pytest.raises(StopAsyncIteration):
                await anext(generator)

    asyncio.run(main())
    sink = kit.sent()
    assert sink.span("sent").parent_xid == sink.span("numbers").xid
    assert sink.span("numbers").severity is None


def test_an_async_generator_left_early_ends_once(kit: Kit) -> None:
    """Breaking out of `async for` ends the span without a failure and without a complaint."""
    client = kit.client

    @client.traced("numbers")
    async def numbers() -> AsyncGenerator[int]:
        for number in range(10):
            await asyncio.sleep(0)
            yield number

    async def main() -> None:
        async for _ in numbers():
            break

    asyncio.run(main())
    gc.collect()
    traces = kit.sent().traces
    assert [(trace.name, trace.severity) for trace in traces] == [("numbers", None)]


def test_an_async_generator_that_fails_is_recorded(kit: Kit) -> None:
    """An exception inside fails the span and goes on to the consumer."""

    @kit.client.traced("weak")
    async def weak() -> AsyncGenerator[int]:
        yield 1
        raise OSError("gone")

    async def main() -> None:
        async for _ in weak():
            pass

    with pytest.raises(OSError, match="gone"):
        asyncio.run(main())

    assert kit.sent().trace("weak").message == "OSError: gone"


def test_a_block_in_a_generator_waits_with_it(kit: Kit) -> None:
    """Whoever asks for items is not in it; it is current again when the generator goes on."""
    seen: list[str | None] = []

    def current() -> str | None:
        node = kit.client.current_span()
        return None if node is None else node.name

    @kit.client.traced("stream")
    def stream() -> Iterator[int]:
        with kit.client.span("llm"):
            yield 1
            seen.append(current())
            yield 2

    @kit.client.traced("astream")
    async def astream() -> AsyncIterator[int]:
        with kit.client.span("llm"):
            yield 1
            seen.append(current())
            yield 2

    async def consume() -> None:
        seen.extend([current() async for _ in astream()])

    seen.extend([current() for _ in stream()])
    asyncio.run(consume())
    assert seen == ["llm", None, None] * 2
