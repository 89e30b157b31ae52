"""BaselineFigure. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.literals import FigureSource
from modelmetry_api.models.production_window import ProductionWindow
from modelmetry_api.wire import member, wire_model


@wire_model
class BaselineFigure:
    """A figure in the baseline."""

    value: int | float | None = member("Value")
    """Null when it was not measured."""

    window: ProductionWindow = member("Window")
    """A stretch of time."""

    samples: int = member("Samples")

    source: FigureSource = member("Source")
    """Where a figure comes from; `prometheus` in reports that ask such a server as well."""

    note: str = member("Note")

    estimated: bool = member("Estimated")
