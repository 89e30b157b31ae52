"""Lists of telemetry records."""

from __future__ import annotations

import sqlite3
from typing import Any, Final

from modelmetry_api.models import TelemetryRecord, TelemetryRecordList

from modelmetry.store.sqlite.answers import json_object
from modelmetry.store.sqlite.cursors import page_of, read_cursor
from modelmetry.store.sqlite.encode import from_micros, to_micros, xid_key, xid_text
from modelmetry.store.sqlite.listing import Filter, Listing, Table, any_of
from modelmetry.store.sqlite.names import NameKind, name_id, tenant_id
from modelmetry.store.sqlite.telemetry_parts import KIND_NAMES, RecordKind
from modelmetry.store.telemetry import TelemetryRecordQuery

_NAME: Final = "(SELECT text FROM name WHERE id = t.{})"
_COLUMNS: Final = ", ".join(
    (
        "t.xid",
        "(SELECT xid FROM telemetry_run WHERE id = t.run)",
        *(_NAME.format(column) for column in ("command", "status", "event")),
        "t.kind",
        "t.message",
        "t.metrics",
    )
)
_TABLE: Final = Table(name="telemetry_record", keys=("id",), columns=_COLUMNS)
_HAS_NUMBER: Final = (
    "EXISTS (SELECT 1 FROM telemetry_number n "
    "WHERE n.name = {} AND n.at = t.at AND n.record = t.id)"
)
# Which index has the records of some kinds in the order of time, and the part that it is of.
_KIND_INDEXES: Final[dict[tuple[int, ...], tuple[str, str]]] = {
    (RecordKind.RECORD,): ("telemetry_record_job", "kind < 2 AND kind = 0"),
    (RecordKind.EVENT,): ("telemetry_record_of_event", "kind = 1"),
    (RecordKind.READING,): ("telemetry_record_reading", "kind = 2"),
    (RecordKind.RECORD, RecordKind.EVENT): ("telemetry_record_job", "kind < 2"),
}


def list_records(
    connection: sqlite3.Connection, tenant: str, query: TelemetryRecordQuery
) -> TelemetryRecordList:
    """One page of records."""
    listing = record_listing(connection, tenant, query)
    rows = [] if listing is None else listing.page(connection)
    page, next_cursor = page_of(rows, query.limit)
    return TelemetryRecordList(records=[_record(row) for row in page], next_cursor=next_cursor)


def record_listing(
    connection: sqlite3.Connection, tenant: str, query: TelemetryRecordQuery
) -> Listing | None:
    """The list that a query asks for; None when it names what was never stored."""
    number = tenant_id(connection, tenant)
    position = read_cursor(
        connection, query.cursor, tenant=number or 0, table=_TABLE.name, keys=_TABLE.keys, sort="at"
    )
    if number is None:
        return None
    after, before = query.at_after, query.at_before
    listing = Listing(
        table=_TABLE,
        tenant=number,
        sort="at",
        descending=query.sort == "-at",
        index="telemetry_record_at",
        limit=query.limit,
        position=position,
        lowest=None if after is None else to_micros(after),
        below=None if before is None else to_micros(before),
    )
    wanted = _Wanted(connection, number, listing)
    # The first that can is walked: from the one that most likely leaves the least.
    known = (
        wanted.run(query.run)
        and wanted.named("event", NameKind.EVENT, (query.event,) if query.event else ())
        and wanted.named("command", NameKind.COMMAND, (query.command,) if query.command else ())
        and wanted.named("status", NameKind.STATUS, query.statuses)
        and wanted.metric(query.metric)
    )
    if not known:
        return None
    wanted.kinds(query.kinds)
    return listing


class _Wanted:
    """Adds filters to a list; each says whether anything can fulfil it."""

    def __init__(self, connection: sqlite3.Connection, tenant: int, listing: Listing) -> None:
        self._connection = connection
        self._tenant = tenant
        self._listing = listing

    def run(self, xid: str | None) -> bool:
        """Only records of a run."""
        if xid is None:
            return True
        run = find_run(self._connection, self._tenant, xid)
        if run is not None:
            only_one_of(self._listing, "run", [run])
        return run is not None

    def named(self, column: str, kind: NameKind, texts: tuple[str, ...]) -> bool:
        """Only records with any of these names."""
        return only_named(self._connection, self._listing, column, kind, texts)

    def metric(self, text: str | None) -> bool:
        """Only records with a number of this name."""
        if text is None:
            return True
        name = name_id(self._connection, self._tenant, NameKind.TELEMETRY, text)
        if name is None:
            return False
        place = self._listing.parameters(name)
        self._listing.filters.append(
            Filter(
                probe=_HAS_NUMBER.format(place),
                collect=f"SELECT record AS id FROM telemetry_number WHERE name = {place}",
            )
        )
        return True

    def kinds(self, names: tuple[str, ...]) -> None:
        """Only records of these kinds."""
        kinds = tuple(sorted({KIND_NAMES.index(name) for name in names}))
        if not kinds or len(kinds) == len(KIND_NAMES):
            return
        chosen = f"kind IN ({', '.join(map(str, kinds))})"
        index, part = _KIND_INDEXES.get(kinds, ("telemetry_record_at", chosen))
        here = f"tenant = {self._listing.parameters(self._tenant)} AND {part}"
        self._listing.filters.append(
            Filter(
                probe=f"+t.{chosen}",
                collect=f"SELECT id FROM telemetry_record INDEXED BY {index} WHERE {here}",
                index=index if kinds in _KIND_INDEXES else None,
                walk=here,
            )
        )


def only_named(
    connection: sqlite3.Connection,
    listing: Listing,
    column: str,
    kind: NameKind,
    texts: tuple[str, ...],
) -> bool:
    """Leave only items with any of these names, if there are any; whether one is known."""
    found = (name_id(connection, listing.tenant, kind, text) for text in texts)
    ids = [id_ for id_ in found if id_ is not None]
    if ids:
        only_one_of(listing, column, ids)
    return bool(ids) or not texts


def only_one_of(listing: Listing, column: str, ids: list[int]) -> None:
    """Leave only items with any of these numbers in a column that has an index."""
    condition, table = any_of(column, ids, listing.parameters), listing.table.name
    index = f"{table}_{column}"
    listing.filters.append(
        Filter(
            probe=f"+t.{condition}",
            collect=f"SELECT id FROM {table} INDEXED BY {index} WHERE {condition}",
            index=index if len(ids) == 1 else None,
            walk=condition,
        )
    )


def find_run(connection: sqlite3.Connection, tenant: int, xid: str) -> int | None:
    """The number of a run."""
    row = connection.execute(
        "SELECT id FROM telemetry_run WHERE tenant = ? AND xid = ?", (tenant, xid_key(xid))
    ).fetchone()
    return None if row is None else int(row[0])


def _record(row: tuple[Any, ...]) -> TelemetryRecord:
    at, _, xid, run, command, status, event, kind, message, metrics = row
    return TelemetryRecord(
        xid=xid_text(xid),
        run_id="" if run is None else xid_text(run),
        command=command or "",
        at=from_micros(at),
        kind=KIND_NAMES[int(kind)],
        status=status or "",
        event=event or "",
        metrics=json_object(metrics),
        message=message or "",
    )
