"""Which traces are kept: by their identity, by what they were, whole, and counted."""

from __future__ import annotations

import itertools
import logging
import random
import threading
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelmetry.delivery.courier import Load
from modelmetry.delivery.delivery import Delivery
from modelmetry.delivery.policy import BatchPolicy, BufferLimits
from modelmetry.delivery.receipt import Receipt
from modelmetry.delivery.sampling import Keep, Sampling, fraction, weight
from modelmetry.delivery.sink import SinkFailure
from modelmetry.delivery.spool import Spool
from modelmetry.delivery.undecided import LONGEST_UNDECIDED
from modelmetry.signals.finished import FinishedTrace
from modelmetry.signals.records import (
    EventRecord,
    FindingRecord,
    SessionRecord,
    Signal,
    SpanRecord,
    TraceRecord,
)
from modelmetry.sinks.http import HttpSink
from modelmetry.sinks.memory import MemorySink
from tests.builders import a_finding, a_span, a_trace, an_event, measurements
from tests.unit.delivery.cast import PATIENCE, Clock
from tests.unit.sinks.receiver import receiving

SLOW = BatchPolicy(max_age=3600.0, first_age=3600.0)


def xid_of(number: int) -> str:
    return f"01a1fea4-02b5-7229-b29e-{number:012x}"


def a_tree(xid: str, spans: int = 1, **members: Any) -> list[Signal]:
    """A finished trace with spans, in the order in which they end."""
    steps: list[Signal] = [
        a_span(trace_xid=xid, findings=[a_finding(trace_xid=xid)]) for _ in range(spans)
    ]
    return [*steps, a_trace(xid=xid, **members)]


def put(delivery: Delivery, signals: list[Signal]) -> None:
    for signal in signals:
        delivery.put(signal)


def kept(xids: list[str], rate: float) -> set[str]:
    return {xid for xid in xids if weight(xid, rate)}


def assert_law(receipt: Receipt) -> None:
    parts = receipt.delivered + receipt.pending + receipt.spooled + sum(receipt.dropped.values())
    assert receipt.created == parts


# The arithmetic.


def test_the_number_of_an_identity_never_changes() -> None:
    """Other processes, versions and languages come to the same: SHA-256, its first 53 bits."""
    assert fraction("01a1fea4-02b5-7229-b29e-35b7ebd5456f") == 0.2544836074232517
    assert fraction("order 42 of Ülm") == 0.9003702742137576


@given(st.text(max_size=40), st.floats(0, 1), st.floats(0, 1))
def test_what_is_kept_at_a_rate_is_kept_at_every_higher_one(
    xid: str, one: float, other: float
) -> None:
    """And what a kept one stands for is the inverse of the rate; nothing is kept at 0."""
    low, high = sorted((one, other))
    assert weight(xid, high) or not weight(xid, low)
    assert weight(xid, 0) == 0
    assert weight(xid, 1) == 1
    assert weight(xid, low) in (0, 1 / low if low else 0)


@pytest.mark.parametrize("rate", [0.01, 0.1, 0.5, 0.9])
def test_identities_of_one_process_are_kept_at_the_rate(rate: float) -> None:
    """Although they only count."""
    share = len(kept([xid_of(5 * number) for number in range(20_000)], rate)) / 20_000
    assert share == pytest.approx(rate, abs=0.012)


# By rate.


def test_traces_are_left_out_whole_and_counted() -> None:
    """With spans, findings and events, late ones too; sessions always travel."""
    sink = MemorySink()
    delivery = Delivery(sink, sampling=Sampling(0.3))
    xids = [xid_of(number) for number in range(60)]
    for xid in xids:
        delivery.put(SessionRecord(f"session of {xid}"))
        put(delivery, a_tree(xid, spans=2))
    delivery.flush(PATIENCE)
    for xid in xids:
        put(delivery, [an_event(trace_xid=xid), a_finding(trace_xid=xid, span_xid="late")])
        delivery.put(a_trace(xid=xid))
    receipt = delivery.close(PATIENCE)
    expected = kept(xids, 0.3)
    assert 5 < len(expected) < 40
    assert {trace.xid for trace in sink.traces} == expected
    assert Counter(span.trace_xid for span in sink.spans) == dict.fromkeys(expected, 2)
    assert Counter(one.trace_xid for one in sink.findings) == dict.fromkeys(expected, 3)
    assert Counter(event.trace_xid for event in sink.events) == dict.fromkeys(expected, 1)
    assert {trace.weight for trace in sink.traces} == {1 / 0.3}
    assert len(sink.sessions) == 60
    assert receipt.dropped == {"sampled_out": 8 * (60 - len(expected))}
    assert_law(receipt)


