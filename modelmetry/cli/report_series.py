"""Charts of a report from series of the store."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from modelmetry_api.models import (
    ProductionGroup,
    ProductionPoint,
    ProductionSeries,
    ProductionWindow,
)
from modelmetry_api.types import evolve

from modelmetry.reports.report import MOST_BARS, BarChart, Line, LineChart, Merge, Point
from modelmetry.reports.windows import between, stretch
from modelmetry.store import production_names as names

DAY_SECONDS: Final = 86_400
TOKEN_LINES: Final = (
    ("Input", ("input", "cache_read", "cache_write")),
    ("Output", ("output", "reasoning")),
)
Read = Callable[[ProductionPoint], float | None]


def count(point: ProductionPoint) -> float | None:
    """How many measurements."""
    return point.count


def grown(point: ProductionPoint) -> float | None:
    """By how much a counter grew."""
    return point.sum_


def mean(point: ProductionPoint) -> float | None:
    """Of all measurements."""
    return point.mean


def p95(point: ProductionPoint) -> float | None:
    """What 95 % do not exceed."""
    return next((one.value for one in point.quantiles), None)


def unit_of(series: ProductionSeries, read: Read) -> str:
    """The unit of what is read: counts of a histogram have another than its values."""
    if read is count:
        return "{request}"
    return series.unit if series.unit != "1" or read is not grown else "{item}"


def line_chart(
    name: str,
    section: str,
    title: str,
    series: ProductionSeries,
    read: Read,
    label: str = "",
    merge: Merge = "sum",
) -> LineChart | None:
    """A chart with one line of all groups; None when there is nothing to draw."""
    points = [points_of(group, read) for group in series.groups]
    lines = [Line(label or title, tuple(one)) for one in points if one]
    if not lines:
        return None
    step = series.step_seconds
    told = f"{title}, each {stretch(step)}" if read in {count, grown} else title
    return LineChart(
        name=name,
        section=section,
        title=told,
        unit=unit_of(series, read),
        step=step,
        lines=tuple(lines[:1]),
        merge=merge,
    )


def of_either(one: ProductionSeries, other: ProductionSeries) -> ProductionSeries:
    """What is told under two names, each of one group: at each time that which has more.

    As when an application changes from one generation of the conventions to the other.
    """
    if not (one.groups and other.groups):
        return one if one.groups else other
    best = {point.start: point for point in one.groups[0].points}
    for point in other.groups[0].points:
        known = best.get(point.start)
        if known is None or (point.count or 0) > (known.count or 0):
            best[point.start] = point
    points = [best[at] for at in sorted(best)]
    return evolve(one, groups=[evolve(one.groups[0], points=points)])


def shares(used: ProductionSeries, limit: ProductionSeries) -> ProductionSeries:
    """The mean of one over the mean of the other, at the times at which both are known."""
    limits = {point.start: point.mean for group in limit.groups for point in group.points}
    groups = [
        evolve(
            group,
            points=[
                evolve(point, mean=point.mean / whole)
                for point in group.points
                if point.mean is not None and (whole := limits.get(point.start))
            ],
        )
        for group in used.groups
    ]
    return evolve(used, unit="1", groups=groups)


def points_of(group: ProductionGroup, read: Read) -> list[Point]:
    """What a group tells over time."""
    return [(one.start, value) for one in group.points if (value := read(one)) is not None]


def errors(series: ProductionSeries) -> LineChart | None:
    """Answers of 400 to 499 and of 500 or more; where there were requests, also that none were."""
    kinds = {"4": "Client errors (4xx)", "5": "Server errors (5xx)"}
    sums: dict[str, dict[datetime, float]] = {kind: {} for kind in kinds}
    for group in series.groups:
        kind = group.attributes.get(names.HTTP_STATUS, "")[:1]
        for at, value in points_of(group, count):
            for one, known in sums.items():
                known[at] = known.get(at, 0) + (value if one == kind else 0)
    if not any(sums["5"].values()) and not any(sums["4"].values()):
        return None
    return LineChart(
        name="errors",
        section="api",
        title=f"Errors, each {stretch(series.step_seconds)}",
        unit="{request}",
        step=series.step_seconds,
        lines=tuple(Line(kinds[kind], tuple(sorted(sums[kind].items()))) for kind in ("5", "4")),
    )


def tokens(series: ProductionSeries) -> LineChart | None:
    """Tokens that were sent, and that came back; in metrics each token has one type."""
    lines: list[Line] = []
    for label, kinds in TOKEN_LINES:
        sums: defaultdict[datetime, float] = defaultdict(float)
        for group in series.groups:
            if group.attributes.get(names.TOKEN_TYPE) in kinds:
                for at, value in points_of(group, grown):
                    sums[at] += value
        if sums:
            lines.append(Line(label, tuple(sorted(sums.items()))))
    if not lines:
        return None
    return LineChart(
        name="tokens",
        section="llm",
        title=f"Tokens, each {stretch(series.step_seconds)}",
        unit="{token}",
        step=series.step_seconds,
        lines=tuple(lines),
    )


def cost_per_day(series: ProductionSeries) -> LineChart | None:
    """Money by days in UTC; of points that are longer than a day each is on the day it begins."""
    points = [point for group in series.groups for point in points_of(group, grown)]
    return per_day(points, series.step_seconds, series.unit)


def per_day(points: Sequence[Point], step: int, unit: str) -> LineChart | None:
    """The chart of costs by days."""
    days: defaultdict[datetime, float] = defaultdict(float)
    for at, value in points:
        days[at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)] += value
    if not days:
        return None
    first, last = min(days), max(days)
    whole = [first + timedelta(days=day) for day in range((last - first).days + 1)]
    is_fine = step <= DAY_SECONDS
    return LineChart(
        name="cost-per-day",
        section="cost",
        title="LLM cost, each day" if is_fine else f"LLM cost, each {stretch(step)}",
        unit=unit,
        step=max(step, DAY_SECONDS),
        lines=(
            Line(
                "LLM cost",
                tuple((day, days.get(day, 0.0)) for day in whole)
                if is_fine
                else tuple(sorted(days.items())),
            ),
        ),
    )


def compared(
    name: str,
    section: str,
    title: str,
    of: str,
    series: ProductionSeries,
    read: Read,
    whole: ProductionWindow,
) -> BarChart | None:
    """Groups beside each other; of which window they are is said where it is not `whole`."""
    found = [
        (next(iter(group.attributes.values()), ""), value)
        for group in series.groups
        if (value := read(group.total)) is not None
    ]
    window = ""
    if series.window != whole:
        window = f"In steps of {stretch(series.step_seconds)}: {between(series.window)}"
    unit = unit_of(series, read)
    return bars(name, section, title, of, found, unit, series.group_count, window)


def bars(
    name: str,
    section: str,
    title: str,
    of: str,
    found: Iterable[tuple[str, float]],
    unit: str,
    groups: int,
    window: str = "",
) -> BarChart | None:
    """The largest of what was found; one thing alone is no comparison."""
    ordered = sorted(found, key=lambda one: (-one[1], one[0]))
    if len(ordered) < 2:  # noqa: PLR2004 - what is compared is two things
        return None
    kept = tuple(ordered[:MOST_BARS])
    return BarChart(
        name=name,
        section=section,
        title=title,
        unit=unit,
        of=of,
        bars=kept,
        left_out=max(groups, len(ordered)) - len(kept),
        window=window,
    )
