"""Distribution. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.wire import member, wire_model


@wire_model
class Distribution:
    """How numbers are distributed. Percentiles are of the nearest rank."""

    count: int = member("Count")

    min_: int | float = member("Min")

    max_: int | float = member("Max")

    mean: int | float = member("Mean")

    p50: int | float = member("P50")

    p95: int | float = member("P95")

    p99: int | float = member("P99")
