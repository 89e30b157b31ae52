"""Where the next page of metrics or of a history begins."""

from __future__ import annotations

import re
import sqlite3
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from hashlib import blake2b
from typing import Final

from modelmetry.errors import StoreQueryError
from modelmetry.store.sqlite.encode import Micros, XidKey, xid_key, xid_text
from modelmetry.store.sqlite.execution_parts import MetricKind

# Base64 of an XID of 1,000 letters of four bytes each.
_CURSOR: Final = re.compile(r"(-?[0-9]{1,18})~([A-Za-z0-9_-]{0,5400})", re.ASCII)
_BESIDE: Final = """
    SELECT m.id, e.xid, n.text FROM metric m INDEXED BY metric_created
    CROSS JOIN execution e ON e.id = m.execution CROSS JOIN name n ON n.id = m.name
    WHERE m.tenant = ? AND m.kind = ? AND m.created = ?
"""

Position = tuple[Micros] | tuple[Micros, int]
"""Time and number of the metric to go on after; the time alone when it is not there any more."""


def metric_cursor(created: Micros, execution: XidKey, name: str) -> str:
    """The cursor of the last metric of a page."""
    return f"{created}~{_mark(execution, name)}"


def metric_position(
    connection: sqlite3.Connection, cursor: str | None, tenant: int, kind: MetricKind
) -> Position | None:
    """What to go on after. Raises `StoreQueryError`."""
    if cursor is None:
        return None
    created, mark = _split(cursor)
    for id_, execution, name in connection.execute(_BESIDE, (tenant, kind, created)):
        if _mark(execution, name) == mark:
            return created, int(id_)
    return (created,)


def part_cursor(at: Micros, xid: XidKey) -> str:
    """The cursor of the last value of a page."""
    return f"{at}~{urlsafe_b64encode(xid_text(xid).encode()).decode().rstrip('=')}"


def part_position(cursor: str | None) -> tuple[Micros, XidKey] | None:
    """Time and XID of the value to go on after. Raises `StoreQueryError`."""
    if cursor is None:
        return None
    at, text = _split(cursor)
    try:
        return at, xid_key(urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode())
    except (Error, UnicodeDecodeError):
        raise _unreadable(cursor) from None


def _split(cursor: str) -> tuple[Micros, str]:
    match = _CURSOR.fullmatch(cursor)
    if match is None:
        raise _unreadable(cursor)
    return int(match[1]), match[2]


def _unreadable(cursor: str) -> StoreQueryError:
    return StoreQueryError(
        f"{cursor!r} is no cursor; give the NextCursor of the page before, unchanged"
    )


def _mark(execution: XidKey, name: str) -> str:
    xid = xid_text(execution).encode()
    digest = blake2b(b"%d:%b%b" % (len(xid), xid, name.encode()), digest_size=12).digest()
    return urlsafe_b64encode(digest).decode()
