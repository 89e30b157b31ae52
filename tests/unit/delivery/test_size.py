"""Estimates of the size of signals."""

from __future__ import annotations

from typing import Any

from modelmetry.delivery.size import approximate_bytes
from modelmetry.signals.families import CompletionData, Message, TextPart
from modelmetry.signals.records import Signal
from tests.unit.delivery.cast import event, finding, session, span, trace


def test_long_texts_count_with_their_length() -> None:
    """A prompt of a million characters is about a million bytes."""
    asked = span()
    asked.data = CompletionData(messages=[Message("user", [TextPart("x" * 1_000_000)])])
    assert 1_000_000 < approximate_bytes(asked) < 1_001_000


def test_text_beyond_ascii_counts_for_more() -> None:
    """It takes up to three bytes for most characters."""
    assert approximate_bytes(event(text="語" * 1_000)) - approximate_bytes(event()) == 3_000


def test_what_a_span_or_trace_carries_counts() -> None:
    """Findings and events travel with it."""
    carried: list[Signal] = [finding(), event()]
    alone = sum(approximate_bytes(signal) for signal in carried)
    carrier = trace()
    before = approximate_bytes(carrier)
    carrier.findings.append(finding())
    carrier.events.append(event())
    assert approximate_bytes(carrier) == before + alone
    assert approximate_bytes(span(findings=1, events=1)) == approximate_bytes(span()) + alone


def test_texts_of_a_finding_count() -> None:
    """A label, a comment, a description and metadata all travel."""
    plain, rich = finding(), finding()
    rich.value, rich.comment, rich.description = "safe" * 100, "c" * 50, "d" * 50
    rich.metadata = {"reviewer": "m" * 50}
    assert approximate_bytes(rich) - approximate_bytes(plain) > 550


def test_a_session_counts() -> None:
    """Its name and metadata are all it has."""
    assert 0 < approximate_bytes(session()) < 500


def test_a_value_that_contains_itself_has_a_size() -> None:
    """The estimate ends; keeping such values out is done elsewhere."""
    cyclic: dict[str, Any] = {}
    cyclic["again"] = [cyclic, cyclic]
    odd = event()
    odd.metadata = cyclic
    assert approximate_bytes(odd) > 0


def test_an_unknown_object_counts_as_a_scalar() -> None:
    """Nothing is called on it."""
    odd = event()
    odd.metadata = {"text": "", "odd": object()}
    assert approximate_bytes(odd) - approximate_bytes(event()) < 50
