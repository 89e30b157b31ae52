"""Charts as SVG that a screen reader reads and a printer prints; no library, no script."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from attrs import frozen

from modelmetry.reports.amounts import amount
from modelmetry.reports.escaping import fitting, in_html
from modelmetry.reports.report import BarChart, LineChart, Point
from modelmetry.reports.scales import short, time_ticks, value_ticks
from modelmetry.reports.windows import moment

WIDTH: Final = 560
_HEIGHT: Final = 200
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 12, 12, 28
_BAR, _BAR_LEFT, _BAR_ROOM = 26, 170, 90
_BAR_LABEL: Final = 22  # letters of usual width
_APART: Final = 1.5  # steps: further from each other two points are not connected


@frozen
class _Plane:
    """Pixels of moments and values."""

    start: datetime
    end: datetime
    top: float

    def x(self, at: datetime) -> float:
        share = (at - self.start) / (self.end - self.start)
        return round(_LEFT + share * (WIDTH - _LEFT - _RIGHT), 1)

    def y(self, value: float) -> float:
        share = max(0.0, value) / self.top
        return round(_HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM), 1)


def line_chart(chart: LineChart, start: datetime, end: datetime) -> str:
    """Lines over a window; each has a colour and a dash of its own.

    Args:
        chart: with 1 to 6 lines.
        start: where the axis begins.
        end: where it ends, later than that.
    """
    half = timedelta(seconds=chart.step / 2)
    largest = max((value for line in chart.lines for _, value in line.points), default=0.0)
    ticks = value_ticks(largest)
    plane = _Plane(start, end, ticks[-1])
    parts = [*_axes(plane, ticks, chart.unit)]
    single = len(chart.lines) == 1
    for place, line in enumerate(chart.lines, 1):
        middles = tuple((min(at + half, end), value) for at, value in line.points)
        parts.extend(_stretches(plane, middles, chart.step, place, filled=single))
    return _image(chart.name, chart.title, _told(chart), _HEIGHT, parts)


def _axes(plane: _Plane, ticks: Sequence[float], unit: str) -> Iterator[str]:
    for value in ticks:
        y = plane.y(value)
        yield f'<path class="grid" d="M{_LEFT} {y}H{WIDTH - _RIGHT}"/>'
        yield f'<text class="y" x="{_LEFT - 8}" y="{y + 4}">{in_html(short(value, unit))}</text>'
    for at, label in time_ticks(plane.start, plane.end):
        x = plane.x(at)
        anchor = "start" if x < _LEFT + 30 else "end" if x > WIDTH - 50 else "middle"
        yield f'<path class="tick" d="M{x} {_HEIGHT - _BOTTOM}v4"/>'
        yield f'<text text-anchor="{anchor}" x="{x}" y="{_HEIGHT - 8}">{label}</text>'


def _stretches(
    plane: _Plane, points: Sequence[Point], step: int, place: int, *, filled: bool
) -> Iterator[str]:
    """A line, broken where nothing was measured; what stands alone is a dot."""
    runs: list[list[tuple[float, float]]] = []
    last: datetime | None = None
    for at, value in points:
        if last is None or (at - last).total_seconds() > step * _APART:
            runs.append([])
        runs[-1].append((plane.x(at), plane.y(value)))
        last = at
    floor = plane.y(0)
    for run in runs:
        if len(run) == 1:
            ((x, y),) = run
            yield f'<circle class="dot s{place}" cx="{x}" cy="{y}" r="2.5"/>'
            continue
        path = "L".join(f"{x:g} {y:g}" for x, y in run)
        if filled:
            yield f'<path class="area s{place}" d="M{run[0][0]:g} {floor:g}L{path}V{floor:g}Z"/>'
        yield f'<path class="line s{place}" d="M{path}"/>'


def _told(chart: LineChart) -> str:
    """What can be seen, in a sentence."""
    said: list[str] = []
    for line in chart.lines:
        if not line.points:
            continue
        at, largest = max(line.points, key=lambda point: point[1])
        said.append(
            f"{line.label}: {len(line.points)} points, the largest {amount(largest, chart.unit)} "
            f"at {moment(at)} UTC"
        )
    return "; ".join(said) + ". The table below has the values."


def bar_chart(chart: BarChart) -> str:
    """Bars beside each other, each with its name and its value."""
    largest = max((value for _, value in chart.bars), default=0.0) or 1.0
    parts: list[str] = []
    for place, (name, value) in enumerate(chart.bars):
        y = place * _BAR + 4
        width = round(max(2.0, value / largest * (WIDTH - _BAR_LEFT - _BAR_ROOM)), 1)
        text_y = y + _BAR / 2 + 1
        parts.append(f'<text class="y" x="{_BAR_LEFT - 10}" y="{text_y}">')
        parts.append(f"{in_html(fitting(name, _BAR_LABEL) or '(none)')}</text>")
        parts.append(
            f'<rect class="bar" x="{_BAR_LEFT}" y="{y}" width="{width}" '
            f'height="{_BAR - 8}" rx="3"/>'
        )
        told = in_html(amount(value, chart.unit))
        parts.append(f'<text class="of" x="{_BAR_LEFT + width + 8}" y="{text_y}">{told}</text>')
    said = ", ".join(
        f"{name or '(none)'} {amount(value, chart.unit)}" for name, value in chart.bars
    )
    return _image(chart.name, chart.title, said, len(chart.bars) * _BAR + 8, parts)


def _image(name: str, title: str, said: str, height: float, parts: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {height:g}" role="img" '
        f'aria-labelledby="{name}-title {name}-desc">'
        f'<title id="{name}-title">{in_html(title)}</title>'
        f'<desc id="{name}-desc">{in_html(said, 1_000)}</desc>{"".join(parts)}</svg>'
    )
