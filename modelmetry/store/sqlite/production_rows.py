"""Writing what processes measured: new intervals are added to the points of both widths."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from modelmetry.errors import StoreRefusedError
from modelmetry.store.buckets import from_blob, to_blob
from modelmetry.store.production import MOST_SERIES
from modelmetry.store.sqlite.bulk import Row, insert_many
from modelmetry.store.sqlite.lookup import select_in
from modelmetry.store.sqlite.names import NameKind
from modelmetry.store.sqlite.production_parts import (
    MEMBER,
    Cell,
    IntervalPart,
    ProductionParts,
    added,
)
from modelmetry.store.sqlite.transaction import HOUR, Transaction

FINE: Final = 300_000_000
"""Microseconds of a fine point."""

WIDTHS: Final = {"production_fine": FINE, "production_hour": HOUR}
"""The tables of points, and how wide these are."""

_CELL: Final = ", ".join(Cell._fields)
_KNOWN: Final = "SELECT xid FROM production_interval WHERE tenant = ? AND xid IN ({keys})"
_POINTS: Final = (
    f"SELECT series, {_CELL} FROM {{table}} WHERE slot = ? AND series IN ({{{{keys}}}})"
)
_UPDATE: Final = "(slot, series) DO UPDATE SET " + ", ".join(
    f"{column} = excluded.{column}" for column in Cell._fields
)
_UP: Final = """
    INSERT INTO production_up (tenant, slot, service, minutes) VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET minutes = minutes | excluded.minutes
"""
_PROCESS: Final = """
    INSERT INTO production_process (tenant, xid, service, environment, release, start, end)
    VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET service = excluded.service,
    environment = excluded.environment, release = excluded.release,
    start = min(start, excluded.start), end = max(end, excluded.end)
"""
_FIND: Final = """
    SELECT id FROM production_series WHERE tenant = ? AND name = ? AND kind = ? AND unit = ?
    AND service = ? AND environment = ? AND attributes = ? AND bounds = ?
