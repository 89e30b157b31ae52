"""Histograms in buckets: as they are kept, merged, and asked for quantiles.

Counts are kept as one whole number with 64 bits for each bucket: to add two histograms with the
same bounds is one addition, and buckets at the end that are empty take no space.
"""

from __future__ import annotations

import struct
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Final

from attrs import frozen

_WIDTH: Final = 8

Bounds = tuple[float, ...]


@frozen
class Quantile:
    """A quantile and the bucket in which it lies.

    Attributes:
        value: interpolated.
        above: where the bucket begins; None for the first one.
        up_to: where it ends; None for the one above the last bound.
    """

    value: float
    above: float | None
    up_to: float | None


def packed(counts: Sequence[int]) -> int:
    """Counts of buckets as one number; the sum of such numbers is that of all sums."""
    return int.from_bytes(struct.pack(f"<{len(counts)}Q", *counts), "little")


def unpacked(number: int, bounds: Bounds) -> list[int]:
    """Counts of the buckets between `bounds`, the one above the last bound included."""
    buckets = len(bounds) + 1
    return list(struct.unpack(f"<{buckets}Q", number.to_bytes(_WIDTH * buckets, "little")))


def to_blob(number: int) -> bytes:
    """Packed counts as they are kept."""
    return number.to_bytes((number.bit_length() + 7) // 8, "little")


def from_blob(blob: bytes) -> int:
    """Packed counts that were kept."""
    return int.from_bytes(blob, "little")


def merged(histograms: Iterable[tuple[Bounds, int]]) -> tuple[Bounds, list[int], bool]:
    """One histogram of several, and whether bounds differed.

    Only bounds that all of them have can be kept: between those each count is exact. Without any
    there is one bucket, which still says how many measurements there are.

    Args:
        histograms: bounds and packed counts of each.
    """
    sums: dict[Bounds, int] = {}
    for bounds, counts in histograms:
        sums[bounds] = sums.get(bounds, 0) + counts
    if not sums:
        return (), [0], False
    if len(sums) == 1:
        ((bounds, counts),) = sums.items()
        return bounds, unpacked(counts, bounds), False
    shared = set[float].intersection(*(set(bounds) for bounds in sums))
    common = tuple(sorted(shared))
    total = [0] * (len(common) + 1)
    for bounds, counts in sums.items():
        for place, count in enumerate(unpacked(counts, bounds)):
            above = place == len(bounds)
            total[len(common) if above else bisect_left(common, bounds[place])] += count
    return common, total, True


def quantile(bounds: Bounds, counts: Sequence[int], rank: float) -> Quantile | None:
    """The value that a share `rank` of the measurements does not exceed.

    By linear interpolation inside of its bucket, as `histogram_quantile` of Prometheus does
    (`promql/quantile.go`, `BucketQuantile`): in the bucket above the last bound it is that bound;
    the first one begins at 0 if its upper bound is above 0, else it is that bound.

    Args:
        bounds: upper, inclusive bounds of the buckets, ascending.
        counts: measurements in each, one more than there are bounds.
        rank: from 0 to 1.

    Returns:
        None without measurements, or without any bound.
    """
    all_ = sum(counts)
    if not all_ or not bounds:
        return None
    wanted = rank * all_
    reached = list(accumulate(counts))
    # To look for 0 would find a bucket that is empty.
    place = bisect_left(reached, wanted or 1)
    if place == len(bounds):
        return Quantile(bounds[-1], bounds[-1], None)
    upper = bounds[place]
    if place == 0 and upper <= 0:
        return Quantile(upper, None, upper)
    lower = bounds[place - 1] if place else 0.0
    before = reached[place - 1] if place else 0
    within = counts[place]
    share = (wanted - before) / within if within else 0.0
    value = lower + (upper - lower) * share
    return Quantile(value, bounds[place - 1] if place else None, upper)
