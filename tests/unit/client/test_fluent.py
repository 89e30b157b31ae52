"""The fluent rule: nouns go down, facts stay, `end` goes up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from modelmetry.errors import InvalidTypeError, InvalidValueError
from modelmetry.signals.findings import FindingType
from tests.builders import SECOND, START_NS, Kit


def test_the_readme_chain_records_one_tree(kit: Kit) -> None:
    """A chain from the client back to the client makes a trace, a span, and their facts."""
    client = kit.client
    back = (
        client.trace("chatbot.turn", session="chat-42")
        .span("llm.generate")
        .finding("input_tokens", 42)
        .event("llm.tool_chosen", {"tool": "GetOrderInformation"})
        .end()
        .finding("response_safe_score", 0.98)
        .end()
    )

    sink = kit.sent()
    trace, span = sink.trace("chatbot.turn"), sink.span("llm.generate")
    assert back is client
    assert (trace.session_xid, [session.xid for session in sink.sessions]) == (
        "chat-42",
        ["chat-42"],
    )
    assert (span.trace_xid, span.parent_xid, span.family) == (trace.xid, None, "other")
    assert [(f.name, f.value, f.span_xid) for f in span.findings] == [
        ("input_tokens", 42, span.xid)
    ]
    assert [(e.name, e.metadata) for e in span.events] == [
        ("llm.tool_chosen", {"tool": "GetOrderInformation"})
    ]
    assert [(f.name, f.span_xid) for f in trace.findings] == [("response_safe_score", None)]


def test_spans_nest_to_any_depth(kit: Kit) -> None:
    """Each span knows its parent, and ending a thousand of them needs no stack."""
    trace = kit.client.trace("deep")
    top = trace.span("0")
    node = top
    for depth in range(1, 3_000):
        node = node.span(str(depth))  # type: ignore[assignment]
    trace.end()

    spans = kit.sent().spans
    by_xid = {span.xid: span for span in spans}
    assert len(spans) == 3_000
    assert {span.name for span in spans if span.parent_xid is None} == {"0"}
    assert by_xid[by_xid[node.xid].parent_xid or ""].name == "2998"


def test_a_node_can_be_read(kit: Kit) -> None:
    """A node tells its name, its identities and its start."""
    trace = kit.client.trace("turn", session="s")
    span = trace.span("step")

    assert (trace.name, trace.trace_xid, trace.session_xid) == ("turn", trace.xid, "s")
    assert (span.name, span.trace_xid, span.start_ns) == ("step", trace.xid, START_NS)
    assert (trace.now(), span.ended, trace.end() is kit.client, span.ended) == (
        START_NS,
        False,
        True,
        True,
    )


def test_times_can_be_given(kit: Kit) -> None:
    """Starts, ends and moments of facts are what the caller says."""
    at = [datetime(2026, 1, 1, 0, 0, second, tzinfo=UTC) for second in range(6)]
    trace = kit.client.trace("t", start=at[0])
    span = trace.span("s", start=at[1])
    span.finding("f", 1, at=at[2]).event("e", at=at[3]).end(at=at[4])
    trace.end(at=at[5])

    sink = kit.sent()
    assert [sink.findings[0].at_ns, sink.events[0].at_ns] == [
        START_NS + 2 * SECOND,
        START_NS + 3 * SECOND,
    ]
    span_record, trace_record = sink.span("s"), sink.trace("t")
    assert (span_record.start_ns, span_record.end_ns) == (START_NS + SECOND, START_NS + 4 * SECOND)
    assert (trace_record.start_ns, trace_record.end_ns) == (START_NS, START_NS + 5 * SECOND)


def test_a_moment_without_a_zone_is_utc_and_said_once(
    kit: Kit, caplog: pytest.LogCaptureFixture
) -> None:
    """A naive datetime is taken as UTC; the log mentions the first one only."""
    naive = datetime(2026, 1, 1, 0, 0, 1)  # noqa: DTZ001 - the point of the test
    kit.client.trace("t").finding("f", 1, at=naive).finding("g", 2, at=naive).end()

    assert [f.at_ns for f in kit.sent().findings] == [START_NS + SECOND] * 2
    assert len([r for r in caplog.records if "taken as UTC" in r.getMessage()]) == 1


def test_everything_about_a_finding_travels(kit: Kit) -> None:
    """Unit, comment, description, source and metadata are kept."""
    kit.client.trace("t").finding(
        "score",
        1,
        unit="points",
        comment="well done",
        description="how good it was",
        source="annotation",
        metadata={"by": "reviewer"},
    ).end()

    finding = kit.sent().findings[0]
    assert (finding.unit, finding.comment, finding.description) == (
        "points",
        "well done",
        "how good it was",
    )
    assert (finding.source, finding.metadata) == ("annotation", {"by": "reviewer"})


def test_a_declared_finding_brings_its_unit(kit: Kit) -> None:
    """A FindingType gives name, unit and description."""
    tokens = FindingType("input_tokens", int, unit="tokens", description="What went in")
    kit.client.trace("t").finding(tokens, 42).end()

    finding = kit.sent().findings[0]
    assert (finding.name, finding.value, finding.unit, finding.description) == (
        "input_tokens",
        42,
        "tokens",
        "What went in",
    )


def test_a_declared_finding_checks_its_value(kit: Kit) -> None:
    """A value of another type than the declared one is a mistake."""
    tokens = FindingType("input_tokens", int)
    untyped: Any = "42"

    with pytest.raises(InvalidTypeError, match="declared as int, not str: '42'"):
        kit.client.trace("t").finding(tokens, untyped)


def test_a_list_is_no_finding_and_the_error_says_what_to_do(kit: Kit) -> None:
    """The message names the type, the finding, the span, and the next step."""
    scores: Any = [1, 2]
    message = (
        r"finding value must be a number, bool or str, not list "
        r"\(finding 'scores' on span 'llm.generate'\); record one finding per item"
    )
    with pytest.raises(InvalidTypeError, match=message):
        kit.client.trace("t").span("llm.generate").finding("scores", scores)


@pytest.mark.parametrize("value", [None, object()])
def test_an_object_is_no_finding(kit: Kit, value: Any) -> None:
    """On a trace the message names the trace."""
    with pytest.raises(InvalidTypeError, match=r"on trace 't'.*give its text or a number"):
        kit.client.trace("t").finding("f", value)


def test_a_number_that_is_none_is_dropped_and_counted(
    kit: Kit, caplog: pytest.LogCaptureFixture
) -> None:
    """NaN and infinities do not raise; they are counted, and said once."""
    kit.client.trace("t").finding("f", float("nan")).finding("g", float("inf")).end()

    receipt = kit.client.flush_all()
    assert dict(receipt.dropped) == {"invalid_value": 2}
    assert (receipt.created, receipt.delivered) == (3, 1)
    expected = (
        "finding 'f' on trace 't' was dropped, its value is nan; "
        "more like it are counted without a word"
    )
    assert [r.getMessage() for r in caplog.records if "was dropped" in r.getMessage()] == [expected]
    assert dict(kit.client.stats().dropped) == {"invalid_value": 2}


def test_an_unknown_source_is_refused(kit: Kit) -> None:
    """The error lists the sources that there are."""
    source: Any = "rumour"
    with pytest.raises(InvalidValueError, match="sdk, annotation, evaluator, not 'rumour'"):
        kit.client.trace("t").finding("f", 1, source=source)


UNTYPED: list[tuple[Callable[[Any], object], str]] = [
    (lambda c: c.trace(7), "trace name must be a str, not int: 7"),
    (lambda c: c.trace("t").span(None), "span name must be a str, not NoneType"),
    (lambda c: c.trace("t").event(3), "event name must be a str"),
    (lambda c: c.trace("t").event("e", ["no"]), "metadata must be a mapping, not list"),
    (lambda c: c.trace("t").finding(3, 1), "finding name must be a str"),
    (lambda c: c.trace("t").finding("f", 1, unit=3), "unit must be a str"),
    (lambda c: c.trace("t").finding("f", 1, at=3), "at must be a datetime, not int: 3"),
    (lambda c: c.trace("t").end(at="now"), "at must be a datetime"),
    (lambda c: c.trace("t", start=1), "start must be a datetime"),
    (lambda c: c.trace("t", session=4), "session must be a str"),
    (lambda c: c.trace("t").metadata(3), "metadata must be a mapping, not int: 3"),
    (lambda c: c.trace("t").fail(3), "error message must be a str, not int: 3"),
]


@pytest.mark.parametrize(("call", "message"), UNTYPED)
def test_a_wrong_type_is_a_clear_error(kit: Kit, call: Any, message: str) -> None:
    """A programmer's mistake in an argument is named, with the value."""
    with pytest.raises(InvalidTypeError, match=message):
        call(kit.client)


