"""Writing executions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from modelmetry.store.sqlite.bulk import insert_many
from modelmetry.store.sqlite.encode import Micros, XidKey
from modelmetry.store.sqlite.execution_parts import ExecutionPart
from modelmetry.store.sqlite.execution_state import ExecutionState, updated, with_metric
from modelmetry.store.sqlite.lookup import select_in
from modelmetry.store.sqlite.names import NameKind
from modelmetry.store.sqlite.transaction import Transaction

_KNOWN: Final = """
    SELECT xid, id, start, start_sent, (SELECT text FROM name WHERE id = pipeline),
        (SELECT text FROM name WHERE id = deployment), ended, end, latest, message, metadata
    FROM execution WHERE tenant = ? AND xid IN ({keys})
"""
_INSERT: Final = """
    INSERT INTO execution (start, start_sent, pipeline, deployment, status, ended, end, latest,
        message, metadata, updated, created, tenant, xid)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_UPDATE: Final = """
    UPDATE execution SET start = ?, start_sent = ?, pipeline = ?, deployment = ?, status = ?,
        ended = ?, end = ?, latest = ?, message = ?, metadata = ?, updated = ?
    WHERE id = ?
"""
_TOUCH: Final = "UPDATE execution SET updated = ? WHERE id IN ({keys})"
_MOVE: Final = "UPDATE metric SET pipeline = ?, deployment = ? WHERE execution = ?"


class Owner(NamedTuple):
    """What metrics copy from their execution: its number, and those of its names."""

    id: int
    pipeline: int | None
    deployment: int | None


class Executions:
    """The executions of one tenant that one batch writes."""

    def __init__(self, tx: Transaction, tenant: int) -> None:
        self._tx = tx
        self._tenant = tenant
        self._ids: dict[XidKey, int] = {}
        self._known: dict[XidKey, ExecutionState] = {}
        self._states: dict[XidKey, ExecutionState] = {}
        self._traces: dict[tuple[XidKey, XidKey], None] = {}

    def load(self, keys: Iterable[XidKey]) -> None:
        """Look up those that are known of all that the batch names."""
        rows = select_in(self._tx.connection, _KNOWN, (self._tenant,), list(dict.fromkeys(keys)))
        for xid, id_, start, start_sent, *rest in rows:
            self._ids[xid] = id_
            self._known[xid] = ExecutionState(start, bool(start_sent), *rest)
        self._states = dict(self._known)

    def state(self, key: XidKey) -> ExecutionState | None:
        """What is known of one."""
        return self._states.get(key)

    def update(self, key: XidKey, part: ExecutionPart) -> None:
        """Give one what was sent of it."""
        now = self._tx.now
        start = now if part.start is None else part.start
        self._states[key] = updated(self._states.get(key, ExecutionState(start)), part, now)
        if part.trace is not None:
            self._traces[key, part.trace] = None

    def replace(self, key: XidKey, state: ExecutionState) -> None:
        """Give one another state."""
        self._states[key] = state

    def begin(self, key: XidKey, at: Micros) -> None:
        """Make one of which only a metric is known; it runs at this time."""
        self._states[key] = with_metric(self._states.get(key, ExecutionState(at)), at)

    def save(self) -> dict[XidKey, Owner]:
        """Write what is new or has changed; gives all that the batch names."""
        owners = {key: self._save(key, state) for key, state in self._states.items()}
        rows = [(owners[key].id, trace) for key, trace in self._traces]
        into = "execution_trace (execution, trace)"
        if rows and insert_many(self._tx.connection, into, rows, "DO NOTHING"):
            self.touch([owners[key].id for key, _ in self._traces])
        return owners

    def touch(self, executions: Sequence[int]) -> None:
        """Note that something new was heard of them."""
        for _ in select_in(self._tx.connection, _TOUCH, (self._tx.now,), executions):
            pass

    def _save(self, key: XidKey, state: ExecutionState) -> Owner:
        pipeline = self._name(NameKind.PIPELINE, state.pipeline)
        deployment = self._name(NameKind.DEPLOYMENT, state.deployment)
        old, now, connection = self._known.get(key), self._tx.now, self._tx.connection
        if old == state:
            return Owner(self._ids[key], pipeline, deployment)
        row = (
            state.start, state.start_sent, pipeline, deployment, state.status, state.ended,
            state.end, state.latest, state.message, state.metadata, now,
        )  # fmt: skip
        if old is None:
            cursor = connection.execute(_INSERT, (*row, now, self._tenant, key))
            self._ids[key] = cursor.lastrowid or 0
        else:
            connection.execute(_UPDATE, (*row, self._ids[key]))
            if (old.pipeline, old.deployment) != (state.pipeline, state.deployment):
                connection.execute(_MOVE, (pipeline, deployment, self._ids[key]))
        self._known[key] = state
        return Owner(self._ids[key], pipeline, deployment)

    def _name(self, kind: NameKind, text: str | None) -> int | None:
        return self._tx.names.name(self._tenant, kind, text) if text else None
