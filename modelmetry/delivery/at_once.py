"""The caller's thread keeps what it records, before the call returns."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from modelmetry.delivery.buffer import Buffer
from modelmetry.delivery.courier import Courier
from modelmetry.delivery.log import logger
from modelmetry.delivery.losses import Losses
from modelmetry.delivery.outbox import Outbox
from modelmetry.delivery.policy import BatchPolicy
from modelmetry.delivery.receipt import Receipt
from modelmetry.delivery.sink import Batch, SinkFailure
from modelmetry.delivery.stage import Stage
from modelmetry.delivery.waiter import Waiter

if TYPE_CHECKING:
    from modelmetry.delivery.masking import Masking

# Seconds between two looks whether there is room.
_LOOK_FOR_ROOM = 0.05


class AtOnce(Stage):
    """Packs signals and writes them to the disk of an outbox in the thread that offers them.

    A finaliser or a signal handler may record in the middle of that: what it offers is kept
    before the thread leaves, and it does not wait for itself.
    """

    def __init__(
        self,
        buffer: Buffer,
        courier: Courier[Batch],
        outbox: Outbox,
        *,
        losses: Losses,
        batch_policy: BatchPolicy,
        exit_timeout: float,
        on_start: Callable[[], None],
        masking: Masking | None = None,
        patience: float = 0.0,
    ) -> None:
        self._outbox = outbox
        self._batch_policy = batch_policy
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
        self._turns = threading.RLock()
        self._busy: int | None = None
        self._is_started = False
        self._gave_up = False

    def notice(self) -> None:
        """Keep what was offered."""
        try:
            self._keep()
        except Exception:  # nothing may reach the application
            logger.exception("delivery failed in its own code; please report this")

    def _keep(self) -> None:
        while not self.is_here:
            if not self._is_started:
                self._know_greenlets()
                self._is_started = True
                self._on_start()
                self._outbox.start()  # here, where nobody waits for us
            with self._turns:
                self._busy = threading.get_ident()
                try:
                    self._outbox.load_packing()
                    self._look()
                    while (batch := self._next_batch(self._batch_policy)) is not None:
                        self._resolve(batch, self._try(batch))
                    self._outbox.admit()  # what somebody was interrupted with
                finally:
                    self._busy = None
            if not (
                self.buffer.waiting().signals or self.buffer.has_to_decide
            ):  # else a finaliser came at the very end
                return

    def _try(self, batch: Batch) -> SinkFailure | None:
        """Keep `batch`; where there is no room wait for it, once until something was kept."""
        until = time.monotonic() + (0.0 if self._gave_up else self._patience)
        while True:
            with self._io:
                failure = self._courier.try_once(batch)
            self._gave_up = failure is not None
            left = 0.0 if self._stopping else until - time.monotonic()
            if failure is None or not failure.retry or left <= 0:
                return failure
            backlog = self._outbox.backlog
            with backlog.lock:
                backlog.changed.wait(min(left, _LOOK_FOR_ROOM))

    @property
    def is_here(self) -> bool:
        """Whether the calling thread is in the middle of keeping, or of the books."""
        return self._busy == threading.get_ident() or super().is_here

    def read(self) -> Receipt:
        """Where everything is; what a finaliser recorded meanwhile is kept afterwards."""
        if self._outbox.is_ready:  # somebody was interrupted before it counted
            self.notice()
        receipt = super().read()
        if self.buffer.inbox.items:
            self.notice()
        return receipt

    def wait_for_all(self) -> Waiter:
        """Told when everything offered so far is kept or dropped."""
        done = self.buffer.wait_for_all()
        self.notice()  # afterwards: a finaliser may have recorded in between
        return done

    def stop(self) -> Waiter:
        """Keep what waits, send it, close the sink; told then."""
        self.buffer.close()
        self._stopping = True
        self.notice()
        self._finish()
        return self._stopped

    def abandon(self) -> None:
        """Leave on disk what was not sent."""
        self._outbox.backlog.abandon()

    def retire(self) -> None:
        """Nobody can offer anything any more: send what waits, and end."""
        self.buffer.leave()
        self.notice()
        self._stopping = True
        self._outbox.stop()
