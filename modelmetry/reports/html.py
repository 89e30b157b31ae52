"""The report as one page of HTML that needs nothing else: no script, no other file, no network."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC
from importlib.resources import files
from typing import Final

from modelmetry_api.models import Figure, ProductionSummary

from modelmetry.reports.charts import figure_of
from modelmetry.reports.definitions import DEFINITIONS
from modelmetry.reports.escaping import in_html
from modelmetry.reports.report import Report
from modelmetry.reports.rows import HEADLINES, SECTIONS, Better, Row, Section
from modelmetry.reports.windows import between, length, moment
from modelmetry.reports.wording import advice_of, basis, change_of, remarks, value_of, was, why_not

_LONGEST_NOTE: Final = 500
_CODE: Final = re.compile("`([^`]*)`")
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_SMALL: Final = 0.01
"""Less than that share is no change to speak of."""
_SMALL_SHARE: Final = 0.001
"""The same of shares that should be near 1, of which the rest counts."""


def html(report: Report) -> str:
    """The report as one page."""
    return "".join(_page(report))


def _page(report: Report) -> Iterator[str]:
    summary = report.summary
    title = f"Production report: {in_html(_whose(summary))}, {length(summary.window)}"
    style = files("modelmetry.reports").joinpath("report.css").read_text(encoding="utf-8")
    yield (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f'<link rel="icon" href="data:,">\n<title>{title}</title>\n'
        f"<style>\n{style}</style>\n</head>\n<body>\n"
    )
    yield from _header(report)
    yield "<main>\n"
    yield _headlines(summary)
    for section in SECTIONS:
        yield _section(section, report)
    yield _definitions()
    yield "</main>\n"
    made = f"{moment(report.made_at.astimezone(UTC))} UTC"
    yield f"<footer><p>Made {made} by modelmetry {in_html(report.version)}.</p></footer>\n"
    yield "</body>\n</html>\n"


def _whose(summary: ProductionSummary) -> str:
    if summary.service is None:
        return "all services"
    return f"service {summary.service}" if summary.service else "services without a name"


def _header(report: Report) -> Iterator[str]:
    summary = report.summary
    yield (
        f'<header><p class="mark">modelmetry</p><h1>Production report</h1>'
        f"<dl><div><dt>Of</dt><dd>{in_html(_whose(summary))}</dd></div>"
        f"<div><dt>Window</dt><dd>{length(summary.window)}, {between(summary.window)}</dd></div>"
    )
    if summary.baseline is not None:
        told = f"{length(summary.baseline)}, {between(summary.baseline)}"
        yield f"<div><dt>Baseline</dt><dd>{told}</dd></div>"
    yield "</dl></header>\n"


def _headlines(summary: ProductionSummary) -> str:
    rows = {row.place: row for section in SECTIONS for row in section.rows}
    cards = "".join(_card(rows[place], summary) for place in HEADLINES)
    return f'<section class="cards" aria-label="At a glance">{cards}</section>\n'


def _card(row: Row, summary: ProductionSummary) -> str:
    figure = row.figure(summary)
    kind = "card none" if figure.value is None else "card"
    below = in_html(basis(figure, summary)) if figure.value is not None else _advice(row, summary)
    return (
        f'<div class="{kind}"><p class="label">{row.label}</p>'
        f'<p class="value">{_value(figure)}</p>'
        f'{_change(figure, row.better)}<p class="soft">{below}</p></div>'
    )


def _value(figure: Figure) -> str:
    """The value, and whether it is an estimate."""
    mark = ' <span class="chip">estimate</span>' if figure.estimated else ""
    return f"{in_html(value_of(figure, figure.unit))}{mark}"


def _change(figure: Figure, better: Better) -> str:
    """How it moved; whether that is good is said by a word as well as by a colour."""
    before = figure.baseline
    if before is None:
        return ""
    if before.value is None:
        return '<p class="soft">not measured in the baseline</p>'
    word, mark = _judged(figure, better)
    moved = in_html(f"{change_of(figure)} {word}".strip())
    told = f'<p class="change {mark}">{moved}</p>' if moved else ""
    return f'{told}<p class="soft">from {in_html(was(figure))}</p>'


def _judged(figure: Figure, better: Better) -> tuple[str, str]:
    """Whether it is better than before, in a word and as a class of the style."""
    moved = figure.change
    if moved is None or better == "neither":
        return "", ""
    if abs(moved) < (_SMALL_SHARE if figure.unit == "1" and better == "more" else _SMALL):
        return "about the same", ""
    return ("better", "good") if (moved > 0) == (better == "more") else ("worse", "bad")


def _section(section: Section, report: Report) -> str:
    summary = report.summary
    compared = summary.baseline is not None
    heads = ("Figure", "Value", *(("Against the baseline",) if compared else ()), "Rests on")
    head = "".join(f'<th scope="col">{one}</th>' for one in heads)
    rows = "".join(_row(row, summary, compared=compared) for row in section.rows)
    drawn = "".join(
        figure_of(chart, summary.window.start, summary.window.end)
        for chart in report.charts
        if chart.section == section.name
    )
    return (
        f'<section id="{section.name}" aria-labelledby="{section.name}-head">'
        f'<h2 id="{section.name}-head">{section.title}</h2>'
        f'<table class="figures"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
        f'<div class="charts">{drawn}</div></section>\n'
    )


def _row(row: Row, summary: ProductionSummary, *, compared: bool) -> str:
    figure = row.figure(summary)
    kind = ' class="none"' if figure.value is None else ""
    cells = f'<th scope="row">{row.label}</th>'
    cells += f'<td class="value">{_value(figure)}</td>'
    if compared:
        moved = "" if figure.value is None else _change(figure, row.better)
        cells += f"<td>{moved}</td>"
    return f"<tr{kind}>{cells}<td>{_basis(row, figure, summary)}</td></tr>"


def _basis(row: Row, figure: Figure, summary: ProductionSummary) -> str:
    if figure.value is None:
        why = in_html(why_not(figure), _LONGEST_NOTE)
        return f'{why}. <span class="advice">{_advice(row, summary)}</span>'
    notes = "".join(f"; {in_html(one, _LONGEST_NOTE)}" for one in remarks(figure))
    return f"{in_html(basis(figure, summary))}{notes}"


def _advice(row: Row, summary: ProductionSummary) -> str:
    told = _CODE.sub(r"<code>\1</code>", in_html(advice_of(row, summary)))
    return f"To have it: {told}"


def _definitions() -> str:
    words = "".join(f"<dt>{word}</dt><dd>{meaning}</dd>" for word, meaning in DEFINITIONS.items())
    return (
        '<section id="definitions" aria-labelledby="definitions-head">'
        f'<h2 id="definitions-head">What the words mean</h2><dl>{words}</dl></section>\n'
    )
