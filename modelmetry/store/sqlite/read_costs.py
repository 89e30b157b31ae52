"""Sums of costs, and where costs come from."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final

from attrs import define
from modelmetry_api.models import CostDayList, CostPoll, CostSourceList, CostSourceState, CostSum

from modelmetry.costs.amounts import EXACT, ZERO
from modelmetry.costs.ledger import Poll
from modelmetry.errors import StoreQueryError
from modelmetry.store.costs import MOST_SUMS, CostQuery
from modelmetry.store.sqlite.cost_known import common_days, known_by
from modelmetry.store.sqlite.cost_ledger import poll_of
from modelmetry.store.sqlite.cost_rows import (
    Spent,
    day_from,
    read_spent,
    sources_of,
    text_of,
)
from modelmetry.store.sqlite.names import tenant_id

_Key = tuple[int | None, str | None, str | None, str]
_SOURCES: Final = """
    SELECT s.name, s.currency, s.poll, count(k.day), min(k.day), max(k.day)
    FROM cost_source s LEFT JOIN cost_known k ON k.source = s.id
    WHERE s.tenant = ? GROUP BY s.id ORDER BY s.name
"""


@define
class _Sum:
    """What rows add up to."""

    billed: Decimal = ZERO
    effective: Decimal = ZERO
    rows: int = 0
    is_estimated: bool = False

    def take(self, one: Spent) -> None:
        """Add a row."""
        self.billed = EXACT.add(self.billed, Decimal(one.billed))
        self.effective = EXACT.add(self.effective, Decimal(one.effective))
        self.rows += 1
        self.is_estimated = self.is_estimated or bool(one.is_estimated)


def list_days(
    connection: sqlite3.Connection, tenant: str, query: CostQuery, now: datetime
) -> CostDayList:
    """What was spent, added up as is asked for.

    Raises:
        StoreQueryError: the days cannot be, or there are too many sums.
    """
    start, end = query.bounds(now)
    numbers = sources_of(connection, tenant_id(connection, tenant) or 0, query.source)
    known = known_by(connection, numbers, start, end)
    names = {number: name for name, number in numbers.items()}
    found = read_spent(connection, names, start, end)
    sums = _sums(found, names, query)
    return CostDayList(
        from_=start,
        to=end,
        known_days=len(common_days(known.values())),
        sources=list(known),
        sums=[_model(key, sums[key]) for key in sorted(sums, key=lambda key: _order(key, sums))],
    )


def _sums(found: Iterable[Spent], names: Mapping[int, str], query: CostQuery) -> dict[_Key, _Sum]:
    by_day, by_service, by_source = (
        name in query.group_by for name in ("day", "service", "source")
    )
    sums: dict[_Key, _Sum] = {}
    for one in found:
        if query.service is not None and query.service != one.service:
            continue
        key = (
            one.day if by_day else None,
            one.service if by_service else None,
            names[one.source] if by_source else None,
            one.currency,
        )
        into = sums.get(key)
        if into is None:
            if len(sums) == MOST_SUMS:
                raise StoreQueryError(
                    f"there are more than {MOST_SUMS:,} sums; ask for fewer days, or for one "
                    "service"
                )
            into = sums[key] = _Sum()
        into.take(one)
    return sums


def _order(key: _Key, sums: dict[_Key, _Sum]) -> tuple[object, ...]:
    day, service, source, currency = key
    return day or 0, -sums[key].billed, service or "", source or "", currency


def _model(key: _Key, found: _Sum) -> CostSum:
    day, service, source, currency = key
    return CostSum(
        day=None if day is None else day_from(day),
        service=service,
        source=source,
        currency=currency,
        billed_cost=text_of(found.billed),
        effective_cost=text_of(found.effective),
        rows=found.rows,
        estimated=found.is_estimated,
    )


def list_sources(connection: sqlite3.Connection, tenant: str) -> CostSourceList:
    """Where costs come from."""
    found = connection.execute(_SOURCES, (tenant_id(connection, tenant) or 0,))
    return CostSourceList(
        sources=[
            CostSourceState(
                name=name,
                currency=currency or None,
                known_days=count,
                known_from=None if first is None else day_from(first),
                known_to=None if last is None else day_from(last + 1),
                poll=None if poll is None else _poll(poll_of(poll)),
            )
            for name, currency, poll, count, first, last in found
        ]
    )


def _poll(poll: Poll) -> CostPoll:
    return CostPoll(
        began_at=poll.at,
        due_at=poll.due,
        done=poll.done,
        succeeded_at=poll.succeeded_at,
        failures=poll.failures,
        message=poll.message,
        requests=poll.requests,
        spent=text_of(poll.spent),
    )
