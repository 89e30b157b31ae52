"""What a store can do with costs of the cloud, and what can be asked of them."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, Literal, Protocol

from attrs import frozen
from modelmetry_api.models import CostDayList, CostDaysReplaced, CostSourceList, CostTrend

from modelmetry.costs.ledger import CostLedger
from modelmetry.costs.totals import Basis
from modelmetry.errors import StoreQueryError

MOST_DAYS: Final = 400
"""So many days are asked for or stated at once at most."""
USUAL_DAYS: Final = 30
"""So many are answered when nothing else is said."""
MOST_SUMS: Final = 20_000
"""So many sums are answered at most."""
MOST_SOURCES: Final = 100
"""A tenant has so many at most."""

Grouping = Literal["day", "service", "source"]

_FIRST, _LAST = date(1970, 1, 1), date(2199, 12, 31)


def day_of(text: str, name: str) -> date:
    """Read a day of UTC.

    Args:
        text: such as `2026-11-22`.
        name: what it is, for the message.

    Raises:
        StoreQueryError: it is none, or not from 1970 to 2199.
    """
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = date.min
    if not _FIRST <= found <= _LAST:
        raise StoreQueryError(f"{name} must be a day from {_FIRST} to {_LAST}, not {text[:40]!r}")
    return found


def checked_days(start: date, end: date) -> tuple[date, date]:
    """See that days are some, and not too many.

    Raises:
        StoreQueryError: they are none, or more than `MOST_DAYS`.
    """
    if not timedelta(0) < end - start <= timedelta(days=MOST_DAYS):
        raise StoreQueryError(
            f"from {start} to {end}, which is excluded, there are {(end - start).days} days; "
            f"name 1 to {MOST_DAYS}"
        )
    return start, end


@frozen(kw_only=True)
class CostQuery:
    """Which costs, and what their sums are of.

    Attributes:
        start: the first day of UTC; `USUAL_DAYS` before the end unless given.
        end: the day after the last one; today unless given.
        source: of this source only.
        service: of this service of the cloud only.
        group_by: what the sums are of.
    """

    start: date | None = None
    end: date | None = None
    source: str | None = None
    service: str | None = None
    group_by: tuple[Grouping, ...] = ("day",)

    def bounds(self, now: datetime) -> tuple[date, date]:
        """Both ends.

        Raises:
            StoreQueryError: there are no days, or too many.
        """
        end = self.end
        if end is None:
            end = now.astimezone(UTC).date()
            if self.start is not None and self.start >= end:
                end = self.start + timedelta(days=1)
        start = self.start or end - timedelta(days=USUAL_DAYS)
        return checked_days(start, end)


@frozen(kw_only=True)
class CostTrendQuery:
    """Which days are compared.

    Attributes:
        days: how many, with as many before.
        end: the day after the last one; the day after the last that is known unless given.
        source: of this source only.
        basis: which amount counts.
        without: charge categories that do not count.
    """

    days: int = 7
    end: date | None = None
    source: str | None = None
    basis: Basis = "billed"
    without: tuple[str, ...] = ()


class CostStore(Protocol):
    """Where costs of the cloud rest; see `Store` for what holds of every method."""

    def cost_ledger(self, tenant: str) -> CostLedger:
        """Where polls of this tenant are kept, for all processes that share the store."""
        ...

    def replace_cost_days(self, tenant: str, body: Mapping[str, Any]) -> Future[CostDaysReplaced]:
        """State what some days cost, instead of what was known of them.

        Args:
            tenant: whose costs they are.
            body: a request body of the operation as plain JSON values. It has been validated.

        Raises:
            StoreQueryError: the days cannot be.
            StoreRefusedError: rows do not belong to the days, are there twice, or have amounts that
                are too long.
            StoreConflictError: in the future: the source is known in another currency, or there are
                too many sources.
            StoreBusyError: too much is waiting to be written.
        """
        ...

    def list_cost_days(self, tenant: str, query: CostQuery) -> CostDayList:
        """What was spent. Raises `StoreQueryError` for days that cannot be, or too many sums."""
        ...

    def list_cost_sources(self, tenant: str) -> CostSourceList:
        """Where costs come from."""
        ...

    def cost_trend(self, tenant: str, query: CostTrendQuery) -> CostTrend:
        """How costs change. Raises `StoreQueryError` for days that cannot be."""
        ...
