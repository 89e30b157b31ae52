"""Rows of costs in their table, and which days are known."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final, NamedTuple

import msgspec

from modelmetry.costs.rows import CostRow
from modelmetry.errors import StoreConflictError
from modelmetry.store.costs import MOST_SOURCES
from modelmetry.store.sqlite.encode import as_json, from_micros, to_micros
from modelmetry.store.sqlite.writer import Work

EPOCH: Final = date(1970, 1, 1)
_COLUMNS: Final = (
    "identity, start, end, service, category, account, tags, billed, effective, list, currency, "
    "estimated"
)
_SOURCE: Final = "SELECT id, currency FROM cost_source WHERE tenant = ? AND name = ?"
_COUNT: Final = "SELECT count(*) FROM cost_source WHERE tenant = ?"
_MADE: Final = "INSERT INTO cost_source (tenant, name, currency) VALUES (?, ?, '')"
_DAYS: Final = "source = ? AND day >= ? AND day < ?"
_PUT: Final = (
    f"INSERT INTO cost_row (source, day, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
    "?, ?)"
)


def day_number(day: date) -> int:
    """Days since 1970."""
    return (day - EPOCH).days


def day_from(number: int) -> date:
    """The day with a number."""
    return EPOCH + timedelta(days=number)


def source_number(work: Work, tenant: str, name: str) -> int:
    """The number of a source, made when missing.

    Raises:
        StoreConflictError: there are too many.
    """
    whose = work.tx.names.tenant(tenant)
    found = work.connection.execute(_SOURCE, (whose, name)).fetchone()
    if found is not None:
        return int(found[0])
    (count,) = work.connection.execute(_COUNT, (whose,)).fetchone()
    if count >= MOST_SOURCES:
        raise StoreConflictError(
            f"{name!r} would be one more than {MOST_SOURCES} sources of costs; state what they "
            "cost under the name of one that is there, and part them by account or tags"
        )
    return int(work.connection.execute(_MADE, (whose, name)).lastrowid or 0)


def replace(
    work: Work,
    tenant: str,
    source: str,
    start: date,
    end: date,
    rows: Sequence[CostRow],
    *,
    whole: bool,
) -> int:
    """Put rows in the place of all that is known of some days.

    Args:
        work: in a transaction.
        tenant: whose costs they are.
        source: who says it.
        start: the first day.
        end: the day after the last one.
        rows: of these days, no two with the same identity.
        whole: whether a day without rows cost nothing; else those before the first row, unless the
            day before was known, and those after the last one are not known.

    Returns:
        How many rows are new, other than before or gone.

    Raises:
        StoreConflictError: the source is known in another currency, or there are too many.
    """
    number = source_number(work, tenant, source)
    first, last = day_number(start), day_number(end)
    _one_currency(work, number, source, (first, last), rows)
    known = (f"SELECT {_COLUMNS} FROM cost_row WHERE {_DAYS}", (number, first, last))
    found: list[tuple[Any, ...]] = work.connection.execute(*known).fetchall()
    before = {values[0]: values for values in found}
    told = [_values(row, source) for row in rows]
    after = {values[0]: values for values in told}
    changed = sum(before.get(key) != values for key, values in after.items())
    changed += len(before.keys() - after.keys())
    if changed:
        work.connection.execute(f"DELETE FROM cost_row WHERE {_DAYS}", (number, first, last))
        days = (day_number(row.day) for row in rows)
        placed = ((number, day, *values) for day, values in zip(days, told, strict=True))
        work.connection.executemany(_PUT, placed)
    known_now = range(first, last) if whole else _covered(work, number, (first, last), rows)
    work.connection.execute(f"DELETE FROM cost_known WHERE {_DAYS}", (number, first, last))
    work.connection.executemany(
        "INSERT INTO cost_known VALUES (?, ?)", ((number, day) for day in known_now)
    )
    return changed


def _covered(work: Work, number: int, days: tuple[int, int], rows: Sequence[CostRow]) -> range:
    """The days of which a source can be believed to have said all."""
    if not rows:
        return range(0)
    first, last = (day_number(chosen(row.day for row in rows)) for chosen in (min, max))
    before = "SELECT 1 FROM cost_known WHERE source = ? AND day = ?"
    if work.connection.execute(before, (number, days[0] - 1)).fetchone():
        first = days[0]
    return range(first, last + 1)


def _one_currency(
    work: Work, number: int, source: str, days: tuple[int, int], rows: Sequence[CostRow]
) -> None:
    """Keep the currency of a source; one whose other days hold nothing may change it."""
    new = {row.billing_currency for row in rows}
    if not new:
        return
    others = "SELECT DISTINCT currency FROM cost_row WHERE source = ? AND (day < ? OR day >= ?)"
    known = {one for (one,) in work.connection.execute(others, (number, *days))}
    if len(new | known) > 1:
        raise StoreConflictError(
            f"costs of {source!r} would be in {' and '.join(sorted(new | known))}, which cannot be "
            "added; name another source for each currency"
        )
    work.connection.execute("UPDATE cost_source SET currency = ? WHERE id = ?", (*new, number))


def _values(row: CostRow, source: str) -> tuple[Any, ...]:
    return (
        bytes.fromhex(row.identity(source)),
        to_micros(row.charge_period_start),
        to_micros(row.charge_period_end),
        row.service_name,
        row.charge_category,
        row.sub_account_id,
        as_json(row.tags),
        text_of(row.billed_cost),
        text_of(row.effective_cost),
        None if row.list_cost is None else text_of(row.list_cost),
        row.billing_currency,
        int(row.estimated),
    )


def text_of(amount: Decimal) -> str:
    """An exact amount without an exponent, and without zeros at its end."""
    text = f"{amount:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def read_rows(
    connection: sqlite3.Connection, sources: Iterable[int], start: date, end: date
) -> Iterator[tuple[int, CostRow]]:
    """The rows of some sources and days with their source's number, by period and service."""
    numbers = list(sources)
    marks = ", ".join("?" * len(numbers))
    found = connection.execute(
        f"SELECT source, {_COLUMNS} FROM cost_row WHERE source IN ({marks}) AND day >= ? "
        "AND day < ? ORDER BY start, service, category, account, tags, source",
        (*numbers, day_number(start), day_number(end)),
    )
    return ((source, _row(values)) for source, *values in found)


