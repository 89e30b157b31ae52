"""TotalsPoint. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.distribution import Distribution
from modelmetry_api.models.money import Money
from modelmetry_api.models.usage import Usage
from modelmetry_api.wire import UNSET, DateTime, Unset, member, wire_model


@wire_model
class TotalsPoint:
    """Totals of what started in one stretch of time."""

    start: DateTime = member("Start")

    traces: int = member("Traces")

    failed_traces: int = member("FailedTraces")

    spans: int = member("Spans")

    failed_spans: int = member("FailedSpans")

    usage: Usage = member("Usage")
    """What a call used. `Input` holds all that was put in, cached or not; `Output` all that came
    out, reasoning included.
    """

    costs: list[Money] = member("Costs")
    """Cost of the traces, one item for each currency."""

    trace_duration_ms: Distribution | Unset = member("TraceDurationMs", default=UNSET)
    """How numbers are distributed. Percentiles are of the nearest rank."""
