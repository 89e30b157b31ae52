"""Fewer points of a curve, chosen so that it looks the same. Pure: nothing here is read or written.

First the smallest and the largest value of many stretches are taken, then of these the ones that
span the largest triangles: MinMaxLTTB (J. Van Der Donckt and others, "MinMaxLTTB: Leveraging
MinMax-Preselection to Scale LTTB", 2023) over Largest-Triangle-Three-Buckets (S. Steinarsson,
"Downsampling Time Series for Visual Representation", 2013). The libraries that have it need NumPy.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

FEWEST: Final = 4
"""The first, the last, the smallest and the largest value."""

# Candidates for each point; the paper finds no difference to plain LTTB from 4 on.
_CANDIDATES: Final = 4
# Areas of triangles stay finite.
_LARGE: Final = 1e150


def thin(values: Sequence[float], points: int) -> list[int]:
    """Places of the values to draw, in order: at most `points`, which is at least `FEWEST`.

    The first and the last value, the smallest and the largest are always among them.
    """
    if len(values) <= points:
        return list(range(len(values)))
    extremes = {values.index(min(values)), values.index(max(values))}
    # Room is left for the extremes: of a bucket, the largest triangle may be another's.
    wanted = points - len(extremes)
    candidates = _candidates(values, wanted)
    chosen = _largest_triangles(candidates, _scaled(values, candidates), wanted)
    return sorted(extremes.union(chosen))


def _candidates(values: Sequence[float], wanted: int) -> list[int]:
    """Places of the smallest and the largest value of each of many stretches, and of the ends."""
    stretches = wanted * _CANDIDATES // 2
    if len(values) <= 2 * stretches:
        return list(range(len(values)))
    found = [0]
    for start, stop in _cut(1, len(values) - 1, stretches):
        stretch = values[start:stop]
        low = start + stretch.index(min(stretch))
        high = start + stretch.index(max(stretch))
        found += (low, high) if low < high else (high, low) if high < low else (low,)
    found.append(len(values) - 1)
    return found


def _scaled(values: Sequence[float], places: Sequence[int]) -> list[float]:
    found = [values[place] for place in places]
    largest = max(map(abs, found))
    return found if largest <= _LARGE else [value / largest * _LARGE for value in found]


def _largest_triangles(places: Sequence[int], values: Sequence[float], wanted: int) -> list[int]:
    """The first, the last, and of each bucket between the one with the largest triangle.

    A triangle is that of the point chosen before, the point, and the mean of the next bucket.
    """
    last = len(places) - 1
    if wanted <= 2:  # noqa: PLR2004 - the first and the last
        return [places[0], places[last]]
    buckets = [*_cut(1, last, wanted - 2), (last, last + 1)]
    chosen, before = [places[0]], 0
    for (start, stop), (after, end) in pairwise(buckets):
        next_x = sum(places[after:end]) / (end - after)
        next_y = sum(values[after:end]) / (end - after)
        x, y = places[before], values[before]
        along, up = x - next_x, next_y - y
        largest = -1.0
        for place in range(start, stop):
            area = abs(along * (values[place] - y) - (x - places[place]) * up)
            if area > largest:
                largest, before = area, place
        chosen.append(places[before])
    chosen.append(places[last])
    return chosen


def _cut(start: int, stop: int, pieces: int) -> Iterator[tuple[int, int]]:
    """Where pieces of about the same length begin and end; none is empty."""
    length = stop - start
    pieces = min(pieces, length)
    for piece in range(pieces):
        yield start + piece * length // pieces, start + (piece + 1) * length // pieces
