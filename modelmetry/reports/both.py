"""One report of two: what one does not know is taken from the other, figure by figure."""

from __future__ import annotations

from typing import Final

from modelmetry_api.models import (
    CostFigures,
    Figure,
    LlmFigures,
    PredictionFigures,
    ProductionSummary,
    RequestFigures,
    RuntimeFigures,
)
from modelmetry_api.types import evolve

from modelmetry.reports.amounts import amount, change
from modelmetry.reports.rows import SECTIONS

TOLERANCE: Final = 0.05
"""Where both know a figure and differ by more than this share of the first, the note says so."""


def of_both(first: ProductionSummary, second: ProductionSummary) -> ProductionSummary:
    """`first` with what it lacks from `second`.

    Args:
        first: the store's.
        second: that of Prometheus, of the same window.
    """
    chosen: dict[str, dict[str, Figure]] = {}
    for section in SECTIONS:
        for row in section.rows:
            part, _, name = row.place.partition(".")
            figure = _figure(row.figure(first), row.figure(second))
            chosen.setdefault(part, {})[name] = figure
    return evolve(
        first,
        requests=RequestFigures(**chosen["requests"]),
        predictions=PredictionFigures(**chosen["predictions"]),
        llm=LlmFigures(**chosen["llm"]),
        costs=CostFigures(**chosen["costs"]),
        runtime=RuntimeFigures(**chosen["runtime"]),
    )


def _figure(first: Figure, second: Figure) -> Figure:
    if first.value is None:
        return first if second.value is None else second
    if second.value is None or first.unit != second.unit:
        return first
    apart = second.value - first.value
    if abs(apart) <= TOLERANCE * max(abs(first.value), abs(second.value)):
        return first
    said = f"Prometheus says {amount(second.value, second.unit)}"
    if first.value:
        said += f" ({change(apart / abs(first.value))})"
    return evolve(first, note="; ".join(filter(None, (first.note, said))))
