"""FigureBucket. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.wire import member, wire_model


@wire_model
class FigureBucket:
    """The bucket of a histogram in which a quantile lies."""

    above: int | float | None = member("Above")
    """Where it begins; null for the first one."""

    up_to: int | float | None = member("UpTo")
    """Where it ends; null for the one above the last bound."""
