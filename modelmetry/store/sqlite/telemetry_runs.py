"""Writing runs: what was sent of them, and what follows from their records in any order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import attrs
from attrs import define

from modelmetry.store.sqlite.bulk import insert_many
from modelmetry.store.sqlite.encode import Micros, XidKey, order_of
from modelmetry.store.sqlite.lookup import select_in
from modelmetry.store.sqlite.names import NameKind
from modelmetry.store.sqlite.telemetry_parts import RecordKind, RecordPart, RunPart
from modelmetry.store.sqlite.transaction import Transaction


@define
class RunRow:
    """A row of `telemetry_run`, its members in the order of the columns."""

    id: int
    tenant: int
    xid: XidKey
    command: int | None
    command_at: Micros | None
    command_xid: XidKey | None
    start: Micros
    start_sent: int
    last: Micros | None
    status: int | None
    status_at: Micros | None
    status_xid: XidKey | None
    execution: XidKey | None
    records: int
    readings: int
    created: Micros
    updated: Micros
    system: bytes | None

    def send(self, part: RunPart, command: int | None) -> None:
        """Give it the members that a part carries; they outdo what its records say."""
        if command is not None:
            self.command, self.command_at, self.command_xid = command, None, None
        if part.start is not None:
            self.start, self.start_sent = part.start, 1
        if part.system is not None:
            self.system = part.system
        if part.execution is not None:
            self.execution = part.execution

    def count(self, kind: RecordKind, at: Micros) -> None:
        """Count a record that it did not have, and let it reach to its time."""
        if kind < RecordKind.READING:
            self.records += 1
        else:
            self.readings += 1
        self.last = at if self.last is None else max(self.last, at)
        if not self.start_sent:
            self.start = min(self.start, at)

    def name(self, command: int, at: Micros, xid: XidKey) -> None:
        """Unless the run brought its command, that of its earliest record holds."""
        known = self.command_at
        if self.command is None or (
            known is not None and order_of(at, xid) < order_of(known, self.command_xid)
        ):
            self.command, self.command_at, self.command_xid = command, at, xid

    def reach(self, status: int, at: Micros, xid: XidKey) -> None:
        """The status of the latest record that has one holds."""
        known = self.status_at
        if known is None or order_of(at, xid) > order_of(known, self.status_xid):
            self.status, self.status_at, self.status_xid = status, at, xid


_COLUMNS: Final = ", ".join(field.name for field in attrs.fields(RunRow))
_FIND: Final = f"SELECT {_COLUMNS} FROM telemetry_run WHERE tenant = ? AND xid IN ({{keys}})"
_UPDATE: Final = "(id) DO UPDATE SET " + ", ".join(
    f"{column} = excluded.{column}" for column in _COLUMNS.split(", ")[3:]
)


class Runs:
    """The runs of one tenant that a batch names; those that do not exist are made."""

    def __init__(self, tx: Transaction, tenant: int, keys: Iterable[XidKey]) -> None:
        self._tx = tx
        self._tenant = tenant
        wanted = list(dict.fromkeys(keys))
        rows = select_in(tx.connection, _FIND, (tenant,), wanted)
        self._known = {row[2]: row for row in rows}
        self._runs = {key: RunRow(*row) for key, row in self._known.items()}
        self._make([key for key in wanted if key not in self._runs])

    def send(self, parts: Mapping[XidKey, RunPart]) -> None:
        """Give runs what was sent of them."""
        for key, part in parts.items():
            text = part.command
            command = None if text is None else self._name(NameKind.COMMAND, text)
            self._runs[key].send(part, command)

    def add(self, key: XidKey, at: Micros, part: RecordPart) -> int | None:
        """Give the run of a new record what follows from it; returns the run's number."""
        if part.run is None:
            return None
        run = self._runs[part.run]
        run.count(part.kind, at)
        if part.command is not None:
            run.name(self._name(NameKind.COMMAND, part.command), at, key)
        if part.status is not None:
            run.reach(self._name(NameKind.STATUS, part.status), at, key)
        return run.id

    def save(self) -> None:
        """Write the runs that are new or have changed."""
        rows: list[tuple[Any, ...]] = []
        for key, run in self._runs.items():
            if attrs.astuple(run, recurse=False) != self._known.get(key):
                run.updated = self._tx.now
                rows.append(attrs.astuple(run, recurse=False))
        insert_many(self._tx.connection, f"telemetry_run ({_COLUMNS})", rows, _UPDATE)

    def _make(self, keys: list[XidKey]) -> None:
        if not keys:
            return
        (last,) = self._tx.connection.execute("SELECT max(id) FROM telemetry_run").fetchone()
        now = self._tx.now
        for id_, key in enumerate(keys, (last or 0) + 1):
            self._runs[key] = RunRow(
                id=id_, tenant=self._tenant, xid=key, command=None, command_at=None,
                command_xid=None, start=now, start_sent=0, last=None, status=None,
                status_at=None, status_xid=None, execution=None, records=0, readings=0,
                created=now, updated=now, system=None,
            )  # fmt: skip

    def _name(self, kind: NameKind, text: str) -> int:
        return self._tx.names.name(self._tenant, kind, text)
