"""ProductionQuantile. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.wire import member, wire_model


@wire_model
class ProductionQuantile:
    """A quantile of a histogram by linear interpolation inside of its bucket, as
    `histogram_quantile` of Prometheus does: in the bucket above the last bound it is that
    bound, in the first one the lower bound is taken for 0 if the upper one is above 0.
    """

    quantile: int | float = member("Quantile")

    value: int | float = member("Value")
    """Interpolated."""

    above: int | float | None = member("Above")
    """Where its bucket begins; null for the first one."""

    up_to: int | float | None = member("UpTo")
    """Where its bucket ends; null for the one above the last bound."""