def _row(values: Sequence[Any]) -> CostRow:
    _, start, end, service, category, account, tags, billed, effective, list_, *rest = values
    currency, estimated = rest
    return CostRow(
        charge_period_start=from_micros(start),
        charge_period_end=from_micros(end),
        billed_cost=Decimal(billed),
        effective_cost=Decimal(effective),
        list_cost=None if list_ is None else Decimal(list_),
        billing_currency=currency,
        service_name=service,
        charge_category=category,
        sub_account_id=account,
        tags=msgspec.json.decode(tags, type=tuple[tuple[str, str], ...]),
        estimated=bool(estimated),
    )


class Spent(NamedTuple):
    """What is added up of a row; the rest of it takes longer to read than to add."""

    source: int
    day: int
    service: str
    category: str | None
    currency: str
    billed: str
    effective: str
    is_estimated: int


def read_spent(
    connection: sqlite3.Connection, sources: Iterable[int], start: date, end: date
) -> Iterator[Spent]:
    """What is added up of the rows of some sources and days, in any order, none of it held."""
    columns = "source, day, service, category, currency, billed, effective, estimated"
    for number in sources:
        found = connection.execute(
            f"SELECT {columns} FROM cost_row WHERE {_DAYS}",
            (number, day_number(start), day_number(end)),
        )
        yield from map(Spent._make, found)


def sources_of(
    connection: sqlite3.Connection, tenant: int, name: str | None = None
) -> Mapping[str, int]:
    """The numbers of a tenant's sources by their names, or of the one with a name."""
    found = connection.execute(
        "SELECT name, id FROM cost_source WHERE tenant = ? AND name = coalesce(?, name) "
        "ORDER BY name",
        (tenant, name),
    )
    return dict(found)


def known_days(
    connection: sqlite3.Connection, source: int, start: date, end: date
) -> frozenset[date]:
    """The days among these that a source knows."""
    found = connection.execute(
        f"SELECT day FROM cost_known WHERE {_DAYS}", (source, day_number(start), day_number(end))
    )
    return frozenset(day_from(day) for (day,) in found)
