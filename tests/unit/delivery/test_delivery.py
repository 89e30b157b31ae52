"""What an application sees of delivery: put, flush, close, receipts, callbacks."""

from __future__ import annotations

import asyncio
import gc
import logging
import threading
import weakref
from collections.abc import Iterator
from queue import Empty, SimpleQueue
from typing import Any

import pytest

from modelmetry.delivery.courier import Load
from modelmetry.delivery.delivery import Delivery
from modelmetry.delivery.policy import (
    IMMEDIATE,
    ONCE,
    SERVERLESS,
    BatchPolicy,
    BufferLimits,
    RetryPolicy,
)
from modelmetry.delivery.receipt import Receipt
from modelmetry.delivery.sink import Sink, SinkFailure
from tests.unit.delivery.cast import (
    PATIENCE,
    Clock,
    HangingSink,
    ScriptedSink,
    busy,
    event,
    refusal,
    span,
)

AT_ONCE = RetryPolicy(first_delay=0.0, max_attempts=5)
# Leaves only when somebody asks: whatever arrives without a flush did so by another limit.
LAZY = BatchPolicy(max_age=3_600.0, first_age=3_600.0)


@pytest.fixture
def hanging() -> Iterator[HangingSink]:
    """A sink that hangs until the test is over."""
    sink = HangingSink()
    yield sink
    sink.let_go()


def test_flush_delivers_everything_that_was_put() -> None:
    """The receipt counts each signal, the sink has each in order."""
    sink = ScriptedSink()
    delivery = Delivery(sink, batch_policy=LAZY)
    put = [event() for _ in range(25)]
    for signal in put:
        delivery.put(signal)
    receipt = delivery.flush(PATIENCE)
    assert receipt.ok
    assert receipt.delivered == 25
    assert sink.xids == [signal.xid for signal in put]
    assert delivery.close(PATIENCE) == receipt


def test_flush_of_nothing_returns_at_once_and_starts_nothing() -> None:
    """A client that recorded nothing costs no thread."""
    threads = threading.active_count()
    delivery = Delivery(ScriptedSink())
    assert delivery.flush() == Receipt(created=0, delivered=0, pending=0, spooled=0, dropped={})
    assert threading.active_count() == threads


def test_signals_leave_by_themselves_after_their_age() -> None:
    """Nobody has to flush."""
    arrived: SimpleQueue[Load] = SimpleQueue()
    policy = BatchPolicy(max_age=0.01, first_age=0.01)
    delivery = Delivery(ScriptedSink(), batch_policy=policy, on_success=arrived.put)
    for _ in range(3):
        delivery.put(event())
        assert arrived.get(timeout=PATIENCE).signal_count == 1
    delivery.close(PATIENCE)


def test_a_signal_that_comes_while_the_worker_lies_down_is_seen() -> None:
    """Between looking at the buffer and resting, the worker is told of nothing."""
    sink = ScriptedSink()
    all_there = threading.Event()
    put, looks = 1, 0

    def clock() -> float:
        # An idle worker looks at the clock several times before it rests: something comes at the
        # first look, then at the second, and so on.
        nonlocal put, looks
        if threading.current_thread().name == "modelmetry-delivery" and len(sink.taken) == put:
            looks += 1
            if put == 20:
                all_there.set()
            elif looks > put % 4:
                looks = 0
                put += 1
                delivery.put(event())
        return 0.0

    delivery = Delivery(sink, batch_policy=IMMEDIATE, clock=clock)
    delivery.put(event())
    assert all_there.wait(PATIENCE)
    delivery.close(PATIENCE)


def test_a_full_batch_leaves_before_its_age() -> None:
    """Enough signals are reason enough."""
    arrived: SimpleQueue[Load] = SimpleQueue()
    policy = BatchPolicy(max_signals=5, max_age=3_600.0, first_age=3_600.0)
    delivery = Delivery(ScriptedSink(), batch_policy=policy, on_success=arrived.put)
    for _ in range(5):
        delivery.put(event())
    assert arrived.get(timeout=PATIENCE).signal_count == 5
    delivery.close(PATIENCE)


