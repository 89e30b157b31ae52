"""TelemetrySeries. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.number_series import NumberSeries
from modelmetry_api.wire import member, wire_model


@wire_model
class TelemetrySeries:
    """Numbers of telemetry over time."""

    bucket_seconds: int = member("BucketSeconds")
    """Width of one point."""

    series: list[NumberSeries] = member("Series")
    """In the order in which they were asked for."""
