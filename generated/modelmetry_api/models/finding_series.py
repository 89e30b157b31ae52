"""FindingSeries. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.finding_point import FindingPoint
from modelmetry_api.wire import member, wire_model


@wire_model
class FindingSeries:
    """A finding over time."""

    name: str = member("Name")

    unit: str = member("Unit")

    bucket_seconds: int = member("BucketSeconds")
    """Width of one point."""

    points: list[FindingPoint] = member("Points")
    """Only stretches in which something was recorded, oldest first."""

    approximate: bool = member("Approximate")

    relative_error: int | float = member("RelativeError")
    """Largest relative error of percentiles; 0 when they are exact."""
