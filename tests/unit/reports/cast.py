"""Summaries made by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from modelmetry_api.models import (
    BaselineFigure,
    CostFigures,
    Figure,
    LlmFigures,
    PredictionFigures,
    ProductionSummary,
    ProductionWindow,
    RequestFigures,
    RuntimeFigures,
)

from modelmetry.reports.report import Report
from modelmetry.reports.rows import SECTIONS

END = datetime(2026, 11, 22, 10, tzinfo=UTC)
WINDOW = ProductionWindow(start=END - timedelta(days=30), end=END)
BEFORE = ProductionWindow(start=END - timedelta(days=60), end=END - timedelta(days=30))
PARTS = {
    "requests": RequestFigures,
    "predictions": PredictionFigures,
    "llm": LlmFigures,
    "costs": CostFigures,
    "runtime": RuntimeFigures,
}


def figure(value: float | None = None, unit: str = "{request}", **more: Any) -> Figure:
    """A figure; without a value it was not measured."""
    given: dict[str, Any] = {
        "window": WINDOW,
        "samples": 0 if value is None else 15_234,
        "source": "none" if value is None else "metrics",
        "note": "not measured: nothing did" if value is None else "",
        "estimated": False,
        "bucket": None,
        "baseline": None,
        "change": None,
    }
    return Figure(value=value, unit=unit, **given | more)


def before(value: float | None) -> BaselineFigure:
    """The same in the baseline."""
    return BaselineFigure(
        value=value, window=BEFORE, samples=14_000, source="metrics", note="", estimated=False
    )


def summary(service: str | None = None, **figures: Figure) -> ProductionSummary:
    """A summary with these figures, `requests__count=...`; the others were not measured."""
    places = [row.place for section in SECTIONS for row in section.rows]
    parts: dict[str, dict[str, Figure]] = {name: {} for name in PARTS}
    for place in places:
        part, _, name = place.partition(".")
        parts[part][name] = figures.pop(place.replace(".", "__"), figure())
    assert not figures, figures
    made: dict[str, Any] = {name: kind(**parts[name]) for name, kind in PARTS.items()}
    return ProductionSummary(service=service, window=WINDOW, baseline=None, **made)


def report(*charts: Any, **figures: Any) -> Report:
    """A report of such a summary."""
    return Report(summary=summary(**figures), charts=charts, made_at=END, version="1.0")
