"""Writing sessions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from modelmetry.store.sqlite.bulk import insert_many
from modelmetry.store.sqlite.encode import XidKey
from modelmetry.store.sqlite.lookup import select_in
from modelmetry.store.sqlite.parts import SessionPart, merged
from modelmetry.store.sqlite.transaction import Transaction

_INTO: Final = "session (tenant, xid, name, metadata, start, end, created, updated)"
_NOTHING: Final = SessionPart(None, None)


class Sessions:
    """The sessions that one transaction writes, and their numbers."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._ids: dict[tuple[int, XidKey], int] = {}

    def id(self, tenant: int, key: XidKey) -> int:
        """The number of a session that was written."""
        return self._ids[tenant, key]

    def write(
        self, tenant: int, sent: Mapping[XidKey, SessionPart], named: Iterable[XidKey]
    ) -> None:
        """Make the sessions that are sent or only named; give the former what they carry."""
        now = self._tx.now
        wanted = dict.fromkeys((*sent, *named))
        missing = [key for key in wanted if (tenant, key) not in self._ids]
        rows = [(tenant, key, *sent.get(key, _NOTHING), now, now, now, now) for key in missing]
        made = insert_many(self._tx.connection, _INTO, rows, "DO NOTHING")
        if made < len(rows) or len(missing) < len(wanted):
            self._update(tenant, sent)
        found = select_in(
            self._tx.connection,
            "SELECT xid, id FROM session WHERE tenant = ? AND xid IN ({keys})",
            (tenant,),
            missing,
        )
        self._ids.update(((tenant, key), id_) for key, id_ in found)

    def _update(self, tenant: int, sent: Mapping[XidKey, SessionPart]) -> None:
        rows = select_in(
            self._tx.connection,
            "SELECT id, xid, name, metadata FROM session WHERE tenant = ? AND xid IN ({keys})",
            (tenant,),
            list(sent),
        )
        for id_, key, *members in list(rows):
            old = SessionPart(*members)
            new = merged(old, sent[key])
            if new != old:
                self._tx.connection.execute(
                    "UPDATE session SET name = ?, metadata = ?, updated = ? WHERE id = ?",
                    (*new, self._tx.now, id_),
                )