def test_a_crowded_buffer_is_emptied_before_any_age() -> None:
    """Waiting for company is no reason to drop signals."""
    arrived: SimpleQueue[Load] = SimpleQueue()
    limits = BufferLimits(max_signals=4)
    delivery = Delivery(ScriptedSink(), batch_policy=LAZY, limits=limits, on_success=arrived.put)
    delivery.put(span(findings=2))
    assert arrived.get(timeout=PATIENCE).signal_count == 3
    delivery.close(PATIENCE)


def test_flush_keeps_its_deadline_while_the_sink_hangs(hanging: HangingSink) -> None:
    """The receipt says what is still on its way."""
    delivery = Delivery(hanging, batch_policy=IMMEDIATE)
    delivery.put(event())
    assert hanging.hangs.wait(PATIENCE)
    delivery.put(event())
    receipt = delivery.flush(0.01)
    assert (receipt.created, receipt.pending, receipt.ok) == (2, 2, False)


def test_close_keeps_its_deadline_while_the_sink_hangs(hanging: HangingSink) -> None:
    """What waits is dropped, what is under way is counted when the sink answers."""
    delivery = Delivery(hanging, batch_policy=IMMEDIATE)
    delivery.put(event())
    assert hanging.hangs.wait(PATIENCE)
    delivery.put(event())
    receipt = delivery.close(0.01)
    assert (receipt.pending, dict(receipt.dropped)) == (1, {"deadline": 1})
    hanging.let_go()
    assert hanging.closed.wait(PATIENCE)
    assert (delivery.stats().delivered, delivery.stats().pending) == (1, 0)


def test_the_bound_holds_while_the_sink_hangs(hanging: HangingSink) -> None:
    """A receiver that never answers costs the application no more than the buffer."""
    delivery = Delivery(hanging, batch_policy=IMMEDIATE, limits=BufferLimits(max_signals=600))
    delivery.put(event())
    assert hanging.hangs.wait(PATIENCE)
    for _ in range(2_000):
        delivery.put(event())
    receipt = delivery.stats()
    assert (receipt.created, receipt.pending) == (2_001, 600)
    assert receipt.dropped == {"buffer_full": 1_401}


def test_signals_after_the_close_are_dropped_and_counted() -> None:
    """Recording too late is no error and no secret."""
    sink = ScriptedSink()
    delivery = Delivery(sink)
    delivery.put(event())
    delivery.close(PATIENCE)
    delivery.put(event())
    assert delivery.flush(PATIENCE).dropped == {"closed": 1}
    assert delivery.close(PATIENCE).delivered == 1
    assert sink.closed == 1


def test_closing_an_unused_delivery_closes_its_sink() -> None:
    """Also twice."""
    sink = ScriptedSink()
    delivery = Delivery(sink)
    assert delivery.close().ok
    assert delivery.close(0.0).ok
    assert sink.closed == 1


def test_a_failure_that_may_pass_is_tried_again() -> None:
    """The same batch, until it is taken."""
    sink = ScriptedSink([busy(), busy("connection")])
    delivery = Delivery(sink, retry_policy=AT_ONCE)
    delivery.put(event())
    assert delivery.close(PATIENCE).delivered == 1
    assert len(sink.tries) == 3
    assert len({id(batch) for batch in sink.tries}) == 1


def test_a_batch_is_given_up_after_the_last_try() -> None:
    """It counts under the reason of its last failure."""
    sink = ScriptedSink([busy("timeout")] * 4 + [busy("http_503")])
    delivery = Delivery(sink, retry_policy=AT_ONCE)
    delivery.put(span(findings=2))
    assert delivery.close(PATIENCE).dropped == {"http_503": 3}
    assert len(sink.tries) == 5


def test_a_refusal_is_not_tried_again() -> None:
    """The signals count under the sink's reason, and the next batch is tried."""
    sink = ScriptedSink([refusal("http_422")])
    delivery = Delivery(sink, batch_policy=IMMEDIATE)
    delivery.put(event())
    delivery.put(event())
    receipt = delivery.close(PATIENCE)
    assert (receipt.delivered, dict(receipt.dropped)) == (1, {"http_422": 1})


