"""Delivery: signals are put in without waiting, and a receipt says where they are."""

from __future__ import annotations

import random
import time
import weakref
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from modelmetry.delivery import lifecycle
from modelmetry.delivery.buffer import Buffer
from modelmetry.delivery.courier import Courier, OnFailure, OnSuccess
from modelmetry.delivery.inbox import Inbox
from modelmetry.delivery.losses import Losses
from modelmetry.delivery.policy import PATIENT, STEADY, BatchPolicy, BufferLimits, RetryPolicy
from modelmetry.delivery.reading import PackingReader
from modelmetry.delivery.receipt import Receipt
from modelmetry.delivery.sink import Batch, PackingSink, Sink
from modelmetry.delivery.stage import Stage
from modelmetry.delivery.worker import Worker
from modelmetry.signals.records import Signal

if TYPE_CHECKING:
    from modelmetry.delivery.backlog import Backlog
    from modelmetry.delivery.masking import Masking
    from modelmetry.delivery.sampling import Sampling
    from modelmetry.delivery.spool import Spool

_DEFAULT_LIMITS = BufferLimits()
# Seconds until what was recorded is on disk.
_KEPT_WITHIN = 0.05


class Delivery:
    """Takes finished signals and brings them to one sink, in the background.

    Args:
        sink: where the signals go.
        batch_policy: how many travel together and how long they wait for company.
        retry_policy: how often and how long a batch is tried again.
        limits: how much may wait in memory.
        exit_timeout: seconds that the end of the process may be held up by the rest.
        on_success: called in the worker's thread with each batch that arrived.
        on_failure: called in the worker's thread with each batch that was given up on its way,
            and why; what was dropped before that is in the receipt alone.
        clock: seconds that never go back.
        chance: a random number from 0 up to 1, for the jitter of retries.
        spool: the disk, where signals for a server wait; `None` keeps them in memory.
        at_once: whether a signal is on that disk before `put` returns.
        patience: seconds that who records waits for room; then signals are dropped and counted,
            without waiting, until there is room again.
        shed: whether what is worth least makes room for what is worth more.
        masking: masks what goes to the sink and to the disk; `None` lets it through as it is.
        sampling: decides which traces are kept; `None` keeps all that begin here.
    """

    def __init__(
        self,
        sink: Sink,
        *,
        batch_policy: BatchPolicy = STEADY,
        retry_policy: RetryPolicy = PATIENT,
        limits: BufferLimits = _DEFAULT_LIMITS,
        exit_timeout: float = 2.0,
        on_success: OnSuccess | None = None,
        on_failure: OnFailure | None = None,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
        spool: Spool | None = None,
        at_once: bool = False,
        patience: float = 0.0,
        shed: bool = False,
        masking: Masking | None = None,
        sampling: Sampling | None = None,
    ) -> None:
        packing = PackingReader(sink) if isinstance(sink, PackingSink) else None
        # What is masked, decided by what a trace was, or shed by its worth is a record first.
        reader = packing if masking is None and sampling is None and not shed else None
        self._buffer = buffer = Buffer(
            limits,
            clock,
            reader=reader,
            sampling=sampling,
            patient=patience > 0,
            shed=shed,
            masked=masking is not None,
        )
        self._losses = losses = Losses(sink, clock)
        outbox = None
        if packing is not None and isinstance(sink, PackingSink):
            # Imported where it is used: other sinks do without JSON.
            from modelmetry.delivery.outbox import Keeping, Outbox, Sending  # noqa: PLC0415

            # The worker packs and keeps at once, another thread sends.
            outbox = Outbox(
                sink,
                packing,
                Courier(
                    Sending(sink), losses=losses.log, on_success=on_success, on_failure=on_failure
                ),
                spool,
                losses=losses,
                batch_policy=batch_policy,
                retry_policy=retry_policy,
                limits=limits,
                lock=lambda: buffer.lock,
                clock=clock,
                chance=chance,
            )
            courier = Courier[Batch](
                Keeping(outbox), losses=losses.log, on_success=None, on_failure=on_failure
            )
            batch_policy = replace(batch_policy, max_age=_KEPT_WITHIN, first_age=_KEPT_WITHIN)
        else:
            courier = Courier[Batch](
                sink, losses=losses.log, on_success=on_success, on_failure=on_failure
            )
        self._worker: Stage
        if at_once and outbox is not None and spool is not None:
            from modelmetry.delivery.at_once import AtOnce  # noqa: PLC0415 - as the outbox

            self._worker = AtOnce(
                self._buffer,
                courier,
                outbox,
                losses=losses,
                batch_policy=batch_policy,
                exit_timeout=exit_timeout,
                on_start=lifecycle.watch_child_exit,
                masking=masking,
                patience=patience,
            )
        else:
            self._worker = Worker(
                self._buffer,
                courier,
                outbox=outbox,
                losses=losses,
                batch_policy=batch_policy,
                retry_policy=retry_policy,
                exit_timeout=exit_timeout,
                on_start=lifecycle.watch_child_exit,
                clock=clock,
                chance=chance,
                masking=masking,
                patience=patience,
            )
        self._buffer.inbox.notice = self._worker.notice
        self._outbox = outbox
        if outbox is not None:
            outbox.start_if_something_was_left()
        lifecycle.watch(self._worker)
        # The thread holds the worker, not this object: when the application forgets us, the
        # worker delivers what waits and its thread ends.
        weakref.finalize(self, self._worker.retire).atexit = False

    @property
    def inbox(self) -> Inbox:
        """Where signals are laid down: no lock is waited for, no I/O, no exception."""
        return self._buffer.inbox

    def put(self, signal: Signal) -> None:
        """Take a finished signal; nothing may change it afterwards.

        When there is no room it is dropped and counted.
        """
        self._buffer.inbox.put(signal)

    def count_also(self, beyond: Callable[[Receipt], Receipt]) -> None:
        """`beyond` adds to what is told of losses what was lost before it came here."""
        self._losses.count_also(beyond)

    def stats(self) -> Receipt:
        """Where everything is that was put so far."""
        return self._worker.read()

    def books(self) -> Callable[[], Receipt]:
        """What `stats` tells, for those who must not keep this alive, and as long as they like."""
        return self._worker.read

    def flush(self, timeout: float | None = None) -> Receipt:
        """Deliver everything put so far, waiting `timeout` seconds at most (`None`: no bound).

        The receipt says what still waits. Called from a delivery callback this only reads.
        """
        if self._worker.may_wait:
            bound = _bound(timeout)
            until = None if bound is None else time.monotonic() + bound
            for stage in self._stages():
                done = stage.wait_for_all()
                try:
                    done.wait(None if until is None else until - time.monotonic())
                finally:
                    stage.forget(done)
        return self.stats()

    async def aflush(self, timeout: float | None = None) -> Receipt:  # noqa: ASYNC109 - ends in a receipt
        """Like `flush`, without blocking the event loop."""
        bound = _bound(timeout)
        until = None if bound is None else time.monotonic() + bound
        for stage in self._stages():
            done = stage.wait_for_all()
            try:
                await done.wait_in_loop(None if until is None else until - time.monotonic())
            finally:
                stage.forget(done)
        return self.stats()

    def _stages(self) -> Sequence[Stage | Backlog]:
        return (self._worker,) if self._outbox is None else (self._worker, self._outbox.backlog)

    def close(self, timeout: float | None = None) -> Receipt:
        """Take nothing more, deliver what waits, close the sink; may be called again.

        What is not delivered after `timeout` seconds is dropped as `deadline`, except for a
        batch that is under way at that moment: it stays `pending` until the sink answers.
        """
        lifecycle.shut_down(self._worker, _bound(timeout))
        return self.stats()

    async def aclose(self, timeout: float | None = None) -> Receipt:  # noqa: ASYNC109 - ends in a receipt
        """Like `close`, without blocking the event loop."""
        stopped = self._worker.stop()
        if not await stopped.wait_in_loop(_bound(timeout)):
            self._worker.abandon()
            if self._outbox is not None:
                await self._worker.kept.wait_in_loop(lifecycle.LONGEST_KEEP)
        return self.stats()


def _bound(timeout: float | None) -> float | None:
    return None if timeout is None else max(0.0, timeout)
