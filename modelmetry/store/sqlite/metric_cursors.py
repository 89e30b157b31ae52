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

_CURSOR: Final = re.compile(r"(-?[0-9]{1,18})~([A-Za-z0-9_-]{0,4000})", re.ASCII)
# What 4,000 characters of base64 hold: a longer XID is marked by so many bytes.
_LONGEST: Final = 3_000
_DIGEST: Final = 12
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
    return f"{at}~{urlsafe_b64encode(_marked(xid)).decode().rstrip('=')}"


def part_position(
    connection: sqlite3.Connection, cursor: str | None, metric: int
) -> tuple[Micros, XidKey] | None:
    """Time and XID of the value to go on after. Raises `StoreQueryError`.

    Where the XID is none, as in a cursor that somebody made up, all of its time are told again.
    """
    if cursor is None:
        return None
    at, text = _split(cursor)
    try:
        mark = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        if len(mark) < _LONGEST:
            return at, xid_key(mark.decode())
    except (Error, UnicodeDecodeError):
        return at, ""
    beside = "SELECT xid FROM metric_part WHERE metric = ? AND at = ?"
    found = (xid for (xid,) in connection.execute(beside, (metric, at)) if _marked(xid) == mark)
    return at, next(found, "")


def _marked(xid: XidKey) -> bytes:
    """An XID, or of a long one as many bytes, which no other has."""
    text = xid_text(xid).encode()
    if len(text) < _LONGEST:
        return text
    return text[: _LONGEST - _DIGEST] + blake2b(text, digest_size=_DIGEST).digest()


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
    digest = blake2b(b"%d:%b%b" % (len(xid), xid, name.encode()), digest_size=_DIGEST).digest()
    return urlsafe_b64encode(digest).decode()
