"""How far a queue has come, and those who wait until what they put into it has left it."""

from __future__ import annotations

from math import inf

from modelmetry.delivery.waiter import Waiter


class Progress:
    """Counts what comes in and what leaves; the caller has the lock.

    Attributes:
        skipping: whether nobody has to wait at present, however much is left.
    """

    def __init__(self) -> None:
        self._come = self._left = 0
        self._waiting: list[tuple[int, Waiter]] = []
        self.skipping = False

    def come(self) -> None:
        """One more came."""
        self._come += 1

    def leave(self, number: int) -> None:
        """So many have left."""
        self._left += number

    @property
    def is_awaited(self) -> bool:
        """Whether somebody waits."""
        return bool(self._waiting)

    def await_all(self, waiter: Waiter) -> None:
        """Let `waiter` be told when all that has come so far has left."""
        self._waiting.append((self._come, waiter))

    def forget(self, waiter: Waiter) -> None:
        """Nobody waits for `waiter` any more."""
        self._waiting = [known for known in self._waiting if known[1] is not waiter]

    def tell(self) -> None:
        """Tell those who have waited long enough."""
        if self._waiting:
            until = inf if self.skipping else self._left
            done = [waiter for target, waiter in self._waiting if target <= until]
            self._waiting = [known for known in self._waiting if known[0] > until]
            for waiter in done:
                waiter.tell()
