"""The traces that one write transaction knows: found, updated, or made for parts that need them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import count
from typing import Any, Final, NamedTuple

from modelmetry.store.sqlite.encode import Micros, XidKey
from modelmetry.store.sqlite.lookup import select_in
from modelmetry.store.sqlite.names import NameKind
from modelmetry.store.sqlite.parts import NOTHING_SENT, TracePart, larger
from modelmetry.store.sqlite.session_rows import Sessions
from modelmetry.store.sqlite.transaction import Transaction


class SentTrace(NamedTuple):
    """What was sent of a trace, as its row has it."""

    name: int | None
    session: int | None
    start: Micros | None
    end: Micros | None
    severity: str | None
    message: str | None
    metadata: bytes | None
    descendants: int | None
    weight: float | None


class TraceEntry(NamedTuple):
    """A trace in the book."""

    id: int
    tenant: int
    key: XidKey
    created: Micros
    sent: SentTrace


_FIND: Final = """
    SELECT xid, id, created, name, session, sent_start, sent_end, severity, message, metadata,
        descendants, weight
    FROM trace WHERE tenant = ? AND xid IN ({keys})
"""


class Book:
    """Traces of one transaction by tenant and key; those whose sent members changed are dirty."""

    def __init__(self, tx: Transaction, sessions: Sessions) -> None:
        self._tx = tx
        self._next: count[int] | None = None
        self._entries: dict[tuple[int, XidKey], TraceEntry] = {}
        self._sessions = sessions
        self.by_id: dict[int, TraceEntry] = {}

    def load(self, tenant: int, keys: Iterable[XidKey]) -> None:
        """Find the traces with these keys, and make those that do not exist."""
        missing = [key for key in keys if (tenant, key) not in self._entries]
        for key, id_, created, *sent in select_in(self._tx.connection, _FIND, (tenant,), missing):
            self._enter(TraceEntry(id_, tenant, key, created, SentTrace(*sent)))
        for key in missing:
            if (tenant, key) not in self._entries:
                self._make(tenant, key)

    def id(self, tenant: int, key: XidKey) -> int:
        """The number of a trace that was loaded."""
        return self._entries[tenant, key].id

    def update(self, tenant: int, key: XidKey, part: TracePart) -> None:
        """Give a loaded trace the members that a part carries."""
        entry = self._entries[tenant, key]
        sent = _merged(entry.sent, self._sent(tenant, part))
        if sent != entry.sent:
            self._tx.sessions.update(s for s in (entry.sent.session, sent.session) if s is not None)
            self._tx.dirty.add(entry.id)
            self._enter(entry._replace(sent=sent))

    def find_dirty(self) -> Collection[TraceEntry]:
        """Entries of all dirty traces, those included that no batch has named."""
        unknown = [id_ for id_ in self._tx.dirty if id_ not in self.by_id]
        sql = _FIND.replace("xid, id", "tenant, xid, id").replace("tenant = ? AND xid IN", "id IN")
        for tenant, key, id_, created, *sent in select_in(self._tx.connection, sql, (), unknown):
            self._enter(TraceEntry(id_, tenant, key, created, SentTrace(*sent)))
        return [self.by_id[id_] for id_ in self._tx.dirty]

    def _make(self, tenant: int, key: XidKey) -> None:
        if self._next is None:
            row = self._tx.connection.execute("SELECT max(id) FROM trace").fetchone()
            self._next = count((row[0] or 0) + 1)
        id_ = next(self._next)
        self._enter(TraceEntry(id_, tenant, key, self._tx.now, self._sent(tenant, NOTHING_SENT)))
        self._tx.dirty.add(id_)

    def _enter(self, entry: TraceEntry) -> None:
        self._entries[entry.tenant, entry.key] = entry
        self.by_id[entry.id] = entry

    def _sent(self, tenant: int, part: TracePart) -> SentTrace:
        name, session = part.name, part.session
        return SentTrace(
            None if name is None else self._tx.names.name(tenant, NameKind.TRACE, name),
            None if session is None else self._sessions.id(tenant, session),
            *part[2:],
        )


def _merged(old: SentTrace, new: SentTrace) -> SentTrace:
    members: list[Any] = [then if now is None else now for then, now in zip(old, new, strict=True)]
    sent = SentTrace(*members)
    return sent._replace(descendants=larger(old.descendants, new.descendants))
