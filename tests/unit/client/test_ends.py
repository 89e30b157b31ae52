"""Ends: of children with their parents, of parents after their children, of clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given

from modelmetry.signals.families import CompletionData
from modelmetry.signals.tree import ends_after_children
from tests.builders import SECOND, START_NS, Kit
from tests.strategies import Step, programs

START = datetime(2026, 1, 1, tzinfo=UTC)


def test_ending_a_parent_ends_its_open_children(kit: Kit) -> None:
    """Children that are still open end at the same moment, however deep."""
    trace = kit.client.trace("t")
    inner = trace.span("outer").span("inner")
    kit.clock.advance(2)
    trace.end()

    sink = kit.sent()
    ends = [*(span.end_ns for span in sink.spans), *(trace.end_ns for trace in sink.traces)]
    assert ends == [START_NS + 2 * SECOND] * 3
    assert inner.ended


def test_a_child_that_ended_keeps_its_end(kit: Kit) -> None:
    """Only open children get the end of the parent."""
    trace = kit.client.trace("t")
    trace.span("s").end()
    kit.clock.advance(1)
    trace.end()

    assert kit.sent().span("s").end_ns == START_NS


def test_ending_twice_is_harmless(kit: Kit) -> None:
    """The second end changes nothing and still goes up."""
    trace = kit.client.trace("t")
    span = trace.span("s")
    kit.clock.advance(1)
    assert span.end() is trace
    kit.clock.advance(1)
    assert span.end() is trace

    assert [s.end_ns for s in kit.sent().spans] == [START_NS + SECOND]


def test_a_parent_ends_no_earlier_than_its_children(kit: Kit) -> None:
    """An end given too early is moved to the last end of a child."""
    trace = kit.client.trace("t")
    trace.span("s").end(at=START + timedelta(seconds=5))
    trace.end(at=START + timedelta(seconds=1))

    assert kit.sent().trace("t").end_ns == START_NS + 5 * SECOND


def test_nothing_ends_before_it_starts(kit: Kit) -> None:
    """An end before the start is moved to the start."""
    kit.client.trace("t").span("s").end(at=START - timedelta(days=1)).end()

    assert kit.sent().span("s").end_ns == START_NS


def test_a_clock_that_is_set_back_bends_no_span(kit: Kit) -> None:
    """Times inside a trace follow the monotonic clock."""
    trace = kit.client.trace("t")
    kit.clock.advance(1)
    kit.clock.set_back(3_600)
    trace.finding("f", 1)
    kit.clock.advance(1)
    trace.end()

    record = kit.sent().trace("t")
    assert (record.findings[0].at_ns, record.end_ns) == (START_NS + SECOND, START_NS + 2 * SECOND)


def test_a_child_that_comes_after_the_end_moves_the_end(kit: Kit) -> None:
    """Late children are accepted, and every parent above is sent again with a later end."""
    trace = kit.client.trace("t")
    span = trace.span("s").finding("f", 1)
    trace.end()
    kit.sent()
    kit.clock.advance(3)
    span.span("late").end()

    sink = kit.sent()
    assert [s.end_ns for s in sink.spans if s.name == "s"] == [START_NS, START_NS + 3 * SECOND]
    assert [t.end_ns for t in sink.traces] == [START_NS, START_NS + 3 * SECOND]
    assert len(sink.findings) == 1


def test_what_is_said_after_the_end_still_arrives(kit: Kit) -> None:
    """Late findings and events travel on their own; late changes send the span again."""
    trace = kit.client.trace("t")
    span = trace.completion("s", model="m").user("hi").finding("before", 1)
    trace.end()
    kit.sent()
    span.finding("f", 1).event("e").assistant("hello").fail("too late")
    trace.finding("g", 2)

    sink = kit.sent()
    assert [(f.name, f.span_xid) for f in sink.findings] == [
        ("before", span.xid),
        ("f", span.xid),
        ("g", None),
    ]
    assert [e.span_xid for e in sink.events] == [span.xid]
    lengths = [len(s.data.messages) for s in sink.spans if isinstance(s.data, CompletionData)]
    assert lengths == [1, 2]
    assert sink.span("s").message == "too late"


def run(kit: Kit, program: list[Step]) -> None:
    """Do what `program` says, with a cursor that starts at a new trace."""
    trace = kit.client.trace("trace")
    path: list[Any] = [trace]
    for number, step in enumerate(program):
        if step == "down":
            path.append(path[-1].span(f"span {number}"))
        elif step == "up" and len(path) > 1:
            path.pop().end()
        elif step == "finding":
            path[-1].finding("f", number)
        elif step == "event":
            path[-1].event("e")
        elif step == "wait":
            kit.clock.advance(1)
        elif step == "end top":
            trace.end()
    trace.end()


@given(programs)
def test_whatever_a_program_does_the_tree_is_whole(program: list[Step]) -> None:
    """Every span, finding and event arrives, every span ends, and no parent ends too early."""
    kit = Kit()
    run(kit, program)

    receipt = kit.close()
    sink = kit.sink
    latest = {span.xid: span for span in sink.spans}
    assert len(latest) == program.count("down")
    assert len(sink.findings) == program.count("finding")
    assert len(sink.events) == program.count("event")
    assert all(span.end_ns is not None for span in latest.values())
    assert ends_after_children(latest.values())
    trace_end = sink.trace("trace").end_ns or 0
    assert all((span.end_ns or 0) <= trace_end for span in latest.values())
    assert receipt.ok
