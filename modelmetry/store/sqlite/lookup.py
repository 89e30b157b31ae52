"""Look up many rows by key in few statements."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any, Final

from modelmetry.store.sqlite.encode import decode_json

# Few lengths, so that SQLite keeps the prepared statements.
_LENGTHS: Final = (4, 32, 256)


def select_in(
    connection: sqlite3.Connection, sql: str, before: tuple[Any, ...], keys: Sequence[Any]
) -> Iterator[tuple[Any, ...]]:
    """The rows of a statement that ends in `IN`-list `(...)`, for any number of keys.

    `sql` has `{keys}` where the list of placeholders belongs; `before` are the parameters that
    come before it. A list is filled up with its last key.
    """
    for some in _filled_up(keys):
        marks = ", ".join("?" * len(some))
        yield from connection.execute(sql.format(keys=marks), (*before, *some))


def select_at_once(
    connection: sqlite3.Connection, sql: str, columns: int, keys: Sequence[int]
) -> Iterator[list[Any]]:
    """Like `select_in`, with one step for all rows: see `bulk`.

    The columns must be texts, integers and finite floats. SQLite writes a float with 15 digits,
    so that it may come back different in its last bit.
    """
    names = ", ".join(f"c{number}" for number in range(columns))
    whole = (
        f"WITH found({names}) AS ({sql}) SELECT json_group_array(json_array({names})) FROM found"
    )
    for some in _filled_up(keys):
        marks = ", ".join("?" * len(some))
        (rows,) = connection.execute(whole.format(keys=marks), some).fetchone()
        yield from decode_json(rows)


def change_in(connection: sqlite3.Connection, sql: str, keys: Sequence[int]) -> None:
    """Run an UPDATE or DELETE that has `IN ({keys})`."""
    for _ in select_in(connection, sql, (), keys):
        pass


def _filled_up(keys: Sequence[Any]) -> Iterator[list[Any]]:
    for first in range(0, len(keys), _LENGTHS[-1]):
        some = list(keys[first : first + _LENGTHS[-1]])
        length = next(length for length in _LENGTHS if length >= len(some))
        yield some + some[-1:] * (length - len(some))
