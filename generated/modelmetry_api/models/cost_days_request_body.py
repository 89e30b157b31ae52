"""CostDaysRequestBody. Written by codegen; do not edit."""

from __future__ import annotations

from datetime import date

from modelmetry_api.models.cost_day_row import CostDayRow
from modelmetry_api.wire import member, wire_model


@wire_model
class CostDaysRequestBody:
    """What some days cost, as one source says it."""

    source: str = member("Source")
    """Tells these rows from those of other sources; another account or currency is another source.
    """

    from_: date = member("From")
    """A day of UTC, from 1970 to 2199."""

    to: date = member("To")
    """A day of UTC, from 1970 to 2199."""

    currency: str = member("Currency")
    """ISO 4217 code of all amounts."""

    rows: list[CostDayRow] = member("Rows")
    """As many as a batch has signals at most (413)."""
