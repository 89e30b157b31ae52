"""CostDaysReplaced. Written by codegen; do not edit."""

from __future__ import annotations

from datetime import date

from modelmetry_api.wire import member, wire_model


@wire_model
class CostDaysReplaced:
    """What is known of some days now."""

    source: str = member("Source")

    from_: date = member("From")

    to: date = member("To")

    rows: int = member("Rows")
    """How many rows these days have."""

    changed: int = member("Changed")
    """How many rows are new, other than before or gone; 0 when all of it was known."""
