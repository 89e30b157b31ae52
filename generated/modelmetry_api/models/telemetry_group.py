"""TelemetryGroup. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.distribution import Distribution
from modelmetry_api.wire import member, wire_model


@wire_model
class TelemetryGroup:
    """One number of telemetry in one group."""

    group: str = member("Group")
    """Empty when nothing is split or nothing was sent."""

    numbers: Distribution = member("Numbers")
    """How numbers are distributed. Percentiles are of the nearest rank."""
