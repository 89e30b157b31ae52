"""Insert many rows in few steps.

Python gives its lock away for each step of a statement and must win it back from whoever computes
meanwhile, which takes up to 5 ms (`sys.getswitchinterval`). `executemany` steps once for each
row: beside one busy thread it writes 200 rows a second. Here one step writes up to 256 of them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from typing import Any, Final

Row = tuple[Any, ...]

# Few lengths, so that SQLite keeps the prepared statements; 256 rows of the widest table stay
# below its bound of 32,766 values.
_MOST: Final = 256


def insert_many(
    connection: sqlite3.Connection, into: str, rows: Sequence[Row], conflict: str = ""
) -> int:
    """Insert rows; returns how many there were not before.

    Args:
        connection: in a transaction.
        into: `TABLE (COLUMN, ...)`.
        rows: one value for each column.
        conflict: what becomes of a row that exists, `DO NOTHING` or `(COLUMN) DO UPDATE ...`,
            which must be harmless to do twice; an error by default.
    """
    done = inserted = 0
    while done < len(rows):
        some = rows[done : done + _MOST]
        length = _length(len(some), fill=bool(conflict))
        some = some[:length]
        done += len(some)
        values = list(chain.from_iterable(some))
        values += some[-1] * (length - len(some))  # it exists, so nothing more happens
        statement = _statement(into, len(some[0]), length, conflict)
        inserted += connection.execute(statement, values).rowcount
    return inserted


def _length(wanted: int, *, fill: bool) -> int:
    """A power of 2 not above `wanted`, or the next one when it can be filled up from 3/4."""
    above = 1 << (wanted - 1).bit_length()
    return above if wanted == above or (fill and 4 * wanted >= 3 * above) else above // 2


@lru_cache
def _statement(into: str, width: int, length: int, conflict: str) -> str:
    row = f"({', '.join('?' * width)})"
    insert = f"INSERT INTO {into} VALUES {', '.join([row] * length)}"
    return f"{insert} ON CONFLICT {conflict}" if conflict else insert
