"""TelemetryRunList. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.telemetry_run import TelemetryRun
from modelmetry_api.wire import member, wire_model


@wire_model
class TelemetryRunList:
    """One page of runs."""

    runs: list[TelemetryRun] = member("Runs")

    next_cursor: str | None = member("NextCursor")
    """Null on the last page."""

    total_count: int = member("TotalCount")
    """How many fit the filters on all pages."""
