"""The one thread that takes batches from the buffer and sees to it that they arrive."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from math import inf
from queue import Empty, SimpleQueue
from types import MappingProxyType
from typing import TYPE_CHECKING

from attrs import evolve

from modelmetry.delivery.buffer import Buffer
from modelmetry.delivery.courier import Courier
from modelmetry.delivery.policy import BatchPolicy, RetryPolicy, Waiting, due_in, next_delay
from modelmetry.delivery.receipt import BUFFER_FULL, INTERNAL, Receipt
from modelmetry.delivery.sink import Batch, SinkFailure

if TYPE_CHECKING:
    from modelmetry.delivery.outbox import Outbox

logger = logging.getLogger("modelmetry.delivery")

# Offers that may wait unweighed before somebody weighs them: about a millisecond of work.
_SETTLE_EVERY = 1_024
# An error in our own code must not become a tight loop.
_PAUSE_AFTER_OWN_ERROR = 0.5
_LONGEST_REST = 3600.0


class Worker:
    """Runs while there is something to do for one buffer and one sink.

    The thread is a daemon, started by the first signal. It rests on a `SimpleQueue`, whose
    `put` is reentrant: a finaliser or a signal handler may record while the same thread is
    in the middle of waking the worker.
    """

    def __init__(
        self,
        buffer: Buffer,
        courier: Courier[Batch],
        *,
        outbox: Outbox | None = None,
        at_once: bool = False,
        batch_policy: BatchPolicy,
        retry_policy: RetryPolicy,
        exit_timeout: float,
        on_start: Callable[[], None],
        clock: Callable[[], float],
        chance: Callable[[], float],
    ) -> None:
        self.buffer = buffer
        self.exit_timeout = exit_timeout
        self.outbox = outbox
        self._courier = courier
        self._at_once = at_once
        self._batch_policy = batch_policy
        self._retry_policy = retry_policy
        self._clock = clock
        self._chance = chance
        self._on_start = on_start
        self._reset()

    def _reset(self) -> None:
        self.buffer.inbox.notice_at = 1
        self._wake: SimpleQueue[None] = SimpleQueue()
        self._starting = threading.Lock()
        self._io = threading.Lock()
        self._turns = threading.RLock()
        self._in_turn = False
        self._thread: threading.Thread | None = None
        self._stopping = False
        self._abandoned = False
        self._stopped: Future[None] = Future()
        self._stopped.set_running_or_notify_cancel()
        # Done when nothing waits here any more; an outbox may still have something to send.
        self.kept: Future[None] = Future()
        self.kept.set_running_or_notify_cancel()
        self._resting = False
        self._batches = 0
        self._not_before = -inf

    def hold_still(self, timeout: float) -> bool:
        """Keep the thread out of the sink, or give up after `timeout` seconds.

        A fork copies whatever locks the thread holds in libraries (an import, SQLite, TLS), and
        in the child nobody would ever release them.
        """
        if self.is_here or not self._io.acquire(timeout=timeout):
            return False
        if self.outbox is not None and not self.outbox.hold_still(timeout):
            self._io.release()
            return False
        return True

    def go_on(self) -> None:
        """Let the thread into the sink again."""
        if self.outbox is not None:
            self.outbox.go_on()
        self._io.release()

    def after_fork(self) -> None:
        """Begin anew in a forked child: what waits and the sink's connections are the parent's."""
        self.buffer.reset()
        self._reset()
        self._courier.after_fork()

    def read(self) -> Receipt:
        """Where everything is that was recorded so far."""
        return self.buffer.read(self._beyond)

    def _beyond(self, receipt: Receipt) -> Receipt:
        if self.outbox is None:
            return receipt
        sent = self.outbox.read()
        dropped = Counter(receipt.dropped) + Counter(sent.dropped)
        return evolve(
            receipt,
            delivered=sent.delivered,
            pending=receipt.pending + sent.pending,
            spooled=sent.spooled,
            dropped=MappingProxyType(dict(dropped)),
            recovered=sent.recovered,
        )

    # The caller's side.

    def keep_now(self) -> None:
        """Bring what was offered to the sink in the caller's thread; with a disk that is quick."""
        if self.is_here:  # a finaliser in our own threads: the next call takes it along
            return
        with self._turns:
            if self._in_turn:  # a finaliser records in the middle of it: the turn sees that too
                return
            self._in_turn = True
            try:
                while (batch := self.buffer.take(self._batch_policy)) is not None:
                    with self._io:
                        failure = self._courier.try_once(batch)
                    self._resolve(batch, failure)
            finally:
                self._in_turn = False

    def notice(self) -> None:
        """Something was offered and it matters now. Never waits, never raises."""
        if self._resting:
            self._resting = False
            self.buffer.inbox.notice_at = _SETTLE_EVERY
            self._wake.put(None)
        elif self._thread is None and not self._stopping:
            self._start()
        elif self.buffer.unsettled >= _SETTLE_EVERY:
            self.buffer.refuse_overflow()
            self.buffer.settle_if_free()

    def _start(self) -> bool:
        """Start the thread; `False` if that is not possible (the interpreter is ending)."""
        if not self._starting.acquire(blocking=False):
            return True
        try:
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, name="modelmetry-delivery", daemon=True
                )
                self._thread.start()
                self._on_start()
                if self.outbox is not None:  # now: at the end of the program it may be too late
                    self.outbox.start()
        except RuntimeError:
            self._thread = None
            return False
        finally:
            self._starting.release()
        return True

    @property
    def is_stopped(self) -> bool:
        """Whether somebody stopped it, and so has a receipt of what was not delivered."""
        return self._stopping

    @property
    def is_here(self) -> bool:
        """Whether the calling thread does our work right now, and so cannot wait for it."""
        return (
            threading.current_thread() is self._thread
            or self.buffer.is_being_written_here
            or (self.outbox is not None and self.outbox.is_here)
        )

    def forget(self, waiter: Future[None]) -> None:
        """Nobody waits for `waiter` any more."""
        self.buffer.forget(waiter)

    def wait_for_all(self) -> Future[None]:
        """A future that is done when everything offered so far is delivered or dropped."""
        done = self.buffer.wait_for_all()
        if not done.done() and not self._keep_running():
            self._drain_here()
        return done

    def stop(self) -> Future[None]:
        """Take nothing more, deliver what waits, close the sink; a future that is done then."""
        self.buffer.close()
        self._stopping = True
        if self._thread is None and not self.buffer.read().pending:
            self._finish()
        elif not self._keep_running():
            self._drain_here()
            self._finish()
        return self._stopped

    def _keep_running(self) -> bool:
        running = self._thread is not None or self._start()
        self._wake.put(None)
        return running

    def abandon(self) -> None:
        """Stop without delivering the rest; a batch under way ends as it ends."""
        if self.outbox is None:
            self._abandoned = True
            self.buffer.abandon()
        else:  # what waits here still goes to the disk, which is quick
            self.outbox.abandon()
        self._wake.put(None)

    def retire(self) -> None:
        """Nobody can offer anything any more: deliver what waits and end the thread."""
        self._stopping = True
        self._wake.put(None)
        if self._thread is None and self.outbox is not None:
            self.outbox.stop()

    def _drain_here(self) -> None:
        # No thread can be started any more, so the caller's has to do, with one try for each
        # batch and none after the first that fails.
        self._abandoned = True
        while self.buffer.waiting().signals:
            self._turn()

    # The thread.

    def _run(self) -> None:
        while True:
            try:
                if self._is_done():
                    break
                self._turn()
            except Exception:
                logger.exception("delivery failed in its own code; please report this")
                self.buffer.resolve(INTERNAL)
                time.sleep(_PAUSE_AFTER_OWN_ERROR)
        self._finish()

    def _is_done(self) -> bool:
        return self._stopping and not self.buffer.waiting().signals

    def _finish(self) -> None:
        if self._stopped.done():
            return
        with self._io:
            self._courier.close()
        if not self.kept.done():
            self.kept.set_result(None)
        if self.outbox is None:
            self._stopped.set_result(None)
        else:
            self.outbox.stop().add_done_callback(self._all_is_done)

    def _all_is_done(self, _: Future[None]) -> None:
        if not self._stopped.done():
            self._stopped.set_result(None)

    @property
    def _urgency(self) -> int:
        return int(self._stopping) + int(self.buffer.is_awaited)

    def _turn(self) -> None:
        waiting = self.buffer.waiting()
        if waiting.crowded and self.buffer.read().dropped.get(BUFFER_FULL):
            self._courier.lost(BUFFER_FULL)
        delay = self._delay_before_batch(waiting)
        if delay > 0:
            self._rest_before_batch(waiting, delay)
            return
        batch = self.buffer.take(self._batch_policy)
        if batch is not None:
            self._batches += 1
            self._deliver(batch)

    def _delay_before_batch(self, waiting: Waiting) -> float:
        if self._abandoned:
            return 0.0
        due = due_in(self._batch_policy, waiting, self._batches)
        if waiting.signals and self._urgency:
            due = 0.0
        return max(due, self._not_before - self._clock())

    def _rest_before_batch(self, waiting: Waiting, delay: float) -> None:
        if waiting.signals:
            room_in_batch = self._batch_policy.max_signals - waiting.signals
            self._rest(delay, notice_at=max(1, min(_SETTLE_EVERY, room_in_batch)))
            return
        began = self._clock()
        self._rest(delay, notice_at=1)
        if self._clock() - began >= self._batch_policy.max_age:
            self._batches = 0

    def _rest(self, delay: float, *, notice_at: int = _SETTLE_EVERY) -> None:
        """Wait up to `delay` seconds, or until woken by a flush, a stop or enough offers."""
        self.buffer.inbox.notice_at = 1 if self._at_once else notice_at
        self._resting = True
        # Looked at after saying that we rest: an offer either sees that or is seen here.
        if self.buffer.unseen < notice_at:
            try:
                self._wake.get(timeout=None if delay == inf else min(delay, _LONGEST_REST))
                while True:
                    self._wake.get_nowait()
            except Empty:
                pass
        self._resting = False
        self.buffer.inbox.notice_at = 1 if self._at_once else _SETTLE_EVERY

    def _deliver(self, batch: Batch) -> None:
        began = self._clock()
        attempts = 0
        while True:
            urgency = self._urgency
            with self._io:
                failure = self._courier.try_once(batch)
            if failure is None:
                self._resolve(batch, None)
                return
            attempts += 1
            if not self._may_try_again(batch, failure, attempts, began, urgency):
                return

    def _may_try_again(
        self, batch: Batch, failure: SinkFailure, attempts: int, began: float, urgency: int
    ) -> bool:
        delay = self._delay_after(failure, attempts, self._clock() - began)
        if delay is None:
            self._give_up(batch, failure)
            return False
        self._courier.retrying(failure)
        asked = failure.retry_after is not None
        if not self._wait_for_next_try(delay, None if asked else urgency):
            self._courier.gave_up(batch, failure)
            return False
        return True

    def _resolve(self, batch: Batch, failure: SinkFailure | None) -> None:
        if failure is None:
            self.buffer.resolve(None, None if self.outbox is None else self.outbox.admit)
            self._courier.arrived(batch)
        else:
            self.buffer.resolve(failure.reason)
            self._courier.gave_up(batch, failure)

    def _give_up(self, batch: Batch, failure: SinkFailure) -> None:
        self._resolve(batch, failure)
        if self._abandoned:
            self.buffer.abandon()

    def _delay_after(self, failure: SinkFailure, attempts: int, elapsed: float) -> float | None:
        if failure.retry_after is not None:
            self._not_before = self._clock() + failure.retry_after
        if self._abandoned or not failure.retry:
            return None
        return next_delay(
            self._retry_policy,
            attempts=attempts,
            elapsed=elapsed,
            retry_after=failure.retry_after,
            chance=self._chance(),
        )

    def _wait_for_next_try(self, delay: float, urgency: int | None) -> bool:
        """Wait; a flush or a stop that is new since `urgency` cuts the wait short.

        `None` means that the receiver asked for the wait: nothing cuts it short.
        """
        self.buffer.pause()
        until = self._clock() + delay
        while not self._abandoned and (left := until - self._clock()) > 0:
            if urgency is not None and self._urgency > urgency:
                break
            self._rest(left)
            self.buffer.waiting()
        return self.buffer.resume()
