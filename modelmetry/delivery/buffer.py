"""The bounded memory between the application's threads and the worker, and its books."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import repeat, starmap
from typing import TYPE_CHECKING, Any, cast

from msgspec.structs import replace

from modelmetry.delivery.batch_queue import BatchQueue
from modelmetry.delivery.inbox import Inbox, Recorded
from modelmetry.delivery.log import logger
from modelmetry.delivery.policy import BatchPolicy, BufferLimits, Waiting
from modelmetry.delivery.progress import Progress
from modelmetry.delivery.reading import Reader, RecordReader, is_record, sampled_elsewhere
from modelmetry.delivery.receipt import (
    BUFFER_FULL,
    CLOSED,
    DEADLINE,
    INTERNAL,
    SAMPLED_OUT,
    SHED,
    TOO_LARGE,
    Receipt,
)
from modelmetry.delivery.room import Room
from modelmetry.delivery.sink import Batch, Piece
from modelmetry.delivery.undecided import LEFT_OUT, Undecided, Weighed, trace_of
from modelmetry.delivery.waiter import Waiter
from modelmetry.signals.records import SessionRecord, Signal, TraceRecord

if TYPE_CHECKING:
    from modelmetry.delivery.sampling import Sampling
    from modelmetry.delivery.shedding import Shedding


# Offers that lie unsettled before somebody waits until they are.
_MOST_UNSETTLED = 2_048
_ONCE = ((),)
# The part of what waits that goes beyond what is needed, when something has to go.
_SLACK = 0.05


def _nobody() -> None:
    """Nobody is there to notice."""


class Buffer:
    """Signals that wait, and the count of what became of each.

    Callers only append to deques, which needs no lock. Everything else happens under one lock
    that is never held during I/O: whoever takes it first settles the deques, that is moves what
    was appended into the books, where the limits hold. So the books agree with each other and
    with every `put` that has returned, at every moment at which they are read.

    The lock is reentrant because a finaliser may ask for the books in the very thread that is
    writing them; such a reader gets the state so far and settles nothing.
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
        self._shedding: Shedding | None = None
        if shed:
            # Where it is used: it takes another few milliseconds to load.
            from modelmetry.delivery.shedding import Shedding  # noqa: PLC0415 - as said

            self._shedding = Shedding(cuts=not masked)
        self._reader = reader or RecordReader()
        self._limits = limits
        self._clock = clock
        self.sampling = sampling
        self.room = Room(limits, patient=patient)
        self._leaving = False
        self.inbox = Inbox(deque(), notice)
        self.reset()

    def reset(self) -> None:
        """Start empty, with locks of our own: also what a forked child does."""
        self._lock = threading.RLock()
        self._reader.reset()
        self._writer: int | None = None
        self.inbox.items.clear()
        self.room.reset()
        # What is being settled, and what found no room.
        self._in_hand: deque[Recorded] = deque()
        self._pieces: Sequence[tuple[Piece, int]] = ()
        self._refused: deque[Recorded] = deque()
        # Whether somebody was interrupted in the middle of the books, by Ctrl-C for example.
        self._is_torn = False
        # As old as the last settling.
        self._free = self.room.free(0, 0)
        self._unseen = 0
        self._queue = BatchQueue()
        self._delivered = 0
        self._dropped: Counter[str] = Counter()
        self._progress = Progress()
        self._undecided = Undecided()
        # Who waits for traces that have ended to be decided, and whose turn it is.
        self._deferred: list[Waiter] = []
        self._deciding: list[Waiter] = []

    # The caller's side: no lock, no I/O, no exception. Signals come by `inbox.put`.

    def refuse_overflow(self) -> None:
        """Drop and count what is laid down beyond the room that there is.

        This keeps threads that record faster than one can settle from filling the memory; the
        exact limits hold in `_admit`. Where what is worth least has to go, all is looked at.
        """
        if self._shedding is not None:
            return
        items = self.inbox.items
        while len(items) > self._free:
            try:
                self._refused.extend(starmap(items.pop, _ONCE))  # in C, where nothing interrupts
            except IndexError:
                return

    @property
    def lock(self) -> threading.RLock:
        """That of the books; another one after a fork."""
        return self._lock

    @property
    def unseen(self) -> int:
        """How many offers came since the worker last looked at what waits."""
        return len(self.inbox.items) + self._unseen

    @property
    def unsettled(self) -> int:
        """How many offers are not yet in the books."""
        return len(self.inbox.items) + len(self._refused)

    def settle_if_free(self) -> None:
        """Settle unless another thread has the books: bounds what waits unweighed.

        Threads that record faster than one can settle wait for the books, which are never held
        for long: what lies unsettled is in memory, and nobody knows how large it is.
        """
        if self._lock.acquire(blocking=self.unsettled > _MOST_UNSETTLED):
            try:
                with self._books():
                    pass
            finally:
                self._lock.release()

    @property
    def is_being_written_here(self) -> bool:
        """Whether the calling thread is in the middle of the books: a finaliser may find it so."""
        return self._writer == threading.get_ident()

    @property
    def is_locked_here(self) -> bool:
        """Whether the calling thread has the lock, perhaps for the books of an outbox."""
        return bool(cast("Any", self._lock)._is_owned())  # noqa: SLF001 - as `Condition` asks it

    # The books.

    @contextmanager
    def _books(self) -> Generator[None]:
        with self._lock:
            if self._writer is not None:
                yield
                return
            self._writer = threading.get_ident()
            try:
                if self._is_torn:
                    self._mend()
                self._settle()
                yield
                there = self._all_signals(), self._all_bytes()
                self.room.tell(*there)
                self._free = self.room.free(*there)
            except BaseException:
                self._is_torn = True
                raise
            finally:
                self._writer = None

    def _mend(self) -> None:
        """Make anew what can be told from what waits: it may be half written."""
        self._queue.recount()
        self._undecided.recount()
        self._is_torn = False

    def _settle(self) -> None:
        now, items, refused = self._clock(), self.inbox.items, list(self._refused)
        # First, so that no moment exists in which a signal is in neither count.
        self._unseen += len(items)
        with suppress(IndexError):  # another thread found no room for the rest
            # All in C, where nothing interrupts: what is taken is in hand.
            self._in_hand.extend(starmap(items.popleft, repeat((), len(items))))
        # All are counted before any is told: a trace says at once how many there are.
        for recorded in (*self._in_hand, *refused):
            self._reader.take_note(recorded)
        self._settle_refused(len(refused), now)
        while self._in_hand:
            recorded = self._in_hand[0]
            self._admit_all(recorded, now)  # what somebody was interrupted with
            self._pieces = self._reader.read(recorded)
            self._admit_all(recorded, now)
            self._in_hand.popleft()
        # Not before all was looked at: the end of a trace may lie behind it.
        self._let_through(now, leaving=self._leaving)

    def _settle_refused(self, number_of_offers: int, now: float) -> None:
        reason = CLOSED if self.room.closed else BUFFER_FULL
        for _ in range(number_of_offers):
            recorded, known = self._refused[0], self._dropped[reason]
            # What was read is counted before anything can come in between.
            number = self._reader.count(recorded)
            self._dropped[reason] = known + number
            self._refused.popleft()
            if not is_record(recorded):
                self._pieces = self._reader.meet(recorded)
                self._admit_all(recorded, now)

    def _admit_all(self, recorded: Recorded, now: float) -> None:
        """Admit the pieces that were read of `recorded`, each of which leaves as it is counted."""
        if self._pieces:
            sampled = sampled_elsewhere(recorded)
            while self._pieces:
                first = self._pieces[0]
                try:
                    self._admit(*first, sampled, now)
                except Exception:
                    logger.exception("a signal could not be admitted; please report this")
                    if self._pieces and self._pieces[0] is first:
                        self._dropped[INTERNAL] += first[1]
                        self._pieces = self._pieces[1:]
        if self._reader.unread:
            self._dropped[INTERNAL] += self._reader.unread
            self._reader.unread = 0

    def _let_through(self, now: float, *, leaving: bool = False) -> None:
        """Keep what cannot be held any longer."""
        if self.sampling is not None:
            for xid in self._undecided.due(now, self._limits, leaving=leaving):
                self._decide(xid, self.sampling.head(xid))

    def _weight(self, piece: Piece, *, sampled: bool | None) -> float | None:
        """How many traces that of `piece` stands for: 0 is left out, `None` is not known yet.

        Args:
            piece: that is admitted; a record where anything is sampled here.
            sampled: what another process decided, in which the trace began.
        """
        if sampled is not None:
            return float(sampled)
        if self.sampling is None or isinstance(piece, SessionRecord):
            return 1.0
        return self.sampling.decision(trace_of(cast("Signal", piece)))

    def _admit(self, piece: Piece, number: int, sampled: bool | None, now: float) -> None:
        weight: float | None = 1.0
        if sampled is not None or self.sampling is not None:
            weight = self._weight(piece, sampled=sampled)
        entry = self._weighed(piece, number, now) if weight != LEFT_OUT else SAMPLED_OUT
        if isinstance(entry, str):
            self._dropped[entry] += number
            self._pieces = self._pieces[1:]
        elif weight is None:
            self._pieces = self._pieces[1:]
            self._undecided.hold(entry)
            self._let_through(now)
        else:
            self._weigh_in(entry, weight)
            entry.number = self._progress.come()
            # One right after the other: Ctrl-C comes when a call has returned.
            self._pieces = self._pieces[1:]
            self._queue.waiting.append(entry)
            self._queue.count(entry)

    def _weighed(self, piece: Piece, number: int, now: float) -> Weighed | str:
        """`piece` when there is room for it, or the reason why it is dropped."""
        room, limits = self.room, self._limits
        signals = self._all_signals()
        if room.closed:
            return CLOSED
        if signals >= room.most.max_signals and self._shedding is None:
            return BUFFER_FULL  # not even weighed: there may be many
        try:
            size = self._reader.weigh(piece)
        except Exception:
            logger.exception("a signal could not be weighed; please report this")
            return INTERNAL
        if number > limits.max_signals or size > limits.max_bytes:
            return TOO_LARGE
        signal: Any = piece
        entry = Weighed(signal, number, size, now)
        if self._shedding is not None:
            try:
                self._shed_for(entry, self._shedding)
            except Exception:
                logger.exception("no room could be made for a signal; please report this")
                return INTERNAL
            signals = self._all_signals()
        is_lacking = (
            signals + number > room.most.max_signals
            or self._all_bytes() + entry.bytes > room.most.max_bytes
        )
        return BUFFER_FULL if is_lacking else entry

    def _shed_for(self, entry: Weighed, shedding: Shedding) -> None:
        """Make room for `entry` by what is worth less."""
        entry.worth = shedding.worth(entry.signal)
        if self._is_crowded():
            shedding.cut(entry)
        signals, size = self.room.missing(
            self._all_signals() + entry.count, self._all_bytes() + entry.bytes
        )
        if not (signals or size):
            return
        were_all_cut = shedding.is_all_cut
        gone = shedding.make_room(
            self._queue.waiting, signals=signals, size=size, slack=_SLACK, below=entry.worth
        )
        if gone:
            self._dropped[SHED] += sum(one.count for one in gone)
        if gone or shedding.is_all_cut != were_all_cut:
            self._queue.recount()

    def _enqueue(self, entry: Weighed, weight: float) -> None:
        self._weigh_in(entry, weight)
        entry.number = self._progress.come()
        self._queue.add(entry)

    def _weigh_in(self, entry: Weighed, weight: float) -> None:
        if weight != 1 and isinstance(entry.signal, TraceRecord):
            entry.signal = replace(entry.signal, weight=weight)
        if self._shedding is not None:
            self._shedding.waits(entry)

    def _all_signals(self) -> int:
        return self._queue.all_signals + self._undecided.signals

    def _all_bytes(self) -> int:
        return self._queue.all_bytes + self._undecided.bytes

    # Room, for which some wait.

    def wait_for_room(self) -> Waiter:
        """Told when there is room, mostly at once, or when nobody waits for it any more."""
        with self._books():
            return self.room.wait()

    def give_up(self) -> None:
        """Nobody waits for room until there is some again: what comes meanwhile is dropped."""
        with self._books():
            self.room.give_up()

    def _is_crowded(self) -> bool:
        return self.room.is_crowded(self._queue.all_signals, self._queue.all_bytes)

    def read(self, beyond: Callable[[Receipt], Receipt] | None = None) -> Receipt:
        """What became of every signal offered so far.

        `beyond` adds what is known of those that were delivered, while nothing else can be.
        """
        with self._books():
            if beyond is not None:
                return beyond(self.read())
            dropped = {reason: number for reason, number in self._dropped.items() if number}
            pending = self._all_signals()
            return Receipt(
                created=self._delivered + pending + sum(dropped.values()),
                delivered=self._delivered,
                pending=pending,
                spooled=0,
                dropped=dropped,
            )

    def waiting(self) -> Waiting:
        """What waits for the next batch; from now on the worker has seen it."""
        with self._books():
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

    def ended(self) -> Sequence[tuple[str, Sequence[Signal]]]:
        """Traces that have ended and are not decided yet, each with its signals."""
        with self._books():
            self._deciding += self._deferred
            self._deferred = []
            return self._undecided.ended()

    def decide(self, weights: Mapping[str, float]) -> None:
        """Keep these traces, or leave them out."""
        with self._books():
            for xid, weight in weights.items():
                self._decide(xid, weight)
            for waiter in self._deciding:
                self._progress.await_all(waiter)
            self._deciding = []
            self._progress.tell(self._queue.oldest)

    def _decide(self, xid: str, weight: float) -> None:
        entries, now = self._undecided.release(xid), self._clock()
        if self.sampling is not None and entries:
            self.sampling.remember(xid, weight)
        for entry in entries:
            if weight == LEFT_OUT:
                self._dropped[SAMPLED_OUT] += entry.count
            else:
                self._enqueue(replace(entry, since=now), weight)

    def leave(self) -> None:
        """The end is near: traces that are still open are not held any more."""
        self._leaving = True

    # The worker's side: one batch at a time is held until it is resolved.

    def take(self, policy: BatchPolicy) -> Batch | None:
        """Hold the next batch, under way, or `None` when nothing waits."""
        with self._books():
            return self._queue.take(policy)

    def pause(self) -> None:
        """The held batch is not under way: it waits for another try and may be abandoned."""
        with self._books():
            self._queue.under_way = False

    def resume(self) -> bool:
        """Put the held batch under way again; `False` if it was abandoned meanwhile."""
        with self._books():
            self._queue.under_way = self._queue.held is not None
            return self._queue.under_way

    def resolve(self, reason: str | None, then: Callable[[], None] | None = None) -> None:
        """The held batch was delivered (`None`) or is dropped for `reason`.

        `then` is called before anybody can read the books.
        """
        with self._books():
            self._resolve(reason)
            if then is not None:
                then()

    def _resolve(self, reason: str | None) -> None:
        held = self._queue.held
        if held is None:
            return
        if reason is None:
            self._delivered += held.signal_count
        else:
            self._dropped[reason] += held.signal_count
        self._queue.release()
        self._progress.tell(self._queue.oldest)

    def close(self) -> None:
        """Take nothing more; what waits still leaves."""
        self.leave()
        with self._books():
            self.room.closed = True

    @property
    def closed(self) -> bool:
        """Whether signals offered from now on are dropped."""
        return self.room.closed

    def abandon(self) -> None:
        """Drop what waits, and the held batch unless it is under way at this moment."""
        with self._books():
            if not self._queue.under_way:
                self._resolve(DEADLINE)
            if self._queue.signals:
                self._dropped[DEADLINE] += self._queue.signals
            self._queue.clear()
            if self._undecided.signals:
                self._dropped[DEADLINE] += self._undecided.signals
            self._undecided = Undecided()
            for waiter in (*self._deferred, *self._deciding):
                waiter.tell()
            self._deferred, self._deciding = [], []
            self._progress.tell(self._queue.oldest)

    # Those who wait for everything offered so far to be delivered or dropped.

    def wait_for_all(self) -> Waiter:
        """Told when every signal offered so far is delivered or dropped."""
        done = Waiter()
        with self._books():
            if self._undecided.has_ended:  # its target is known when they are decided
                self._deferred.append(done)
            else:
                self._progress.await_all(done)
            self._progress.tell(self._queue.oldest)
        return done

    def forget(self, waiter: Waiter) -> None:
        """Nobody waits for `waiter` any more."""
        with self._books():
            self._progress.forget(waiter)
            self._deferred = [known for known in self._deferred if known is not waiter]
            self._deciding = [known for known in self._deciding if known is not waiter]

    @property
    def is_awaited(self) -> bool:
        """Whether somebody waits for the buffer to empty."""
        return self._progress.is_awaited or bool(self._deferred or self._deciding)