def test_long_and_odd_texts_are_made_good() -> None:
    """Texts are cut at the limit of the configuration, and lone surrogates replaced."""
    kit = Kit(config=Kit().config.__class__(max_text_length=5))
    kit.client.trace("a" * 9).event("b" * 9, {"c": "d" * 9}).finding("e\ud800", "f" * 9).end()

    trace = kit.sent().traces[0]
    kit.close()
    assert trace.name == "aaaaa[... 4 more characters]"
    assert trace.events[0].name == "bbbbb[... 4 more characters]"
    assert trace.events[0].metadata == {"c": "ddddd[... 4 more characters]"}
    assert (trace.findings[0].name, trace.findings[0].value) == (
        "e\N{REPLACEMENT CHARACTER}",
        "fffff[... 4 more characters]",
    )


@pytest.mark.parametrize("family", ["completion", "embeddings"])
@pytest.mark.parametrize("wrong", [{"model": 5}, {"provider": 3}])
def test_a_span_that_was_refused_leaves_nothing_behind(
    kit: Kit, family: str, wrong: dict[str, Any]
) -> None:
    """The trace ends as if it had never been asked for, and the mistake is the one that is seen."""
    with pytest.raises(InvalidTypeError), kit.client.trace("t") as trace:
        getattr(trace, family)("s", **wrong)
    assert kit.client.current_span() is None
    with pytest.raises(InvalidTypeError):
        getattr(kit.client, family)("alone", **wrong)

    sent = kit.sent()
    assert (sent.trace("t").end_ns is not None, sent.spans) == (True, [])
    assert [one.name for one in sent.traces] == ["t"]
