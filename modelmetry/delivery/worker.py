"""The one thread that takes batches from the buffer and sees to it that they arrive."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from math import inf
from typing import TYPE_CHECKING

from modelmetry.delivery.background import Background
from modelmetry.delivery.buffer import Buffer
from modelmetry.delivery.courier import Courier
from modelmetry.delivery.log import logger
from modelmetry.delivery.losses import Losses
from modelmetry.delivery.policy import BatchPolicy, RetryPolicy, Waiting, due_in, next_delay
from modelmetry.delivery.receipt import INTERNAL
from modelmetry.delivery.sink import Batch, SinkFailure
from modelmetry.delivery.stage import Stage
from modelmetry.delivery.waiter import Waiter

if TYPE_CHECKING:
    from modelmetry.delivery.masking import Masking
    from modelmetry.delivery.outbox import Outbox


# Offers that may wait unweighed before somebody weighs them: about a millisecond of work.
_SETTLE_EVERY = 1_024
# An error in our own code must not become a tight loop.
_PAUSE_AFTER_OWN_ERROR = 0.5
_LONGEST_REST = 3600.0


class Worker(Stage):
    """Runs a thread while there is something to do.

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
        losses: Losses,
        batch_policy: BatchPolicy,
        retry_policy: RetryPolicy,
        exit_timeout: float,
        on_start: Callable[[], None],
        clock: Callable[[], float],
        chance: Callable[[], float],
        masking: Masking | None = None,
        patience: float = 0.0,
    ) -> None:
        self._batch_policy = batch_policy
        self._retry_policy = retry_policy
        self._clock = clock
        self._chance = chance
        super().__init__(
            buffer,
            courier,
            outbox=outbox,
            losses=losses,
            exit_timeout=exit_timeout,
            on_start=on_start,
            masking=masking,
            patience=patience,
        )

    def _reset(self) -> None:
        super()._reset()
        # Those who wait for room are to see in time that there is none.
        self._settle_every = self.buffer.room.offers(_SETTLE_EVERY)
        self._wake: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._thread = Background("modelmetry-delivery")
        self._abandoned = False
        self._resting = False
        self._batches = 0
        self._not_before = -inf

    # The caller's side.

    def notice(self) -> None:
        """Something was offered and it matters now; waits only for room, if that is wanted."""
        if self._resting:
            self._resting = False
            self.buffer.inbox.notice_at = self._settle_every
            self._wake.put(None)
        elif not self._thread.is_started and not self._stopping:
            self._start()
        if self._patience and self.may_wait:
            self._wait_for_room()
        elif self.buffer.unsettled >= self._settle_every:
            self.buffer.refuse_overflow()
            self.buffer.settle_if_free()

    def _wait_for_room(self) -> None:
        room = self.buffer.wait_for_room()
        if not room.wait(self._patience):
            self.buffer.give_up()

    def _start(self) -> bool:
        """Start the thread; `False` if that is not possible (the interpreter is ending)."""
        if not self._thread.is_started:
            self._know_greenlets()
        if not self._thread.start(self._run):
            return False
        try:
            self._on_start()
            if self.outbox is not None:  # now: at the end of the program it may be too late
                self.outbox.start()
        except BaseException:  # Ctrl-C: the next one does all of it
            self._thread.is_started = False
            raise
        return True

    @property
    def is_here(self) -> bool:
        """Whether the calling thread does our work right now, and so cannot wait for it."""
        return self._thread.is_here or super().is_here

    def wait_for_all(self) -> Waiter:
        """Told when everything offered so far is delivered or dropped."""
        done = self.buffer.wait_for_all()
        if not done.done() and not self._keep_running():
            self._drain_here()
        return done

    def stop(self) -> Waiter:
        """Take nothing more, deliver what waits, close the sink; told then."""
        self.buffer.close()
        self._stopping = True
        if not self._thread.is_started and not self.buffer.read().pending:
            self._finish()
        elif not self._keep_running():
            self._drain_here()
            self._finish()
        return self._stopped

    def _keep_running(self) -> bool:
        running = self._thread.is_started or self._start()
        self._wake.put(None)
        return running

    def abandon(self) -> None:
        """Stop without delivering the rest; a batch under way ends as it ends."""
        if self.outbox is None:
            self._abandoned = True
            self.buffer.abandon()
        else:  # what waits here still goes to the disk, which is quick
            self.outbox.backlog.abandon()
        self._wake.put(None)

    def retire(self) -> None:
        """Nobody can offer anything any more: deliver what waits and end the thread."""
        self.buffer.leave()
        self._stopping = True
        self._wake.put(None)
        if self.outbox is not None and not self._thread.is_started:
            self.outbox.stop()

    def _drain_here(self) -> None:
        # No thread can be started any more, so the caller's has to do, with one try for each
        # batch and none after the first that fails.
        self._abandoned = True
        if self.outbox is not None:
            self.outbox.load_packing()
        while self._look().signals:
            self._turn()

    # The thread.

    def _run(self) -> None:
        while True:
            try:
                if self.outbox is not None:
                    self.outbox.load_packing()
                if self._is_done():
                    break
                self._turn()
            except Exception:
                logger.exception("delivery failed in its own code; please report this")
                self.buffer.resolve(INTERNAL)
                time.sleep(_PAUSE_AFTER_OWN_ERROR)
        self._tell(last=True)
        self._finish()

    def _is_done(self) -> bool:
        return self._stopping and not self._look().signals

    @property
    def _urgency(self) -> int:
        return int(self._stopping) + int(self.buffer.is_awaited)

    def _turn(self) -> None:
        waiting = self._look()
        self._tell()
        delay = self._delay_before_batch(waiting)
        if delay > 0:
            self._rest_before_batch(waiting, delay)
            return
        batch = self._next_batch(self._batch_policy)
        if batch is not None:
            self._batches += 1
            self._deliver(batch)

    def _tell(self, *, last: bool = False) -> None:
        """Tell what was lost; an outbox sends its reports itself."""
        if self.outbox is not None or self._abandoned:
            self._losses.log.look()
            return
        with self._io:
            self._losses.look(last=last)

    def _delay_before_batch(self, waiting: Waiting) -> float:
        if self._abandoned:
            return 0.0
        due = due_in(self._batch_policy, waiting, self._batches)
        if waiting.signals and self._urgency:
            due = 0.0
        due = max(due, self._not_before - self._clock())
        return due if waiting.signals else min(due, waiting.expires)

    def _rest_before_batch(self, waiting: Waiting, delay: float) -> None:
        if waiting.signals:
            room_in_batch = self._batch_policy.max_signals - waiting.signals
            self._rest(delay, notice_at=max(1, min(self._settle_every, room_in_batch)))
            return
        if waiting.news and waiting.expires < inf:
            # More of the traces that are held will come soon; nobody is woken for each signal.
            self._rest(min(delay, self._batch_policy.max_age))
            return
        began = self._clock()
        due_in = self._losses.due_in if self.outbox is None else self._losses.log.due_in
        self._rest(max(0.0, min(delay, due_in)), notice_at=1)
        if self._clock() - began >= self._batch_policy.max_age:
            self._batches = 0

    def _rest(self, delay: float, *, notice_at: int | None = None) -> None:
        """Wait up to `delay` seconds, or until woken by a flush, a stop or enough offers."""
        notice_at = self._settle_every if notice_at is None else notice_at
        self.buffer.inbox.notice_at = notice_at
        self._resting = True
        # Looked at after saying that we rest: an offer either sees that or is seen here.
        if self.buffer.unseen < notice_at:
            try:
                self._wake.get(timeout=None if delay == inf else min(delay, _LONGEST_REST))
                while True:
                    self._wake.get_nowait()
            except queue.Empty:
                pass
        self._resting = False
        self.buffer.inbox.notice_at = self._settle_every

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

    def _give_up(self, batch: Batch, failure: SinkFailure) -> None:
        self._resolve(batch, failure)
        if self._abandoned:
            self.buffer.abandon()

    def _delay_after(self, failure: SinkFailure, attempts: int, elapsed: float) -> float | None:
        if failure.retry_after is not None:
            self._not_before = self._clock() + failure.retry_after
        in_vain = failure.lasting and self._stopping
        if self._abandoned or not failure.retry or in_vain:
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
            self._losses.log.look()
        return self.buffer.resume()
