"""ProductionPoint. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.production_quantile import ProductionQuantile
from modelmetry_api.wire import DateTime, member, wire_model


@wire_model
class ProductionPoint:
    """One stretch of time. What a kind of metric does not have is null."""

    start: DateTime = member("Start")

    sum_: int | float | None = member("Sum")
    """By how much a counter grew, or of all measurements of a histogram."""

    count: int | None = member("Count")
    """Measurements of a histogram, or how often a gauge was looked at."""

    rate: int | float | None = member("Rate")
    """Per second, of a counter's sum or a histogram's count."""

    mean: int | float | None = member("Mean")
    """Of a histogram, or of all looks at a gauge by any process."""

    min_: int | float | None = member("Min")
    """The smallest look at a gauge."""

    max_: int | float | None = member("Max")
    """The largest look at a gauge."""

    last: int | float | None = member("Last")
    """The last look at a gauge by any process."""

    quantiles: list[ProductionQuantile] = member("Quantiles")
    """Those that were asked for, of a histogram with measurements."""
