"""How many spans a trace says that it has."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

import pytest

from modelmetry.client.client import Client
from modelmetry.config import Config
from tests.builders import Kit
from tests.unit.delivery.cast import PATIENCE, HangingSink

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def numbers(kit: Kit, name: str = "t") -> list[int | None]:
    """What each record of a trace says, in the order of their arrival."""
    return [trace.descendants for trace in kit.sent().traces if trace.name == name]


def carried(kit: Kit) -> dict[str, int | None]:
    """What each span says; of one that arrived several times the last word."""
    return {span.name: span.descendants for span in kit.sent().spans}


def test_a_trace_counts_its_spans_on_every_level(kit: Kit) -> None:
    """And says so once, when it ends; ordinary spans say nothing."""
    with kit.client.trace("t") as trace:
        for name in "ab":
            with trace.span(name) as span, span.completion(f"{name}{name}"):
                pass
    assert numbers(kit) == [4]
    assert carried(kit) == {"a": None, "aa": None, "b": None, "bb": None}


def test_a_trace_without_spans_says_that_there_are_none(kit: Kit) -> None:
    """Zero is known."""
    kit.client.trace("t").end()
    assert numbers(kit) == [0]


def test_a_span_counts_once_however_often_it_is_sent(kit: Kit) -> None:
    """Open ones are sent by each flush; an open trace says nothing yet."""
    trace = kit.client.trace("t")
    span = trace.span("a").finding("score", 1)
    inner = span.span("b")
    for score in range(3):
        kit.sent()
        inner.finding("score", score).metadata(n=score)
    inner.end()
    span.metadata(late=True).end()
    assert set(numbers(kit)) == {None}
    trace.end()
    assert numbers(kit)[-1] == 2
    trace.metadata(later=True)
    assert numbers(kit)[-1] == 2


def test_spans_that_begin_after_the_end_are_told(kit: Kit) -> None:
    """The trace travels again with the new number: once for each, and not for facts alone."""
    trace = kit.client.trace("t")
    trace.span("a").end()
    trace.end()
    assert numbers(kit) == [1]
    kit.clock.advance(1)
    trace.span("late").end()
    assert numbers(kit) == [1, 2]
    trace.span("of old", start=LONG_AGO).end(at=LONG_AGO)
    assert numbers(kit) == [1, 2, 3]
    trace.finding("score", 1)
    assert numbers(kit) == [1, 2, 3]


def test_a_late_span_under_a_span_that_has_ended_is_told(kit: Kit) -> None:
    """Handed to another thread, say, and begun there when everything above it had ended."""
    trace = kit.client.trace("t")
    span = trace.span("a")
    trace.end()
    kit.clock.advance(1)
    thread = threading.Thread(target=lambda: span.span("b").span("c").end().end())
    thread.start()
    thread.join(PATIENCE)
    assert numbers(kit)[-1] == 3


def test_a_trace_that_a_span_needed_counts_it(kit: Kit) -> None:
    """It ends with the span, which lies before it: one record says it all."""
    with kit.client.span("t"), kit.client.span("below"):
        pass
    kit.client.span("t").end()
    assert numbers(kit) == [2, 1]


def test_the_topmost_spans_of_another_trace_carry_their_numbers(kit: Kit) -> None:
    """Each for what is below it; the span of the other process is not counted here."""
    headers = kit.client.inject(span=kit.client.trace("t"))
    with kit.client.extract(headers):
        with kit.client.span("a"), kit.client.span("aa"), kit.client.span("aaa"):
            pass
        with kit.client.span("b") as span:
            span.finding("score", 1)
            kit.sent()
            assert carried(kit)["b"] is None  # it is open
    assert carried(kit) == {"a": 2, "aa": None, "aaa": None, "b": 0}
    span.span("late").end()
    assert carried(kit)["b"] == 1


@pytest.mark.parametrize("parent", ["trace", "remote"])
def test_a_deep_tree_is_counted_in_a_moment(kit: Kit, parent: str) -> None:
    """Nothing looks up to the top from each of ten thousand levels."""
    top: Any = kit.client.trace("t")
    if parent == "remote":
        with kit.client.extract(kit.client.inject(span=top)):
            top = kit.client.span("t")
    node = top
    for _ in range(10_000):
        node = node.span("s")
    top.end()
    said = numbers(kit) if parent == "trace" else [carried(kit)["t"]]
    assert said == [10_000]


def test_spans_that_found_no_room_are_counted() -> None:
    """By eight threads that outrun the background, which is stuck: each dropped span is missed."""
    sink = HangingSink()
    client = Client(config=Config(max_buffer_signals=20), sink=sink)
    trace = client.trace("t")
    client.trace("another").end()
    assert sink.hangs.wait(PATIENCE)

    def record() -> None:
        for _ in range(1_000):
            trace.span("s").end()

    threads = [threading.Thread(target=record) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    sink.let_go()
    dropped = client.flush_all(timeout=PATIENCE).dropped["buffer_full"]
    trace.end()
    receipt = client.close(timeout=PATIENCE)
    arrived = [signal for batch in sink.taken for signal in batch.signals]
    (told,) = [one for one in arrived if one.xid == trace.xid]
    assert dropped > 0
    assert receipt.dropped == {"buffer_full": dropped}
    assert getattr(told, "descendants", None) == 8_000


def test_a_trace_is_sent_once_more_for_many_late_spans(kit: Kit) -> None:
    """Not for each of them: they are counted before any is told."""
    trace = kit.client.trace("t")
    trace.end()
    kit.sent()
    for _ in range(100):
        trace.span("late").end()
    assert numbers(kit) == [0, 100]


def test_a_trace_is_sent_once_more_for_many_spans_without_room() -> None:
    """They take no room from spans that could have it."""
    sink = HangingSink()
    client = Client(config=Config(max_buffer_signals=700), sink=sink)
    client.trace("another").end()
    assert sink.hangs.wait(PATIENCE)
    with client.trace("t") as trace:
        for _ in range(1_023):
            trace.span("s").end()
    sink.let_go()
    client.close(timeout=PATIENCE)
    arrived = [signal for batch in sink.taken for signal in batch.signals]
    assert sum(one.xid == trace.xid for one in arrived) <= 2
    assert len(arrived) >= 700
