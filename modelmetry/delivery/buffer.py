"""The bounded memory between the application's threads and the worker, and its books."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, cast

from msgspec.structs import replace

from modelmetry.delivery.admission import Admission
from modelmetry.delivery.batch_queue import BatchQueue
from modelmetry.delivery.books import Books, acquire_within, in_books, is_owned
from modelmetry.delivery.inbox import Inbox
from modelmetry.delivery.intake import Intake
from modelmetry.delivery.log import logger
from modelmetry.delivery.policy import BatchPolicy, BufferLimits, Waiting
from modelmetry.delivery.progress import Progress
from modelmetry.delivery.reading import Reader, RecordReader
from modelmetry.delivery.receipt import (
    BUFFER_FULL,
    CLOSED,
    DEADLINE,
    INTERNAL,
    SAMPLED_OUT,
    Receipt,
)
from modelmetry.delivery.room import Room
from modelmetry.delivery.sink import Batch, Piece
from modelmetry.delivery.undecided import LEFT_OUT, HeldTrace, Undecided, Weighed, trace_of
from modelmetry.delivery.waiter import Waiter
from modelmetry.signals.records import ON_THEIR_OWN, Signal, TraceRecord

if TYPE_CHECKING:
    from modelmetry.delivery.sampling import Sampling
    from modelmetry.delivery.shedding import Shedding


# Offers that lie unsettled before somebody waits until they are.
_MOST_UNSETTLED = 2_048


def _nobody() -> None:
    """Nobody is there to notice."""


def _nothing() -> None:
    """What is done with books that are only to be settled: opening them does it."""


class Buffer(Books):
    """Signals that wait, and the count of what became of each.

    Callers only append to deques, which needs no lock. Everything else happens under one lock
    that is never held during I/O: whoever takes it first settles the deques, that is moves what
    was appended into the books, where the limits hold. So the books agree with each other and
    with every `put` that has returned, at every moment at which they are read.
    """

    def __init__(
        self,
        limits: BufferLimits,
        clock: Callable[[], float],
        notice: Callable[[], None] = _nobody,
        reader: Reader | None = None,
        sampling: Sampling | None = None,
        *,
        patient: bool = False,
        shed: bool = False,
        masked: bool = False,
    ) -> None:
        self._sheds = shed
        self._cuts = not masked
        self._reader = reader or RecordReader()
        self._clock = clock
        self.sampling = sampling
        self.room: Room = Room(limits, patient=patient)
        self._leaving = False
        self._lock = threading.RLock()
        self.inbox: Inbox = Inbox(deque(), notice)
        self._intake = Intake(self.inbox.items, self._reader)
        self.reset()

    def reset(self) -> None:
        """Start empty, with locks of our own: also what a forked child does."""
        if self.reset_later():
            return
        self.begin_books(self.next_lock())
        self._reader.reset()
        self.inbox.items.clear()
        self.room.reset()
        # As old as the last settling.
        self._free = self.room.free(0, 0)
        self._unseen = 0
        self._intake.clear()
        self._queue = BatchQueue()
        self._undecided = Undecided()
        self._delivered = 0
        self._dropped: Counter[str] = Counter()
        self._progress = Progress()
        self._admission = Admission(
            self.room,
            self._reader.weigh,
            self._queue,
            self._undecided,
            self._dropped,
            self._shedding() if self._sheds else None,
        )
        # Who waits for traces that have ended to be decided, and whose turn it is.
        self._deferred: list[Waiter] = []
        self._deciding: list[Waiter] = []

    def _shedding(self) -> Shedding:
        # Where it is used: it takes another few milliseconds to load.
        from modelmetry.delivery.shedding import Shedding  # noqa: PLC0415 - as said

        return Shedding(cuts=self._cuts)

    # The caller's side: no lock, no I/O, no exception. Signals come by `inbox.put`.

    def refuse_overflow(self) -> None:
        """Drop and count what is laid down beyond the room that there is.

        This keeps threads that record faster than one can settle from filling the memory; the
        exact limits hold in `_admit`. Where what is worth least has to go, all is looked at.
        """
        if not self._sheds:
            self._intake.refuse(self._free)

    @property
    def unseen(self) -> int:
        """How many offers came since the worker last looked at what waits."""
        return len(self.inbox.items) + self._unseen

    @property
    def unsettled(self) -> int:
        """How many offers are not yet in the books."""
        return len(self.inbox.items) + len(self._intake.refused)

    def settle_if_free(self) -> None:
        """Settle unless another thread has the books: bounds what waits unweighed.

        Threads that record faster than one can settle wait for the books, which are never held
        for long: what lies unsettled is in memory, and nobody knows how large it is.
        """
        if acquire_within(self._lock, -1.0 if self.unsettled > _MOST_UNSETTLED else 0.0):
            try:
                self.keep(_nothing)
            finally:
                self._lock.release()

    @property
    def is_locked_here(self) -> bool:
        """Whether the calling thread has the lock, perhaps for the books of an outbox."""
        return is_owned(self._lock)

    # The books.

    def _opened(self) -> None:
        self._settle()

    def _used(self) -> None:
        there = self._admission.signals, self._admission.bytes
        self.room.tell(*there)
        self._free = self.room.free(*there)

    def _mend(self) -> None:
        self._queue.recount()
        self._undecided.recount()
        self._progress.tell(self._queue.oldest)

    def _settle(self) -> None:
        now = self._clock()
        # First, so that no moment exists in which a signal is in neither count.
        self._unseen += len(self.inbox.items)
        self._intake.take_up()
        while self._intake.next_piece():
            pieces = self._intake.pieces
            left = len(pieces)
            try:
                self._admit(pieces, now)
            except Exception:
                logger.exception("a signal could not be admitted; please report this")
                if len(pieces) == left:
                    self._dropped[INTERNAL] += pieces[-1][1]
                    del pieces[-1]
        if unread := self._reader.unread + self._intake.counter.unread:
            # One right after the other: nobody is interrupted in between.
            self._dropped[INTERNAL] += unread
            self._reader.unread = self._intake.counter.unread = 0
        # Not before all was looked at: the end of a trace may lie behind it.
        self._let_through(now, leaving=self._leaving)

    def _admit(self, pieces: list[tuple[Piece, int]], now: float) -> None:
        """Let the last of `pieces` leave as it is counted: wherever it goes, nothing comes between.

        Ctrl-C comes when a function begins or a call into C has returned.
        """
        piece, number = pieces[-1]
        weight: float | None = 1.0
        if self.sampling is not None or self._intake.sampled is not None:
            weight = self._weight(piece)
        entry: Weighed | str
        if self._intake.is_refused:
            entry = CLOSED if self.room.closed else BUFFER_FULL
        elif weight == LEFT_OUT:
            entry = SAMPLED_OUT
        else:
            entry = self._admission.weighed(piece, number, now)
        if isinstance(entry, str):
            self._dropped[entry] += number
            del pieces[-1]
        elif weight is None:
            held = self._undecided.place_of(entry)
            del pieces[-1]
            held.append(entry)
            self._undecided.count(entry)
            self._let_through(now)
        else:
            if self._sheds or weight != 1:
                self._prepare(entry, weight)
            entry.number = self._progress.come()
            queue = self._queue
            queue.signals += number
            queue.bytes += entry.bytes
            del pieces[-1]
            queue.waiting.append(entry)

    def _weight(self, piece: Piece) -> float | None:
        """How many traces that of `piece` stands for: 0 is left out, `None` is not known yet."""
        if self._intake.sampled is not None:
            return float(self._intake.sampled)
        if self.sampling is None or isinstance(piece, ON_THEIR_OWN):
            return 1.0
        return self.sampling.decision(trace_of(cast("Signal", piece)))

    def _prepare(self, entry: Weighed, weight: float) -> None:
        if weight != 1 and isinstance(entry.signal, TraceRecord):
            entry.signal = replace(entry.signal, weight=weight)
        self._admission.waits(entry)

    def _let_through(self, now: float, *, leaving: bool = False) -> None:
        """Keep what cannot be held any longer."""
        if self.sampling is not None:
            for xid in self._undecided.due(now, self.room.limits, leaving=leaving):
                self._decide(xid, self.sampling.head(xid))

    # Room, for which some wait.

    @in_books
    def wait_for_room(self) -> Waiter:
        """Told when there is room, mostly at once, or when nobody waits for it any more."""
        return self.room.wait()

    @in_books
    def give_up(self) -> None:
        """Nobody waits for room until there is some again: what comes meanwhile is dropped."""
        self.room.give_up()

    def _is_crowded(self) -> bool:
        return self.room.is_crowded(self._queue.all_signals, self._queue.all_bytes)

    @in_books
    def read(self, beyond: Callable[[Receipt], Receipt] | None = None) -> Receipt:
        """What became of every signal offered so far.

        `beyond` adds what is known of those that were delivered, while nothing else can be.
        """
        if beyond is not None:
            return beyond(self.read())
        dropped = {reason: number for reason, number in self._dropped.items() if number}
        pending = self._admission.signals
        return Receipt(
            created=self._delivered + pending + sum(dropped.values()),
            delivered=self._delivered,
            pending=pending,
            spooled=0,
            dropped=dropped,
        )

    @in_books
    def waiting(self) -> Waiting:
        """What waits for the next batch; from now on the worker has seen it."""
        news, self._unseen = self._unseen > 0, 0
        queued = self._queue.waiting
        return Waiting(
            signals=self._queue.signals,
            bytes=self._queue.bytes,
            age=self._clock() - queued[0].since if queued else 0.0,
            crowded=self._is_crowded(),
            expires=self._undecided.expires_in(self._clock()),
            news=news,
        )

    # Traces that are decided when they have ended: by the worker, outside of the books.

    @property
    def has_to_decide(self) -> bool:
        """Whether a trace has ended and is not decided, or somebody waits for that."""
        return self._undecided.has_ended or bool(self._deferred)

    @in_books
    def ended(self) -> Sequence[tuple[str, Sequence[Signal]]]:
        """Traces that have ended and are not decided yet, each with its signals."""
        self._deciding += self._deferred
        self._deferred = []
        return self._undecided.ended()

    @in_books
    def decide(self, weights: Mapping[str, float]) -> None:
        """Keep these traces, or leave them out."""
        for xid, weight in weights.items():
            self._decide(xid, weight)
        for waiter in self._deciding:
            self._progress.await_all(waiter)
        self._deciding = []
        self._progress.tell(self._queue.oldest)

    def _decide(self, xid: str, weight: float) -> None:
        queue, undecided, now = self._queue, self._undecided, self._clock()
        held = undecided.held(xid)
        if self.sampling is not None and held:
            self.sampling.remember(xid, weight)
        while held:
            entry = held[0]
            number, size = entry.count, entry.bytes
            if weight == LEFT_OUT:
                self._dropped[SAMPLED_OUT] += number
            else:
                entry = replace(entry, since=now)
                self._prepare(entry, weight)
                entry.number = self._progress.come()
                queue.signals += number
                queue.bytes += size
            # One right after the other: nobody is interrupted, or reads, in between.
            undecided.signals -= number
            undecided.bytes -= size
            del held[0]
            if weight != LEFT_OUT:
                queue.waiting.append(entry)
        undecided.forget(xid)

    def leave(self) -> None:
        """The end is near: traces that are still open are not held any more."""
        self._leaving = True

    # The worker's side: one batch at a time is held until it is resolved.

    @in_books
    def take(self, policy: BatchPolicy) -> Batch | None:
        """Hold the next batch, under way, or `None` when nothing waits."""
        return self._queue.take(policy)

    @in_books
    def pause(self) -> None:
        """The held batch is not under way: it waits for another try and may be abandoned."""
        self._queue.under_way = False

    @in_books
    def resume(self) -> bool:
        """Put the held batch under way again; `False` if it was abandoned meanwhile."""
        self._queue.under_way = self._queue.held is not None
        return self._queue.under_way

    @in_books
    def resolve(
        self,
        reason: str | None,
        then: Callable[[], None] | None = None,
        *,
        refused: int | None = None,
    ) -> None:
        """The held batch was delivered (`None`) or is dropped for `reason`.

        `then` is called before anybody can read the books. Where only some signals were
        `refused`, the others were delivered.
        """
        self._resolve(reason, refused)
        if then is not None:
            then()

    def _resolve(self, reason: str | None, refused: int | None = None) -> None:
        queue = self._queue
        if queue.held is None:
            return
        lost = queue.held_signals if refused is None else min(refused, queue.held_signals)
        # One right after the other: nobody is interrupted in between.
        if reason is None:
            self._delivered += queue.held_signals
        else:
            self._dropped[reason] += lost
            self._delivered += queue.held_signals - lost
        queue.held = None
        queue.held_signals = queue.held_bytes = 0
        queue.under_way = False
        self._progress.tell(self._queue.oldest)

    @in_books
    def close(self) -> None:
        """Take nothing more; what waits still leaves."""
        self.leave()
        self.room.closed = True

    @property
    def closed(self) -> bool:
        """Whether signals offered from now on are dropped."""
        return self.room.closed

    @in_books
    def abandon(self) -> None:
        """Drop what waits, and the held batch unless it is under way at this moment."""
        if not self._queue.under_way:
            self._resolve(DEADLINE)
        self._drop_waiting()
        for waiter in (*self._deferred, *self._deciding):
            waiter.tell()
        self._deferred, self._deciding = [], []
        self._progress.tell(self._queue.oldest)

    def _drop_waiting(self) -> None:
        queue, undecided = self._queue, self._undecided
        if lost := queue.signals + undecided.signals:
            waiting, traces = deque[Weighed](), dict[str, HeldTrace]()
            # One right after the other: nobody is interrupted, or reads, in between.
            self._dropped[DEADLINE] += lost
            queue.signals = queue.bytes = undecided.signals = undecided.bytes = 0
            queue.waiting, undecided.traces = waiting, traces
            undecided.recount()

    # Those who wait for everything offered so far to be delivered or dropped.

    @in_books
    def wait_for_all(self) -> Waiter:
        """Told when every signal offered so far is delivered or dropped."""
        done = Waiter()
        if self._undecided.has_ended:  # its target is known when they are decided
            self._deferred.append(done)
        else:
            self._progress.await_all(done)
        self._progress.tell(self._queue.oldest)
        return done

    @in_books
    def forget(self, waiter: Waiter) -> None:
        """Nobody waits for `waiter` any more."""
        self._progress.forget(waiter)
        self._deferred = [known for known in self._deferred if known is not waiter]
        self._deciding = [known for known in self._deciding if known is not waiter]

    @property
    def is_awaited(self) -> bool:
        """Whether somebody waits for the buffer to empty."""
        return self._progress.is_awaited or bool(self._deferred or self._deciding)
