"""Who records waits for room, when that is wanted."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from modelmetry.delivery.delivery import Delivery
from modelmetry.delivery.policy import IMMEDIATE, BufferLimits
from modelmetry.delivery.spool import Spool
from modelmetry.sinks.http import HttpSink
from tests.unit.delivery.cast import HangingSink, event
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
