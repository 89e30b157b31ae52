"""The report as a short block of Markdown, ready for a README."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Final

from modelmetry_api.models import ProductionSummary

from modelmetry.reports.escaping import in_markdown
from modelmetry.reports.report import Report
from modelmetry.reports.rows import SECTIONS, Row, Section
from modelmetry.reports.windows import between, length
from modelmetry.reports.wording import (
    NOT_MEASURED,
    advice_of,
    basis,
    comparison,
    remarks,
    value_of,
    why_not,
)

_LONGEST_NOTE: Final = 400
LEGEND: Final = (
    "Percentiles are estimates, interpolated inside a bucket of a histogram. "
    "Uptime: minutes with a sign of life over minutes observed. "
    "Savings: 1 less the spend per day over that of the baseline. "
    "Error rate: answers of 500 and more. n: sample size."
)


def markdown(report: Report) -> str:
    """The report as Markdown."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    summary = report.summary
    whose = "all services" if summary.service is None else f"service {_service(summary.service)}"
    yield f"## Production summary: {length(summary.window)}"
    yield ""
    yield f"{between(summary.window)}, {whose}."
    if summary.baseline is not None:
        yield f"Compared with {length(summary.baseline)}, {between(summary.baseline)}."
    for section in SECTIONS:
        yield ""
        yield f"### {section.title}"
        yield ""
        yield from _items(section, summary)
    yield ""
    yield f"{LEGEND} Made by modelmetry {in_markdown(report.version)}."


def _service(name: str) -> str:
    return in_markdown(name) if name else "without a name"


def _items(section: Section, summary: ProductionSummary) -> Iterator[str]:
    """A line for each figure; those that are missing for one reason share theirs."""
    for missing, rows in groupby(section.lines(), lambda row: _missing(row, summary)):
        if missing:
            yield f"- {'; '.join(row.label for row in rows)}: {missing}"
        else:
            yield from (_line(row, summary) for row in rows)


def _missing(row: Row, summary: ProductionSummary) -> str:
    """That a figure was not measured, and what to do; empty when it was."""
    figure = row.figure(summary)
    if figure.value is not None:
        return ""
    why = in_markdown(why_not(figure), _LONGEST_NOTE)
    return f"{NOT_MEASURED} ({why}). To have it, {advice_of(row, summary)}"


def _line(row: Row, summary: ProductionSummary) -> str:
    figure = row.figure(summary)
    beside = list(row.figures_beside(summary))
    words = ", ".join(f"{word} {value_of(one, one.unit)}".strip() for word, one in beside)
    value = value_of(figure, figure.unit) + (f" ({words})" if words else "")
    estimates = [f"{word} is an estimate" for word, one in beside if one.estimated]
    known = {*remarks(figure)}
    of_others = [
        f"{word}: {in_markdown(said, _LONGEST_NOTE)}".removeprefix(": ")
        for word, one in beside
        for said in remarks(one)
        if said not in known
    ]
    said = [
        basis(figure, summary),
        comparison(figure),
        "an estimate" if figure.estimated else "",
        *estimates,
        *(in_markdown(one, _LONGEST_NOTE) for one in remarks(figure)),
        *of_others,
    ]
    return f"- {row.label}: **{value}** — {'; '.join(filter(None, said))}"
