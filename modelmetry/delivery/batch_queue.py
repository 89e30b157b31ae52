"""What was admitted and waits for the next batch, and the batch that is held while it travels."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from itertools import repeat, starmap
from math import inf

from modelmetry.delivery.policy import BatchPolicy
from modelmetry.delivery.sink import Batch
from modelmetry.delivery.undecided import Weighed


class BatchQueue:
    """A queue with its sums, of which one batch at a time is held; the caller has the lock.

    Attributes:
        waiting: what waits, the oldest first.
        signals: how many signals wait.
        bytes: about how many bytes of JSON they make.
        held: the batch that is held until it is released.
        held_signals: how many signals it has.
        held_bytes: about how many bytes of JSON they make.
        under_way: whether it is on its way at this moment, and cannot be given up.
    """

    def __init__(self) -> None:
        self.waiting: deque[Weighed] = deque()
        self.signals: int = 0
        self.bytes: int = 0
        self.held: Batch | None = None
        self.held_signals: int = 0
        self.held_bytes: int = 0
        self._held_number = 0
        self.under_way: bool = False

    @property
    def all_signals(self) -> int:
        """How many signals wait or are held."""
        return self.signals + self.held_signals

    @property
    def all_bytes(self) -> int:
        """About how many bytes of JSON they make."""
        return self.bytes + self.held_bytes

    @property
    def oldest(self) -> float:
        """The number of the oldest that waits or is held; infinity when there is none."""
        if self.held is not None:
            return self._held_number
        return self.waiting[0].number if self.waiting else inf

    def recount(self) -> None:
        """Make the sums anew, after entries were changed or taken out."""
        self.signals = sum(entry.count for entry in self.waiting)
        self.bytes = sum(entry.bytes for entry in self.waiting)
        self.held_signals = self.held.signal_count if self.held else 0
        self.held_bytes = self.held.approximate_bytes if self.held else 0

    def take(self, policy: BatchPolicy) -> Batch | None:
        """Hold the next batch, under way, or `None` when nothing waits."""
        if self.held is not None:  # who took it last was interrupted, by Ctrl-C for example
            self.under_way = True
            return self.held
        entries = self._next_entries(policy)
        if not entries:
            return None
        self._held_number = entries[0].number
        batch = _batch(entries)
        leaving = starmap(self.waiting.popleft, repeat((), len(entries)))
        # One right after the other, and all in C: nobody is interrupted in between.
        self.held, self.under_way = batch, True
        deque(leaving, maxlen=0)
        self.held_signals, self.held_bytes = batch.signal_count, batch.approximate_bytes
        self.signals -= self.held_signals
        self.bytes -= self.held_bytes
        return batch

    def _next_entries(self, policy: BatchPolicy) -> list[Weighed]:
        entries: list[Weighed] = []
        signals = size = 0
        for following in self.waiting:
            signals += following.count
            size += following.bytes
            if entries and (signals > policy.max_signals or size > policy.max_bytes):
                break
            entries.append(following)
        return entries


def _batch(entries: Iterable[Weighed]) -> Batch:
    kept = tuple(entries)
    return Batch(
        signals=tuple(entry.signal for entry in kept),
        signal_count=sum(entry.count for entry in kept),
        approximate_bytes=sum(entry.bytes for entry in kept),
    )