def test_measurements_belong_to_no_trace_and_are_never_left_out() -> None:
    """They arrive also where no trace is kept, and wait for none."""
    sink = MemorySink()
    delivery = Delivery(sink, sampling=Sampling(0.0, lambda _: False))
    sent = measurements()
    put(delivery, [*sent, *a_tree(xid_of(1))])
    receipt = delivery.close(PATIENCE)
    assert sink.signals == sent
    assert_law(receipt)


def test_what_was_left_out_is_no_loss() -> None:
    """Nobody is warned of it; the receipt names it apart."""
    lost: list[Load] = []

    def note(load: Load, _: SinkFailure) -> None:
        lost.append(load)

    delivery = Delivery(MemorySink(), sampling=Sampling(0.0), on_failure=note)
    put(delivery, a_tree("t"))
    receipt = delivery.close(PATIENCE)
    assert (receipt.ok, receipt.lost, receipt.sampled_out) == (True, 0, 3)
    assert str(receipt) == "3 created: 0 delivered, 3 sampled out"
    assert lost == []


# By what a trace was.


def test_a_function_decides_when_a_trace_has_ended() -> None:
    """True keeps it, False leaves it out, a number is a probability."""
    sink = MemorySink()

    def keep(trace: FinishedTrace) -> float:
        return trace.failed or trace.finding("score", 0) > 5 or 0.1

    delivery = Delivery(sink, sampling=Sampling(0.5, keep))
    xids = [xid_of(number) for number in range(300)]
    failed, scored, rest = set(xids[::3]), set(xids[1::3]), set(xids[2::3])
    for xid in xids:
        score = a_finding("score", 9 if xid in scored else 1, trace_xid=xid)
        delivery.put(a_span(trace_xid=xid, severity="error" if xid in failed else None))
        delivery.put(a_trace(xid=xid, findings=[score]))
    receipt = delivery.close(PATIENCE)
    weights = {trace.xid: trace.weight for trace in sink.traces}
    assert weights == {
        **dict.fromkeys((failed | scored) & kept(xids, 0.5), 2.0),
        **dict.fromkeys(rest & kept(xids, 0.5 * 0.1), 20.0),
    }
    assert {span.trace_xid for span in sink.spans} == set(weights)
    assert 0 < len(rest & set(weights)) < 20
    assert_law(receipt)


def test_undecided_traces_are_pending_until_they_have_ended() -> None:
    """A flush decides those that have, waits for no other; the close keeps what is still open."""
    sink = MemorySink()
    delivery = Delivery(sink, sampling=Sampling(1.0, lambda trace: trace.name == "good"))
    put(delivery, a_tree("good", name="good"))
    put(delivery, a_tree("bad", name="bad"))
    delivery.put(a_span(trace_xid="open"))
    delivery.put(a_trace(xid="open", end_ns=None))
    receipt = delivery.flush(PATIENCE)
    assert (receipt.delivered, receipt.pending, receipt.dropped) == (3, 2, {"sampled_out": 3})
    assert_law(receipt)
    receipt = delivery.close(PATIENCE)
    assert {trace.xid for trace in sink.traces} == {"good", "open"}
    assert (receipt.delivered, receipt.pending) == (5, 0)


def test_the_close_decides_what_has_ended() -> None:
    """A program that ends soon keeps no more than others."""
    sink = MemorySink()
    delivery = Delivery(sink, batch_policy=SLOW, sampling=Sampling(1.0, lambda _: False))
    put(delivery, a_tree("t"))
    assert delivery.close(PATIENCE).dropped == {"sampled_out": 3}
    assert sink.signals == []


def test_a_delivery_that_is_forgotten_decides_what_it_holds() -> None:
    """Nobody can end its traces any more: what is open is kept."""
    closed = threading.Event()

    class Ending(MemorySink):
        def close(self) -> None:
            closed.set()

    sink = Ending()
    delivery = Delivery(sink, sampling=Sampling(1.0, lambda _: False))
    put(delivery, [*a_tree("ended"), *a_tree("open")[:-1]])
    assert delivery.flush(PATIENCE).pending == 2
    del delivery
    assert closed.wait(PATIENCE)
    assert [span.trace_xid for span in sink.spans] == ["open"]
    assert sink.traces == []


