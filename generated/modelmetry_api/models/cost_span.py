"""CostSpan. Written by codegen; do not edit."""

from __future__ import annotations

from datetime import date

from modelmetry_api.wire import member, wire_model


@wire_model
class CostSpan:
    """What some days in a row cost together."""

    from_: date = member("From")

    to: date = member("To")
    """Exclusive."""

    amount: str | None = member("Amount")
    """Null when one of the days is not known."""

    missing_days: int = member("MissingDays")
    """How many are not known."""

    estimated_days: int = member("EstimatedDays")
    """How many may still change."""
