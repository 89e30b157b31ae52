"""What the days cost that are known, of all sources together."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping
from datetime import date, timedelta

from attrs import frozen

from modelmetry.costs.rows import CostRow
from modelmetry.costs.totals import Basis, DayTotal, daily_totals
from modelmetry.store.sqlite.cost_rows import known_days, read_rows, sources_of


@frozen
class KnownCosts:
    """The costs of some days.

    Attributes:
        sources: the names of those that know any of the days.
        days: which days all of them know.
        rows: what was spent on the days, also on those that not all sources know.
    """

    sources: tuple[str, ...]
    days: frozenset[date]
    rows: tuple[CostRow, ...]

    @property
    def currencies(self) -> list[str]:
        """In which amounts are, sorted."""
        return sorted({row.billing_currency for row in self.rows})

    def totals(self, *, basis: Basis = "billed", without: Collection[str] = ()) -> list[DayTotal]:
        """What each day cost that is known.

        Raises:
            CostCurrencyError: rows that count are in several currencies.
        """
        if not self.days:
            return []
        first, last = min(self.days), max(self.days)
        rows = [row for row in self.rows if row.day in self.days]
        end = last + timedelta(days=1)
        found = daily_totals(rows, first, end, basis=basis, without=without)
        return [total for total in found if total.day in self.days]


def known_costs(
    connection: sqlite3.Connection,
    tenant: int,
    start: date,
    end: date,
    *,
    source: str | None = None,
) -> KnownCosts:
    """Read what some days cost.

    A source that knows none of the days does not count: it may have been given up.

    Args:
        connection: to read from.
        tenant: its number.
        start: the first day.
        end: the day after the last one.
        source: only this one.
    """
    numbers = sources_of(connection, tenant, source)
    known = known_by(connection, numbers, start, end)
    taking_part = [numbers[name] for name in known]
    rows = tuple(row for _, row in read_rows(connection, taking_part, start, end))
    return KnownCosts(tuple(known), common_days(known.values()), rows)


def known_by(
    connection: sqlite3.Connection, sources: Mapping[str, int], start: date, end: date
) -> dict[str, frozenset[date]]:
    """The days that each source knows, of those that know any."""
    found = {name: known_days(connection, number, start, end) for name, number in sources.items()}
    return {name: days for name, days in found.items() if days}


def common_days(days: Collection[frozenset[date]]) -> frozenset[date]:
    """Those that all sources know."""
    return frozenset[date]().union(*days).intersection(*days)
