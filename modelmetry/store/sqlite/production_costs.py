"""Costs of the cloud in the report: of which days, and over how many units in the same days."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Final

from modelmetry.costs.days import midnight
from modelmetry.costs.totals import daily_totals
from modelmetry.store.figures import Reading, Readings, absent
from modelmetry.store.spending import CostDay, cloud_readings
from modelmetry.store.sqlite.cost_known import known_costs
from modelmetry.store.sqlite.cost_trends import Counts
from modelmetry.store.sqlite.encode import Micros, from_micros, to_micros
from modelmetry.store.sqlite.names import tenant_id
from modelmetry.store.sqlite.production_llm import llm_readings
from modelmetry.store.sqlite.production_measured import Measured
from modelmetry.store.sqlite.production_requests import prediction_readings
from modelmetry.store.sqlite.production_windows import Span

DaysOf = Callable[[Span], Sequence[CostDay]]
"""The days of a window whose costs are known."""

_DAY: Final = timedelta(days=1)


def days_known(connection: sqlite3.Connection, tenant: int) -> DaysOf:
    """Give what tells the whole days of a window, of all sources together.

    Args:
        connection: to read from.
        tenant: its number.
    """

    def days_of(span: Span) -> list[CostDay]:
        start, end = _first_day(span.start), from_micros(span.end).date()
        if start >= end:
            return []
        known = known_costs(connection, tenant, start, end)
        found: list[CostDay] = []
        for currency in known.currencies or ["USD"]:
            rows = [row for row in known.rows if row.billing_currency == currency]
            found += [
                CostDay(one.day, float(one.amount), currency, one.estimated)
                for one in daily_totals(rows, start, end)
                if one.day in known.days
            ]
        return found

    return days_of


def _first_day(at: Micros) -> date:
    """The first day of UTC that begins at a moment or after it."""
    moment = from_micros(at)
    return moment.date() if moment == midnight(moment.date()) else moment.date() + _DAY


def cost_readings(found: Measured, days: Sequence[CostDay]) -> Readings:
    """Figures of the cloud.

    Args:
        found: what was measured in the window.
        days: those whose costs are known.
    """
    if not days:
        return cloud_readings(days, absent("{prediction}", ""), absent("{call}", ""))
    first, end = min(one.day for one in days), max(one.day for one in days) + _DAY
    known, all_ = len({one.day for one in days}), (end - first).days
    if known < all_:
        why = f"the costs of {known} of {all_} days are known"
        return cloud_readings(days, absent("{prediction}", why), absent("{call}", why))
    predictions, calls = _units(found, first, end)
    note = f"of the days from {first} to {end - _DAY}, UTC"
    if found.service:
        note += f"; costs of the whole cloud by what {found.service} did"
    return cloud_readings(days, predictions, calls, note)


def _units(found: Measured, start: date, end: date) -> tuple[Reading, Reading]:
    """Predictions and calls of the days whose costs are known, and of no others."""
    span = Span(to_micros(midnight(start)), to_micros(midnight(end)))
    same = found
    if span != found.span:
        same = Measured(found.connection, found.tenant, found.service, span, found.now)
    return prediction_readings(same)["count"], llm_readings(same)["calls"]


def counts(connection: sqlite3.Connection, tenant: str, span: Span, now: Micros) -> Counts:
    """Count the units of some days.

    Args:
        connection: to read from.
        tenant: whose they are.
        span: whole days.
        now: microseconds since 1970.
    """
    number = tenant_id(connection, tenant) or 0
    found = Measured(connection, number, None, span, now)
    return Counts(_count(prediction_readings(found)["count"]), _count(llm_readings(found)["calls"]))


def _count(reading: Reading) -> int | None:
    return None if reading.value is None or reading.estimated else int(reading.value)
