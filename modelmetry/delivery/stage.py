"""What stands between the buffer and a sink: the worker's thread, or the caller's."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from modelmetry.delivery.books import acquire_within, is_owned, let_go
from modelmetry.delivery.buffer import Buffer
from modelmetry.delivery.courier import Courier
from modelmetry.delivery.log import logger
from modelmetry.delivery.losses import Losses
from modelmetry.delivery.policy import BatchPolicy, Waiting
from modelmetry.delivery.receipt import INTERNAL, Receipt
from modelmetry.delivery.sink import Batch, SinkFailure
from modelmetry.delivery.waiter import Waiter

if TYPE_CHECKING:
    from modelmetry.delivery.masking import Masking
    from modelmetry.delivery.outbox import Outbox


class Stage(ABC):
    """Takes batches from one buffer and sees to it that they arrive.

    Args:
        buffer: what was recorded.
        courier: brings a batch to the sink.
        outbox: the sink, if it keeps packed signals and sends them in a thread of its own.
        losses: what is told of losses.
        exit_timeout: seconds that the end of the process may be held up.
        on_start: called at the first use.
        masking: masks what leaves the buffer; `None` lets everything through.
        patience: seconds that who records waits for room.

    Attributes:
        kept: done when nothing waits here any more; an outbox may still have something to send.
    """

    def __init__(
        self,
        buffer: Buffer,
        courier: Courier[Batch],
        *,
        outbox: Outbox | None,
        losses: Losses,
        exit_timeout: float,
        on_start: Callable[[], None],
        masking: Masking | None = None,
        patience: float = 0.0,
    ) -> None:
        self.buffer = buffer
        self.outbox = outbox
        self.exit_timeout = exit_timeout
        self._losses = losses
        losses.read_from(self.accounts)
        self._courier = courier
        self._masking = masking
        self._patience = patience
        self._on_start = on_start
        self._reset()

    def _reset(self) -> None:
        self._kind_of_lock = threading.Lock
        self.buffer.inbox.notice_at = 1
        self._io = threading.RLock()
        # The thread that is about to fork, and keeps all others still.
        self._still: int | None = None
        # What was masked last, as it was and as it is.
        self._masked: tuple[Batch, Batch] | None = None
        self._stopping = False
        self._stopped = Waiter()
        self.kept: Waiter = Waiter()

    @abstractmethod
    def notice(self) -> None:
        """Something was offered and it matters now. Never raises."""

    @property
    def is_here(self) -> bool:
        """Whether the calling thread does our work right now, and so cannot wait for it."""
        return (
            self._still == threading.get_ident()
            or self.buffer.is_being_written_here
            or (self.outbox is not None and self.outbox.is_here)
        )

    @property
    def may_wait(self) -> bool:
        """Whether the calling thread can wait for us: it has nothing that we need."""
        return not (self.is_here or self.buffer.is_locked_here)

    @abstractmethod
    def wait_for_all(self) -> Waiter:
        """Told when everything offered so far is at the sink or dropped."""

    @abstractmethod
    def stop(self) -> Waiter:
        """Take nothing more, deliver what waits, close the sink; told then."""

    @abstractmethod
    def abandon(self) -> None:
        """Stop without delivering the rest; a batch under way ends as it ends."""

    @abstractmethod
    def retire(self) -> None:
        """Nobody can offer anything any more: deliver what waits, and end."""

    @property
    def is_stopped(self) -> bool:
        """Whether somebody stopped it, and so has a receipt of what was not delivered."""
        return self.buffer.closed

    def forget(self, waiter: Waiter) -> None:
        """Nobody waits for `waiter` any more."""
        self.buffer.forget(waiter)

    def read(self) -> Receipt:
        """Where everything is that was recorded so far."""
        return self.accounts()

    def accounts(self) -> Receipt:
        """The same, and nothing is done besides."""
        return self.buffer.read(self._beyond)

    def tell_losses(self) -> None:
        """Write to the log what it has not been told of yet: nothing follows."""
        self._losses.log.look(last=True)

    def _beyond(self, receipt: Receipt) -> Receipt:
        if self.outbox is None:
            return receipt
        sent = self.outbox.backlog.read()
        dropped = Counter(receipt.dropped) + Counter(sent.dropped)
        pending = receipt.pending + sent.pending
        return replace(
            receipt,
            # Of the parts, because a finaliser may read in the middle of a change.
            created=pending + sent.spooled + sent.delivered + sum(dropped.values()),
            delivered=sent.delivered,
            pending=pending,
            spooled=sent.spooled,
            dropped=dict(dropped),
            recovered=sent.recovered,
        )

    def _look(self) -> Waiting:
        """What waits, when traces that have ended are decided."""
        waiting = self.buffer.waiting()
        sampling = self.buffer.sampling
        while sampling is not None and self.buffer.has_to_decide:
            ended = self.buffer.ended()
            # Outside of the books, as with masks.
            self.buffer.decide({xid: sampling.ask(xid, signals) for xid, signals in ended})
            waiting = self.buffer.waiting()
        return waiting

    def _next_batch(self, policy: BatchPolicy) -> Batch | None:
        """The next batch, masked: the one way out of the buffer."""
        while (batch := self.buffer.take(policy)) is not None:
            if self._masking is None:
                return batch
            if self._masked is not None and self._masked[0] is batch:
                return self._masked[1]  # who had it last was interrupted
            try:
                # Outside of the books: a mask is the application's, and takes its time.
                self._masked = batch, self._masking.batch(batch)
                return self._masked[1]
            except Exception:
                logger.exception("a batch could not be masked and is lost; please report this")
                self.buffer.resolve(INTERNAL)
                self._courier.lost(INTERNAL)
        return None

    def _resolve(self, batch: Batch, failure: SinkFailure | None) -> None:
        self._masked = None
        if failure is None:
            self.buffer.resolve(None, None if self.outbox is None else self.outbox.admit)
            self._courier.arrived(batch)
        else:
            self.buffer.resolve(failure.reason, refused=failure.refused)
            self._courier.gave_up(batch, failure)

    def _finish(self) -> None:
        if self._stopped.done():
            return
        with self._io:
            self._courier.close()
        self.kept.tell()
        if self.outbox is None:
            self._stopped.tell()
        else:
            self.outbox.stop().then(self._stopped.tell)

    # Forks.

    def hold_still(self, timeout: float) -> None:
        """Keep threads out of the sink, or give up after `timeout` seconds; not where `is_here`.

        A fork copies whatever locks a thread holds in libraries (SQLite, TLS), and in the child
        nobody would ever release them.
        """
        if acquire_within(self._io, timeout):
            self._still = threading.get_ident()
            if self.outbox is not None:
                self.outbox.hold_still(timeout)

    def go_on(self) -> None:
        """Let threads into the sink again."""
        if self.outbox is not None:
            self.outbox.go_on()
        let_go(self._io)
        me = threading.get_ident()
        # A handler of signals may have forked in the middle of another fork, which goes on.
        if self._still == me and not is_owned(self._io):
            self._still = None
        if self.buffer.inbox.items:  # recorded in between, by this very thread
            self.notice()

    def _know_greenlets(self) -> None:
        """Before the first thread: make all locks anew if gevent has replaced them since.

        A server that loads the application, forks, and patches the child does so. To a lock of
        the old kind all greenlets are one thread, and it keeps none of them out.
        """
        if threading.Lock is not self._kind_of_lock and not self._stopping:
            self.buffer.begin_books(threading.RLock())  # what was recorded stays in them
            self._reset()
            self._courier.after_fork()

    def after_fork(self) -> None:
        """Begin anew in a forked child: what waits and the sink's connections are the parent's."""
        self.buffer.reset()
        self._losses.reset()
        self._reset()
        self._courier.after_fork()
