"""Lists of runs of what sent telemetry, and one of them."""

from __future__ import annotations

import sqlite3
from typing import Any, Final

from modelmetry_api.models import TelemetryRun, TelemetryRunList

from modelmetry.store.sqlite.answers import json_object
from modelmetry.store.sqlite.answers import tenant_id as shown_tenant
from modelmetry.store.sqlite.cursors import page_of, read_cursor
from modelmetry.store.sqlite.encode import from_micros, to_micros, xid_key, xid_text
from modelmetry.store.sqlite.listing import Filter, Listing, Parameters, Table
from modelmetry.store.sqlite.names import NameKind, tenant_id
from modelmetry.store.sqlite.read_telemetry import only_named
from modelmetry.store.telemetry import TelemetryRunQuery

_NAME: Final = "(SELECT text FROM name WHERE id = t.{})"
_COLUMNS: Final = (
    f"t.xid, t.last, {_NAME.format('command')}, {_NAME.format('status')}, t.execution, t.records, "
    "t.readings, t.created, t.updated, t.system"
)
_TABLE: Final = Table(name="telemetry_run", keys=("id",), columns=_COLUMNS)


def list_runs(
    connection: sqlite3.Connection, tenant: str, query: TelemetryRunQuery
) -> TelemetryRunList:
    """One page of runs, and how many there are on all pages."""
    listing = run_listing(connection, tenant, query)
    if listing is None:
        return TelemetryRunList(runs=[], next_cursor=None, total_count=0)
    page, next_cursor = page_of(listing.page(connection), query.limit)
    return TelemetryRunList(
        runs=[_run(tenant, row) for row in page],
        next_cursor=next_cursor,
        total_count=_count(connection, listing),
    )


def get_run(connection: sqlite3.Connection, tenant: str, xid: str) -> TelemetryRun | None:
    """One run."""
    row = connection.execute(
        f"SELECT t.start, t.id, {_COLUMNS} FROM telemetry_run t WHERE t.tenant = ? AND t.xid = ?",
        (tenant_id(connection, tenant), xid_key(xid)),
    ).fetchone()
    return None if row is None else _run(tenant, row)


def run_listing(
    connection: sqlite3.Connection, tenant: str, query: TelemetryRunQuery
) -> Listing | None:
    """The list that a query asks for; None when it names what was never stored."""
    number = tenant_id(connection, tenant)
    position = read_cursor(
        connection,
        query.cursor,
        tenant=number or 0,
        table=_TABLE.name,
        keys=_TABLE.keys,
        sort="start",
    )
    if number is None:
        return None
    after, before = query.start_after, query.start_before
    listing = Listing(
        table=_TABLE,
        tenant=number,
        sort="start",
        descending=True,
        index="telemetry_run_start",
        limit=query.limit,
        position=position,
        lowest=None if after is None else to_micros(after),
        below=None if before is None else to_micros(before),
    )
    if query.execution is not None:
        _only_of_execution(listing, query.execution)
    commands = () if query.command is None else (query.command,)
    known = only_named(connection, listing, "command", NameKind.COMMAND, commands) and only_named(
        connection, listing, "status", NameKind.STATUS, query.statuses
    )
    return listing if known else None


def _only_of_execution(listing: Listing, xid: str) -> None:
    add, index = listing.parameters, "telemetry_run_execution"
    execution = add(xid_key(xid))
    here = f"tenant = {add(listing.tenant)} AND execution = {execution}"
    listing.filters.append(
        Filter(
            probe=f"+t.execution = {execution}",
            collect=f"SELECT id FROM telemetry_run INDEXED BY {index} WHERE {here}",
            index=index,
            walk=here,
        )
    )


def _count(connection: sqlite3.Connection, listing: Listing) -> int:
    """How many runs a list has on all pages, counted from the index of its first filter."""
    add = Parameters(dict(listing.parameters.values))
    where = [one.probe for one in listing.filters[1:]]
    if listing.lowest is not None:
        where.append(f"t.start >= {add(listing.lowest)}")
    if listing.below is not None:
        where.append(f"t.start < {add(listing.below)}")
    if not listing.filters:
        where.append(f"t.tenant = {add(listing.tenant)}")
        source = f"telemetry_run t INDEXED BY {listing.index}"
    elif where:
        source = f"({listing.filters[0].collect}) c CROSS JOIN telemetry_run t ON t.id = c.id"
        where = [condition.replace("t.start", "+t.start") for condition in where]
    else:
        source = f"({listing.filters[0].collect})"
    conditions = f"WHERE {' AND '.join(where)}" if where else ""
    (count,) = connection.execute(
        f"SELECT count(*) FROM {source} {conditions}", add.values
    ).fetchone()
    return int(count)


def _run(tenant: str, row: tuple[Any, ...]) -> TelemetryRun:
    (start, _, xid, last, command, status, execution, records, readings, created, updated,
     system) = row  # fmt: skip
    return TelemetryRun(
        id=f"run_{xid_text(xid)}",
        xid=xid_text(xid),
        tenant_id=shown_tenant(tenant),
        created_at=from_micros(created),
        updated_at=from_micros(updated),
        command=command or "",
        start=from_micros(start),
        last_at=from_micros(start if last is None else last),
        status=status or "",
        system=json_object(system),
        execution_id="" if execution is None else xid_text(execution),
        record_count=records,
        reading_count=readings,
    )