@pytest.mark.parametrize("error", [ValueError("no"), SystemExit(3)])
def test_any_other_exception_of_a_sink_is_a_refusal(error: BaseException) -> None:
    """A defect in a sink neither ends the worker nor reaches the application."""
    failures: list[SinkFailure] = []
    delivery = Delivery(
        ScriptedSink([error]),
        batch_policy=IMMEDIATE,
        on_failure=lambda _, failure: failures.append(failure),
    )
    delivery.put(event())
    delivery.put(event())
    receipt = delivery.close(PATIENCE)
    assert (receipt.delivered, dict(receipt.dropped)) == (1, {type(error).__name__: 1})
    assert failures[0].__cause__ is error


def test_a_wait_that_the_receiver_asked_for_is_kept() -> None:
    """Even a flush does not come back earlier."""
    sink = ScriptedSink([busy(retry_after=3_600.0)])
    patient = RetryPolicy(max_elapsed=10_000.0)
    delivery = Delivery(sink, batch_policy=IMMEDIATE, retry_policy=patient)
    delivery.put(event())
    assert delivery.flush(0.05).pending == 1
    assert len(sink.tries) <= 1
    delivery.close(0.0)


def test_after_giving_up_the_asked_wait_is_kept_for_the_next_batch_too() -> None:
    """A server that asks for an hour is left alone for an hour."""
    failed = threading.Event()
    sink = ScriptedSink([busy(retry_after=3_600.0)])
    delivery = Delivery(
        sink,
        batch_policy=IMMEDIATE,
        retry_policy=ONCE,
        on_failure=lambda _, __: failed.set(),
    )
    delivery.put(event())
    assert failed.wait(PATIENCE)
    delivery.put(event())
    assert delivery.flush(0.05).pending == 1
    assert len(sink.tries) == 1
    assert delivery.close(0.0).lost == 2


def test_a_flush_cuts_a_wait_that_was_our_own_idea() -> None:
    """Who flushes wants a try now."""
    failing = threading.Event()
    sink = ScriptedSink([lambda: _fail(failing)])
    slow = RetryPolicy(first_delay=3_000.0, max_delay=3_000.0, max_elapsed=9_000.0)
    delivery = Delivery(sink, batch_policy=IMMEDIATE, retry_policy=slow, chance=lambda: 0.9)
    delivery.put(event())
    assert failing.wait(PATIENCE)
    # More is put meanwhile, which is no reason to try again.
    for _ in range(300):
        delivery.put(event())
    assert delivery.flush(PATIENCE).delivered == 301
    delivery.close(PATIENCE)


def _fail(failing: threading.Event) -> None:
    failing.set()
    raise busy()


def test_callbacks_hear_what_became_of_each_batch() -> None:
    """Success with the batch, failure with the batch and the reason."""
    arrived: list[Any] = []
    lost: list[tuple[Any, str]] = []
    sink = ScriptedSink([None, refusal("http_413")])
    delivery = Delivery(
        sink,
        batch_policy=IMMEDIATE,
        on_success=arrived.append,
        on_failure=lambda batch, failure: lost.append((batch, failure.reason)),
    )
    first, second = event(), event()
    delivery.put(first)
    delivery.put(second)
    delivery.close(PATIENCE)
    assert [batch.signals for batch in arrived] == [(first,)]
    assert [(batch.signals, reason) for batch, reason in lost] == [((second,), "http_413")]


def test_a_raising_callback_harms_nobody(caplog: pytest.LogCaptureFixture) -> None:
    """Delivered stays delivered; the log says it once."""

    def broken(_: Load) -> None:
        raise SystemExit("from a callback")

    sink = ScriptedSink()
    delivery = Delivery(sink, batch_policy=IMMEDIATE, on_success=broken)
    delivery.put(event())
    delivery.put(event())
    receipt = delivery.close(PATIENCE)
    assert receipt.delivered == 2
    assert [record.message for record in caplog.records] == [
        "a delivery callback raised; it stays in use"
    ]


def test_a_callback_may_ask_for_a_flush_or_a_close() -> None:
    """The worker cannot wait for itself: it answers with what is known."""
    receipts: list[Receipt] = []

    def ask(_: Load) -> None:
        receipts.extend([delivery.flush(), delivery.close()])

    delivery = Delivery(ScriptedSink(), batch_policy=IMMEDIATE, on_success=ask)
    delivery.put(event())
    delivery.flush(PATIENCE)
    delivery.close(PATIENCE)
    assert [receipt.delivered for receipt in receipts] == [1, 1]


