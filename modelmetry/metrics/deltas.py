"""What was added to each series since it was looked at last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from math import isfinite
from typing import Final

from msgspec import Struct

from modelmetry.metrics.attributes import bounded
from modelmetry.metrics.families import OVERFLOW, Family, Point
from modelmetry.signals.measurements import SeriesRecord

LARGEST: Final = 1e200
"""Larger numbers are not sent: sums of them would have no end (see the contract)."""
MOST_ATTRIBUTES: Final = 20
MOST_BOUNDS: Final = 200
LONGEST_NAME: Final = 255
# The time of the process, and what was sent: to tell that is to send, which would have to be told.
_GROW_BY_THEMSELVES: Final = ("process.", "modelmetry.sdk.")
_LARGEST_COUNT: Final = 10**10
_NANO: Final = 1_000_000_000

Key = tuple[str, str, str, tuple[str, ...], tuple[float, ...], tuple[str, ...]]
"""What tells a series from the others of its process."""


class Told(Struct):
    """What there is to say at one time.

    Attributes:
        series: of which something is to be said.
        last: how all of them are then.
        is_news: whether any of it has grown or is new, and does not grow by itself.
    """

    series: list[SeriesRecord]
    last: dict[Key, Point]
    is_news: bool = False


class Deltas:
    """Tells the growth of what grows, and gauges as they are.

    Attributes:
        refused: how many series could not be told so far, since they do not fit the contract.
    """

    def __init__(self) -> None:
        self._last: dict[Key, Point] = {}
        self.refused: int = 0

    def keep(self, told: Told) -> None:
        """What is said there is said: what grows after it is what there is to say next."""
        self._last = told.last

    def of(self, families: Iterable[Family]) -> Told:
        """What there is to say, until it is kept.

        What has not grown is left out, but for the first time: that it is 0 is something to say.
        What has become less began anew, as after a restart: all of it is growth. Counters of the
        machine, which were there before the process and belong to others as well, are not told.
        """
        told = Told([], dict(self._last))
        for family in families:
            if family.kind != "gauge" and family.across != "sum":
                continue  # of the machine: each of its processes would add up the same again
            for point in family.points:
                record = self._record(family, point, told.last)
                if record is not None:
                    told.series.append(record)
                    told.is_news = told.is_news or _is_news(family)
        return told

    def _record(self, family: Family, point: Point, known: dict[Key, Point]) -> SeriesRecord | None:
        if not _fits(family, point):
            self.refused += 1
            return None
        record = SeriesRecord(
            family.name, family.kind, family.unit, _attributes(family, point), point.value
        )
        if family.kind == "gauge":
            record.low = record.high = record.last = point.value
            record.last_at_ns = int(point.at * _NANO) if point.at > 0 else None
            return record
        key = _key(family, point)
        last = known.get(key)
        known[key] = point
        if last is not None and not _began_anew(last, point):
            if (last.value, last.counts) == (point.value, point.counts):
                return None
            record.sum = point.value - last.value
            point = Point((), record.sum, _difference(point.counts, last.counts))
        record.bounds, record.counts = family.bounds, point.counts
        return record


def _is_news(family: Family) -> bool:
    return family.kind != "gauge" and not family.name.startswith(_GROW_BY_THEMSELVES)


def _key(family: Family, point: Point) -> Key:
    return (
        family.name,
        family.kind,
        family.unit,
        family.attributes,
        family.bounds,
        point.attributes,
    )


def _began_anew(last: Point, point: Point) -> bool:
    if point.counts:
        return any(count < 0 for count in _difference(point.counts, last.counts))
    return point.value < last.value


def _difference(counts: Sequence[int], last: Sequence[int]) -> tuple[int, ...]:
    return tuple(now - then for now, then in zip(counts, last, strict=True))


def _attributes(family: Family, point: Point) -> dict[str, str]:
    if family.attributes and not point.attributes:
        return {OVERFLOW: "true"}
    return dict(_given(family, point))


def _given(family: Family, point: Point) -> Iterator[tuple[str, str]]:
    for name, value in zip(family.attributes, point.attributes, strict=True):
        if value:
            yield name, bounded(value)


def _fits(family: Family, point: Point) -> bool:
    """Whether it can be sent; collectors of applications may say anything."""
    if not (0 < len(family.name) <= LONGEST_NAME and len(family.attributes) <= MOST_ATTRIBUTES):
        return False
    if point.attributes and len(point.attributes) != len(family.attributes):
        return False
    if not _is_number(point.value) or (family.kind == "counter" and point.value < 0):
        return False
    if family.kind != "histogram":
        return True
    return (
        len(family.bounds) <= MOST_BOUNDS
        and len(point.counts) == len(family.bounds) + 1
        and all(0 <= count <= _LARGEST_COUNT for count in point.counts)
        and all(map(_is_number, family.bounds))
        and all(one < other for one, other in pairwise(family.bounds))
    )


def _is_number(value: float) -> bool:
    return isfinite(value) and abs(value) <= LARGEST
