"""Those who wait until what was put into a queue has left it."""

from __future__ import annotations

from modelmetry.delivery.waiter import Waiter


class Progress:
    """Numbers what comes, so that the oldest that is left says how far a queue has come.

    What leaves is not counted: it may leave in any order, and who is interrupted in the middle
    leaves nothing wrong. The caller has the lock.

    Attributes:
        skipping: whether nobody has to wait at present, however much is left.
    """

    def __init__(self) -> None:
        self._come = 0
        self._waiting: list[tuple[int, Waiter]] = []
        self.skipping = False

    def come(self) -> int:
        """The number of what comes next."""
        self._come += 1
        return self._come

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

    def tell(self, oldest: float) -> None:
        """Tell those who have waited long enough.

        Args:
            oldest: the number of the oldest that is left; infinity when there is none.
        """
        done = [waiter for target, waiter in self._waiting if self.skipping or target < oldest]
        for waiter in done:  # first: who is interrupted in it tells them once more
            waiter.tell()
        if done:
            self._waiting = [known for known in self._waiting if known[1] not in done]
