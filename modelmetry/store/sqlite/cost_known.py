"""What the days cost that are known, of all sources together."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from attrs import frozen
from msgspec.structs import replace

from modelmetry.costs.amounts import EXACT, ZERO
from modelmetry.costs.rows import CostRow, day_row
from modelmetry.costs.totals import Basis, DayTotal, daily_totals
from modelmetry.store.sqlite.cost_rows import (
    Spent,
    day_from,
    known_days,
    read_spent,
    sources_of,
)

_ALL: Final = "all"
"""The service of what is added up over all."""


@frozen
class KnownCosts:
    """The costs of some days.

    Attributes:
        sources: the names of those that know any of the days.
        days: which days all of them know.
        rows: what was spent on the days, also on those that not all sources know; services,
            accounts and tags are added up.
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
    rows = _added(read_spent(connection, taking_part, start, end))
    return KnownCosts(tuple(known), common_days(known.values()), rows)


def _added(found: Iterable[Spent]) -> tuple[CostRow, ...]:
    sums: dict[tuple[int, str | None, str], tuple[Decimal, Decimal, int]] = {}
    for one in found:
        key = one.day, one.category, one.currency
        billed, effective, estimated = sums.get(key, (ZERO, ZERO, 0))
        sums[key] = (
            EXACT.add(billed, Decimal(one.billed)),
            EXACT.add(effective, Decimal(one.effective)),
            estimated | one.is_estimated,
        )
    return tuple(
        replace(
            day_row(day_from(day), _ALL, billed, currency, effective),
            charge_category=category,
            estimated=bool(estimated),
        )
        for (day, category, currency), (billed, effective, estimated) in sums.items()
    )


def known_by(
    connection: sqlite3.Connection, sources: Mapping[str, int], start: date, end: date
) -> dict[str, frozenset[date]]:
    """The days that each source knows, of those that know any."""
    found = {name: known_days(connection, number, start, end) for name, number in sources.items()}
    return {name: days for name, days in found.items() if days}


def common_days(days: Collection[frozenset[date]]) -> frozenset[date]:
    """Those that all sources know."""
    return frozenset[date]().union(*days).intersection(*days)
