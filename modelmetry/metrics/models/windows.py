"""How many of the last verdicts were good ones: of the last thousand, or of those of a day."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import Final, Protocol

_HOUR: Final = 3600.0
_STEPS: Final = 288  # so that those of a day are five minutes long


class Window(Protocol):
    """Verdicts of a while, of which it keeps no more than numbers."""

    name: str

    def add(self, is_correct: bool, now: float) -> int:
        """Take a verdict in; what is returned says where it stands, for `turn`."""
        ...

    def turn(self, place: int, is_correct: bool) -> None:
        """Turn a verdict over, if it still stands there, to what is said."""
        ...

    def tally(self, now: float) -> tuple[int, int]:
        """How many are good ones, and how many there are."""
        ...


class LastWindow:
    """The last so many verdicts, exactly.

    Args:
        name: of the window.
        size: how many.
    """

    def __init__(self, name: str, size: int) -> None:
        self.name = name
        self._verdicts = bytearray(size)
        self._added = 0
        self._correct = 0

    def add(self, is_correct: bool, now: float) -> int:
        """Take a verdict in, and let the oldest go if it is full."""
        del now
        place, size = self._added, len(self._verdicts)
        self._correct += is_correct - self._verdicts[place % size]
        self._verdicts[place % size] = is_correct
        self._added += 1
        return place

    def turn(self, place: int, is_correct: bool) -> None:
        """Turn a verdict over, if it is still among the last."""
        size = len(self._verdicts)
        if place >= self._added - size:
            self._correct += is_correct - self._verdicts[place % size]
            self._verdicts[place % size] = is_correct

    def tally(self, now: float) -> tuple[int, int]:
        """How many are good ones, and how many there are."""
        del now
        return self._correct, min(self._added, len(self._verdicts))


class TimeWindow:
    """The verdicts of a span of time, which moves on in steps.

    Args:
        name: of the window.
        seconds: how long it is: the step that is not over yet, and those before it.
        steps: how many steps it has.
    """

    def __init__(self, name: str, seconds: float, steps: int = _STEPS) -> None:
        self.name = name
        self._step = seconds / steps
        self._correct, self._total = array("Q", bytes(8 * steps)), array("Q", bytes(8 * steps))
        self._now: int | None = None

    def add(self, is_correct: bool, now: float) -> int:
        """Take a verdict in."""
        step = self._moved_on(now)
        self._correct[step % len(self._total)] += is_correct
        self._total[step % len(self._total)] += 1
        return step

    def turn(self, place: int, is_correct: bool) -> None:
        """Turn a verdict over, if its step is still part of the window."""
        if self._now is not None and place > self._now - len(self._total):
            self._correct[place % len(self._total)] += 1 if is_correct else -1

    def tally(self, now: float) -> tuple[int, int]:
        """How many are good ones, and how many there are."""
        self._moved_on(now)
        return sum(self._correct), sum(self._total)

    def _moved_on(self, now: float) -> int:
        """Empty the steps that came since; a time before the last one is taken for the last."""
        step, steps = int(now // self._step), len(self._total)
        last = step if self._now is None else self._now
        for passed in range(last + 1, min(step, last + steps) + 1):
            self._correct[passed % steps] = self._total[passed % steps] = 0
        self._now = max(step, last)
        return self._now


WINDOWS: Final[tuple[Callable[[], Window], ...]] = (
    lambda: LastWindow("last_1000", 1000),
    lambda: TimeWindow("24h", 24 * _HOUR),
)
"""Make the windows in which accuracy is told."""
