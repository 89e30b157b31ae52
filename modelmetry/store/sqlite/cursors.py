"""Where the next page begins: `<sort value>~<base64url of the XID>`, without inner numbers."""

from __future__ import annotations

import re
import sqlite3
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Sequence
from typing import Any, Final

from modelmetry.errors import StoreQueryError
from modelmetry.store.sqlite.encode import XidKey, xid_key, xid_text

_CURSOR: Final = re.compile(r"(-?[0-9]{1,18})~([A-Za-z0-9_-]{0,4000})", re.ASCII)
# What 4,000 characters of base64 hold. Of a longer XID its beginning has to do.
_LONGEST: Final = 3_000


def write_cursor(value: int, key: XidKey) -> str:
    """The cursor of the last item of a page."""
    start = xid_text(key).encode()[:_LONGEST]
    return f"{value}~{urlsafe_b64encode(start).decode().rstrip('=')}"


def page_of(
    rows: Sequence[tuple[Any, ...]], limit: int
) -> tuple[Sequence[tuple[Any, ...]], str | None]:
    """The rows of a page, and the cursor of the next page.

    Args:
        rows: the sort value, a key, the XID and more of each item; one item more than `limit`
            when there is another page.
        limit: how many items a page has at most.
    """
    if len(rows) <= limit:
        return rows, None
    value, _, xid, *_ = rows[limit - 1]
    return rows[:limit], write_cursor(value, xid)


def read_cursor(
    connection: sqlite3.Connection,
    cursor: str | None,
    *,
    tenant: int,
    table: str,
    keys: tuple[str, ...],
    sort: str,
) -> tuple[Any, ...] | None:
    """Value and keys of the item to go on after.

    The value alone when there is no such item (any more): the page then begins with the items
    of that value, so that nothing is left out. Raises `StoreQueryError`.
    """
    if cursor is None:
        return None
    match = _CURSOR.fullmatch(cursor)
    if match is None:
        raise StoreQueryError(
            f"{cursor!r} is no cursor; give the NextCursor of the page before, unchanged"
        )
    value = int(match[1])
    try:
        start = urlsafe_b64decode(match[2] + "=" * (-len(match[2]) % 4))
        where, found = _xid_condition(start, sort, value)
    except (Error, UnicodeDecodeError):
        return (value,)
    sql = f"SELECT {', '.join(keys)} FROM {table} WHERE tenant = ? AND {where}"
    row = connection.execute(sql, (tenant, *found)).fetchone()
    return (value,) if row is None else (value, *row)


def _xid_condition(start: bytes, sort: str, value: int) -> tuple[str, tuple[Any, ...]]:
    if len(start) < _LONGEST:
        return "xid = ?", (xid_key(start.decode()),)
    return (
        f"{sort} = ? AND typeof(xid) = 'text' AND substr(CAST(xid AS BLOB), 1, ?) = ?",
        (value, _LONGEST, start),
    )
