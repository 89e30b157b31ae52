"""A readable tree in the terminal."""

from __future__ import annotations

import io
import sys

import pytest

from modelmetry.delivery.sink import Batch
from modelmetry.signals.families import CompletionData, EmbeddingsData, Options
from modelmetry.signals.records import (
    EventRecord,
    Family,
    FindingRecord,
    SessionRecord,
    Signal,
    SpanRecord,
    TraceRecord,
)
from modelmetry.sinks.console import ConsoleSink
from modelmetry.sinks.outline import duration
from tests.builders import measurements

MS = 1_000_000


def span(
    xid: str, name: str, start: int, end: int | None, *, parent: str | None = None, **more: object
) -> SpanRecord:
    record = SpanRecord(
        xid, "t", parent, name, "other", start * MS, None, None, None, {}, None, [], []
    )
    record.end_ns = None if end is None else end * MS
    for key, value in more.items():
        setattr(record, key, value)
    return record


def trace(xid: str = "t", name: str = "chatbot.turn", end: int | None = 1250) -> TraceRecord:
    end_ns = None if end is None else end * MS
    return TraceRecord(xid, name, 0, end_ns, "s", {}, None, None, [], [])


def finding(
    name: str, value: float | str, span_xid: str | None = None, at: int = 0
) -> FindingRecord:
    return FindingRecord(f"{name}-{at}", "t", span_xid, name, value, at * MS)


def printed(*batches: list[Signal]) -> str:
    stream = io.StringIO()
    sink = ConsoleSink(stream)
    for signals in batches:
        sink.write(Batch.of(signals))
    sink.close()
    return stream.getvalue()


def a_turn() -> list[Signal]:
    tokens = finding("input_tokens", 42, "generate", at=1)
    tokens.unit = "tokens"
    thought = EventRecord(
        "e-1", "t", "generate", "llm.tool_chosen", 2 * MS, {"tool": "GetOrderInformation", "n": 1}
    )
    completion: Family = "completion"
    generate = span("generate", "llm.generate", 10, 1200, family=completion)
    generate.data = CompletionData(options=Options(model="gpt-4o"))
    generate.findings, generate.events = [tokens], [thought]
    tool = span("tool", "llm.tools.get_user_message", 20, 21, parent="generate")
    check = span("check", "llm.response_check", 1201, 1250, severity="error", message="no\nverdict")
    root = trace()
    root.findings = [finding("response_safe_score", 0.98, at=9), finding("safe", True, at=8)]
    return [SessionRecord("s", "chat-42"), tool, generate, check, root]


def test_a_turn_reads_as_a_tree() -> None:
    """Names, families and models, durations, findings, events and failures."""
    assert printed(a_turn()) == (
        "chatbot.turn  1.25 s  session chat-42\n"
        "│    safe = true\n"
        "│    response_safe_score = 0.98\n"
        "├─ llm.generate  [completion gpt-4o]  1.19 s\n"
        "│  │    input_tokens = 42 tokens\n"
        "│  │    * llm.tool_chosen  tool=GetOrderInformation n=1\n"
        "│  └─ llm.tools.get_user_message  1.0 ms\n"
        "└─ llm.response_check  49.0 ms  FAILED: no verdict\n"
    )


def test_parts_may_come_in_several_batches_and_any_order() -> None:
    """The tree is printed when its trace has ended."""
    turn = a_turn()
    assert printed(*[[part] for part in turn]) == printed(turn)
    session, *parts, root = turn
    assert printed([session], list(reversed(parts)), [root]) == printed(turn)


def test_findings_and_events_that_travel_alone_are_placed_too() -> None:
    """Before the end of the trace they hang where they belong; of unknown spans, on the trace."""
    event = EventRecord("e-1", "t", None, "seen", 5 * MS, {})
    alone = [finding("a", 1, "x", at=1), finding("b", 2, "unknown", at=2)]
    text = printed([*alone, event, span("x", "step", 0, 1), trace()])
    assert text == (
        "chatbot.turn  1.25 s  session s\n│    b = 2\n│    * seen\n└─ step  1.0 ms\n        a = 1\n"
    )


