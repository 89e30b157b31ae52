"""What somebody sees of a trace who decides whether it is kept."""

from __future__ import annotations

import pytest

from modelmetry.signals.families import CompletionData, Options
from modelmetry.signals.finished import FinishedTrace
from tests.builders import SECOND, START_NS, a_finding, a_span, a_trace, an_event


def test_a_trace_shows_itself_and_its_steps() -> None:
    """Names, durations, findings of all of it, models; steps in the order in which they began."""
    data = CompletionData([], Options(model="gpt-4o"))
    ask = a_span("ask", family="completion", data=data, start_ns=START_NS + 1, severity="warning")
    search = a_span("search", findings=[a_finding("hits", 3)], metadata={"index": "kb"})
    late = a_finding("score", 0.2, at_ns=START_NS + SECOND)
    root = a_trace(session_xid="chat", metadata={"n": 1}, findings=[a_finding("score", 0.9)])
    found = FinishedTrace.of([late, ask, an_event(), search, root])
    assert (found.xid, found.name, found.session) == (root.xid, "chatbot.turn", "chat")
    assert (found.duration, found.failed, found.severity) == (1.0, False, None)
    assert found.metadata == {"n": 1}
    assert found.findings == {"score": (0.9, 0.2), "hits": (3,)}
    assert (found.finding("score"), found.finding("none"), found.finding("none", 1)) == (
        0.2,
        None,
        1,
    )
    first, second = found.spans
    assert (first.name, first.family, first.model, first.metadata) == (
        "search", "other", None, {"index": "kb"},
    )  # fmt: skip
    assert (second.name, second.model, second.severity, second.failed) == (
        "ask", "gpt-4o", "warning", False,
    )  # fmt: skip


@pytest.mark.parametrize("severity", ["error", "Critical"])
def test_a_trace_fails_with_any_of_its_steps(severity: str) -> None:
    """Or by itself."""
    assert FinishedTrace.of([a_span(severity=severity), a_trace()]).failed
    assert FinishedTrace.of([a_span(), a_trace(severity=severity)]).failed


def test_what_was_sent_twice_is_there_once() -> None:
    """The later says more; findings travel once."""
    step = a_span("step", end_ns=None, findings=[a_finding("a", 1)])
    again = a_span("step", xid=step.xid, findings=[a_finding("a", 2)])
    found = FinishedTrace.of([step, a_trace("old", end_ns=None), again, a_trace("new")])
    assert (found.name, len(found.spans), found.spans[0].duration) == ("new", 1, 1.0)
    assert found.findings == {"a": (1, 2)}


def test_there_is_nothing_to_see_without_the_trace_itself() -> None:
    """Who asks hears it."""
    with pytest.raises(ValueError, match="no trace"):
        FinishedTrace.of([a_span()])
