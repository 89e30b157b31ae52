"""Where the next page begins: `<sort value>~<base64url of the XID>`, without inner numbers."""

from __future__ import annotations

import re
import sqlite3
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Sequence
from hashlib import blake2b
from typing import Any, Final

from modelmetry.errors import StoreQueryError
from modelmetry.store.sqlite.encode import XidKey, xid_key, xid_text

_CURSOR: Final = re.compile(r"(-?[0-9]{1,18})~([A-Za-z0-9_-]{0,4000})", re.ASCII)
LONGEST: Final = 3_000
"""Bytes of a mark: what 4,000 characters of base64 hold."""
DIGEST: Final = 12
"""Bytes that no other text has."""


def write_cursor(value: int, key: XidKey) -> str:
    """The cursor of the last item of a page."""
    return f"{value}~{encoded_mark(mark_of(key))}"


def mark_of(key: XidKey) -> bytes:
    """An XID, or of a long one as many bytes as a mark has, which no other has."""
    text = xid_text(key).encode()
    if len(text) < LONGEST:
        return text
    return text[: LONGEST - DIGEST] + blake2b(text, digest_size=DIGEST).digest()


def split_cursor(cursor: str) -> tuple[int, str]:
    """The value of a cursor and its mark. Raises `StoreQueryError`."""
    match = _CURSOR.fullmatch(cursor)
    if match is None:
        raise StoreQueryError(
            f"{cursor!r} is no cursor; give the NextCursor of the page before, unchanged"
        )
    return int(match[1]), match[2]


def encoded_mark(mark: bytes) -> str:
    """A mark as it stands in a cursor."""
    return urlsafe_b64encode(mark).decode().rstrip("=")


def decoded_mark(text: str) -> bytes:
    """The mark again. Raises `binascii.Error` for what was never one."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


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
    value, text = split_cursor(cursor)
    try:
        mark = decoded_mark(text)
        where, found = _xid_condition(mark, sort, value)
    except (Error, UnicodeDecodeError):
        return (value,)
    sql = f"SELECT xid, {', '.join(keys)} FROM {table} WHERE tenant = ? AND {where}"
    rows = connection.execute(sql, (tenant, *found))
    row = next((row for xid, *row in rows if mark_of(xid) == mark), ())
    return (value, *row)


def _xid_condition(mark: bytes, sort: str, value: int) -> tuple[str, tuple[Any, ...]]:
    if len(mark) < LONGEST:
        return "xid = ?", (xid_key(mark.decode()),)
    start = LONGEST - DIGEST
    return (
        f"{sort} = ? AND typeof(xid) = 'text' AND substr(CAST(xid AS BLOB), 1, ?) = ?",
        (value, start, mark[:start]),
    )
