"""One series: measurements are laid down without a lock and folded into sums later.

A lock on the path of the caller would be met again by a handler of signals, by the garbage
collector and in a forked child. To append to a list is one step, so whoever measures is never in
the middle of anything; whoever reads folds what lies there, and so does who lays the 500th down.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable
from math import isfinite
from threading import Lock
from typing import Any, Final

from modelmetry.metrics.families import Exemplar, Point

_MOST_WAITING: Final = 500
# OpenMetrics allows 128 characters for all of an exemplar's labels; `trace_id` takes eight.
_LONGEST_TRACE: Final = 120

Measured = float | tuple[float, str]
"""A measurement, perhaps with the XID of the trace in which it was taken."""

Refuse = Callable[[str, int], object]
"""Counts measurements that are none, by reason."""

NOT_FINITE, NEGATIVE = "not_finite", "negative"
"""Why a measurement is none."""


class FoldedSeries(ABC):
    """What is laid down and folded later.

    Args:
        attributes: its values.
        refuse: gets to know what was refused.
    """

    __slots__ = ("_folding", "_refuse", "attributes", "waiting")

    def __init__(self, attributes: tuple[str, ...], refuse: Refuse) -> None:
        self.attributes: tuple[str, ...] = attributes
        self.waiting: list[Measured] = []
        self._refuse = refuse
        self._folding = Lock()

    def put(self, measured: Measured) -> None:
        """Lay a measurement down."""
        waiting = self.waiting
        waiting.append(measured)
        if len(waiting) >= _MOST_WAITING and self._folding.acquire(blocking=False):
            try:
                self._fold_all()
            finally:
                self._folding.release()

    def point(self) -> Point:
        """Its state, with everything that was laid down before."""
        with self._folding:
            self._fold_all()
            return self._point()

    def _fold_all(self) -> None:
        while taken := self.waiting[:_MOST_WAITING]:
            refused = Counter[str]()
            self._fold(taken, refused)
            for reason, number in refused.items():
                self._refuse(reason, number)

    @abstractmethod
    def _fold(self, taken: list[Measured], refused: Counter[str]) -> None:
        """Bring `taken`, the first of what waits, into the sums.

        Its last two steps are to keep the new sums and to take `taken` away: an interruption
        falls before or after both, since neither calls anything.
        """

    @abstractmethod
    def _point(self) -> Point: ...

    @abstractmethod
    def _clear(self) -> None: ...


class SumSeries(FoldedSeries):
    """What is added up.

    Args:
        attributes: its values.
        refuse: gets to know what was refused.
        monotonic: whether it only grows.
    """

    __slots__ = ("_monotonic", "_state")

    def __init__(self, attributes: tuple[str, ...], refuse: Refuse, *, monotonic: bool) -> None:
        super().__init__(attributes, refuse)
        self._monotonic = monotonic
        self._clear()

    def _clear(self) -> None:
        self._state: tuple[float, Exemplar | None] = 0, None

    def _fold(self, taken: list[Measured], refused: Counter[str]) -> None:
        state = self._of_plain(taken) or self._one_by_one(taken, refused)
        number = len(taken)
        self._state = state
        del self.waiting[:number]

    def _of_plain(self, taken: list[Measured]) -> tuple[float, Exemplar | None] | None:
        """The new state when there is nothing to refuse and no example among `taken`."""
        total, exemplar = self._state
        plain: list[Any] = taken
        try:
            total += sum(plain)
            good = isfinite(total) and not (self._monotonic and min(plain) < 0)
        except (OverflowError, TypeError):  # an integer that no float holds, or an example
            return None
        return (total, exemplar) if good else None

    def _one_by_one(
        self, taken: list[Measured], refused: Counter[str]
    ) -> tuple[float, Exemplar | None]:
        total, exemplar = self._state
        for measured in taken:
            amount, trace = measured if isinstance(measured, tuple) else (measured, "")
            added = _added(total, amount)
            if added is None:
                refused[NOT_FINITE] += 1
            elif self._monotonic and amount < 0:
                refused[NEGATIVE] += 1
            else:
                total = added
                if trace:
                    exemplar = _exemplar(amount, trace)
        return total, exemplar

    def _point(self) -> Point:
        total, exemplar = self._state
        return Point(self.attributes, total, exemplars=() if exemplar is None else (exemplar,))


class HistogramSeries(FoldedSeries):
    """A distribution.

    Args:
        attributes: its values.
        refuse: gets to know what was refused.
        bounds: upper, inclusive bounds of the buckets.
    """

    __slots__ = ("_bounds", "_state")

    def __init__(
        self, attributes: tuple[str, ...], refuse: Refuse, bounds: tuple[float, ...]
    ) -> None:
        super().__init__(attributes, refuse)
        self._bounds = bounds
        self._clear()

    def _clear(self) -> None:
        buckets = len(self._bounds) + 1
        self._state: tuple[float, list[int], list[Exemplar | None]] = (
            0,
            [0] * buckets,
            [None] * buckets,
        )

    def _fold(self, taken: list[Measured], refused: Counter[str]) -> None:
        bounds = self._bounds
        total, counts, exemplars = self._state
        counts, exemplars = counts[:], exemplars[:]
        for measured in taken:
            value, trace = measured if isinstance(measured, tuple) else (measured, "")
            added = _added(total, value)
            if added is None:
                refused[NOT_FINITE] += 1
                continue
            total = added
            bucket = bisect_left(bounds, value)
            counts[bucket] += 1
            if trace:
                exemplars[bucket] = _exemplar(value, trace)
        state = total, counts, exemplars
        number = len(taken)
        self._state = state
        del self.waiting[:number]

    def _point(self) -> Point:
        total, counts, exemplars = self._state
        told = tuple(exemplars) if any(exemplars) else ()
        return Point(self.attributes, total, tuple(counts), told)


class LastSeries:
    """The last value that was set, and when.

    Args:
        attributes: its values.
        refuse: gets to know what was refused.
    """

    __slots__ = ("_refuse", "_state", "attributes")

    def __init__(self, attributes: tuple[str, ...], refuse: Refuse) -> None:
        self.attributes: tuple[str, ...] = attributes
        self._refuse = refuse
        self._state: tuple[float, float] | None = None

    def set(self, value: float) -> None:
        """Take `value` instead of the last one."""
        if _added(0, value) is not None:
            self._state = value, time.time()
        else:
            self._refuse(NOT_FINITE, 1)

    def point(self) -> Point | None:
        """Its state; `None` before something was set."""
        state = self._state
        return None if state is None else Point(self.attributes, state[0], at=state[1])


def _added(total: float, amount: float) -> float | None:
    """Both together; `None` when that is no finite number."""
    try:
        added = total + amount
        return added if isfinite(added) else None
    except OverflowError:  # an integer that no float holds
        return None


def _exemplar(value: float, trace: str) -> Exemplar | None:
    return Exemplar(value, trace, time.time()) if len(trace) <= _LONGEST_TRACE else None
