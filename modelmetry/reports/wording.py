"""What is said of one figure: its value, what it rests on, and how it moved."""

from __future__ import annotations

from typing import Final

from modelmetry_api.models import BaselineFigure, Figure, ProductionSummary

from modelmetry.reports.amounts import amount, change, count
from modelmetry.reports.rows import CLOUD, Row
from modelmetry.reports.windows import between, length

NOT_MEASURED: Final = "not measured"
SOURCES: Final = {
    "metrics": "metrics",
    "traces": "traces",
    "costs": "costs of the cloud",
    "prometheus": "Prometheus",
    "none": "",
}
_INTERPOLATED: Final = "interpolated inside of its bucket"
_ABSENT: Final = f"{NOT_MEASURED}: "


def value_of(figure: Figure | BaselineFigure, unit: str) -> str:
    """The value, or that it was not measured."""
    return NOT_MEASURED if figure.value is None else amount(figure.value, unit)


def why_not(figure: Figure) -> str:
    """Why it was not measured."""
    return figure.note.removeprefix(_ABSENT)


def advice_of(row: Row, summary: ProductionSummary) -> str:
    """What to do to have a figure; code is in backticks.

    Who named a baseline and has no savings lacks costs.
    """
    lacks_costs = row.place == "costs.savings" and summary.baseline is not None
    return CLOUD if lacks_costs else row.advice


def remarks(figure: Figure) -> list[str]:
    """What one should know of it: where it is not from metrics that, and its note.

    How quantiles are interpolated a report says once for all of them.
    """
    said = [] if figure.source == "metrics" else [f"from {SOURCES.get(figure.source, '')}"]
    return said + [
        part for part in figure.note.split("; ") if part and not part.startswith(_INTERPOLATED)
    ]


def basis(figure: Figure, summary: ProductionSummary) -> str:
    """The window and the sample size: `30 days, n = 15,234`."""
    told = length(figure.window)
    if figure.window != summary.window:
        told += f" ({between(figure.window)})"
    return f"{told}, n = {count(figure.samples)}"


def comparison(figure: Figure) -> str:
    """What it was in the baseline: `+8.8 % from 14,000, n = 14,000`; empty without one."""
    before = figure.baseline
    if before is None:
        return ""
    if before.value is None:
        return f"{NOT_MEASURED} in the baseline"
    told = change_of(figure)
    return f"{told} from {was(figure)}" if told else f"was {was(figure)}"


def change_of(figure: Figure) -> str:
    """By how much it is more or less than in the baseline; empty when that cannot be said."""
    return "" if figure.change is None else change(figure.change)


def was(figure: Figure) -> str:
    """What it was in the baseline, and what that rests on: `14,000, n = 14,000`."""
    before = figure.baseline
    if before is None:
        return ""
    return f"{value_of(before, figure.unit)}, n = {count(before.samples)}"
