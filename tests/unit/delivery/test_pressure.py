"""When there is no room: who records waits, or what is worth least goes, as it is wanted."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import pytest

from modelmetry.delivery.buffer import Buffer
from modelmetry.delivery.delivery import Delivery
from modelmetry.delivery.masking import Masking
from modelmetry.delivery.patterns import Patterns
from modelmetry.delivery.policy import IMMEDIATE, BatchPolicy, BufferLimits
from modelmetry.delivery.receipt import Receipt
from modelmetry.delivery.shedding import MOST, Shedding, without_payload
from modelmetry.delivery.spool import Spool
from modelmetry.delivery.undecided import Weighed
from modelmetry.signals.families import CompletionData, DataPart, Message, TextPart
from modelmetry.signals.records import Signal, SpanRecord
from modelmetry.sinks.http import HttpSink
from tests.builders import a_span, a_trace
from tests.unit.delivery.cast import Clock, HangingSink, event, finding
from tests.unit.sinks.receiver import receiving

PATIENCE = 30.0
SIGNALS = 200
LIMITS = BufferLimits(max_signals=20)


@pytest.fixture(name="hanging")
def _hanging() -> Iterator[HangingSink]:
    """A sink that holds its first batch until it is let go."""
    sink = HangingSink()
    yield sink
    sink.let_go()


def record(delivery: Delivery, count: int) -> threading.Thread:
    """Record in a thread of its own."""

    def put() -> None:
        for number in range(count):
            delivery.put(event(f"e{number}"))

    thread = threading.Thread(target=put, daemon=True)
    thread.start()
    return thread


def test_who_records_waits_until_there_is_room(hanging: HangingSink) -> None:
    """Nothing is dropped, however small the buffer is; what waits stays within twice its limit."""
    delivery = Delivery(hanging, batch_policy=IMMEDIATE, limits=LIMITS, patience=PATIENCE)
    thread = record(delivery, SIGNALS)
    assert hanging.hangs.wait(PATIENCE)
    thread.join(0.2)
    assert thread.is_alive()
    assert LIMITS.max_signals <= delivery.stats().pending <= 2 * LIMITS.max_signals
    hanging.let_go()
    thread.join(PATIENCE)
    assert not thread.is_alive()
    receipt = delivery.close(PATIENCE)
    assert (receipt.created, receipt.delivered) == (SIGNALS, SIGNALS)


def test_nobody_waits_for_longer_than_was_said_nor_again(hanging: HangingSink) -> None:
    """After one wait in vain what comes is dropped and counted, until there is room again."""
    delivery = Delivery(hanging, batch_policy=IMMEDIATE, limits=LIMITS, patience=0.05)
    thread = record(delivery, SIGNALS)
    thread.join(PATIENCE)
    assert not thread.is_alive()
    receipt = delivery.stats()
    assert receipt.created == SIGNALS
    assert receipt.pending <= 2 * LIMITS.max_signals
    assert receipt.dropped == {"buffer_full": SIGNALS - receipt.pending}
    hanging.let_go()
    assert delivery.flush(PATIENCE).pending == 0
    delivery.put(event("later"))
    last = delivery.close(PATIENCE)
    assert last.dropped == receipt.dropped
    assert last.delivered == last.created - last.lost


def test_threads_that_wait_are_told_together(hanging: HangingSink) -> None:
    """One room for all: nobody is forgotten."""
    delivery = Delivery(hanging, batch_policy=IMMEDIATE, limits=LIMITS, patience=PATIENCE)
    threads = [record(delivery, SIGNALS) for _ in range(8)]
    assert hanging.hangs.wait(PATIENCE)
    hanging.let_go()
    for thread in threads:
        thread.join(PATIENCE)
    assert not any(thread.is_alive() for thread in threads)
    assert delivery.close(PATIENCE).delivered == 8 * SIGNALS


def test_a_callback_does_not_wait_for_itself() -> None:
    """It runs in the thread that would have to make room."""
    with receiving() as receiver:
        sink = HttpSink(receiver.url)
        said: list[int] = []

        def record_more(load: object) -> None:
            del load
            if len(said) < SIGNALS:
                said.append(1)
                for number in range(50):
                    delivery.put(event(f"more-{number}"))

        delivery = Delivery(
            sink, batch_policy=IMMEDIATE, limits=LIMITS, patience=PATIENCE, on_success=record_more
        )
        delivery.put(event("first"))
        receipt = delivery.flush(PATIENCE)
        assert receipt.created == receipt.delivered + receipt.pending + receipt.lost
        delivery.close(PATIENCE)


def test_signals_that_are_kept_at_once_wait_for_room_on_disk(tmp_path: Path) -> None:
    """The call returns when there is room, made by what is sent meanwhile."""
    with receiving() as receiver:
        delivery = Delivery(
            HttpSink(receiver.url, compress=False),
            batch_policy=IMMEDIATE,
            limits=BufferLimits(max_bytes=3_000),
            spool=Spool(tmp_path, max_bytes=3_000, max_age=3_600.0),
            at_once=True,
            patience=PATIENCE,
        )
        for number in range(40):
            delivery.put(event(f"e{number}", text="x" * 500))
        receipt = delivery.close(PATIENCE)
    assert (receipt.created, receipt.delivered) == (40, 40)


ALL = BatchPolicy(max_signals=10_000)


def shedding(max_signals: int = 10, max_bytes: int = 10**7) -> Buffer:
    """A buffer in which what is worth least makes room."""
    limits = BufferLimits(max_signals=max_signals, max_bytes=max_bytes)
    return Buffer(limits, Clock(), shed=True)


def left_in(buffer: Buffer) -> list[Signal]:
    """What is in it."""
    batch = buffer.take(ALL)
    return [] if batch is None else list(batch.signals)


def names_in(buffer: Buffer) -> list[str]:
    """Names of the signals that are left."""
    return [str(getattr(signal, "name", None)) for signal in left_in(buffer)]


def adds_up(receipt: Receipt) -> bool:
    return receipt.created == receipt.pending + receipt.delivered + sum(receipt.dropped.values())


def test_healthy_leaves_go_before_what_says_more() -> None:
    """A root, a failure, a finding and an inner span stay; the oldest leaves go, counted."""
    buffer = shedding(max_signals=10)
    stays = [
        a_span("failed", severity="error"),
        a_span("found", findings=[finding()]),
        a_span("child", parent_xid="inner"),
        a_span("inner", xid="inner"),
    ]
    leaves = [a_span(f"leaf {number}") for number in range(4)]
    for signal in [*leaves, *stays]:
        buffer.inbox.put(signal)
    assert buffer.read().pending == 9
    buffer.inbox.put(a_trace("root"))
    buffer.inbox.put(finding())
    buffer.inbox.put(a_span("failed too", severity="error"))
    receipt = buffer.read()
    assert receipt.dropped == {"shed": 2}
    assert adds_up(receipt)
    names = names_in(buffer)
    assert names[:2] == ["leaf 2", "leaf 3"]
    assert {"failed", "found", "inner", "root", "failed too"} < set(names)


def test_what_is_worth_no_more_than_the_rest_finds_no_room() -> None:
    """A leaf does not push out another leaf."""
    buffer = shedding(max_signals=3)
    for number in range(5):
        buffer.inbox.put(a_span(f"leaf {number}"))
    assert buffer.read().dropped == {"buffer_full": 2}
    assert names_in(buffer) == ["leaf 0", "leaf 1", "leaf 2"]


def asked(text: str) -> SpanRecord:
    """A call of a model with a long question."""
    message = Message("user", [TextPart(text)])
    return a_span("asked", family="completion", data=CompletionData([message]))


def test_payloads_go_before_any_signal() -> None:
    """Their beginning, length and digest stay; nothing is dropped where that makes room enough."""
    buffer = shedding(max_signals=1_000, max_bytes=30_000)
    for _ in range(10):
        buffer.inbox.put(asked("a long question " * 500))
    receipt = buffer.read()
    assert (receipt.pending, receipt.dropped) == (10, {})
    texts = [str(signal) for signal in left_in(buffer)]
    assert sum("more characters, sha256" in text for text in texts) >= 5
    assert all("a long question" in text for text in texts)


def test_a_payload_is_told_by_length_and_digest_and_the_rest_stays() -> None:
    """Binary data becomes a text that says so; identities, findings and times are as they were."""
    data = CompletionData([Message("user", [DataPart("image/png", "A" * 1_000), TextPart("hi")])])
    whole = a_span("asked", family="completion", data=data, metadata={"note": "n" * 500, "n": 1})
    whole.findings = [finding()]
    cut = without_payload(whole)
    assert isinstance(cut, SpanRecord)
    assert isinstance(cut.data, CompletionData)
    first, second = cut.data.messages[0].contents
    assert isinstance(first, TextPart)
    assert first.text.startswith("[image/png] [... 1000 more characters, sha256 ")
    assert second == TextPart("hi")
    assert cut.metadata["note"].startswith("n" * 200 + "[... 300 more characters, sha256 ")
    assert (cut.xid, cut.findings, cut.start_ns) == (whole.xid, whole.findings, whole.start_ns)
    assert isinstance(data.messages[0].contents[0], DataPart)


def test_a_flush_does_not_wait_for_what_was_shed(hanging: HangingSink) -> None:
    """It has met its end, and is counted; the law holds all the time."""
    delivery = Delivery(hanging, batch_policy=IMMEDIATE, limits=LIMITS, shed=True)
    for number in range(SIGNALS):
        delivery.put(a_span(f"leaf {number}"))
        delivery.put(finding())
        assert adds_up(delivery.stats())
    hanging.let_go()
    receipt = delivery.close(PATIENCE)
    assert receipt.created == 2 * SIGNALS
    assert receipt.pending == 0
    assert receipt.dropped["shed"] > 0


def test_nothing_goes_where_it_would_not_make_room_enough() -> None:
    """What needs more than all leaves have is dropped itself, and they stay."""
    buffer = shedding(max_signals=6)
    buffer.inbox.put(a_span("leaf"))
    for _ in range(4):
        buffer.inbox.put(finding())
    buffer.inbox.put(a_span("large", findings=[finding() for _ in range(3)]))
    receipt = buffer.read()
    assert (receipt.pending, receipt.dropped) == (5, {"buffer_full": 4})


class Unsearched(deque[Weighed]):
    """A queue that nobody may look through."""

    def __iter__(self) -> Iterator[Weighed]:
        raise AssertionError("it was searched")


def test_who_finds_nothing_to_shed_does_not_look_at_all_that_waits() -> None:
    """Once it is known that nothing can go, what comes is answered without a search."""
    shedding, waiting = Shedding(), deque[Weighed]()
    signals: list[Signal] = [a_span("leaf"), finding(), finding()]
    for signal in signals:
        entry = Weighed(signal, 1, 10, 0.0, shedding.worth(signal), is_cut=True)
        waiting.append(entry)
        shedding.waits(entry)

    def ask(queue: deque[Weighed]) -> list[Weighed]:
        return shedding.least(queue, signals=1, size=0, below=MOST)

    assert [entry.signal for entry in ask(waiting)] == signals[:1]
    waiting.popleft()
    assert ask(waiting) == []
    assert ask(Unsearched([*waiting])) == []


def test_an_end_does_not_wait_for_room(tmp_path: Path) -> None:
    """Patience is for who records; the end keeps its own bound."""
    server = HttpSink("http://127.0.0.1:9")
    delivery = Delivery(
        server,
        limits=BufferLimits(max_bytes=3_000),
        spool=Spool(tmp_path, max_bytes=3_000, max_age=3_600.0),
        at_once=True,
        patience=10_000.0,
    )
    thread = threading.Thread(
        target=lambda: [*map(delivery.put, (event(f"e{n}", text="x" * 500) for n in range(40)))],
        daemon=True,
    )
    thread.start()
    thread.join(0.2)
    assert thread.is_alive()
    receipt = delivery.close(0.0)
    thread.join(PATIENCE)
    assert not thread.is_alive()
    assert receipt.pending == 0


def test_a_flush_waits_for_what_came_before_it_whatever_is_shed(hanging: HangingSink) -> None:
    """What came later and had to go does not stand for what is waited for."""
    limits = BufferLimits(max_signals=SIGNALS)
    delivery = Delivery(hanging, batch_policy=IMMEDIATE, limits=limits, shed=True)
    for number in range(3):
        delivery.put(a_trace(f"important {number}"))
    assert hanging.hangs.wait(PATIENCE)
    flushing = threading.Thread(target=lambda: delivery.flush(PATIENCE), daemon=True)
    flushing.start()
    flushing.join(0.1)
    for number in range(SIGNALS):
        delivery.put(a_span(f"leaf {number}"))
    for number in range(20):
        delivery.put(a_trace(f"later {number}"))
    assert delivery.stats().dropped["shed"] >= 20
    flushing.join(0.1)
    assert flushing.is_alive()
    hanging.let_go()
    flushing.join(PATIENCE)
    assert not flushing.is_alive()


def test_who_is_masked_is_not_cut(hanging: HangingSink) -> None:
    """Half a secret looks like none: a whole signal goes, or stays as it is."""
    masking = Masking(None, Patterns(("keys",)), 1_000_000)
    limits = BufferLimits(max_signals=8)
    delivery = Delivery(hanging, batch_policy=IMMEDIATE, limits=limits, shed=True, masking=masking)
    secret = "x" * 190 + " sk-" + "a1B2" * 12 + " and so on" * 100
    for number in range(8):
        delivery.put(event(f"e{number}", text=secret))
    delivery.stats()
    hanging.let_go()
    assert delivery.close(PATIENCE).dropped == {}
    texts = {
        str(getattr(signal, "metadata", None))
        for batch in hanging.taken
        for signal in batch.signals
    }
    assert len(texts) == 1
    assert "sk-" not in str(texts)
    assert "sha256" not in str(texts)


def test_what_matters_is_kept_also_when_it_comes_faster_than_it_is_settled(
    hanging: HangingSink,
) -> None:
    """A burst behind a sink that hangs: failures take the place of healthy leaves."""
    limits = BufferLimits(max_signals=2_000)
    delivery = Delivery(hanging, batch_policy=IMMEDIATE, limits=limits, shed=True)
    for number in range(2_000):
        delivery.put(a_span(f"leaf {number}"))
    delivery.stats()
    for number in range(1_500):
        delivery.put(a_span(f"failure {number}", severity="error"))
    receipt = delivery.stats()
    assert receipt.dropped == {"shed": receipt.dropped["shed"]}
    hanging.let_go()
    delivery.close(PATIENCE)
    arrived = [str(getattr(one, "name", None)) for batch in hanging.taken for one in batch.signals]
    assert sum(name.startswith("failure") for name in arrived) == 1_500
