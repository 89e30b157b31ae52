"""What happens to delivery when the process ends or forks; real processes are in tests/faults."""

from __future__ import annotations

import gc
import logging
import threading
import time
from collections.abc import Iterator

import pytest

from modelmetry.delivery import lifecycle
from modelmetry.delivery.buffer import Buffer
from modelmetry.delivery.courier import Courier
from modelmetry.delivery.delivery import Delivery
from modelmetry.delivery.log import logger
from modelmetry.delivery.losses import Losses
from modelmetry.delivery.policy import PATIENT, STEADY, BatchPolicy, BufferLimits
from modelmetry.delivery.sink import Sink
from modelmetry.delivery.stage import Stage
from modelmetry.delivery.worker import Worker
from modelmetry.testing import MemorySink
from tests.unit.delivery.cast import PATIENCE, HangingSink, ScriptedSink, event

LAZY = BatchPolicy(max_age=3_600.0, first_age=3_600.0)


@pytest.fixture(autouse=True)
def alone() -> Iterator[None]:
    """Deliveries of other tests are gone or closed."""
    gc.collect()
    lifecycle.finish_all()
    yield
    lifecycle.finish_all()


@pytest.fixture
def hanging() -> Iterator[HangingSink]:
    """A sink that hangs until the test is over."""
    sink = HangingSink()
    yield sink
    sink.let_go()


def test_the_end_of_the_process_delivers_what_waits() -> None:
    """Nobody has to call close."""
    sink = ScriptedSink()
    delivery = Delivery(sink, batch_policy=LAZY)
    delivery.put(event())
    lifecycle.finish_all()
    assert delivery.stats().delivered == 1
    assert sink.closed == 1


def test_the_end_of_the_process_is_bounded_and_says_what_is_lost(
    hanging: HangingSink, caplog: pytest.LogCaptureFixture
) -> None:
    """One line with the counts; a delivery that is fine says nothing."""
    fine = Delivery(ScriptedSink())
    delivery = Delivery(hanging, exit_timeout=0.02)
    delivery.put(event())
    fine.put(event())
    caplog.set_level(logging.WARNING)
    fine.flush(PATIENCE)
    fine.close(PATIENCE)
    lifecycle.finish_all()
    assert [record.getMessage() for record in caplog.records] == [
        "the process ends with signals not delivered; 1 created: 0 delivered, 1 pending"
    ]


def test_what_was_closed_is_not_reported_again(caplog: pytest.LogCaptureFixture) -> None:
    """Who closed it has the receipt."""
    delivery = Delivery(ScriptedSink([ValueError("no")]))
    delivery.put(event())
    assert delivery.close(PATIENCE).lost == 1
    caplog.clear()
    lifecycle.finish_all()
    assert caplog.records == []


def a_worker(sink: Sink) -> tuple[Buffer, Worker]:
    buffer = Buffer(BufferLimits(), time.monotonic)
    losses = Losses(sink, time.monotonic)
    worker = Worker(
        buffer,
        Courier(sink, losses=losses.log, on_success=None, on_failure=None),
        losses=losses,
        batch_policy=STEADY,
        retry_policy=PATIENT,
        exit_timeout=PATIENCE,
        on_start=lambda: None,
        clock=time.monotonic,
        chance=lambda: 0.5,
    )
    return buffer, worker


def test_a_worker_that_begins_anew_has_nothing_of_its_parent() -> None:
    """Its buffer is empty, its sink was told, and it starts a thread of its own."""
    sink = ScriptedSink()
    buffer, worker = a_worker(sink)
    buffer.inbox.put(event())
    worker.after_fork()
    assert (buffer.read().created, sink.forks) == (0, 1)
    buffer.inbox.put(event())
    worker.notice()
    lifecycle.shut_down(worker, PATIENCE)
    assert len(sink.taken) == 1


def test_a_sink_without_connections_need_not_know_about_forks() -> None:
    """The method is optional."""

    class Simple:
        def write(self, batch: object) -> None:
            """Take it."""

        def close(self) -> None:
            """Nothing to close."""

    buffer, worker = a_worker(Simple())
    worker.after_fork()
    assert buffer.read().created == 0


def test_a_fork_in_the_middle_of_a_fork_lets_go_of_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A handler of signals may fork while its thread is about to."""
    delivery = Delivery(MemorySink())

    def said(line: str) -> bool:
        thread = threading.Thread(target=logger.warning, args=(line,))
        thread.start()
        thread.join(PATIENCE)
        return line in caplog.text

    lifecycle.hold_still()
    lifecycle.hold_still()
    lifecycle.go_on()
    assert not said("in the middle")
    lifecycle.go_on()
    assert "in the middle" in caplog.text
    assert said("afterwards")
    delivery.put(event())
    assert delivery.close(PATIENCE).delivered == 1


def test_threads_that_fork_at_once_let_go_of_what_is_theirs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One of them holds what another has just let go of, and keeps it until it is done."""
    delivery = Delivery(MemorySink())
    free, taken, done = threading.Event(), threading.Event(), threading.Event()
    first, go_on = threading.get_ident(), Stage.go_on

    def slowly(stage: Stage) -> None:
        go_on(stage)
        if threading.get_ident() == first:
            free.set()
            assert taken.wait(PATIENCE)

    def fork_later() -> None:
        free.wait(PATIENCE)
        lifecycle.hold_still()
        taken.set()
        done.wait(PATIENCE)
        lifecycle.go_on()

    monkeypatch.setattr(Stage, "go_on", slowly)
    other = threading.Thread(target=fork_later)
    other.start()
    lifecycle.hold_still()
    lifecycle.go_on()
    done.set()
    other.join(PATIENCE)
    delivery.put(event())
    assert delivery.close(PATIENCE).delivered == 1
