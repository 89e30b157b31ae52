"""Counting what travels."""

from __future__ import annotations

from modelmetry.signals.records import SessionRecord, count
from tests.builders import a_finding, a_span, a_trace, an_event


def test_a_span_counts_with_what_it_carries() -> None:
    """A span with three findings and an event is five signals."""
    span = a_span(findings=[a_finding(), a_finding(), a_finding()], events=[an_event()])

    assert count(span) == 5


def test_a_trace_counts_with_what_it_carries() -> None:
    """A trace with one finding is two signals."""
    assert count(a_trace(findings=[a_finding()])) == 2


def test_everything_else_counts_once() -> None:
    """Sessions, and findings and events that travel alone, are one signal each."""
    assert [count(signal) for signal in (SessionRecord("s"), a_finding(), an_event())] == [1, 1, 1]