@pytest.mark.parametrize("answer", [True, False])
def test_late_signals_follow_the_decision(*, answer: bool) -> None:
    """And a trace that is said again has the same weight."""
    sink, asked = MemorySink(), list[str]()

    def keep(trace: FinishedTrace) -> bool:
        asked.append(trace.xid)
        return answer

    xid = next(xid for xid in map(xid_of, itertools.count()) if weight(xid, 0.25))
    delivery = Delivery(sink, sampling=Sampling(0.25, keep))
    put(delivery, a_tree(xid))
    delivery.flush(PATIENCE)
    put(delivery, [a_finding(trace_xid=xid), a_span(trace_xid=xid), a_trace(xid=xid)])
    receipt = delivery.close(PATIENCE)
    assert asked == [xid]
    assert [trace.weight for trace in sink.traces] == ([4.0, 4.0] if answer else [])
    assert receipt.delivered == (6 if answer else 0)


@pytest.mark.parametrize("answer", [1.5, -1, float("nan"), None, "yes", ValueError("PLANTED")])
def test_where_the_function_fails_the_trace_is_kept(
    answer: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """And that is said once."""

    def keep(_: FinishedTrace) -> float:
        if isinstance(answer, Exception):
            raise answer
        return answer  # type: ignore[no-any-return]

    sink = MemorySink()
    delivery = Delivery(sink, sampling=Sampling(1.0, keep))
    put(delivery, [*a_tree("a"), *a_tree("b")])
    assert delivery.close(PATIENCE).delivered == 6
    assert [trace.weight for trace in sink.traces] == [1.0, 1.0]
    told = [record for record in caplog.records if "keep()" in record.getMessage()]
    assert [record.levelno for record in told] == [logging.WARNING]


def test_the_function_runs_in_the_background() -> None:
    """Outside of the books: who asks for them does not wait for it."""
    asked, go_on = threading.Event(), threading.Event()

    def keep(_: FinishedTrace) -> bool:
        asked.set()
        assert go_on.wait(PATIENCE)
        return True

    delivery = Delivery(MemorySink(), sampling=Sampling(1.0, keep))
    put(delivery, a_tree("t"))
    assert asked.wait(PATIENCE)
    assert delivery.stats().pending == 3
    go_on.set()
    assert delivery.close(PATIENCE).delivered == 3


def test_traces_that_take_too_much_room_are_let_through_oldest_first() -> None:
    """Kept, with the weight of the rate alone; the limits of the buffer hold."""
    sink = MemorySink()
    delivery = Delivery(
        sink, limits=BufferLimits(max_signals=20), sampling=Sampling(1.0, lambda _: False)
    )
    for number in range(6):
        put(delivery, [a_span(trace_xid=f"t{number}") for _ in range(3)])
    receipt = delivery.flush(PATIENCE)
    assert {span.trace_xid for span in sink.spans} == {"t0", "t1", "t2"}
    assert (receipt.delivered, receipt.pending) == (9, 9)
    put(delivery, a_tree("t0")[-1:])
    delivery.flush(PATIENCE)
    assert [trace.xid for trace in sink.traces] == ["t0"]
    assert_law(delivery.close(PATIENCE))


def test_a_trace_that_does_not_end_is_let_through_after_a_while() -> None:
    """Somebody may have forgotten to end it."""
    clock, sink = Clock(), MemorySink()
    delivery = Delivery(sink, clock=clock, sampling=Sampling(1.0, lambda _: False))
    delivery.put(a_span(trace_xid="t"))
    assert delivery.flush(PATIENCE).pending == 1
    clock.now += LONGEST_UNDECIDED
    assert delivery.flush(PATIENCE).delivered == 1
    delivery.close(PATIENCE)


@pytest.mark.parametrize("at_once", [False, True])
def test_what_is_not_decided_is_not_on_disk(tmp_path: Path, *, at_once: bool) -> None:
    """What was left out never is; what was kept is, also before the call returns."""
    spool = Spool(tmp_path, max_bytes=1_000_000, max_age=3600)
    with receiving() as server:
        server.hang.clear()
        delivery = Delivery(
            HttpSink(server.url),
            spool=spool,
            at_once=at_once,
            sampling=Sampling(1.0, lambda trace: trace.xid == "kept"),
        )
        put(delivery, [*a_tree("left out"), a_span("undecided", trace_xid="kept")])
        delivery.flush(0.2)
        before = b"".join(path.read_bytes() for path in tmp_path.iterdir())
        delivery.put(a_trace("decided", xid="kept"))
        delivery.flush(0.2 if at_once else 0.5)
        server.hang.set()
        assert b"undecided" not in before
        receipt = delivery.close(PATIENCE)
        documents = [one.document for one in server.received]
    assert (receipt.delivered, receipt.dropped) == (2, {"sampled_out": 3})
    assert [one["Name"] for doc in documents for one in doc.get("Spans", [])] == ["undecided"]
    assert [one["XID"] for doc in documents for one in doc.get("Traces", [])] == ["kept"]


def test_a_deadline_drops_what_nobody_could_decide() -> None:
    """It is a loss and counts as one."""
    asked, go_on = threading.Event(), threading.Event()

    def keep(_: FinishedTrace) -> bool:
        asked.set()
        return go_on.wait(PATIENCE)

    delivery = Delivery(MemorySink(), sampling=Sampling(1.0, keep))
    put(delivery, a_tree("t"))
    assert asked.wait(PATIENCE)
    receipt = delivery.close(0.01)
    assert receipt.dropped == {"deadline": 3}
    go_on.set()
    assert_law(delivery.stats())


# All of it.


@st.composite
def forests(draw: st.DrawFn) -> list[list[list[Signal]]]:
    """For each thread, traces with what happens in them; some never end, some go on after."""
    numbers = itertools.count(draw(st.integers(0, 1_000_000)))
    threads: list[list[list[Signal]]] = []
    for _ in range(draw(st.integers(1, 3))):
        traces: list[list[Signal]] = []
        for _ in range(draw(st.integers(0, 8))):
            xid = xid_of(next(numbers))
            tree = a_tree(xid, spans=draw(st.integers(0, 3)))
            late: list[Signal] = [an_event(trace_xid=xid)] * draw(st.integers(0, 2))
            traces.append([*tree[: None if draw(st.booleans()) else -1], *late])
        threads.append(traces)
    return threads


def always(_: FinishedTrace) -> float:
    return True


def never(_: FinishedTrace) -> float:
    return False


def half(_: FinishedTrace) -> float:
    return 0.5


def by_spans(trace: FinishedTrace) -> float:
    return 0.3 if trace.spans else False


keeps: st.SearchStrategy[Keep | None] = st.sampled_from([None, always, never, half, by_spans])


@settings(max_examples=100)
@given(forest=forests(), rate=st.sampled_from([0.0, 0.2, 0.5, 1.0]), keep=keeps)
def test_every_trace_arrives_whole_or_not_at_all(
    forest: list[list[list[Signal]]], rate: float, keep: Keep | None
) -> None:
    """Under any trees, threads and rates; the books add up at every moment."""
    sink = MemorySink()
    policy = BatchPolicy(max_signals=3, max_age=0.001, first_age=0.0)
    delivery = Delivery(sink, batch_policy=policy, sampling=Sampling(rate, keep))
    receipts: list[Receipt] = []

    def run(traces: list[list[Signal]]) -> None:
        for signals in traces:
            put(delivery, signals)
            receipts.append(delivery.flush(0.0005))

    threads = [threading.Thread(target=run, args=(traces,)) for traces in forest]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    receipts.append(delivery.close(PATIENCE))
    for receipt in receipts:
        assert_law(receipt)
    sent = count_by_trace([signal for traces in forest for one in traces for signal in one])
    arrived = count_by_trace(sink.signals)
    assert arrived == {xid: sent[xid] for xid in arrived}
    total, there = sum(sent.values()), sum(arrived.values())
    last = receipts[-1]
    assert (last.created, last.delivered, last.sampled_out) == (total, there, total - there)
    assert last.ok


def count_by_trace(signals: list[Signal]) -> dict[str, int]:
    counts: defaultdict[str, int] = defaultdict(int)
    for signal in signals:
        if isinstance(signal, (SpanRecord, TraceRecord)):
            own = signal.xid if isinstance(signal, TraceRecord) else signal.trace_xid
            counts[own] += 1 + len(signal.findings) + len(signal.events)
        elif isinstance(signal, (FindingRecord, EventRecord)):
            counts[signal.trace_xid] += 1
    return dict(counts)


def failed_or_some(trace: FinishedTrace) -> float:
    return trace.failed or 0.2


@pytest.mark.parametrize(
    ("rate", "keep"), [(0.1, None), (0.5, failed_or_some), (1.0, failed_or_some)]
)
def test_the_weights_add_up_to_the_number_of_traces(rate: float, keep: Keep | None) -> None:
    """On the average: 5,000 traces with identities of a fixed seed, a tenth of them failed."""
    chance = random.Random(20_261_121)
    sink = MemorySink()
    delivery = Delivery(sink, sampling=Sampling(rate, keep))
    for number in range(5_000):
        xid = xid_of(chance.getrandbits(48))
        delivery.put(a_trace(xid=xid, severity="error" if number % 10 == 0 else None))
    delivery.close(PATIENCE)
    assert sum(trace.weight for trace in sink.traces) == pytest.approx(5_000, rel=0.08)
    failed = sum(trace.weight for trace in sink.traces if trace.severity)
    assert failed == pytest.approx(500, rel=0.25)
    assert len(sink.traces) < 1_700