def test_the_log_hears_of_trouble_once(caplog: pytest.LogCaptureFixture) -> None:
    """A server that is down for an hour does not fill the log; the end says what it held back."""
    sink = ScriptedSink([busy("connection")] * 3 + [refusal()] * 3)
    delivery = Delivery(sink, batch_policy=IMMEDIATE, retry_policy=AT_ONCE)
    for _ in range(4):
        delivery.put(event())
    delivery.close(PATIENCE)
    retried, first, last = [record.getMessage() for record in caplog.records]
    lost = f"signals for {sink!r} were lost (http_422); "
    assert retried == f"delivery to {sink!r} failed (connection), trying again"
    assert first.startswith(lost)
    assert "1 dropped (http_422 1)" in first
    assert last == (
        f"{lost}4 created: 1 delivered, 3 dropped (http_422 3); "
        "see `modelmetry losses` and `modelmetry spool ls`"
    )
    assert not any(record.exc_info for record in caplog.records)


def test_the_debug_log_hears_of_every_batch(caplog: pytest.LogCaptureFixture) -> None:
    """How many signals arrived, and where; and of trouble, with its stack."""
    sink = ScriptedSink([busy("connection")])
    with caplog.at_level(logging.DEBUG, "modelmetry"):
        delivery = Delivery(sink, batch_policy=IMMEDIATE, retry_policy=AT_ONCE)
        delivery.put(event())
        delivery.close(PATIENCE)
    assert f"1 signals arrived at {sink!r}" in caplog.text


def test_the_log_hears_of_a_full_buffer(
    hanging: HangingSink, caplog: pytest.LogCaptureFixture
) -> None:
    """Signals that never became a batch have no callback."""
    delivery = Delivery(hanging, batch_policy=IMMEDIATE, limits=BufferLimits(max_signals=3))
    for _ in range(9):
        delivery.put(event())
    assert hanging.hangs.wait(PATIENCE)
    for _ in range(9):
        delivery.put(event())
    lost = delivery.stats().lost
    assert lost >= 6
    hanging.let_go()
    delivery.close(PATIENCE)
    assert f"{lost} dropped (buffer_full {lost}); raise" in caplog.records[-1].getMessage()
    assert "were lost (buffer_full); 18 created: " in caplog.records[-1].getMessage()


def test_a_sink_that_fails_to_close_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """The receipt is what the caller asked for."""

    class Stuck(ScriptedSink):
        def close(self) -> None:
            raise OSError("device is gone")

    delivery = Delivery(Stuck())
    delivery.put(event())
    assert delivery.close(PATIENCE).ok
    assert "closing Stuck failed" in caplog.text


def test_an_error_of_our_own_is_counted_and_survived(caplog: pytest.LogCaptureFixture) -> None:
    """Whatever breaks inside of the worker, it goes on with the next batch."""

    def broken() -> float:
        raise ZeroDivisionError

    sink = ScriptedSink([busy()])
    delivery = Delivery(sink, batch_policy=IMMEDIATE, chance=broken)
    delivery.put(event())
    delivery.put(event())
    receipt = delivery.close(PATIENCE)
    assert (receipt.delivered, dict(receipt.dropped)) == (1, {"internal": 1})
    assert "please report this" in caplog.text


def test_a_forgotten_delivery_delivers_and_its_thread_ends() -> None:
    """An application that drops its client loses nothing and leaks no thread."""
    sink = HangingSink()
    delivery = Delivery(sink, batch_policy=LAZY)
    gone = weakref.ref(delivery)
    delivery.put(event())
    del delivery
    gc.collect()
    assert gone() is None
    assert sink.hangs.wait(PATIENCE)
    sink.let_go()
    assert sink.closed.wait(PATIENCE)
    assert len(sink.taken) == 1


def test_after_a_rest_the_first_signals_leave_quickly_again() -> None:
    """Who tries something out and looks at the result does not wait."""
    clock = Clock()
    arrived: SimpleQueue[Load] = SimpleQueue()
    policy = BatchPolicy(first_age=0.001, max_age=1_800.0)
    delivery = Delivery(ScriptedSink(), batch_policy=policy, clock=clock, on_success=arrived.put)

    def arrives_by_itself_after_a_rest() -> bool:
        clock.now += 3_600.0
        delivery.put(event())
        try:
            arrived.get(timeout=0.05)
        except Empty:
            # Either the worker had not begun to rest when the clock moved, or it waits for long.
            delivery.flush(PATIENCE)
            return False
        return True

    for _ in range(30):
        delivery.put(event())
        delivery.flush(PATIENCE)
        arrived.get(timeout=PATIENCE)
    assert any(arrives_by_itself_after_a_rest() for _ in range(50))
    delivery.close(PATIENCE)


