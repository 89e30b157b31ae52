"""Totals. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.distribution import Distribution
from modelmetry_api.models.model_totals import ModelTotals
from modelmetry_api.models.money import Money
from modelmetry_api.models.span_name_totals import SpanNameTotals
from modelmetry_api.models.usage import Usage
from modelmetry_api.wire import UNSET, Unset, member, wire_model


@wire_model
class Totals:
    """Totals of a stretch of time."""

    sessions: int = member("Sessions")
    """Sessions with a trace in it."""

    traces: int = member("Traces")

    failed_traces: int = member("FailedTraces")

    spans: int = member("Spans")

    failed_spans: int = member("FailedSpans")

    events: int = member("Events")

    findings: int = member("Findings")

    usage: Usage = member("Usage")
    """What a call used. `Input` holds all that was put in, cached or not; `Output` all that came
    out, reasoning included.
    """

    costs: list[Money] = member("Costs")

    span_names: list[SpanNameTotals] = member("SpanNames")
    """The first 50 names in the order that `sort` says, by default those with the most spans.
    """

    models: list[ModelTotals] = member("Models")
    """The 50 models with the most spans."""

    approximate: bool = member("Approximate")

    relative_error: int | float = member("RelativeError")
    """Largest relative error of percentiles; 0 when they are exact."""

    trace_duration_ms: Distribution | Unset = member("TraceDurationMs", default=UNSET)
    """How numbers are distributed. Percentiles are of the nearest rank."""
