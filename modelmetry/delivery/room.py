"""How much may wait in memory, and those who wait for room."""

from __future__ import annotations

from modelmetry.delivery.policy import BufferLimits
from modelmetry.delivery.waiter import Waiter

# Offers that lie unsettled where somebody waits for room: they may be large, and are not weighed.
_OFFERS_OF_PATIENT = 16


class Room:
    """The limits; the caller has the lock, and says how much there is.

    Args:
        limits: what may wait.
        patient: whether who records waits for room, up to the limits; beyond twice as much
            nothing is taken.

    Attributes:
        limits: what may wait.
        most: what is taken: the limits, or twice as much while somebody waits for room.
        closed: whether nothing is taken any more.
    """

    def __init__(self, limits: BufferLimits, *, patient: bool) -> None:
        self.limits = limits
        self._patient = patient
        self.closed = False
        self.reset()

    def reset(self) -> None:
        """Nobody waits: also what a forked child does."""
        self.most: BufferLimits = self._widest()
        self._waiting: list[Waiter] = []

    def _widest(self) -> BufferLimits:
        return self.limits.times(2) if self._patient else self.limits

    def missing(self, signals: int, size: int) -> tuple[int, int]:
        """How many signals and bytes are too many."""
        return max(0, signals - self.most.max_signals), max(0, size - self.most.max_bytes)

    def free(self, signals: int, size: int) -> int:
        """For how many signals more there is room."""
        if self.closed or size >= self.most.max_bytes:
            return 0
        return self.most.max_signals - signals

    def is_crowded(self, signals: int, size: int) -> bool:
        """Whether it is half full or more."""
        return 2 * signals >= self.limits.max_signals or 2 * size >= self.limits.max_bytes

    def offers(self, most: int) -> int:
        """How many offers may lie unsettled: `most`, or fewer where somebody waits for room."""
        few = min(_OFFERS_OF_PATIENT, max(1, self.limits.max_signals // 32))
        return min(most, few) if self._patient else most

    # Those who wait.

    def wait(self) -> Waiter:
        """Told when there is room, mostly at once, or when nobody waits for it any more."""
        waiter = Waiter()
        self._waiting.append(waiter)
        return waiter

    def give_up(self) -> None:
        """Nobody waits for room until there is some again: what comes meanwhile is dropped."""
        self.most = self.limits

    def tell(self, signals: int, size: int) -> None:
        """Tell those who wait when there is room."""
        if self._patient and self.most is self.limits and not self.is_crowded(signals, size):
            self.most = self._widest()
        if self._waiting and not self._is_full(signals, size):
            for waiter in self._waiting:  # first: who is interrupted in it tells them once more
                waiter.tell()
            self._waiting = []

    def _is_full(self, signals: int, size: int) -> bool:
        """Whether who records should wait: the limits are reached, and nobody has given up."""
        return (
            self.most is not self.limits
            and not self.closed
            and (signals >= self.limits.max_signals or size >= self.limits.max_bytes)
        )
