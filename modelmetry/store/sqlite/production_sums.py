"""What series of production metrics add up to in a stretch of time."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, cast

from attrs import frozen

from modelmetry.store import buckets
from modelmetry.store.buckets import Bounds, Quantile
from modelmetry.store.sqlite.encode import decode_json, encode_json, to_float
from modelmetry.store.sqlite.names import NameKind, name_id
from modelmetry.store.sqlite.production_parts import Cell, Kind, added, bounds_of
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
    found = connection.execute(f"{sql} ORDER BY s.id", values)
    return [_series(name, row) for row in found]


def of_last_kind(found: Sequence[Series]) -> list[Series]:
    """Those of the kind that came last: a release may measure a name in another way."""
    return [one for one in found if one.kind == found[-1].kind]


def _series(name: str, row: Sequence[Any]) -> Series:
    id_, kind, unit, attributes, bounds, service = row
    of = decode_json(attributes)
    return Series(id_, name, Kind(kind), unit, service, of, bounds_of(bounds))


class Growing:
    """A cell that grows row by row: a report has hundreds of thousands of them."""

    __slots__ = ("_counts", "_high", "_is_histogram", "_last", "_last_at", "_looks", "_low", "_sum")

    def __init__(self) -> None:
        self._sum = 0.0
        self._looks: int | None = None
        self._low = self._high = self._last = self._last_at = cast("Any", None)
        self._counts = 0
        self._is_histogram = False

    def add(self, row: Sequence[Any]) -> None:
        """Add a row of `rows`."""
        _, _, total, looks, low, high, last, last_at, counts = row
        self._sum += total
        if counts is not None:
            self._counts += int.from_bytes(counts, "little")
            self._is_histogram = True
        elif looks is not None:
            if self._looks is None:
                self._looks, self._low, self._high = looks, low, high
                self._last, self._last_at = last, last_at
                return
            self._looks += looks
            self._low = min(self._low, low)
            self._high = max(self._high, high)
            if (last_at, last) > (self._last_at, self._last):
                self._last, self._last_at = last, last_at

    def cell(self) -> Cell:
        """All of it."""
        return Cell(
            to_float(self._sum),
            self._looks,
            self._low,
            self._high,
            self._last,
            self._last_at,
            self._counts if self._is_histogram else None,
        )


def rows(
    connection: sqlite3.Connection, series: Iterable[int], stretch: Stretch
) -> Iterator[tuple[Any, ...]]:
    """Slot, series and the columns of a cell of each point of a stretch."""
    wanted = sorted(set(series))
    if wanted:
        yield from connection.execute(*_statement(connection, wanted, stretch))


def holds_more(
    connection: sqlite3.Connection, series: Collection[int], stretch: Stretch, most: int
) -> bool:
    """Whether a stretch has more points than `most`; counted when it could have."""
    if len(series) * (stretch.end - stretch.first) <= most:
        return False
    sql, values = _statement(connection, sorted(series), stretch)
    (count,) = connection.execute(
        f"SELECT count(*) FROM (SELECT slot FROM ({sql}) LIMIT :most)", values | {"most": most + 1}
    ).fetchone()
    return bool(count > most)


def _statement(
    connection: sqlite3.Connection, wanted: Sequence[int], stretch: Stretch
) -> tuple[str, dict[str, Any]]:
    (known,) = connection.execute("SELECT count(*) FROM production_series").fetchone()
    sql = _LOOKED_UP if len(wanted) * _SHARE < known else _READ
    values = {
        "first": stretch.first,
        "end": stretch.end,
        "series": encode_json(wanted).decode(),
    }
    return sql.format(table=stretch.table), values


def sums(
    connection: sqlite3.Connection, series: Iterable[int], stretches: Iterable[Stretch]
) -> dict[int, Cell]:
    """What each series adds up to in all of the stretches; those without a point are missing."""
    wanted, found = list(series), dict[int, Growing]()
    for stretch in stretches:
        for row in rows(connection, wanted, stretch):
            growing = found.get(row[1])
            if growing is None:
                growing = found[row[1]] = Growing()
            growing.add(row)
    return {number: growing.cell() for number, growing in found.items()}


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
