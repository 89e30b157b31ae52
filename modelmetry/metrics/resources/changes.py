"""How much counters changed over the last seconds."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Final

WINDOW: Final = 10.0
"""Seconds over which a utilization is told, if somebody asked as long ago."""

SHORTEST: Final = 0.5
"""Seconds below which nothing is told: clocks of CPUs tick a hundred times a second."""

_BETWEEN: Final = 1.0  # seconds between two amounts that are kept


class Changes:
    """Amounts as they were when somebody asked, as far back as they are wanted.

    Whoever asks twice within a moment gets the same answer: it does not depend on who asked last.
    """

    def __init__(self) -> None:
        self._of: object = None
        self._kept: deque[tuple[float, tuple[float, ...]]] = deque()

    def since(
        self, now: float, of: object, amounts: Sequence[float]
    ) -> tuple[float, list[float]] | None:
        """By how much the amounts grew, and in how many seconds.

        Args:
            now: seconds that only go forward.
            of: what they belong to; when that is another one, everything begins anew.
            amounts: as they are now.

        Returns:
            `None` when there is nothing to compare them with, or they went back.
        """
        kept = self._kept
        if of != self._of or (kept and any(map(float.__lt__, map(float, amounts), kept[-1][1]))):
            self._of = of
            kept.clear()
        while len(kept) > 1 and now - kept[1][0] >= WINDOW:
            kept.popleft()
        before = kept[0] if kept else None
        if not kept or now - kept[-1][0] >= _BETWEEN:
            kept.append((now, tuple(map(float, amounts))))
        if before is None or now - before[0] < SHORTEST:
            return None
        grown = [one - was for one, was in zip(amounts, before[1], strict=True)]
        return now - before[0], grown
