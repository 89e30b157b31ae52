"""Figure. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.baseline_figure import BaselineFigure
from modelmetry_api.models.figure_bucket import FigureBucket
from modelmetry_api.models.literals import FigureSource
from modelmetry_api.models.production_window import ProductionWindow
from modelmetry_api.wire import member, wire_model


@wire_model
class Figure:
    """One number of the report, with all that is needed to believe it."""

    value: int | float | None = member("Value")
    """Null when it was not measured."""

    unit: str = member("Unit")
    """By UCUM: `1` for ratios, `s`, `d`, `{request}`; `USD` and the like for money."""

    window: ProductionWindow = member("Window")
    """A stretch of time."""

    samples: int = member("Samples")
    """How many measurements it rests on: requests, predictions, calls, looks, minutes or days.
    """

    source: FigureSource = member("Source")
    """Where a figure comes from; `prometheus` in reports that ask such a server as well."""

    note: str = member("Note")
    """Why it was not measured, or what one should know of it; may be empty."""

    estimated: bool = member("Estimated")
    """Whether it is an estimate: interpolated, from a sample, or of costs that are not final.
    """

    bucket: FigureBucket | None = member("Bucket")
    """Of a quantile of a histogram the bucket in which it was interpolated."""

    baseline: BaselineFigure | None = member("Baseline")
    """The same in the baseline; null without one."""

    change: int | float | None = member("Change")
    """The value less that of the baseline, over that of the baseline; null when either was not
    measured or the baseline is 0.
    """