def test_what_comes_later_is_a_line_of_its_own() -> None:
    """The tree is not printed again."""
    late: list[Signal] = [finding("score", "good"), span("y", "cleanup", 0, 1)]
    text = printed([trace()], late)
    assert text.splitlines()[1:] == [
        "chatbot.turn  (later)  score = good",
        "chatbot.turn  (later)  span cleanup",
    ]


def test_a_trace_that_never_ends_is_printed_at_the_close() -> None:
    """With what is known of it."""
    assert printed([span("x", "step", 0, None)]) == "trace t  (not ended)\n└─ step  open\n"
    assert printed([trace(end=None)]) == "chatbot.turn  open  session s\n"


def test_memory_is_bounded() -> None:
    """Traces that never end, and what was printed, are forgotten, the oldest first."""
    stream = io.StringIO()
    sink = ConsoleSink(stream)
    for number in range(1_003):
        lost = span("x", "step", 0, 1)
        lost.trace_xid = f"t-{number}"
        done: list[Signal] = [trace(f"d-{number}"), SessionRecord(f"s-{number}"), lost]
        sink.write(Batch.of(done))
    lines = stream.getvalue().splitlines()
    assert [line for line in lines if line.startswith("trace")] == [
        f"trace t-{number}  (not ended)" for number in range(3)
    ]


def test_long_texts_are_cut() -> None:
    """One line each, whatever a finding or a message holds."""
    text = printed([finding("answer", "very\nlong " * 50), trace()])
    line = text.splitlines()[1]
    assert line.endswith("...")
    assert len(line) < 120


@pytest.mark.parametrize("severity", ["warning", "critical", "unset"])
def test_severities_below_an_error_are_named(severity: str) -> None:
    """A failure stands out, `unset` says nothing."""
    text = printed([span("x", "step", 0, 1, severity=severity), trace()])
    shown = {"warning": "1.0 ms  warning", "critical": "1.0 ms  FAILED", "unset": "step  1.0 ms"}
    assert text.splitlines()[1].endswith(shown[severity])


def test_an_embeddings_span_shows_its_model() -> None:
    """As a completion does; without options only the family is shown."""
    known = span("a", "embed", 0, 1, family="embeddings")
    known.data = EmbeddingsData(["x"], Options(model="small"))
    unknown = span("b", "embed", 1, 2, family="embeddings")
    unknown.data = EmbeddingsData(["x"])
    lines = printed([known, unknown, trace()]).splitlines()
    assert lines[1:] == ["├─ embed  [embeddings small]  1.0 ms", "└─ embed  [embeddings]  1.0 ms"]


def test_spans_nest_to_any_depth() -> None:
    """Deeper than Python's own stack."""
    spans: list[Signal] = [
        span(str(n), f"s{n}", n, 9_000, parent=str(n - 1) if n else None) for n in range(2_000)
    ]
    assert len(printed([*spans, trace()]).splitlines()) == 2_001


def test_a_terminal_without_these_letters_gets_plain_ones() -> None:
    """An old encoding must not cost the output."""
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    sink = ConsoleSink(stream)
    sink.write(Batch.of([span("x", "schrödinger", 0, 1), trace()]))
    assert raw.getvalue().decode("ascii").splitlines()[1].startswith("`- schr")


def test_it_prints_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever that is when it prints; the program's own output stays clean."""
    sink = ConsoleSink()
    sink.write(Batch.of([trace()]))
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "chatbot.turn  1.25 s  session s\n"
    assert not sys.stderr.closed


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (-5, "0 µs"),
        (850_000, "850 µs"),
        (12_300_000, "12.3 ms"),
        (1_250_000_000, "1.25 s"),
        (125_000_000_000, "2 min 5 s"),
    ],
)
def test_durations_read_well(length: int, text: str) -> None:
    """In the unit that fits."""
    assert duration(0, length) == text


def test_measurements_are_lines_of_their_own() -> None:
    """What belongs to no trace is printed as it comes."""
    stream = io.StringIO()
    ConsoleSink(stream).write(Batch.of(measurements()))
    execution, value, values, run, record, interval = stream.getvalue().splitlines()
    assert execution.startswith("execution train  failed  out of memory")
    assert value.startswith("accuracy = 0.93")
    assert values.startswith("loss += [0.9, 0.5, 1e-07]")
    assert run.startswith("telemetry of train")
    assert record == "train  model_load  size=12 path=/models  loading"
    assert interval.startswith("shop  3 series of 1 min 0 s")
