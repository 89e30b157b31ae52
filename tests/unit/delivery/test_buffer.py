"""The bounded buffer and its books."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from modelmetry.delivery.buffer import Buffer
from modelmetry.delivery.policy import IMMEDIATE, STEADY, BatchPolicy, BufferLimits
from modelmetry.delivery.receipt import Receipt
from modelmetry.delivery.size import approximate_bytes
from tests.unit.delivery.cast import PATIENCE, Clock, Unreadable, event, span

if TYPE_CHECKING:
    from _collections_abc import dict_values


def make(max_signals: int = 100, max_bytes: int = 1_000_000) -> Buffer:
    return Buffer(BufferLimits(max_signals=max_signals, max_bytes=max_bytes), Clock())


def test_every_finding_and_event_is_counted() -> None:
    """A span with three findings and an event is five signals."""
    buffer = make()
    buffer.inbox.put(span(findings=3, events=1))
    assert buffer.read().created == buffer.read().pending == 5


def test_what_does_not_fit_is_dropped_and_counted() -> None:
    """The new signal gives way: older ones have waited longer."""
    buffer = make(max_signals=2)
    for _ in range(5):
        buffer.inbox.put(event())
    receipt = buffer.read()
    assert (receipt.created, receipt.pending) == (5, 2)
    assert receipt.dropped == {"buffer_full": 3}


def test_what_cannot_be_read_or_weighed_is_counted(caplog: pytest.LogCaptureFixture) -> None:
    """It is lost, and says so; what came before and after it is not."""

    class Unweighable(dict[str, object]):
        def values(self) -> dict_values[str, object]:
            raise ZeroDivisionError

    unweighable = event()
    unweighable.metadata = Unweighable()
    buffer = make()
    for recorded in (event(), Unreadable(), unweighable, event()):
        buffer.inbox.put(recorded)
    receipt = buffer.read()
    assert (receipt.created, receipt.pending) == (4, 2)
    assert receipt.dropped == {"internal": 2}
    assert caplog.text.count("please report this") == 2


def test_a_span_that_fits_in_part_is_dropped_whole() -> None:
    """A span does not travel without its findings."""
    buffer = make(max_signals=3)
    buffer.inbox.put(event())
    buffer.inbox.put(span(findings=2))
    receipt = buffer.read()
    assert receipt.pending == 1
    assert receipt.dropped == {"buffer_full": 3}


def test_bytes_are_bounded_too() -> None:
    """Few large signals fill the buffer like many small ones."""
    size = approximate_bytes(event(text="x" * 1_000))
    buffer = make(max_bytes=2 * size)
    for _ in range(3):
        buffer.inbox.put(event(text="x" * 1_000))
    assert buffer.read().pending == 2
    buffer.inbox.put(event())
    assert buffer.read().pending == 2
    assert buffer.read().dropped == {"buffer_full": 2}


def test_one_signal_larger_than_the_buffer_is_named_as_such() -> None:
    """It would never fit, whatever leaves."""
    buffer = make(max_signals=3, max_bytes=1_000)
    buffer.inbox.put(event(text="x" * 1_000))
    buffer.inbox.put(span(findings=3))
    assert buffer.read().dropped == {"too_large": 5}


def test_a_batch_under_way_keeps_its_place() -> None:
    """The bound holds while a batch waits for a slow receiver."""
    buffer = make(max_signals=2)
    buffer.inbox.put(event())
    buffer.inbox.put(event())
    assert buffer.take(STEADY) is not None
    buffer.inbox.put(event())
    receipt = buffer.read()
    assert (receipt.pending, dict(receipt.dropped)) == (2, {"buffer_full": 1})


def test_room_comes_back_when_a_batch_has_arrived() -> None:
    """Delivered signals no longer count against the bound."""
    buffer = make(max_signals=1)
    buffer.inbox.put(event())
    buffer.take(STEADY)
    buffer.resolve(None)
    buffer.inbox.put(event())
    receipt = buffer.read()
    assert (receipt.delivered, receipt.pending, receipt.lost) == (1, 1, 0)


def test_batches_respect_signals_and_bytes() -> None:
    """A batch ends before the signal that would exceed a limit, but is never empty."""
    buffer = make()
    for findings in (1, 1, 9, 0):
        buffer.inbox.put(span(findings=findings))
    policy = BatchPolicy(max_signals=4)
    sizes: list[int] = []
    while (batch := buffer.take(policy)) is not None:
        sizes.append(batch.signal_count)
        buffer.resolve(None)
    assert sizes == [4, 10, 1]


def test_signals_leave_in_the_order_in_which_they_came() -> None:
    """A late finding follows the span that it is about."""
    buffer = make()
    offered = [event() for _ in range(5)]
    for signal in offered:
        buffer.inbox.put(signal)
    batch = buffer.take(STEADY)
    assert batch is not None
    assert list(batch.signals) == offered


def test_nothing_is_taken_after_the_close() -> None:
    """It is counted as dropped instead; what waited before may still leave."""
    buffer = make()
    buffer.inbox.put(event())
    buffer.close()
    buffer.inbox.put(event())
    receipt = buffer.read()
    assert (receipt.pending, dict(receipt.dropped)) == (1, {"closed": 1})


def test_an_offer_that_races_with_the_close_is_counted_as_closed() -> None:
    """It got in beside the close; it must not wait for a worker that is gone."""
    buffer = make()

    class Racing(dict[str, object]):
        """Metadata that is read while the close settles what came before it."""

        def values(self) -> dict_values[str, object]:
            buffer.inbox.put(event())
            return super().values()

    racing = event()
    racing.metadata = Racing()
    buffer.inbox.put(racing)
    buffer.close()
    receipt = buffer.read()
    assert (receipt.pending, dict(receipt.dropped)) == (1, {"closed": 1})


def test_abandoning_drops_what_waits() -> None:
    """Both the queue and a batch that waits for another try are given up."""
    buffer = make()
    for _ in range(3):
        buffer.inbox.put(event())
    buffer.take(IMMEDIATE)
    buffer.pause()
    buffer.abandon()
    assert buffer.read().dropped == {"deadline": 3}
    assert not buffer.resume()


def test_abandoning_leaves_a_batch_that_is_under_way() -> None:
    """Nobody knows yet what becomes of it: it stays pending until the sink answers."""
    buffer = make()
    buffer.inbox.put(event())
    buffer.take(IMMEDIATE)
    buffer.abandon()
    assert buffer.read().pending == 1
    buffer.resolve(None)
    assert buffer.read().ok


def test_a_waiter_waits_for_what_was_offered_before_it() -> None:
    """Later signals do not prolong a flush."""
    buffer = make()
    buffer.inbox.put(event())
    waiter = buffer.wait_for_all()
    buffer.inbox.put(event())
    buffer.take(IMMEDIATE)
    assert buffer.is_awaited
    assert not waiter.done()
    buffer.resolve("http_422")
    assert waiter.done()
    assert not buffer.is_awaited


def test_abandoning_ends_every_wait() -> None:
    """What was dropped will not arrive any more."""
    buffer = make()
    buffer.inbox.put(event())
    buffer.inbox.put(event())
    buffer.take(IMMEDIATE)
    buffer.pause()
    waiter = buffer.wait_for_all()
    buffer.abandon()
    assert waiter.done()


def test_a_waiter_on_an_empty_buffer_is_done() -> None:
    """There is nothing to wait for."""
    assert make().wait_for_all().done()


def test_a_forgotten_waiter_makes_no_hurry() -> None:
    """After its deadline a flush no longer speeds up delivery."""
    buffer = make()
    buffer.inbox.put(event())
    waiter = buffer.wait_for_all()
    buffer.forget(waiter)
    assert not buffer.is_awaited


def test_a_reader_inside_of_the_books_gets_books_that_agree() -> None:
    """A finaliser may ask for the counts in the thread that is writing them."""
    inside: list[Receipt] = []

    def finalise() -> float:
        assert buffer.is_being_written_here
        inside.append(buffer.read())
        return 0.0

    buffer = Buffer(BufferLimits(), finalise)
    buffer.inbox.put(event())
    assert buffer.read().created == 1
    assert [receipt.created for receipt in inside] == [0]
    assert not buffer.is_being_written_here


def test_settling_gives_way_to_another_thread() -> None:
    """An application's thread never waits for the books."""
    entered, leave = threading.Event(), threading.Event()

    def slow_clock() -> float:
        entered.set()
        assert leave.wait(PATIENCE)
        return 0.0

    buffer = Buffer(BufferLimits(), slow_clock)
    thread = threading.Thread(target=buffer.read)
    thread.start()
    assert entered.wait(PATIENCE)
    buffer.inbox.put(event())
    buffer.settle_if_free()
    unsettled_meanwhile = buffer.unsettled
    leave.set()
    thread.join()
    buffer.settle_if_free()
    assert (unsettled_meanwhile, buffer.unsettled) == (1, 0)


def test_a_child_starts_with_an_empty_buffer() -> None:
    """What waited belongs to the parent; a closed buffer stays closed."""
    buffer = make()
    buffer.inbox.put(event())
    buffer.take(STEADY)
    buffer.inbox.put(event())
    buffer.reset()
    assert buffer.read().created == 0
    buffer.close()
    buffer.reset()
    buffer.inbox.put(event())
    assert buffer.read().dropped == {"closed": 1}


@pytest.mark.parametrize("reason", [None, "http_422"])
def test_resolving_nothing_changes_nothing(reason: str | None) -> None:
    """An abandoned batch is not counted a second time when the worker comes back to it."""
    buffer = make()
    buffer.resolve(reason)
    assert buffer.read().created == 0
