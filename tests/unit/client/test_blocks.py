"""Blocks: the current span, ends, exceptions."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor

import pytest

from modelmetry.client.client import Client
from modelmetry.client.spans import Span
from modelmetry.client.trace import Trace
from modelmetry.config import Config
from modelmetry.testing import MemorySink
from tests.builders import SECOND, START_NS, Kit


def test_a_block_is_the_current_span_and_ends(kit: Kit) -> None:
    """Inside the block its span is the current one; after it the one before is."""
    client = kit.client
    assert client.current_span() is None
    with client.trace("t") as trace:
        assert client.current_span() is trace
        with trace.span("s") as span:
            assert client.current_span() is span
            kit.clock.advance(1)
        assert client.current_span() is trace
        assert span.ended
    assert client.current_span() is None

    assert kit.sent().span("s").end_ns == START_NS + SECOND


def test_an_exception_is_recorded_and_raised_unchanged(kit: Kit) -> None:
    """The span fails with the exception's type, text and stack; the same object goes on."""
    error = LookupError("no such order")
    with pytest.raises(LookupError) as caught, kit.client.trace("t") as trace, trace.span("s"):
        raise error

    span = kit.sent().span("s")
    event = span.events[0]
    assert caught.value is error
    assert (span.severity, span.message) == ("error", "LookupError: no such order")
    assert event.name == "exception"
    assert event.metadata["exception.type"] == "LookupError"
    assert event.metadata["exception.message"] == "no such order"
    assert "raise error" in event.metadata["exception.stacktrace"]
    assert kit.sink.trace("t").severity == "error"


def test_async_blocks_follow_the_code_across_await(kit: Kit) -> None:
    """Tasks that run at the same time have their own current spans."""
    client = kit.client

    async def turn(name: str, meet: asyncio.Barrier) -> None:
        async with client.trace(name) as trace:
            await meet.wait()
            async with client.span(f"{name} step"):
                await meet.wait()
            assert client.current_span() is trace

    async def main() -> None:
        meet = asyncio.Barrier(2)
        await asyncio.gather(turn("a", meet), turn("b", meet))

    asyncio.run(main())
    sink = kit.sent()
    for name in ("a", "b"):
        assert sink.span(f"{name} step").trace_xid == sink.trace(name).xid


def test_an_exception_in_an_async_block_is_recorded(kit: Kit) -> None:
    """Async blocks record failures like plain ones."""

    async def main() -> None:
        async with kit.client.trace("t"):
            raise TimeoutError

    with pytest.raises(TimeoutError):
        asyncio.run(main())

    assert kit.sent().trace("t").message == "TimeoutError"


def test_a_cancelled_task_is_a_warning(kit: Kit) -> None:
    """Cancellation is recorded and goes on, and does not make the trace a failure."""

    async def work() -> None:
        async with kit.client.trace("t"):
            await asyncio.Event().wait()

    async def main() -> None:
        task = asyncio.create_task(work())
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()

    asyncio.run(main())
    trace = kit.sent().trace("t")
    assert (trace.severity, trace.message) == ("warning", "CancelledError")


def test_a_span_of_the_client_hangs_on_the_current_one(kit: Kit) -> None:
    """`client.span` and its kin attach to whatever block is open."""
    client = kit.client
    with client.trace("t") as trace:
        client.span("span").end()
        client.completion("completion", model="m", provider="p").end()
        client.retrieval("retrieval").end()
        client.embeddings("embeddings", model="m").end()

    spans = kit.sent().spans
    assert {span.trace_xid for span in spans} == {trace.xid}
    assert [span.family for span in spans] == ["other", "completion", "retrieval", "embeddings"]


def test_a_span_without_a_current_one_brings_a_trace(kit: Kit) -> None:
    """The trace has the name of the span, begins and ends with it, and takes its children."""
    with kit.client.span("alone") as span:
        kit.clock.advance(1)
        kit.client.span("inner").end()
    assert kit.client.current_span() is None

    sink = kit.sent()
    trace = sink.trace("alone")
    assert (trace.start_ns, trace.end_ns) == (START_NS, START_NS + SECOND)
    assert sink.span("inner").parent_xid == span.xid
    assert {s.trace_xid for s in sink.spans} == {trace.xid}


def test_clients_do_not_see_each_others_spans(kit: Kit) -> None:
    """The current span is the innermost one of the client that is asked."""
    with Client(config=Config(), sink=MemorySink()) as other:
        with kit.client.trace("mine") as mine, other.trace("theirs") as theirs:
            assert kit.client.current_span() is mine
            assert other.current_span() is theirs
        assert other.current_span() is None


def test_a_span_can_be_carried_to_another_thread(kit: Kit) -> None:
    """`carried` takes the current span along, into many threads at once."""
    client = kit.client
    meet = threading.Barrier(2)

    def work(number: int) -> int:
        meet.wait()
        client.span(f"work {number}").end()
        return number

    with client.trace("t") as trace, ThreadPoolExecutor(2) as pool:
        assert list(pool.map(client.carried(work), range(2))) == [0, 1]

    assert {span.trace_xid for span in kit.sent().spans} == {trace.xid}


def test_a_span_can_be_handed_over(kit: Kit) -> None:
    """`as_current` makes a span the current one elsewhere without ending it."""
    trace = kit.client.trace("t")
    seen: list[bool] = []

    def work() -> None:
        with trace.as_current():
            seen.append(kit.client.current_span() is trace)
        seen.append(kit.client.current_span() is None)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()

    assert (seen, trace.ended) == ([True, True], False)
    trace.end()


def test_leaving_in_another_order_than_entering_is_harmless(kit: Kit) -> None:
    """Whatever is left first, the current span is the innermost that is still open."""
    client = kit.client
    trace = client.trace("t")
    outer, inner = trace.as_current(), trace.span("s").as_current()
    outer.__enter__()
    inner.__enter__()
    outer.__exit__(None, None, None)
    current = client.current_span()
    assert current is not None
    assert current.name == "s"
    inner.__exit__(None, None, None)
    assert client.current_span() is None
    trace.end()


def test_a_generator_left_early_ends_its_block_once(kit: Kit) -> None:
    """Closing a generator is no failure, and whoever left it sees their own span again."""
    client = kit.client

    def words() -> Generator[str]:
        with client.span("words"):
            yield "one"
            yield "two"

    with client.trace("t") as trace:
        generator = words()
        next(generator)
        with client.span("inner"):
            generator.close()
        assert client.current_span() is trace

    spans = [span for span in kit.sent().spans if span.name == "words"]
    assert [span.severity for span in spans] == [None]


def test_a_generator_closed_in_another_context_breaks_nothing(kit: Kit) -> None:
    """A block entered here may be left in another thread."""
    client = kit.client

    def words() -> Generator[str]:
        with client.span("words"):
            yield "one"

    generator = words()
    next(generator)
    thread = threading.Thread(target=generator.close)
    thread.start()
    thread.join()

    assert client.current_span() is None
    assert kit.sent().span("words").severity is None


def test_an_open_trace_in_a_block_is_left_to_the_garbage_collector_in_peace(kit: Kit) -> None:
    """A finished tree holds no cycle: it goes when its last name goes."""
    gc.collect()
    gc.disable()
    try:
        with kit.client.trace("t") as trace, trace.span("s") as span:
            pass
        kit.sent()
        known = len(nodes())
        del trace, span
        assert len(nodes()) == known - 2
    finally:
        gc.enable()


def nodes() -> list[type]:
    """The traces and spans in memory, by their types."""
    return [type(found) for found in gc.get_objects() if type(found) in (Trace, Span)]
