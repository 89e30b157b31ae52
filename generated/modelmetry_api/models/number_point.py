"""NumberPoint. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.wire import DateTime, member, wire_model


@wire_model
class NumberPoint:
    """One stretch of time."""

    start: DateTime = member("Start")

    count: int = member("Count")
    """Values."""

    mean: int | float = member("Mean")
    """Their mean."""

    min_: int | float = member("Min")
    """The smallest."""

    max_: int | float = member("Max")
    """The largest."""
