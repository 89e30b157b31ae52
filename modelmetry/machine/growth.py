"""By how much counters have grown."""

from __future__ import annotations

from collections.abc import Mapping


class Growth:
    """Adds up how pairs of counters grow from when they are first seen.

    One that is missing for a while goes on where it was, and one that went back began anew at 0:
    an interface that was taken away and came again.
    """

    def __init__(self) -> None:
        self._last: dict[str, tuple[float, float]] = {}
        self._total = (0.0, 0.0)

    def of(self, counts: Mapping[str, tuple[float, float]]) -> tuple[float, float]:
        """Take in what counters show now; give how much all have grown since the beginning."""
        first, second = self._total
        for name, pair in counts.items():
            before = self._last.get(name, pair)
            first += _grown(before[0], pair[0])
            second += _grown(before[1], pair[1])
            self._last[name] = pair
        self._total = first, second
        return self._total


def _grown(before: float, now: float) -> float:
    return now - before if now >= before else now
