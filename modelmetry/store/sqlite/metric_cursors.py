"""Where the next page of metrics or of a history begins."""

from __future__ import annotations

import sqlite3
from binascii import Error
from hashlib import blake2b
from typing import Final

from modelmetry.store.sqlite.cursors import (
    DIGEST,
    LONGEST,
    decoded_mark,
    encoded_mark,
    mark_of,
    split_cursor,
)
from modelmetry.store.sqlite.encode import Micros, XidKey, xid_key, xid_text
from modelmetry.store.sqlite.execution_parts import MetricKind

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
    created, mark = split_cursor(cursor)
    for id_, execution, name in connection.execute(_BESIDE, (tenant, kind, created)):
        if _mark(execution, name) == mark:
            return created, int(id_)
    return (created,)


def part_position(
    connection: sqlite3.Connection, cursor: str | None, metric: int
) -> tuple[Micros, XidKey] | None:
    """Time and XID of the value to go on after. Raises `StoreQueryError`.

    Where the XID is none, as in a cursor that somebody made up, all of its time are told again.
    """
    if cursor is None:
        return None
    at, text = split_cursor(cursor)
    try:
        mark = decoded_mark(text)
        if len(mark) < LONGEST:
            return at, xid_key(mark.decode())
    except (Error, UnicodeDecodeError):
        return at, ""
    beside = "SELECT xid FROM metric_part WHERE metric = ? AND at = ?"
    found = (xid for (xid,) in connection.execute(beside, (metric, at)) if mark_of(xid) == mark)
    return at, next(found, "")


def _mark(execution: XidKey, name: str) -> str:
    xid = xid_text(execution).encode()
    digest = blake2b(b"%d:%b%b" % (len(xid), xid, name.encode()), digest_size=DIGEST).digest()
    return encoded_mark(digest)
