"""A chart on the page: the picture, what its lines are, and its values as a table."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from modelmetry.reports.amounts import amount
from modelmetry.reports.escaping import in_html
from modelmetry.reports.report import BarChart, Chart, LineChart
from modelmetry.reports.scales import time_label
from modelmetry.reports.svg import bar_chart, line_chart
from modelmetry.reports.thinning import thinned
from modelmetry.reports.windows import moment, stretch

_NONE: Final = "\N{EN DASH}"


MOST_ROWS: Final = 60
"""A table of more rows nobody reads; what is merged is said."""


def figure_of(chart: Chart, start: datetime, end: datetime) -> str:
    """A chart as `<figure>`.

    Args:
        chart: what is drawn.
        start: where the axis of time begins.
        end: where it ends.
    """
    drawn = chart if isinstance(chart, BarChart) else thinned(chart)
    title = in_html(drawn.title)
    if isinstance(drawn, BarChart):
        picture, legend, rows = bar_chart(drawn), _left_out(drawn), _bar_rows(drawn)
    else:
        picture, legend, rows = line_chart(drawn, start, end), _legend(drawn), _line_rows(drawn)
    return (
        f"<figure><figcaption><h3>{title}</h3>{legend}</figcaption>"
        f'<div class="picture" tabindex="0" role="group" aria-label="{title}">{picture}</div>'
        f"<details><summary>Values as a table</summary>"
        f'<div class="values" tabindex="0" role="group" aria-label="Values: {title}">'
        f"<table>{''.join(rows)}</table></div></details></figure>"
    )


def _legend(chart: LineChart) -> str:
    if len(chart.lines) == 1:
        return ""
    words = "".join(
        f'<li><svg class="key" viewBox="0 0 24 8" aria-hidden="true">'
        f'<path class="line s{place}" d="M0 4H24"/></svg>{in_html(line.label)}</li>'
        for place, line in enumerate(chart.lines, 1)
    )
    return f'<ul class="legend">{words}</ul>'


def _left_out(chart: BarChart) -> str:
    more = f"and {chart.left_out:,} more" if chart.left_out else ""
    said = "; ".join(filter(None, (in_html(chart.window), more)))
    return f'<p class="soft">{said}</p>' if said else ""


def _bar_rows(chart: BarChart) -> Iterator[str]:
    yield _head(chart.of, chart.title)
    for name, value in chart.bars:
        told = in_html(amount(value, chart.unit))
        yield f'<tr><th scope="row">{in_html(name or "(none)")}<td>{told}'


def _line_rows(chart: LineChart) -> Iterator[str]:
    chart = thinned(chart, MOST_ROWS)
    yield _head(f"From (UTC), each {stretch(chart.step)}", *(line.label for line in chart.lines))
    known = [dict(line.points) for line in chart.lines]
    years = {at.year for of in known for at in of}
    for at in sorted({at for of in known for at in of}):
        told = time_label(at, chart.step) if len(years) == 1 else moment(at)
        cells = "".join(
            f"<td>{in_html(amount(of[at], chart.unit)) if at in of else _NONE}" for of in known
        )
        yield f'<tr><th scope="row">{told}{cells}'


def _head(*names: str) -> str:
    return "<tr>" + "".join(f'<th scope="col">{in_html(name)}' for name in names)
