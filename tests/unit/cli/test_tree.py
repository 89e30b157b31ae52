"""A trace as a tree of lines."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from modelmetry_api.models import (
    Completeness,
    CompletionFamilyData,
    EmbeddingsFamilyData,
    FullTrace,
    Options,
    Span,
)

from modelmetry.cli.tree import ASCII, UNICODE, arranged, trace_lines
from tests.unit.cli.cast import START, dollars, event, finding, full_trace, span, usage


def drawn(trace: FullTrace, width: int = 120, *, messages: bool = False) -> list[str]:
    """The lines as text."""
    lines = trace_lines(trace, width, messages=messages, guides=ASCII)
    return [line.plain.rstrip() for line in lines]


def test_children_hang_under_their_parents() -> None:
    """Guides show who belongs to whom."""
    lines = drawn(full_trace("t1", span("a"), span("b", "a"), span("c")))
    heads = [line[:14] for line in lines if "step" in line]
    assert heads == ["|- step a     ", "|  `- step b  ", "`- step c     "]


def test_the_headline_sums_it_up() -> None:
    """Name, state, duration, tokens and cost of the whole stand in the first line."""
    trace = full_trace(ms=1250, usage=usage(412, 24), costs=[dollars(0.0013)])
    first = drawn(trace)[0]
    assert first.startswith("chatbot.turn  ok  1.25 s")
    assert first.endswith("412 → 24 tokens  0.0013 USD")


def test_what_is_missing_is_said_under_the_headline() -> None:
    """How many of how many, whose children are there, and what is still open."""

    def said(**known: Any) -> list[str]:
        given: dict[str, Any] = {"stored": 2, "open_": 0, "missing_parents": []}
        told = Completeness(**given | known)
        return [line.strip() for line in drawn(full_trace(completeness=told))[2:]]

    assert said(expected=2, whole=True) == []
    assert said() == []
    assert said(expected=41) == ["39 of 41 spans are missing"]
    assert said(expected=3) == ["1 of 3 spans is missing"]
    assert said(open_=1) == ["1 span still open"]
    assert said(expected=5, open_=2, missing_parents=["x\x1b[1m", "y"]) == [
        "3 of 5 spans are missing; not here, but with children: x\\x1b[1m, y; 2 spans still open"
    ]


def test_what_is_known_of_the_trace_follows() -> None:
    """XID, session, metadata, message, findings and events each have their place."""
    trace = full_trace(
        session_id="s-42",
        session_name="chat-42",
        metadata={"channel": "web"},
        message="it broke",
        severity="error",
        failed=True,
        findings=[finding("response_safe_score", 0.98), finding("polite", value=True)],
        events=[event("handed.over", {"to": "logistics"})],
    )
    assert [line.strip() for line in drawn(trace)[1:]] == [
        "xid t1",
        "session s-42  chat-42",
        "channel=web",
        "it broke",
        "response_safe_score 0.98  polite yes",
        "* handed.over  to=logistics",
    ]
    assert "error" in drawn(trace)[0]


def test_a_trace_of_a_sample_says_how_many_it_stands_for() -> None:
    """One that stands for itself alone says nothing."""
    assert "stands for 12.5 traces" in " ".join(drawn(full_trace(weight=12.5)))
    assert "stands for" not in " ".join(drawn(full_trace(weight=1)) + drawn(full_trace()))


def test_a_span_shows_family_model_and_tokens() -> None:
    """A completion says which model it asked and what it used."""
    data = CompletionFamilyData(options=Options(model="gpt-4o"), usage=usage(412, 24))
    line = drawn(full_trace("t1", span("a", family="completion", completion=data)))[2]
    assert line.endswith("completion gpt-4o  412 → 24 tokens")


def test_embeddings_show_their_model() -> None:
    """So does a computation of embeddings; an output that is not known is a question mark."""
    data = EmbeddingsFamilyData(inputs=[], options=Options(model="embed-3"), usage=usage(7))
    line = drawn(full_trace("t1", span("a", family="embeddings", embeddings=data)))[2]
    assert line.endswith("embeddings embed-3  7 → ? tokens")


def test_bars_show_when_and_how_long() -> None:
    """A span in the second half of its trace has its bar there."""
    late = span("a", ms=500, start=START + timedelta(milliseconds=500))
    assert "........########" in drawn(full_trace("t1", late))[2]


def test_a_style_holds_for_its_words_only() -> None:
    """The guides are faint, the name of a span is not."""
    line = list(trace_lines(full_trace("t1", span("a")), 100))[2]
    assert line.style == ""
    assert next((part.start, part.end) for part in line.spans if part.style == "dim") == (0, 3)
    assert not any(part.start <= 4 < part.end for part in line.spans)


def test_a_failed_span_says_so() -> None:
    """Severity and message of a failure are seen; the stack is left to --json."""
    failed = span(
        "a",
        severity="error",
        message="TimeoutError: too late",
        events=[event("exception", {"exception.type": "T", "exception.stacktrace": "long"})],
    )
    text = "\n".join(drawn(full_trace("t1", failed, failed=True)))
    assert "100 ms  error" in text
    assert "TimeoutError: too late" in text
    assert "exception.type=T" in text
    assert "long" not in text
    assert "chatbot.turn  failed" in text


def test_an_open_span_says_so() -> None:
    """What has not ended is marked; so is another severity."""
    lines = drawn(
        full_trace("t1", span("a", open_=True), span("b", severity="warning"), open_=True)
    )
    assert "open" in lines[0]
    assert lines[2].endswith("open")
    assert lines[3].endswith("warning")


def test_a_narrow_terminal_has_no_bars() -> None:
    """Where there is no room, the bars go first."""
    lines = drawn(full_trace("t1", span("a")), width=50)
    assert "#" not in "".join(lines)


def test_a_trace_without_a_name_is_drawn() -> None:
    """A trace of which only parts have arrived has no name yet."""
    assert drawn(full_trace(name="", spans=None, events=None, findings=None))[0].startswith(
        "(no name)"
    )


NAMES = st.sampled_from("abcdefgh")
FORESTS = st.dictionaries(NAMES, st.one_of(st.none(), st.sampled_from("abcdefghxyz")), max_size=8)


def spans_of(parents: dict[str, str | None]) -> list[Span]:
    """Spans with these parents."""
    return [span(xid, parent) for xid, parent in parents.items()]


@given(FORESTS)
def test_every_span_is_drawn_once(parents: dict[str, str | None]) -> None:
    """Orphans, circles, parents of themselves: nothing that was stored is left out or doubled."""
    xids = [branch.span.xid for branch in arranged(spans_of(parents), UNICODE)]
    assert sorted(xids) == sorted(parents)


@given(FORESTS, st.integers(10, 200))
def test_no_line_is_wider_than_the_terminal(parents: dict[str, str | None], width: int) -> None:
    """However narrow it is."""
    trace = full_trace("t1", *spans_of(parents), metadata={"key": "value " * 30})
    assert all(line.cell_len <= width for line in trace_lines(trace, width))


@given(st.text(), st.text())
def test_any_name_can_be_drawn(name: str, value: str) -> None:
    """Whatever signs a name or a value has, each line stays one line."""
    trace = full_trace("t1", span("a", name=name), findings=[finding(name, value)])
    lines = list(trace_lines(trace, 80))
    assert all("\n" not in line.plain for line in lines)
    assert all(line.cell_len <= 80 for line in lines)


def test_a_chain_of_thousands_is_drawn_without_recursion() -> None:
    """Depth is bounded by memory, not by Python's stack."""
    chain = [span(str(n), str(n - 1) if n else None) for n in range(3000)]
    assert len(list(arranged(chain, UNICODE))) == 3000
