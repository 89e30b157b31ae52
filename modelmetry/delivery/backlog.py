"""Packed signals that wait to be sent, and the books of what became of them."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from math import inf

from msgspec import Struct

from modelmetry.delivery.books import Books, in_books
from modelmetry.delivery.packed import Packed, Squeezed
from modelmetry.delivery.policy import BatchPolicy
from modelmetry.delivery.progress import Progress
from modelmetry.delivery.receipt import DEADLINE
from modelmetry.delivery.spool import Place
from modelmetry.delivery.waiter import Waiter


class Entry(Struct, eq=False):
    """Signals that were packed together.

    Attributes:
        packed: the signals; `None` when they are on disk alone.
        place: where on disk they are; `None` when they are in memory alone.
        signal_count: how many they are.
        bytes: how many bytes they take when they travel.
        since: when they came, by the clock of the outbox.
        adopted: whether another process recorded them, which has ended.
    """

    packed: Packed | Squeezed | None
    place: Place | None
    signal_count: int
    bytes: int
    since: float
    adopted: bool = False
    # Its place among all that this process recorded.
    number: int = 0
    is_admitted: bool = False

    @property
    def memory(self) -> int:
        """How many bytes they take in memory."""
        return 0 if self.packed is None else self.packed.approximate_bytes

    def is_like(self, other: Entry) -> bool:
        """Whether both may travel together: of the same owner, and as safe."""
        return (self.adopted, self.place is None) == (other.adopted, other.place is None)


class Accounts(Struct, frozen=True, kw_only=True):
    """Where the signals are that were admitted.

    Attributes:
        pending: in memory alone.
        spooled: on disk.
        delivered: taken by the receiver.
        dropped: lost, by reason.
        recovered: delivered for processes that ended before they could.
    """

    pending: int
    spooled: int
    delivered: int
    dropped: Mapping[str, int]
    recovered: int


class Backlog(Books):
    """A queue, the batch that is held while it is sent, and where all of it ends.

    Every public method is safe in any thread, and leaves books that add up.

    Args:
        lock: that of the books of the buffer, which are read together with these. One for both:
            a finaliser may ask for them in the middle of either. Another one after a fork.

    Attributes:
        changed: told when there is something new to look at. To be used under `lock` itself: the
            way into a condition is Python, and Ctrl-C in there would leave the lock taken.
        stopping: whether all shall be sent now, because the end is near.
        abandoned: whether nobody waits any more: nothing is sent from now on.
    """

    def __init__(self, lock: Callable[[], threading.RLock]) -> None:
        self._lock_of_books = lock
        self.reset()

    def reset(self) -> None:
        """Start empty: also what a forked child does."""
        if self.reset_later():
            return
        self.begin_books(self._lock_of_books())
        self.changed: threading.Condition = threading.Condition(self.lock)
        self.stopping: bool = False
        self.abandoned: bool = False
        self._queue: deque[Entry] = deque()
        self._held: list[Entry] = []
        self._held_left = 0
        # Between two tries: then what is held may be given up by another thread.
        self._pausing = False
        # Sums over the queue, so that a long outage costs no more than a short one.
        self._signals = self._bytes = 0
        self._bytes_alone = self._bytes_at_hand = 0
        self._pending = self._spooled = 0
        self._dropped: Counter[str] = Counter()
        self._delivered = self._recovered = 0
        self._progress = Progress()

    # In.

    @in_books
    def add(self, entry: Entry) -> None:
        """Take what this process recorded; who was interrupted in it may do so again."""
        if not entry.is_admitted:
            entry.number = self._progress.come()
            if entry.place is None and self.abandoned:
                self._dropped[DEADLINE] += entry.signal_count
                entry.is_admitted = True
            else:
                # One right after the other: nobody is interrupted in between.
                entry.is_admitted = True
                self._queue.append(entry)
                self._count(entry, 1)
            self._tell()
        self.changed.notify_all()

    def _mend(self) -> None:
        self._signals = self._bytes = self._bytes_alone = self._bytes_at_hand = 0
        self._pending = self._spooled = 0
        for entry in self._queue:
            self._count(entry, 1)
        self._tell()

    @in_books
    def bring_home(self, entries: Sequence[Entry]) -> None:
        """Take what other processes left, before everything else."""
        self._queue.extendleft(reversed(entries))
        for entry in entries:
            self._count(entry, 1)

    def _count(self, entry: Entry, sign: int) -> None:
        """Keep the sums when an entry comes into the queue (1) or leaves it (-1)."""
        signals, size = sign * entry.signal_count, sign * entry.bytes
        self._signals += signals
        self._bytes += size
        if entry.place is None:
            self._bytes_alone += sign * entry.memory
        else:
            self._bytes_at_hand += sign * entry.memory
        if not entry.adopted:
            if entry.place is None:
                self._pending += signals
            else:
                self._spooled += signals

    # Out: one batch at a time is held until it is released.

    @in_books
    def hold(self, policy: BatchPolicy) -> Sequence[Entry]:
        """Hold the next batch, all of one kind; nothing when nobody waits any more."""
        if self.abandoned or self._held:
            return ()
        signals = size = 0
        while self._queue:
            following = self._queue[0]
            signals += following.signal_count
            size += following.bytes
            full = signals > policy.max_signals or size > policy.max_bytes
            if self._held and (full or not following.is_like(self._held[0])):
                break
            # First, so that no moment exists in which the signals are nowhere.
            self._held.append(following)
            self._held_left += following.signal_count
            self._queue.popleft()
            self._count(following, -1)
        return self._held

    @in_books
    def arrived(self, signals: int) -> None:
        """So many of what is held have arrived."""
        if self._held[0].adopted:
            self._recovered += signals
        else:
            self._delivered += signals
        self._held_left -= signals

    @in_books
    def lost(self, signals: int, reason: str) -> None:
        """So many of what is held will never arrive."""
        if not self._held[0].adopted:
            self._dropped[reason] += signals
        self._held_left -= signals

    @in_books
    def release(self) -> None:
        """All that was held has arrived or is lost."""
        self._held, self._held_left = [], 0
        self._tell()

    @in_books
    def give_up_held(self, reason: str) -> None:
        """What is left of what is held is lost; it stays held until it is released."""
        if self._held:
            self.lost(self._held_left, reason)

    @in_books
    def put_down(self) -> None:
        """Nobody waits any more: what is held on disk stays there, what is not is lost."""
        if self._held and self._held[0].place is None:
            self.lost(self._held_left, DEADLINE)
            self.release()

    @in_books
    def abandon(self) -> None:
        """Stop: what is on disk stays there, what is not is lost, unless it is under way."""
        self.abandoned = True
        kept = deque(entry for entry in self._queue if entry.place is not None)
        lost = sum(entry.signal_count for entry in self._queue if entry.place is None)
        if lost:
            # One right after the other: nobody is interrupted in between.
            self._dropped[DEADLINE] += lost
            self._pending -= lost
            self._queue = kept
            self._mend()
        if self._pausing:
            self.put_down()
        self._tell()
        self.changed.notify_all()

    def pause(self) -> None:
        """What is held is not under way: it waits for another try and may be abandoned."""
        self._pausing = True

    def resume(self) -> bool:
        """Put it under way again; `False` if all was abandoned meanwhile."""
        self._pausing = False
        return not self.abandoned

    # What anybody may ask for.

    @in_books
    def read(self) -> Accounts:
        """Where everything is that was admitted."""
        first = self._held[0] if self._held else None
        own = 0 if first is None or first.adopted else self._held_left
        safe = first is not None and first.place is not None
        return Accounts(
            pending=self._pending + (0 if safe else own),
            spooled=self._spooled + (own if safe else 0),
            delivered=self._delivered,
            dropped=dict(self._dropped),
            recovered=self._recovered,
        )

    @property
    def oldest(self) -> float | None:
        """When the first in the queue came; `None` when it is empty."""
        return self._queue[0].since if self._queue else None

    @property
    def signals(self) -> int:
        """How many signals are in the queue."""
        return self._signals

    @property
    def bytes(self) -> int:
        """How many bytes the queue takes."""
        return self._bytes

    @property
    @in_books
    def bytes_alone(self) -> int:
        """How many bytes are in memory and not on disk."""
        return self._bytes_alone + sum(e.memory for e in self._held if e.place is None)

    @property
    @in_books
    def signals_alone(self) -> int:
        """How many signals are in memory and not on disk."""
        return self._pending + (0 if self.is_held_on_disk else self._held_left)

    @property
    def bytes_at_hand(self) -> int:
        """How many bytes of the queue are in memory and on disk."""
        return self._bytes_at_hand

    @property
    def held(self) -> Sequence[Entry]:
        """The batch that is held."""
        return self._held

    @property
    def is_held_on_disk(self) -> bool:
        """Whether what is held is safe, however long it takes to send it."""
        return bool(self._held) and self._held[0].place is not None

    # Those who wait for everything admitted so far to arrive or to be lost.

    @in_books
    def wait_for_all(self) -> Waiter:
        """Told when everything admitted so far has arrived or is lost."""
        done = Waiter()
        self._progress.await_all(done)
        self._tell()
        self.changed.notify_all()
        return done

    @in_books
    def forget(self, waiter: Waiter) -> None:
        """Nobody waits for `waiter` any more."""
        self._progress.forget(waiter)

    @property
    def urgency(self) -> int:
        """How many reasons there are to hurry: somebody waits, or the end is near."""
        return int(self.stopping) + int(self._progress.is_awaited)

    @in_books
    def park(self, *, parked: bool) -> None:
        """While parked nobody has to wait: only a person can change what is in the way."""
        self._progress.skipping = parked
        self._tell()

    @property
    def is_parked(self) -> bool:
        """Whether what is held waits for a person."""
        return self._progress.skipping

    def _tell(self) -> None:
        if self._progress.is_awaited:
            left = (entry.number for entry in (*self._held, *self._queue) if not entry.adopted)
            self._progress.tell(next(left, inf))
