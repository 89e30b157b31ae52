"""Look up many rows by key in few statements."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any, Final

# Few lengths, so that SQLite keeps the prepared statements.
_LENGTHS: Final = (4, 32, 256)


def select_in(
    connection: sqlite3.Connection, sql: str, before: tuple[Any, ...], keys: Sequence[Any]
) -> Iterator[tuple[Any, ...]]:
    """The rows of a statement that ends in `IN`-list `(...)`, for any number of keys.

    `sql` has `{keys}` where the list of placeholders belongs; `before` are the parameters that
    come before it. A list is filled up with its last key.
    """
    for first in range(0, len(keys), _LENGTHS[-1]):
        some = list(keys[first : first + _LENGTHS[-1]])
        length = next(length for length in _LENGTHS if length >= len(some))
        padded = some + some[-1:] * (length - len(some))
        yield from connection.execute(sql.format(keys=", ".join("?" * length)), (*before, *padded))
