"""Ctrl-C at each place where it can come: nothing is lost, and the books add up."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from math import inf
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from hypothesis import settings

from modelmetry import Client, Config
from modelmetry.delivery.buffer import Buffer
from modelmetry.delivery.policy import STEADY, BatchPolicy, BufferLimits
from modelmetry.delivery.progress import Progress
from modelmetry.delivery.sampling import Sampling
from modelmetry.delivery.waiter import Waiter
from modelmetry.signals.finished import FinishedTrace
from modelmetry.signals.records import TraceRecord
from modelmetry.testing import MemorySink
from tests.unit.delivery.cast import Clock, Unreadable, event, span, trace

# A trace, two spans, an event and a finding on each.
SIGNALS = 5
ALL_EXAMPLES = settings.get_profile("repository").max_examples
NOBODY = "http://127.0.0.1:9"


def looked_at(act: Callable[[], object], look: Callable[[int], object]) -> int:
    """Do `act`, with `look` at each place of ours, by its number from 1; how many there are.

    Places are where the interpreter looks for signals: where a function begins, and where a call
    into C returns. The third, the end of each turn of a loop, is left out.
    """
    places = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        del argument
        nonlocal places
        if event in ("call", "c_return") and "modelmetry" in frame.f_code.co_filename:
            places += 1
            sys.setprofile(None)
            look(places)
            sys.setprofile(count)

    before = sys.getprofile()
    gc.disable()  # a finaliser of an earlier turn must not be what is looked at
    sys.setprofile(count)
    try:
        act()
    finally:
        sys.setprofile(before)
        gc.enable()
    return places


def interrupted(act: Callable[[], object], place: int) -> BaseException | None:
    """Do `act`, with a Ctrl-C at one place of ours, if it has so many; what came of it.

    The exception is to be held while the rest goes on, as in a program that handles it: it holds
    the frames that were interrupted.
    """

    def look(number: int) -> None:
        if number == place:
            raise KeyboardInterrupt

    try:
        looked_at(act, look)
    except KeyboardInterrupt as error:
        return error
    return None


def at_each_place(once: Callable[[int], BaseException | None]) -> None:
    """Interrupt `once` at its first place, then at the second, until there are no more.

    It gives what came of it, which it holds until it is done. Where few random examples are wanted,
    as the first Python took them all, it is each fifth place.
    """
    for place in range(1, 2_000, max(ALL_EXAMPLES // settings().max_examples, 1)):
        if once(place) is None:
            assert place > 5, "hardly a place was found: where do they look?"
            return
    raise AssertionError("it has no end")


def turn(client: Client) -> Any:
    """A turn that is about to end."""
    trace = client.trace("turn").finding("score", 1)
    trace.span("step").event("seen").end()
    trace.span("other").end()
    return trace


def always(trace: FinishedTrace) -> bool:
    """Keep it."""
    return True


def never(trace: FinishedTrace) -> bool:
    """Leave it out."""
    return False


CASES: dict[str, dict[str, Any]] = {
    "plain": {},
    "kept": {"keep": always},
    "left out": {"keep": never},
    "shed": {"config": Config(back_pressure="drop", max_buffer_signals=4)},
    "too many": {"config": Config(max_buffer_signals=2)},
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("word", ["stats", "flush_all", "close", "give_up"])
def test_whoever_asks_may_be_interrupted_anywhere(word: str, name: str) -> None:
    """Every signal ends in one place, and is counted there once."""

    def once(place: int) -> BaseException | None:
        sink = MemorySink()
        client = Client(sink=sink, **CASES[name])
        vars(client)["_delivery"].inbox.notice = lambda: None  # the thread would be quicker
        turn(client).end()
        act = (lambda: client.close(0)) if word == "give_up" else getattr(client, word)
        came = interrupted(act, place)
        assert client.stats().created == SIGNALS, place
        receipt = client.close()
        assert receipt.created == receipt.delivered + sum(receipt.dropped.values()), place
        assert (receipt.created, receipt.delivered) == (SIGNALS, arrived(sink)), place
        if name in ("plain", "kept") and word != "give_up":
            assert receipt.delivered == SIGNALS, place
        return came

    at_each_place(once)


def arrived(sink: MemorySink) -> int:
    """How many signals arrived, each of which must have arrived once."""
    things: list[Any] = [*sink.traces, *sink.spans, *sink.findings, *sink.events]
    assert len({thing.xid for thing in things}) == len(things)
    return len(things)


def test_who_ends_a_turn_may_be_interrupted_anywhere(tmp_path: Path) -> None:
    """With `each`, where the end writes to disk."""
    clients = list[Client]()  # kept: a finaliser must not be what is interrupted

    def once(place: int) -> BaseException | None:
        folder = tmp_path / str(place)
        config = Config(base_url=NOBODY, durability="each", spool=str(folder), exit_timeout=0.0)
        client = Client(config=config)
        clients.append(client)
        turn(client).end()
        last = turn(client)
        came = interrupted(last.end, place)
        last.end()
        assert client.stats().created == 2 * SIGNALS, place
        receipt = client.close(0)
        assert (receipt.created, receipt.spooled) == (2 * SIGNALS, 2 * SIGNALS), place
        return came

    at_each_place(once)


def deliver(buffer: Buffer) -> None:
    """What the worker does, in the thread that calls."""
    sampling = buffer.sampling
    assert sampling is not None
    buffer.waiting()
    while buffer.has_to_decide:
        buffer.decide({xid: sampling.ask(xid, signals) for xid, signals in buffer.ended()})
    while buffer.take(STEADY) is not None:
        buffer.resolve(None)


def abandon(buffer: Buffer) -> None:
    """What an end does when time is up: one batch is on its way, one trace is open."""
    buffer.take(BatchPolicy(max_signals=2))
    buffer.pause()
    buffer.abandon()


def refuse(buffer: Buffer) -> None:
    """What happens where threads record faster than one can settle."""
    buffer.refuse_overflow()
    buffer.read()
    abandon(buffer)


def settled(share: int, limits: BufferLimits) -> Buffer:
    """Two traces that are decided by their end, and one that has none: 11 signals."""
    buffer = Buffer(limits, Clock(), sampling=Sampling(1.0, lambda _: share))
    for xid in ("trace-1", "trace-2"):
        for recorded in (event(), span(findings=2), trace()):
            setattr(recorded, "xid" if isinstance(recorded, TraceRecord) else "trace_xid", xid)
            buffer.inbox.put(recorded)
    buffer.inbox.put(event())
    return buffer


ACTS = [
    pytest.param(deliver, BufferLimits(), id="deliver"),
    pytest.param(abandon, BufferLimits(), id="abandon"),
    pytest.param(refuse, BufferLimits(max_signals=3), id="refuse"),
]


@pytest.mark.parametrize("share", [0, 1])
@pytest.mark.parametrize(("act", "limits"), ACTS)
def test_whoever_delivers_may_be_interrupted_anywhere(
    act: Callable[[Buffer], None], limits: BufferLimits, share: int
) -> None:
    """Where no thread can be started it is the main one, which gets Ctrl-C."""

    def once(place: int) -> BaseException | None:
        buffer = settled(share, limits)
        came = interrupted(partial(act, buffer), place)
        act(buffer)
        receipt = buffer.read()
        assert (receipt.created, receipt.pending) == (11, 0), place
        if act is deliver:
            assert receipt.delivered == (11 if share else 0), place
        return came

    at_each_place(once)


@pytest.mark.parametrize("share", [0, 1])
@pytest.mark.parametrize(("act", "limits"), ACTS)
def test_a_finaliser_that_asks_in_the_middle_never_sees_too_many(
    act: Callable[[Buffer], None], limits: BufferLimits, share: int
) -> None:
    """It runs in the thread that writes the books, wherever that is."""
    buffer = settled(share, limits)

    def look(place: int) -> None:
        assert buffer.read().created <= 11, place

    assert looked_at(partial(act, buffer), look) > 50
    assert buffer.read().created == 11


def test_a_handler_of_signals_may_fork_anywhere() -> None:
    """What the parent had recorded is not the child's, which is in the middle of its books."""
    for place in range(1, 2_000):
        buffer = settled(1, BufferLimits())

        def look(number: int, place: int = place, buffer: Buffer = buffer) -> None:
            if number == place:
                buffer.reset()

        places = looked_at(buffer.read, look)
        if place > places:
            return
        assert buffer.read().created == 0, place
    raise AssertionError("it has no end")


