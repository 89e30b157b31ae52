"""Pages of a long, filtered, ordered list, without looking at all of it.

First the list is walked in its order, a window at a time, each item held against the filters:
that answers at once when matches are frequent. When they are rare, the filter with the fewest
items collects its items from its own index, and those are held against the others.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any, Final

from attrs import define, field, frozen

Row = tuple[Any, ...]

_FIRST: Final = 128
_SECOND: Final = 384
# So few items are walked, if they are all that is left or likely to be enough.
_FEW: Final = 8_192
# Beyond this many, a filter's items are not counted further.
_MANY: Final = 5_000


@define
class Parameters:
    """Named parameters of one statement."""

    values: dict[str, Any] = field(factory=dict[str, Any])

    def __call__(self, value: Any) -> str:
        """Add a value; returns its placeholder."""
        name = f"p{len(self.values)}"
        self.values[name] = value
        return f":{name}"


@frozen(kw_only=True)
class Filter:
    """One condition on the items of a list, in SQL with named parameters.

    Attributes:
        probe: whether the item `t` fulfils it; may use `:lowest` and `:highest`, the range of
            the first key within the items that are looked at. Columns of `t` have a plus before
            them, so that SQLite looks up the item by its key and not by them.
        collect: selects the keys of all items that fulfil it, each once, from an index.
        index: the index whose order is that of the list among the items that fulfil `walk`.
        walk: what holds for a stretch of that index.
        few: whether it collects so few that walking the list is never better.
        costly: whether it takes long to count what it collects when that is little.
    """

    probe: str
    collect: str
    index: str | None = None
    walk: str = ""
    few: bool = False
    costly: bool = False


@frozen(kw_only=True)
class Table:
    """What is listed: its name, its key columns and what is read of an item `t`."""

    name: str
    keys: tuple[str, ...]
    columns: str


@frozen
class _Stretch:
    """A statement and its parameters."""

    sql: str
    add: Parameters


@define(kw_only=True)
class Listing:
    """A list of a tenant's items in the order of a column.

    Attributes:
        sort: the column; ties are broken by the keys.
        index: the index that has all the tenant's items in this order.
        lowest: smallest value of the column, inclusive.
        below: bound of the column, exclusive.
        position: value and keys of the item to go on after; a value alone goes on at it.
    """

    table: Table
    tenant: int
    sort: str
    descending: bool
    index: str
    limit: int
    parameters: Parameters = field(factory=Parameters)
    filters: list[Filter] = field(factory=list[Filter])
    lowest: int | None = None
    below: int | None = None
    position: tuple[Any, ...] | None = None

    def page(self, connection: sqlite3.Connection) -> list[Row]:
        """The next items, one more than `limit` when there are so many: sort value, columns."""
        wanted = self.limit + 1
        few = next((one for one in self.filters if one.few), None)
        if few is not None:
            return self._collect(connection, few, wanted)
        walked = next((one for one in self.filters if one.index is not None), None)
        probed = [one for one in self.filters if one is not walked]
        found: list[Row] = []
        position = self.position
        done, window = 0, _FIRST if probed else wanted
        while window:
            stretch = self._stretch(walked, position, window)
            keys = connection.execute(stretch.sql, stretch.add.values).fetchall()
            found += self._probe(connection, stretch, keys, probed)
            if len(found) >= wanted or len(keys) < window:
                return found[:wanted]
            position = keys[-1]
            done += window
            window = _next_window(done, len(found), wanted)
        rest = self._stretch(walked, position, _FEW)
        (left,) = connection.execute(
            f"SELECT count(*) FROM ({rest.sql})", rest.add.values
        ).fetchone()
        if left == _FEW:
            return self._collect(connection, self._rarest(connection), wanted)
        keys = connection.execute(rest.sql, rest.add.values).fetchall()
        return (found + self._probe(connection, rest, keys, probed))[:wanted]

    def _rarest(self, connection: sqlite3.Connection) -> Filter:
        """The filter that collects the fewest items, as far as that can be told in short time."""
        counted = [one for one in self.filters if not one.costly]
        counts = [self._count(connection, one) for one in counted]
        costly = [one for one in self.filters if one.costly]
        if costly and min(counts, default=_MANY) >= _MANY:
            return costly[0]
        return counted[counts.index(min(counts))]

    def _stretch(self, walked: Filter | None, position: Row | None, length: int) -> _Stretch:
        """A statement for the sort values and keys of the next items in order."""
        add = Parameters(dict(self.parameters.values))
        if walked is None or walked.index is None:
            index, first = self.index, f"tenant = {add(self.tenant)}"
        else:
            index, first = walked.index, walked.walk
        where = [first, *self._bounds(add, position, prefix="")]
        sql = (
            f"SELECT {self.sort}, {', '.join(self.table.keys)} "
            f"FROM {self.table.name} INDEXED BY {index} WHERE {' AND '.join(where)} "
            f"ORDER BY {self._order('')} LIMIT {add(length)}"
        )
        return _Stretch(sql, add)

    def _probe(
        self,
        connection: sqlite3.Connection,
        stretch: _Stretch,
        keys: Sequence[Row],
        probed: Sequence[Filter],
    ) -> list[Row]:
        """The items of a stretch that fulfil the filters, in its order."""
        if not keys:
            return []
        add = Parameters(dict(stretch.add.values))
        first = [key[1] for key in keys]
        add.values |= {"lowest": min(first), "highest": max(first)}
        names = self.table.keys
        on = " AND ".join(f"t.{name} = w.{name}" for name in names)
        where = [f"+t.tenant = {add(self.tenant)}", *(one.probe for one in probed)]
        sql = (
            f"SELECT {self._selected()} FROM ({stretch.sql}) w "
            f"CROSS JOIN {self.table.name} t ON {on} WHERE {' AND '.join(where)}"
        )
        by_key = {row[1 : 1 + len(names)]: row for row in connection.execute(sql, add.values)}
        return [by_key[key[1:]] for key in keys if key[1:] in by_key]

    def _collect(self, connection: sqlite3.Connection, rarest: Filter, wanted: int) -> list[Row]:
        """The items that one filter collects and that fulfil the others."""
        add = Parameters(dict(self.parameters.values))
        add.values |= {"lowest": 0, "highest": 2**63 - 1}
        on = " AND ".join(f"t.{key} = c.{key}" for key in self.table.keys)
        where = [
            f"+t.tenant = {add(self.tenant)}",
            *self._bounds(add, self.position, prefix="+t."),
            *(one.probe for one in self.filters if one is not rarest),
        ]
        # First the keys alone: sorted with all their columns, many items take seven times as long.
        names = ", ".join(f"t.{name}" for name in (self.sort, *self.table.keys))
        keys = (
            f"SELECT {names} FROM ({rarest.collect}) c "
            f"CROSS JOIN {self.table.name} t ON {on} WHERE {' AND '.join(where)} "
            f"ORDER BY {self._order('t.')} LIMIT {add(wanted)}"
        )
        on = " AND ".join(f"t.{key} = w.{key}" for key in self.table.keys)
        sql = (
            f"SELECT {self._selected()} FROM ({keys}) w "
            f"CROSS JOIN {self.table.name} t ON {on} ORDER BY {self._order('w.')}"
        )
        return connection.execute(sql, add.values).fetchall()

    def _count(self, connection: sqlite3.Connection, one: Filter) -> int:
        sql = f"SELECT count(*) FROM (SELECT 1 FROM ({one.collect}) LIMIT {_MANY})"
        (count,) = connection.execute(sql, self.parameters.values).fetchone()
        return int(count)

    def _selected(self) -> str:
        keys = ", ".join(f"t.{key}" for key in self.table.keys)
        return f"t.{self.sort}, {keys}, {self.table.columns}"

    def _order(self, prefix: str) -> str:
        direction = " DESC" if self.descending else ""
        return ", ".join(f"{prefix}{column}{direction}" for column in (self.sort, *self.table.keys))

    def _bounds(self, add: Parameters, position: Row | None, prefix: str) -> list[str]:
        where: list[str] = []
        column = f"{prefix}{self.sort}"
        if self.lowest is not None:
            where.append(f"{column} >= {add(self.lowest)}")
        if self.below is not None:
            where.append(f"{column} < {add(self.below)}")
        if position is not None:
            where.append(self._after(add, position, prefix))
        return where

    def _after(self, add: Parameters, position: Row, prefix: str) -> str:
        beyond = "<" if self.descending else ">"
        if len(position) == 1:
            return f"{prefix}{self.sort} {beyond}= {add(position[0])}"
        columns = ", ".join(f"{prefix}{column}" for column in (self.sort, *self.table.keys))
        return f"({columns}) {beyond} ({', '.join(add(part) for part in position)})"


def _next_window(done: int, found: int, wanted: int) -> int:
    """How many items to walk next; 0 when more of them promise too little."""
    if done == _FIRST:
        return _SECOND
    # Twice what the matches so far let expect.
    promised = 2 * done * (wanted - found) // found if found else _FEW
    return promised if done + promised <= _FEW else 0


def any_of(column: str, values: Sequence[Any], add: Parameters) -> str:
    """The condition that a column has one of these values."""
    return f"{column} IN ({', '.join(add(value) for value in values)})"
