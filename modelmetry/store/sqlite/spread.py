"""How numbers are spread: exactly while they are few, in buckets 2 % wide when they are many."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate
from typing import Final

import msgspec
from modelmetry_api.models import Distribution

from modelmetry.store.sqlite.encode import tidy, to_float

_WIDTH: Final = math.log(1.02)
RELATIVE_ERROR: Final = 0.01
"""The middle of a bucket is within this of everything in it (0.995 %, rounded up)."""

# Keys of buckets: 0 for zero, above it for positive numbers, below it for negative ones, in order.
_MIDDLE: Final = 40_000
_LARGEST_EXPONENT: Final = 709.78


class Spread(msgspec.Struct, array_like=True):
    """Numbers, of which `values` are known and the rest only by bucket."""

    count: int = 0
    total: float = 0.0
    low: float = 0.0
    high: float = 0.0
    buckets: dict[int, int] = msgspec.field(default_factory=dict[int, int])
    values: list[float] = msgspec.field(default_factory=list[float])

    def add(self, value: float) -> None:
        """Add one number."""
        self.values.append(value)
        self._note(1, value, value, value)

    def extend(self, values: Sequence[float]) -> None:
        """Add many numbers."""
        if values:
            self.values += values
            self._note(len(values), to_float(sum(values)), min(values), max(values))

    def merge(self, other: Spread) -> None:
        """Add all numbers of another."""
        if other.count:
            self.values += other.values
            # Most of the time of long totals is spent here.
            mine, get = self.buckets, self.buckets.get
            if mine:
                for bucket, count in other.buckets.items():
                    mine[bucket] = get(bucket, 0) + count
            else:
                mine.update(other.buckets)
            self._note(other.count, other.total, other.low, other.high)

    def condense(self) -> None:
        """Forget the values, keep their buckets."""
        for value in self.values:
            key = bucket(value)
            self.buckets[key] = self.buckets.get(key, 0) + 1
        self.values = []

    def distribution(self, scale: float = 1) -> Distribution:
        """Count, bounds, mean and percentiles of the nearest rank, divided by `scale`."""
        if self.buckets:
            self.condense()
        ranks = [max(math.ceil(share * self.count), 1) for share in (0.5, 0.95, 0.99)]
        found = self._of_buckets(ranks) if self.buckets else self._of_values(ranks)
        mean = self.total / self.count if self.count else 0.0
        low, high, mean, p50, p95, p99 = (
            tidy(number / scale) for number in (self.low, self.high, mean, *found)
        )
        return Distribution(
            count=self.count, min_=low, max_=high, mean=mean, p50=p50, p95=p95, p99=p99
        )

    def _note(self, count: int, total: float, low: float, high: float) -> None:
        self.low = min(self.low, low) if self.count else low
        self.high = max(self.high, high) if self.count else high
        self.total = to_float(self.total + total)
        self.count += count

    def _of_values(self, ranks: list[int]) -> list[float]:
        ordered = sorted(self.values)
        return [ordered[rank - 1] if ordered else 0.0 for rank in ranks]

    def _of_buckets(self, ranks: list[int]) -> list[float]:
        keys = sorted(self.buckets)
        counted = list(accumulate(self.buckets[key] for key in keys))
        found = (middle(keys[bisect_left(counted, rank)]) for rank in ranks)
        return [min(max(number, self.low), self.high) for number in found]


def bucket(value: float) -> int:
    """The bucket of a number."""
    if value == 0:
        return 0
    key = math.floor(math.log(abs(value)) / _WIDTH) + _MIDDLE
    return key if value > 0 else -key


def middle(key: int) -> float:
    """The number that stands for a bucket: its geometric middle."""
    if key == 0:
        return 0.0
    size = math.exp(min((abs(key) - _MIDDLE + 0.5) * _WIDTH, _LARGEST_EXPONENT))
    return size if key > 0 else -size
