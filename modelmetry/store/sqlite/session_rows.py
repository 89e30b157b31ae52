"""Writing sessions."""

from __future__ import annotations

from typing import Final

from modelmetry.store.sqlite.encode import XidKey
from modelmetry.store.sqlite.parts import SessionPart, merged
from modelmetry.store.sqlite.transaction import Transaction

_INSERT: Final = """
    INSERT INTO session (tenant, xid, name, metadata, start, end, created, updated)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
_NOTHING: Final = SessionPart(None, None)


def save_session(tx: Transaction, tenant: int, key: XidKey, part: SessionPart) -> int:
    """Find or make a session, give it the members that a part carries; returns its number."""
    row = tx.connection.execute(
        "SELECT id, name, metadata FROM session WHERE tenant = ? AND xid = ?", (tenant, key)
    ).fetchone()
    if row is None:
        made = tx.connection.execute(_INSERT, (tenant, key, *part, *[tx.now] * 4))
        return made.lastrowid or 0
    old = SessionPart(row[1], row[2])
    new = merged(old, part)
    if new != old:
        tx.connection.execute(
            "UPDATE session SET name = ?, metadata = ?, updated = ? WHERE id = ?",
            (*new, tx.now, row[0]),
        )
    return int(row[0])


class SessionIds:
    """Numbers of sessions in one transaction, made when a trace names them first."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._known: dict[tuple[int, XidKey], int] = {}

    def id(self, tenant: int, key: XidKey) -> int:
        """The number of a session."""
        known = self._known.get((tenant, key))
        if known is None:
            known = self._known[tenant, key] = save_session(self._tx, tenant, key, _NOTHING)
        return known
