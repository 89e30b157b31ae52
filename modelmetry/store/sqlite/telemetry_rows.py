"""Writing telemetry: records that are not known yet, their numbers, and what counts them."""

from __future__ import annotations

from typing import Any, Final

from modelmetry.store.sqlite.bulk import Row, insert_many
from modelmetry.store.sqlite.encode import Micros, XidKey
from modelmetry.store.sqlite.lookup import select_in
from modelmetry.store.sqlite.names import NameKind
from modelmetry.store.sqlite.telemetry_parts import RecordKind, RecordPart, TelemetryParts
from modelmetry.store.sqlite.telemetry_runs import Runs
from modelmetry.store.sqlite.telemetry_tally import Tally
from modelmetry.store.sqlite.transaction import Transaction

_RECORDS: Final = (
    "telemetry_record (id, tenant, xid, at, kind, run, command, status, event, message, metrics)"
)
_NUMBERS: Final = "telemetry_number (name, at, record, value, kind, run, command, status)"
_KNOWN: Final = "SELECT xid FROM telemetry_record WHERE tenant = ? AND xid IN ({keys})"


def write_telemetry(tx: Transaction, tenant: int, parts: TelemetryParts) -> None:
    """Write the telemetry of a batch; a record that is known already changes nothing."""
    if not parts.runs and not parts.records:
        return
    known = {xid for (xid,) in select_in(tx.connection, _KNOWN, (tenant,), list(parts.records))}
    new = {key: part for key, part in parts.records.items() if key not in known}
    named = [part.run for part in new.values() if part.run is not None]
    runs = Runs(tx, tenant, (*parts.runs, *named))
    runs.send(parts.runs)
    if new:
        rows = _Rows(tx, tenant, runs)
        for key, part in new.items():
            rows.add(key, part)
        rows.save()
    runs.save()


class _Rows:
    """The rows of new records."""

    def __init__(self, tx: Transaction, tenant: int, runs: Runs) -> None:
        self._tx = tx
        self._tenant = tenant
        self._runs = runs
        self._tally = Tally(tenant)
        (last,) = tx.connection.execute("SELECT max(id) FROM telemetry_record").fetchone()
        self._last = last or 0
        self._records: list[Row] = []
        self._numbers: list[Row] = []

    def add(self, key: XidKey, part: RecordPart) -> None:
        """Make the rows of one record."""
        at: Micros = self._tx.now if part.at is None else part.at
        run = self._runs.add(key, at, part)
        command = self._name(NameKind.COMMAND, part.command)
        status = self._name(NameKind.STATUS, part.status)
        event = self._name(NameKind.EVENT, part.event)
        self._last += 1
        id_, tenant, kind = self._last, self._tenant, int(part.kind)
        self._records.append(
            (id_, tenant, key, at, kind, run, command, status, event, part.message, part.metrics)
        )
        names = [self._tx.names.name(tenant, NameKind.TELEMETRY, name) for name in part.numbers]
        self._numbers += [
            (name, at, id_, value, kind, run, command, status)
            for name, value in zip(names, part.numbers.values(), strict=True)
        ]
        if kind < RecordKind.READING:
            self._tally.add(at, command, status, event, names)

    def save(self) -> None:
        """Write them."""
        connection = self._tx.connection
        insert_many(connection, _RECORDS, self._records)
        # In the order of their keys, so that neighbours go where neighbours are.
        insert_many(connection, _NUMBERS, sorted(self._numbers, key=_number_key))
        self._tally.save(connection)

    def _name(self, kind: NameKind, text: str | None) -> int | None:
        return None if text is None else self._tx.names.name(self._tenant, kind, text)


def _number_key(row: Row) -> tuple[Any, ...]:
    return row[:3]