def test_what_cannot_be_read_is_counted_wherever_somebody_is_interrupted() -> None:
    """Nobody knows how much is missing of it: it counts as one."""

    def once(place: int) -> BaseException | None:
        buffer = Buffer(BufferLimits(), Clock())
        for recorded in (Unreadable(), event()):
            buffer.inbox.put(recorded)
        came = interrupted(buffer.read, place)
        receipt = buffer.read()
        assert receipt.created - receipt.dropped["internal"] == 1, place
        assert receipt.dropped["internal"] in (1, 2), place  # twice where it was read again
        return came

    at_each_place(once)


def test_a_span_that_needed_a_trace_ends_it_wherever_somebody_is_interrupted() -> None:
    """It is nobody else's to end."""

    def once(place: int) -> BaseException | None:
        sink = MemorySink()
        client = Client(sink=sink)
        span = client.span("step")
        came = interrupted(span.end, place)
        span.end()
        client.close()
        assert [told.end_ns is None for told in sink.traces] == [False], place
        return came

    at_each_place(once)


def test_who_ends_all_that_is_open_may_be_interrupted_anywhere() -> None:
    """Every span is told when the end is said again."""

    def once(place: int) -> BaseException | None:
        sink = MemorySink()
        client = Client(sink=sink)
        top = client.trace("turn")
        top.span("step").span("below")
        top.span("other")
        came = interrupted(top.end, place)
        top.end()
        assert client.close().delivered == 4, place
        assert len(sink.spans) == 3
        return came

    at_each_place(once)


def test_who_tells_those_who_wait_may_be_interrupted_anywhere() -> None:
    """Said once more, everybody has heard it."""

    def once(place: int) -> BaseException | None:
        progress, waiters = Progress(), [Waiter(), Waiter()]
        called = list[int]()
        for waiter in waiters:
            waiter.then(lambda: called.append(1))
            progress.await_all(waiter)
        came = interrupted(partial(progress.tell, inf), place)
        progress.tell(inf)
        assert all(waiter.wait(0.0) for waiter in waiters)
        assert len(called) >= 2
        return came

    at_each_place(once)


def test_whoever_hears_of_late_spans_may_be_interrupted_anywhere() -> None:
    """A trace that has said too little says it again, once."""

    def once(place: int) -> BaseException | None:
        sink = MemorySink()
        client = Client(sink=sink)
        ended = turn(client)
        ended.end()
        client.flush_all()
        vars(client)["_delivery"].inbox.notice = lambda: None
        for _ in range(2):
            start = datetime.fromtimestamp(ended.start_ns / 1e9, UTC)
            ended.span("late", start=start).end(start)
        came = interrupted(client.stats, place)
        receipt = client.close()
        assert receipt.delivered == receipt.created == SIGNALS + 3, place
        assert [told.descendants for told in sink.traces] == [2, 4], place
        return came

    at_each_place(once)
