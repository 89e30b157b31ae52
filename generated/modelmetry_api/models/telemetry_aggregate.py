"""TelemetryAggregate. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.telemetry_group import TelemetryGroup
from modelmetry_api.wire import member, wire_model


@wire_model
class TelemetryAggregate:
    """One number of telemetry, summed up."""

    metric: str = member("Metric")

    groups: list[TelemetryGroup] = member("Groups")
    """By how many values they have."""
