"""Traces to lines and back."""

from __future__ import annotations

from modelmetry_api.models import (
    CompletionFamilyData,
    CreateFindingParams,
    CreateSessionParams,
    CreateSpanParams,
    CreateTraceParams,
    Options,
    Session,
)
from modelmetry_api.types import UNSET, encode_json, to_builtins

from modelmetry.cli.transfer import Batch, Tally, family_data, signals_of, source, trace_signals
from tests.unit.cli.cast import START, absent, common, event, finding, full_trace, span, usage


def test_a_trace_becomes_its_signals() -> None:
    """The trace, its facts, each span and its facts, all under their own XIDs."""
    whole = full_trace(
        "t1",
        span("a", findings=[finding("score", 1)], events=[event("seen")]),
        findings=[finding("safe", value=True)],
    )
    kinds = [(type(one).__name__, one.xid) for one in trace_signals(whole)]
    assert kinds == [
        ("CreateTraceParams", "t1"),
        ("CreateFindingParams", "f-safe"),
        ("CreateSpanParams", "a"),
        ("CreateEventParams", "e-seen"),
        ("CreateFindingParams", "f-score"),
    ]


def test_a_trace_of_a_sample_keeps_its_weight() -> None:
    """One without a weight gets none."""
    kinds = [next(trace_signals(full_trace("t1", **weight))) for weight in ({"weight": 20}, {})]
    assert [one.weight for one in kinds if isinstance(one, CreateTraceParams)] == [20, UNSET]


def test_what_is_open_stays_open() -> None:
    """An end that is only the latest time known is not sent as an end."""
    signals = list(trace_signals(full_trace("t1", span("a", open_=True), open_=True)))
    ends = [one.end for one in signals if isinstance(one, CreateTraceParams | CreateSpanParams)]
    assert ends == [None, None]


def test_a_trace_keeps_only_its_own_severity() -> None:
    """The severity that it has from a span is not sent as its own."""
    failed = span("a", severity="error")
    of_span = next(trace_signals(full_trace("t1", failed, severity="error")))
    own = next(trace_signals(full_trace("t1", span("b"), severity="error")))
    assert isinstance(of_span, CreateTraceParams)
    assert isinstance(own, CreateTraceParams)
    assert absent(of_span.severity)
    assert own.severity == "error"


def test_numbers_of_descendants_are_kept() -> None:
    """Of the trace and of the spans that carry one; what carries none gets none."""
    whole = full_trace("t1", span("a", descendants=0), span("b"), descendants=3)
    signals = trace_signals(whole)
    sent = [one for one in signals if isinstance(one, CreateTraceParams | CreateSpanParams)]
    assert [one.descendants for one in sent] == [3, 0, UNSET]


def test_family_data_is_sent_as_it_was() -> None:
    """In its family's shape, or exactly as it came when it has none."""
    data = CompletionFamilyData(options=Options(model="gpt-4o"))
    assert family_data(span("a", completion=data)) == {"Options": {"Model": "gpt-4o"}}
    odd = span("a", completion=data, family_data={"Options": {"Model": "gpt-4o", "X": 1}})
    assert family_data(odd) == {"Options": {"Model": "gpt-4o", "X": 1}}
    assert family_data(span("a")) is UNSET


def test_words_of_a_newer_server_are_sent_as_annotations() -> None:
    """A source that cannot be sent is not kept from arriving."""
    assert [source(word) for word in ("sdk", "evaluator", "annotation", "oracle")] == [
        *("sdk", "evaluator", "annotation", "annotation"),
    ]


def test_a_torn_line_is_counted() -> None:
    """A line that was cut off, is no JSON or is no trace yields nothing but a count."""
    tally = Tally()
    line = encode_json(full_trace())
    for text in (line[:-5], b"\xff", b"[]", b"{}", b"[" * 100_000):
        tally.lines += 1
        assert signals_of(text, tally) == []
    tally.lines += 1
    assert len(signals_of(line, tally)) == 1
    assert tally.torn == [1, 2, 3, 4, 5]
    assert tally.traces == 1


def test_a_session_line_becomes_a_session() -> None:
    """With its name and metadata."""
    session = Session(
        **common("s1", "ses_"),
        name="chat-42",
        metadata={"channel": "web"},
        start=START,
        end=START,
        trace_count=1,
        failed_trace_count=0,
        usage=usage(),
        costs=[],
    )
    (signal,) = signals_of(encode_json(session), Tally())
    assert to_builtins(signal) == {
        "XID": "s1",
        "Name": "chat-42",
        "Metadata": {"channel": "web"},
    }
    assert isinstance(signal, CreateSessionParams)


def test_a_batch_is_bounded_by_number_and_bytes() -> None:
    """It says when it is time to send."""
    small = CreateFindingParams(xid="f", name="n", value=1)
    large = CreateFindingParams(xid="f", name="n", value="x" * 1_000_000)
    batch = Batch()
    assert [batch.add(small) for _ in range(500)].index(True) == 499
    assert Batch().add(large)
