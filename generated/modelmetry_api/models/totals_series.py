"""TotalsSeries. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.totals_point import TotalsPoint
from modelmetry_api.wire import member, wire_model


@wire_model
class TotalsSeries:
    """Totals over time."""

    bucket_seconds: int = member("BucketSeconds")
    """Width of one point."""

    points: list[TotalsPoint] = member("Points")
    """Only stretches in which something started, oldest first."""

    approximate: bool = member("Approximate")

    relative_error: int | float = member("RelativeError")
    """Largest relative error of percentiles; 0 when they are exact."""
