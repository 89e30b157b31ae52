"""Fewer points that tell the same."""

from __future__ import annotations

from attrs import evolve

from modelmetry.reports.report import MOST_POINTS, Line, LineChart, Merge, Point


def thinned(chart: LineChart, most: int = MOST_POINTS) -> LineChart:
    """`chart` with at most so many points a line: as many stretches as needed become one.

    Points of all lines stay where they are compared: the stretches are the same for all of them.
    """
    stamps = [int(at.timestamp()) for line in chart.lines for at, _ in line.points]
    if not stamps:
        return chart
    stretches = (max(stamps) - min(stamps)) // chart.step + 1
    times = -(-stretches // most)
    if times <= 1:
        return chart
    step = chart.step * times
    first = min(stamps)
    lines = tuple(
        Line(line.label, _merged(line.points, first, step, chart.merge)) for line in chart.lines
    )
    return evolve(chart, step=step, lines=lines)


def _merged(points: tuple[Point, ...], first: int, step: int, merge: Merge) -> tuple[Point, ...]:
    found: dict[int, Point] = {}
    for at, value in points:
        place = (int(at.timestamp()) - first) // step
        known = found.get(place)
        if known is None:
            found[place] = at, value
        else:
            found[place] = known[0], known[1] + value if merge == "sum" else max(known[1], value)
    return tuple(found.values())
