"""Delivery: signals are put in without waiting, and a receipt says where they are."""

from __future__ import annotations

import random
import time
import weakref
from collections.abc import Callable
from concurrent.futures import Future, wait

from modelmetry.delivery import lifecycle
from modelmetry.delivery.buffer import Buffer
from modelmetry.delivery.courier import Courier, OnFailure, OnSuccess
from modelmetry.delivery.inbox import Inbox
from modelmetry.delivery.policy import PATIENT, STEADY, BatchPolicy, BufferLimits, RetryPolicy
from modelmetry.delivery.receipt import Receipt
from modelmetry.delivery.sink import Sink
from modelmetry.delivery.worker import Worker
from modelmetry.signals.records import Signal

_DEFAULT_LIMITS = BufferLimits()


class Delivery:
    """Takes finished signals and brings them to one sink, in the background.

    Args:
        sink: where the signals go.
        batch_policy: how many travel together and how long they wait for company.
        retry_policy: how often and how long a batch is tried again.
        limits: how much may wait in memory.
        exit_timeout: seconds that the end of the process may be held up by the rest.
        on_success: called in the worker's thread with each batch that arrived.
        on_failure: called in the worker's thread with each batch that is lost, and why.
        clock: seconds that never go back.
        chance: a random number from 0 up to 1, for the jitter of retries.
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
    ) -> None:
        self._buffer = Buffer(limits, clock)
        self._worker = Worker(
            self._buffer,
            Courier(sink, on_success=on_success, on_failure=on_failure),
            batch_policy=batch_policy,
            retry_policy=retry_policy,
            exit_timeout=exit_timeout,
            on_start=lifecycle.watch_child_exit,
            clock=clock,
            chance=chance,
        )
        self._buffer.inbox.notice = self._worker.notice
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
        self._buffer.offer(signal)

    def stats(self) -> Receipt:
        """Where everything is that was put so far."""
        return self._buffer.read()

    def flush(self, timeout: float | None = None) -> Receipt:
        """Deliver everything put so far, waiting `timeout` seconds at most (`None`: no bound).

        The receipt says what still waits. Called from a delivery callback this only reads.
        """
        if not self._worker.is_here:
            done = self._worker.flush()
            try:
                wait([done], _bound(timeout))
            finally:
                self._buffer.forget(done)
        return self.stats()

    async def aflush(self, timeout: float | None = None) -> Receipt:  # noqa: ASYNC109 - ends in a receipt
        """Like `flush`, without blocking the event loop."""
        done = self._worker.flush()
        try:
            await _wait_in_loop(done, _bound(timeout))
        finally:
            self._buffer.forget(done)
        return self.stats()

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
        await _wait_in_loop(stopped, _bound(timeout))
        if not stopped.done():
            self._worker.abandon()
        return self.stats()


def _bound(timeout: float | None) -> float | None:
    return None if timeout is None else max(0.0, timeout)


async def _wait_in_loop(done: Future[None], bound: float | None) -> None:
    # Who awaits has a loop and so has asyncio; `import modelmetry` does not wait for it.
    import asyncio  # noqa: PLC0415

    await asyncio.wait([asyncio.wrap_future(done)], timeout=bound)
