"""What series of production metrics add up to in a stretch of time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from attrs import frozen

from modelmetry.store import buckets
from modelmetry.store.buckets import Bounds, Quantile
from modelmetry.store.sqlite.encode import decode_json, encode_json
from modelmetry.store.sqlite.names import NameKind, name_id
from modelmetry.store.sqlite.production_parts import Cell, Kind, added, bounds_of
from modelmetry.store.sqlite.production_rows import cell_of
from modelmetry.store.sqlite.production_windows import Stretch

_CELL: Final = ", ".join(f"p.{column}" for column in Cell._fields)
_SERIES: Final = """
    SELECT s.id, s.kind, s.unit, s.attributes, s.bounds,
        coalesce((SELECT text FROM name WHERE id = s.service), '')
    FROM production_series s WHERE s.tenant = ? AND s.name = ?
"""
_OF_SERVICE: Final = " AND s.service = ?"
# Of few series each point is looked up; of many all points of the stretch are read.
_LOOKED_UP: Final = f"""
    WITH RECURSIVE slots(slot) AS (
        SELECT :first UNION ALL SELECT slot + 1 FROM slots WHERE slot + 1 < :end
    )
    SELECT p.slot, p.series, {_CELL} FROM slots CROSS JOIN json_each(:series) j
    CROSS JOIN {{table}} p ON p.slot = slots.slot AND p.series = j.value
"""
_READ: Final = f"""
    SELECT p.slot, p.series, {_CELL} FROM {{table}} p
    WHERE p.slot >= :first AND p.slot < :end AND +p.series IN (SELECT value FROM json_each(:series))
"""
_SHARE: Final = 10


@frozen
class Series:
    """A series that was measured."""

    id: int
    name: str
    kind: Kind
    unit: str
    service: str
    attributes: Mapping[str, str]
    bounds: Bounds


@frozen
class Total:
    """Several stretches of several series of one kind as one."""

    cell: Cell
    bounds: Bounds = ()
    counts: Sequence[int] = ()
    differed: bool = False
    """Whether bounds of buckets differed, so that only those that all have are left."""

    @property
    def count(self) -> int:
        """Measurements of a histogram, looks at a gauge."""
        return sum(self.counts) if self.counts else self.cell.looks or 0

    @property
    def mean(self) -> float | None:
        """Of a histogram or a gauge."""
        return self.cell.sum / self.count if self.count else None

    def quantile(self, rank: float) -> Quantile | None:
        """Of a histogram; see `buckets.quantile`."""
        return buckets.quantile(self.bounds, self.counts, rank) if self.counts else None


def find_series(
    connection: sqlite3.Connection, tenant: int, name: str, service: str | None = None
) -> list[Series]:
    """The series of a metric, in the order in which they came."""
    number = name_id(connection, tenant, NameKind.PRODUCTION, name)
    if number is None:
        return []
    sql, values = _SERIES, [tenant, number]
    if service is not None:
        of = 0 if not service else name_id(connection, tenant, NameKind.SERVICE, service)
        if of is None:
            return []
        sql, values = sql + _OF_SERVICE, [*values, of]
    rows = connection.execute(f"{sql} ORDER BY s.id", values)
    return [_series(name, row) for row in rows]


def _series(name: str, row: Sequence[Any]) -> Series:
    id_, kind, unit, attributes, bounds, service = row
    of = decode_json(attributes)
    return Series(id_, name, Kind(kind), unit, service, of, bounds_of(bounds))


def cells(
    connection: sqlite3.Connection, series: Iterable[int], stretch: Stretch
) -> Iterator[tuple[int, int, Cell]]:
    """Slot, series and cell of each point of a stretch."""
    wanted = sorted(set(series))
    if not wanted:
        return
    (known,) = connection.execute("SELECT count(*) FROM production_series").fetchone()
    sql = _LOOKED_UP if len(wanted) * _SHARE < known else _READ
    values = {
        "first": stretch.first,
        "end": stretch.end,
        "series": encode_json(wanted).decode(),
    }
    for slot, one, *row in connection.execute(sql.format(table=stretch.table), values):
        yield slot, one, cell_of(row)


def sums(
    connection: sqlite3.Connection, series: Iterable[int], stretches: Iterable[Stretch]
) -> dict[int, Cell]:
    """What each series adds up to in all of the stretches; those without a point are missing."""
    wanted, found = list(series), dict[int, Cell]()
    for stretch in stretches:
        for _, one, cell in cells(connection, wanted, stretch):
            known = found.get(one)
            found[one] = cell if known is None else added(known, cell)
    return found


def total(parts: Iterable[tuple[Series, Cell]]) -> Total | None:
    """What belongs to several series as one; None when there is nothing."""
    whole: Cell | None = None
    histograms: list[tuple[Bounds, int]] = []
    for series, cell in parts:
        if cell.counts is None:
            whole = cell if whole is None else added(whole, cell)
        else:
            histograms.append((series.bounds, cell.counts))
            plain = Cell(cell.sum)
            whole = plain if whole is None else added(whole, plain)
    if whole is None:
        return None
    if not histograms:
        return Total(whole)
    bounds, counts, differed = buckets.merged(histograms)
    return Total(whole, bounds, counts, differed)
