"""Signals kept in memory."""

from __future__ import annotations

import pytest

from modelmetry.delivery.sink import Batch
from modelmetry.signals.records import Signal
from modelmetry.sinks.memory import MemorySink
from tests.unit.delivery.cast import event, finding, session, span, trace


def test_everything_can_be_found_by_its_kind() -> None:
    """Whether it travelled alone or was carried."""
    sink = MemorySink()
    signals: list[Signal] = [session(), span(findings=1, events=1), trace(), finding(), event()]
    sink.write(Batch.of(signals[:3]))
    sink.write(Batch.of(signals[3:]))
    assert sink.signals == signals
    assert [len(batch.signals) for batch in sink.batches] == [3, 2]
    assert (len(sink.sessions), len(sink.traces), len(sink.spans)) == (1, 1, 1)
    assert [found.name for found in sink.findings] == ["input_tokens", "input_tokens"]
    assert [found.name for found in sink.events] == ["llm.tool_chosen", "llm.tool_chosen"]


def test_traces_and_spans_are_found_by_name() -> None:
    """The last one of that name."""
    sink = MemorySink()
    first, last = span(), span()
    sink.write(Batch.of([first, last, trace()]))
    assert sink.span("llm.generate") is last
    assert sink.trace("chatbot.turn") is sink.traces[0]
    assert sink.values("input_tokens") == []


def test_values_of_findings_are_found_by_name() -> None:
    """In the order of their arrival."""
    sink = MemorySink()
    sink.write(Batch.of([finding("score", 0.5), finding("other", 1), finding("score", 0.75)]))
    assert sink.values("score") == [0.5, 0.75]


def test_a_name_that_is_not_there_is_answered_with_those_that_are() -> None:
    """A misspelt name in a test is seen at once."""
    sink = MemorySink()
    with pytest.raises(LookupError, match=r"no trace named 'turn' has arrived; .* none at all"):
        sink.trace("turn")
    sink.write(Batch.of([span()]))
    with pytest.raises(LookupError, match=r"there are: llm\.generate"):
        sink.span("llm.generat")


def test_it_can_be_emptied_and_remembers_being_closed() -> None:
    """For tests that go on with the same client."""
    sink = MemorySink()
    sink.write(Batch.of([event()]))
    sink.clear()
    assert sink.signals == []
    assert not sink.closed
    sink.close()
    assert sink.closed
