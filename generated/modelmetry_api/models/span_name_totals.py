"""SpanNameTotals. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.distribution import Distribution
from modelmetry_api.wire import member, wire_model


@wire_model
class SpanNameTotals:
    """Totals of the spans of one name."""

    name: str = member("Name")

    spans: int = member("Spans")

    failed_spans: int = member("FailedSpans")

    duration_ms: Distribution = member("DurationMs")
    """How numbers are distributed. Percentiles are of the nearest rank."""
