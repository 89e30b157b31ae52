"""What the store has for the charts of a report, read through the generated client."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from attrs import evolve
from modelmetry_api.api import get_production_series
from modelmetry_api.client import AsyncClient
from modelmetry_api.models import (
    ProductionGroup,
    ProductionPoint,
    ProductionSeries,
    ProductionSummary,
)

from modelmetry.reports.report import (
    MOST_BARS,
    BarChart,
    Chart,
    Line,
    LineChart,
    Merge,
    Point,
)
from modelmetry.reports.windows import between, stretch
from modelmetry.store import production_names as names
from modelmetry.store.production import SERVICE

DAY_SECONDS: Final = 86_400
P95: Final = 0.95
TOKEN_LINES: Final = (
    ("Input", ("input", "cache_read", "cache_write")),
    ("Output", ("output", "reasoning")),
)
MODEL: Final = "gen_ai.request.model"
MODEL_NAME: Final = "model.name"
Read = Callable[[ProductionPoint], float | None]


async def charts_of(
    client: AsyncClient, summary: ProductionSummary, service: str | None
) -> tuple[Chart, ...]:
    """Everything that can be drawn of the window of a report.

    Args:
        client: of the store or the server.
        summary: the report; its window is drawn.
        service: only of this one.
    """
    window: dict[str, Any] = {"at_after": summary.window.start, "at_before": summary.window.end}
    if service is not None:
        window["service"] = service

    async def series(name: str, *by: str, **more: Any) -> ProductionSeries:
        return await get_production_series.asyncio(
            client=client, name=name, group_by=list(by), **window, **more
        )

    def compared(
        name: str, section: str, title: str, of: str, found: ProductionSeries, read: Read
    ) -> BarChart | None:
        chart = _bars(name, section, title, of, found, read)
        if chart is None or found.window == summary.window:
            return chart
        return evolve(chart, window=f"Whole points: {between(found.window)}")

    requests = await series(names.HTTP_DURATION, quantile=[P95])
    statuses = await series(names.HTTP_DURATION, names.HTTP_STATUS)
    calls = await _first(series, names.LLM_DURATIONS, quantile=[P95])
    found: list[Chart | None] = [
        _traffic(requests),
        _errors(statuses),
        line_chart("latency", "api", "Latency, p95", requests, p95, "Requests", "largest"),
        compared(
            "services", "api", "Requests by service", "Service",
            await series(names.HTTP_DURATION, SERVICE), count,
        ),
        line_chart(
            "predictions", "models", "Predictions", await series(names.PREDICTIONS), grown
        ),
        compared(
            "models", "models", "Predictions by model", "Model",
            await series(names.PREDICTIONS, MODEL_NAME), grown,
        ),
        _cost_per_day(await series(names.LLM_COST)),
        line_chart("calls", "llm", "LLM requests", calls, count),
        _tokens(await series(names.LLM_TOKENS, names.TOKEN_TYPE)),
        line_chart("llm-latency", "llm", "LLM latency, p95", calls, p95, "Calls", "largest"),
        compared(
            "llm-cost", "llm", "LLM cost by model", "Model",
            await series(names.LLM_COST, MODEL), grown,
        ),
        compared(
            "llm-tokens", "llm", "Tokens by model", "Model",
            await series(names.LLM_TOKENS, MODEL), grown,
        ),
        line_chart(
            "cpu", "resources", "CPU, average", await series(names.CPU_UTILIZATION), mean,
            merge="largest",
        ),
    ]  # fmt: skip
    return tuple(chart for chart in found if chart is not None)


async def _first(
    series: Callable[..., Any], metrics: Iterable[str], **more: Any
) -> ProductionSeries:
    """Of a metric that has a name in each generation of conventions the first that was measured."""
    found: ProductionSeries | None = None
    for name in metrics:
        found = await series(name, **more)
        if found is not None and found.groups:
            break
    if found is None:
        raise ValueError("a metric has a name")
    return found


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


def points_of(group: ProductionGroup, read: Read) -> list[Point]:
    """What a group tells over time."""
    return [(one.start, value) for one in group.points if (value := read(one)) is not None]


def _traffic(series: ProductionSeries) -> LineChart | None:
    return line_chart("requests", "api", "Requests", series, count)


def _errors(series: ProductionSeries) -> LineChart | None:
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


def _tokens(series: ProductionSeries) -> LineChart | None:
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


def _cost_per_day(series: ProductionSeries) -> LineChart | None:
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


def _bars(
    name: str, section: str, title: str, of: str, series: ProductionSeries, read: Read
) -> BarChart | None:
    found = [
        (next(iter(group.attributes.values()), ""), value)
        for group in series.groups
        if (value := read(group.total)) is not None
    ]
    return bars(name, section, title, of, found, unit_of(series, read), series.group_count)


def bars(
    name: str,
    section: str,
    title: str,
    of: str,
    found: Iterable[tuple[str, float]],
    unit: str,
    groups: int,
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
    )
