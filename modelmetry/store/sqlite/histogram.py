"""How the values of a finding are spread."""

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from collections.abc import Iterable
from typing import Final

from modelmetry_api.models import FindingHistogram, HistogramBin
from modelmetry_api.types import UNSET

from modelmetry.store.queries import HistogramQuery
from modelmetry.store.sqlite import read_findings
from modelmetry.store.sqlite.encode import tidy
from modelmetry.store.sqlite.finding_tally import FindingTally
from modelmetry.store.sqlite.spread import RELATIVE_ERROR, Spread, middle

MOST_EXACT: Final = 20_000
"""Up to so many findings, a histogram is computed from their rows."""

# A largest number so many times as far from the smallest as the 99th percentile is a tail.
_TAIL: Final = 2


def finding_histogram(
    connection: sqlite3.Connection,
    tenant: str,
    query: HistogramQuery,
    most_exact: int | None = None,
) -> FindingHistogram:
    """Bins of numbers, shares of the rest."""
    asked = read_findings.asked(connection, tenant, query)
    if asked is None:
        return _answer(query, "", FindingTally(), approximate=False)
    most = MOST_EXACT if most_exact is None else most_exact
    approximate = asked.summarised and read_findings.is_long(connection, asked, most)
    tally = FindingTally()
    if approximate:
        for _, hour in read_findings.hours(connection, asked):
            tally.merge(hour)
    read = read_findings.edges if approximate else read_findings.rows
    for _, kind, value in read(connection, asked):
        tally.add(kind, value)
    return _answer(query, read_findings.unit(connection, asked), tally, approximate=approximate)


def _answer(
    query: HistogramQuery, unit: str, tally: FindingTally, *, approximate: bool
) -> FindingHistogram:
    numbers = tally.numbers
    found = numbers.distribution() if numbers.count else UNSET
    return FindingHistogram(
        name=query.name,
        unit=unit,
        count=tally.count,
        bins=[] if found is UNSET else bins(numbers, found.p99, query.bins),
        numbers=found,
        shares=tally.shares(),
        approximate=approximate,
        relative_error=RELATIVE_ERROR if approximate else 0,
    )


def bins(numbers: Spread, p99: float, count: int) -> list[HistogramBin]:
    """Count numbers in bins; `p99` is their 99th percentile."""
    bounds = _bounds(numbers.low, numbers.high, p99, count)
    counts = [0] * (len(bounds) - 1)
    for value, times in _values(numbers):
        counts[min(max(bisect_right(bounds, value) - 1, 0), len(counts) - 1)] += times
    return [
        HistogramBin(from_=tidy(low), to=tidy(high), count=times)
        for low, high, times in zip(bounds, bounds[1:], counts, strict=False)
    ]


def _bounds(low: float, high: float, p99: float, count: int) -> list[float]:
    if low == high:
        return [low, high]
    # Each divided by itself: the distance of two large numbers may be no number any more.
    if count > 1 and p99 > low and high / _TAIL - low / _TAIL > p99 - low:
        return [*_equal(low, p99, count - 1), high]
    return _equal(low, high, count)


def _equal(low: float, high: float, count: int) -> list[float]:
    """Bounds of equally wide bins: fewer where there are no numbers between two of them."""
    # Half of each, so that nothing on the way is larger than the largest float.
    start, distance = low / 2, high / 2 - low / 2
    inside = (2 * (start + distance * (step / count)) for step in range(1, count))
    return sorted({low, high, *(bound for bound in inside if low < bound < high)})


def _values(numbers: Spread) -> Iterable[tuple[float, int]]:
    """Numbers and how often each occurred; of what is known by bucket, its middle."""
    for key, times in numbers.buckets.items():
        yield min(max(middle(key), numbers.low), numbers.high), times
    for value in numbers.values:
        yield value, 1
