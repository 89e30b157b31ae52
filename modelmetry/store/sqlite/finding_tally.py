"""What series and histograms know of findings: counted and merged."""

from __future__ import annotations

import math
from typing import Any, Final

import msgspec
from modelmetry_api.models import ValueShare

from modelmetry.store.sqlite.encode import LAST_NUMBER, Kind
from modelmetry.store.sqlite.spread import Spread

_MOST_SHARES: Final = 20
_MOST_LABELS: Final = 200


class FindingTally(msgspec.Struct, array_like=True):
    """Findings of one name in a stretch; of labels the most frequent, and how many in all."""

    count: int = 0
    numbers: Spread = msgspec.field(default_factory=Spread)
    booleans: list[int] = msgspec.field(default_factory=lambda: [0, 0])
    labels: dict[str, int] = msgspec.field(default_factory=dict[str, int])
    labelled: int = 0

    def add(self, kind: int, value: Any) -> None:
        """Add one finding."""
        self.count += 1
        if kind <= LAST_NUMBER:
            self.numbers.add(value)
        elif kind == Kind.BOOLEAN:
            self.booleans[value] += 1
        else:
            self.labelled += 1
            self.labels[value] = self.labels.get(value, 0) + 1

    def merge(self, other: FindingTally) -> None:
        """Add all that another has."""
        self.count += other.count
        self.labelled += other.labelled
        self.numbers.merge(other.numbers)
        self.booleans = [
            mine + more for mine, more in zip(self.booleans, other.booleans, strict=True)
        ]
        for label, count in other.labels.items():
            self.labels[label] = self.labels.get(label, 0) + count

    def bounds(self) -> tuple[float | None, float | None, int, int, int]:
        """Numbers below and above all numbers, and how many are false, true, labels."""
        low = high = None
        if self.numbers.count:
            # Outwards: an integer beyond 53 bits may lie on either side of its float.
            low = math.nextafter(self.numbers.low, -math.inf)
            high = math.nextafter(self.numbers.high, math.inf)
        falses, trues = self.booleans
        return low, high, falses, trues, self.labelled

    def largest(self, most: int) -> list[tuple[str, int]]:
        """The most frequent labels."""
        return sorted(self.labels.items(), key=lambda item: (-item[1], item[0]))[:most]

    def shares(self) -> list[ValueShare]:
        """Booleans, then labels, by their share of both."""
        whole = self.labelled + sum(self.booleans)
        counts: list[tuple[bool | str, int]] = [
            (value, self.booleans[value]) for value in (True, False) if self.booleans[value]
        ]
        counts += self.largest(_MOST_SHARES)
        return [
            ValueShare(value=value, count=count, share=count / whole) for value, count in counts
        ]

    def condense(self) -> None:
        """Keep buckets in place of numbers, and the most frequent labels."""
        self.numbers.condense()
        self.labels = dict(self.largest(_MOST_LABELS))


class Gathered:
    """Findings that are not summed up yet."""

    __slots__ = ("booleans", "labels", "numbers")

    def __init__(self) -> None:
        self.numbers: list[float] = []
        self.booleans: list[int] = [0, 0]
        self.labels: dict[str, int] = {}

    def add(self, kind: int, value: Any) -> None:
        """Add one finding."""
        if kind <= LAST_NUMBER:
            self.numbers.append(value)
        elif kind == Kind.BOOLEAN:
            self.booleans[value] += 1
        else:
            self.labels[value] = self.labels.get(value, 0) + 1

    def merge(self, other: Gathered) -> None:
        """Add all that another has."""
        self.numbers += other.numbers
        for value, count in enumerate(other.booleans):
            self.booleans[value] += count
        for label, count in other.labels.items():
            self.labels[label] = self.labels.get(label, 0) + count

    def __len__(self) -> int:
        return len(self.numbers) + sum(self.booleans) + sum(self.labels.values())

    def tally(self) -> FindingTally:
        """The sum, its numbers in buckets."""
        spread = Spread()
        spread.extend(self.numbers)
        spread.condense()
        labelled = sum(self.labels.values())
        return FindingTally(len(self), spread, self.booleans, self.labels, labelled)
