"""ModelTotals. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.distribution import Distribution
from modelmetry_api.models.money import Money
from modelmetry_api.models.usage import Usage
from modelmetry_api.wire import member, wire_model


@wire_model
class ModelTotals:
    """Totals of the spans that used one model."""

    model: str = member("Model")

    provider: str = member("Provider")

    spans: int = member("Spans")

    failed_spans: int = member("FailedSpans")

    usage: Usage = member("Usage")
    """What a call used. `Input` holds all that was put in, cached or not; `Output` all that came
    out, reasoning included.
    """

    costs: list[Money] = member("Costs")

    duration_ms: Distribution = member("DurationMs")
    """How numbers are distributed. Percentiles are of the nearest rank."""
