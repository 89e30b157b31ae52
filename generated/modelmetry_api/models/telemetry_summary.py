"""TelemetrySummary. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.command_totals import CommandTotals
from modelmetry_api.models.telemetry_count import TelemetryCount
from modelmetry_api.wire import member, wire_model


@wire_model
class TelemetrySummary:
    """Sums over telemetry; readings of the machine are not counted."""

    record_count: int = member("RecordCount")
    """Records and events."""

    run_count: int = member("RunCount")
    """Runs that sent them."""

    finished_count: int = member("FinishedCount")
    """Jobs that ended: completed, failed and cancelled ones."""

    success_rate: int | float | None = member("SuccessRate")
    """Completed ones among those that ended; null while none has."""

    statuses: list[TelemetryCount] = member("Statuses")
    """By how often they occur, the 1,000 most frequent ones."""

    events: list[TelemetryCount] = member("Events")
    """The 100 most frequent ones."""

    commands: list[CommandTotals] = member("Commands")
    """The 100 most frequent ones."""

    metrics: list[TelemetryCount] = member("Metrics")
    """Numbers by how often they occur, the 100 most frequent ones."""