def test_many_threads_lose_nothing() -> None:
    """Eight threads with a hundred turns each, at once, with the limits that everybody has."""
    sink = ScriptedSink()
    delivery = Delivery(sink)

    def turns() -> None:
        for _ in range(100):
            for _ in range(5):
                delivery.put(span(findings=3, events=1))

    threads = [threading.Thread(target=turns) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    receipt = delivery.close(PATIENCE)
    assert (receipt.created, receipt.delivered) == (20_000, 20_000)
    assert len(set(sink.xids)) == 4_000


def test_putting_and_reading_go_together() -> None:
    """A receipt read while others put counts everything that this thread has put."""
    delivery = Delivery(ScriptedSink(), batch_policy=SERVERLESS)
    stop = threading.Event()

    def others() -> None:
        while not stop.is_set():
            delivery.put(event())

    thread = threading.Thread(target=others)
    thread.start()
    seen = 0
    for mine in range(1, 200):
        delivery.put(event())
        receipt = delivery.stats()
        assert receipt.created >= max(mine, seen)
        seen = receipt.created
    stop.set()
    thread.join()
    delivery.close(PATIENCE)


def test_the_async_twins_do_the_same() -> None:
    """Flush and close for code on an event loop."""
    sink = ScriptedSink()

    async def main() -> tuple[Receipt, Receipt]:
        delivery = Delivery(sink, batch_policy=LAZY)
        for _ in range(5):
            delivery.put(event())
        return await delivery.aflush(PATIENCE), await delivery.aclose(PATIENCE)

    flushed, closed = asyncio.run(main())
    assert flushed == closed
    assert flushed.delivered == 5
    assert sink.closed == 1


def test_aflush_leaves_the_loop_free_and_keeps_its_deadline(hanging: HangingSink) -> None:
    """Other tasks run while it waits for a sink that hangs."""

    async def main() -> tuple[int, Receipt, Receipt]:
        delivery = Delivery(hanging, batch_policy=IMMEDIATE)
        delivery.put(event())
        turns = 0
        flush = asyncio.create_task(delivery.aflush(0.05))
        while not flush.done():
            turns += 1
            await asyncio.sleep(0)
        return turns, await flush, await delivery.aclose(0.0)

    turns, flushed, closed = asyncio.run(main())
    assert turns > 1
    assert flushed.pending == 1
    assert closed.pending + closed.lost == 1


def test_a_cancelled_aflush_leaves_delivery_as_it_was(hanging: HangingSink) -> None:
    """A request that is abandoned by its user costs no signals."""

    async def main(delivery: Delivery) -> None:
        flush = asyncio.create_task(delivery.aflush())
        await asyncio.to_thread(hanging.hangs.wait, PATIENCE)
        flush.cancel()
        with pytest.raises(asyncio.CancelledError):
            await flush

    delivery = Delivery(hanging, batch_policy=LAZY)
    delivery.put(event())
    asyncio.run(main(delivery))
    hanging.let_go()
    assert delivery.close(PATIENCE).delivered == 1


def test_a_thread_that_cannot_start_is_done_without(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """While the interpreter ends no thread can start: flush and close do the work themselves."""

    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't create new thread at interpreter shutdown")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    caplog.set_level(logging.ERROR)
    flushing, closing = ScriptedSink(), ScriptedSink([None, busy(), None])
    delivery = Delivery(flushing)
    delivery.put(event())
    assert delivery.flush().delivered == 1
    delivery = Delivery(closing, batch_policy=IMMEDIATE)
    for _ in range(3):
        delivery.put(event())
    receipt = delivery.close()
    assert (receipt.delivered, dict(receipt.dropped)) == (1, {"http_503": 1, "deadline": 1})
    assert closing.closed == 1


def test_any_object_with_two_methods_is_a_sink() -> None:
    """The seam needs no base class."""
    sink: Sink = ScriptedSink()
    assert Delivery(sink).close().ok