"""
_COLUMNS: Final = "tenant, name, kind, unit, service, environment, attributes, bounds"
_MAKE: Final = f"INSERT INTO production_series ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_COUNT: Final = "SELECT count(*) FROM production_series WHERE tenant = ?"
_MINUTES: Final = 60
_MOST_CACHED: Final = 50_000


def write_production(
    tx: Transaction, tenant: int, parts: ProductionParts, most: int = MOST_SERIES
) -> None:
    """Write the intervals of a batch; one that is known already changes nothing.

    Raises:
        StoreRefusedError: intervals have series for which there is no room; the transaction must
            be rolled back.
    """
    if not parts.intervals:
        return
    known = {xid for (xid,) in select_in(tx.connection, _KNOWN, (tenant,), list(parts.intervals))}
    new = {key: part for key, part in parts.intervals.items() if key not in known}
    cells = _Numbered(tx, tenant, most).cells(new.values())
    for table, width in WIDTHS.items():
        _add(tx.connection, table, _by_slot(cells, width))
    rows = [(tenant, key, tx.now) for key in new]
    insert_many(tx.connection, "production_interval (tenant, xid, received)", rows)
    for part in new.values():
        _note_process(tx, tenant, part)


def _by_slot(cells: Iterable[tuple[int, int, Cell]], width: int) -> dict[int, dict[int, Cell]]:
    """Cells by slot and series."""
    found: dict[int, dict[int, Cell]] = {}
    for middle, series, cell in cells:
        slot = found.setdefault(middle // width, {})
        known = slot.get(series)
        slot[series] = cell if known is None else added(known, cell)
    return found


def _add(
    connection: sqlite3.Connection, table: str, slots: Mapping[int, Mapping[int, Cell]]
) -> None:
    find = _POINTS.format(table=table)
    rows: list[Row] = []
    for slot, cells in sorted(slots.items()):
        sums = dict(cells)
        for series, *row in select_in(connection, find, (slot,), list(cells)):
            sums[series] = added(cell_of(row), cells[series])
        rows += [(slot, series, *_row(cell)) for series, cell in sorted(sums.items())]
    insert_many(connection, f"{table} (slot, series, {_CELL})", rows, _UPDATE)


def cell_of(row: Sequence[Any]) -> Cell:
    """The cell in a row, whose columns are in the order of its members."""
    total, looks, low, high, last, last_at, counts = row
    known = None if counts is None else from_blob(counts)
    return Cell(total, looks, low, high, last, last_at, known)


def _row(cell: Cell) -> Row:
    *members, counts = cell
    return *members, None if counts is None else to_blob(counts)


def _note_process(tx: Transaction, tenant: int, part: IntervalPart) -> None:
    service = _number(tx, tenant, NameKind.SERVICE, part.service)
    environment = _number(tx, tenant, NameKind.ENVIRONMENT, part.environment)
    hours: dict[int, int] = {}
    for minute in part.minutes:
        hour = minute // _MINUTES
        hours[hour] = hours.get(hour, 0) | 1 << minute % _MINUTES
    for hour, minutes in hours.items():
        tx.connection.execute(_UP, (tenant, hour, service, minutes))
    row = (tenant, part.process, service, environment, part.release, part.start, part.end)
    tx.connection.execute(_PROCESS, row)


def _number(tx: Transaction, tenant: int, kind: NameKind, text: str | None) -> int:
    return 0 if text is None else tx.names.name(tenant, kind, text)


class _Numbered:
    """Gives series their numbers, as long as there is room for those that are new."""

    def __init__(self, tx: Transaction, tenant: int, most: int) -> None:
        self._tx = tx
        self._tenant = tenant
        self._most = most
        self._room: int | None = None

    def cells(self, parts: Iterable[IntervalPart]) -> list[tuple[int, int, Cell]]:
        """Time, series and cell of all that was measured. Raises `StoreRefusedError`."""
        found: list[tuple[int, int, Cell]] = []
        full: list[tuple[int, int]] = []
        for part in parts:
            rows = self._rows(part)
            new = dict.fromkeys(row for row in rows if not self._known(row))
            if len(new) > self._left(new):
                full.append((part.place, len(new)))
                continue
            made = {row: self._make(row) for row in new}
            for row, (_, cell) in zip(rows, part.series, strict=True):
                found.append((part.middle, made.get(row) or self._known(row), cell))
        if full:
            raise self._refusal(full)
        return found

    def _rows(self, part: IntervalPart) -> list[Row]:
        """What tells its series apart, as `production_series` has it."""
        tx, tenant = self._tx, self._tenant
        service = _number(tx, tenant, NameKind.SERVICE, part.service)
        environment = _number(tx, tenant, NameKind.ENVIRONMENT, part.environment)
        name = tx.names.name
        return [
            (
                tenant,
                name(tenant, NameKind.PRODUCTION, key.name),
                int(key.kind),
                key.unit,
                service,
                environment,
                key.attributes,
                key.bounds,
            )
            for key, _ in part.series
        ]

    def _known(self, row: Row) -> int:
        series = self._tx.names.series
        number = series.get(row)
        if number is None:
            found = self._tx.connection.execute(_FIND, row).fetchone()
            if found is None:
                return 0
            if len(series) > _MOST_CACHED:
                series.clear()
            number = series[row] = int(found[0])
        return number

    def _make(self, row: Row) -> int:
        made = self._tx.connection.execute(_MAKE, row).lastrowid or 0
        self._room = (self._room or 0) - 1
        self._tx.names.series[row] = made
        return made

    def _left(self, new: Collection[Row]) -> int:
        """For how many new series there is room; counted when there is a new one."""
        if self._room is None and new:
            (held,) = self._tx.connection.execute(_COUNT, (self._tenant,)).fetchone()
            self._room = max(0, self._most - int(held))
        return self._room or 0

    def _refusal(self, full: Sequence[tuple[int, int]]) -> StoreRefusedError:
        said = (
            f"has {{}} series that are new; the store has room for {self._left(())} more of "
            f"{self._most:,}. Give metrics fewer attributes, or attributes with fewer values, or "
            "delete old ones with `modelmetry store prune`"
        )
        place, number = full[0]
        return StoreRefusedError(
            f"{MEMBER}[{place}].Series {said.format(number)}; nothing is stored of this request",
            member=MEMBER,
            faults=[(place, ".Series", said.format(number)) for place, number in full],
        )
