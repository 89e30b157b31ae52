"""Curves of one line: the shape of many numbers in a few characters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

BLOCKS: Final = "▁▂▃▄▅▆▇█"
ASCII_BLOCKS: Final = "_.-:=+*#"
WIDTH: Final = 24

Point = tuple[int, float]


def sparkline(points: Sequence[Point], *, width: int = WIDTH, blocks: str = BLOCKS) -> str:
    """The shape of a curve from its smallest value to its largest.

    Args:
        points: places, in rising order, with their values; a curve that was thinned out lacks some
            places.
        width: characters at most; where there are more points, each shows the mean of several.
        blocks: a character for each height, lowest first.
    """
    heights = columns_of(points, width)
    if not heights:
        return ""
    low, high = min(heights), max(heights)
    # Halves first: the whole range of two large numbers may be more than a float holds.
    span = high / 2 - low / 2
    if span <= 0:
        return blocks[len(blocks) // 2 - 1] * len(heights)
    most = len(blocks) - 1
    return "".join(blocks[round((one / 2 - low / 2) / span * most)] for one in heights)


def columns_of(points: Sequence[Point], width: int) -> list[float]:
    """The mean of each column's values; a column without any goes on as the one before."""
    if not points:
        return []
    first, last = points[0][0], points[-1][0]
    columns = min(width, last - first + 1)
    found: defaultdict[int, list[float]] = defaultdict(list)
    for place, value in points:
        found[(place - first) * columns // (last - first + 1)].append(value)
    heights: list[float] = []
    for column in range(columns):
        values = found.get(column)
        heights.append(sum(one / len(values) for one in values) if values else heights[-1])
    return heights
