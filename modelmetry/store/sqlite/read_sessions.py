"""Lists of sessions, and one session with its traces."""

from __future__ import annotations

import sqlite3
from typing import Any, Final

from modelmetry_api.models import FullSession, Session, SessionList

from modelmetry.store.queries import SessionQuery
from modelmetry.store.sqlite.answers import (
    TRACE_COLUMNS,
    costs,
    json_object,
    trace_of,
    usage,
)
from modelmetry.store.sqlite.answers import tenant_id as shown_tenant
from modelmetry.store.sqlite.cursors import page_of, read_cursor
from modelmetry.store.sqlite.encode import (
    decode_json,
    from_micros,
    to_float,
    to_micros,
    xid_key,
    xid_text,
)
from modelmetry.store.sqlite.listing import Filter, Listing, Table, any_of
from modelmetry.store.sqlite.names import HIGHEST, tenant_id
from modelmetry.store.sqlite.schema import USAGE

MOST_TRACES: Final = 1_000
_COLUMNS: Final = "t.xid, t.name, t.metadata, t.start, t.end, t.created, t.updated"
_TABLE: Final = Table(name="session", keys=("id",), columns=_COLUMNS)
# A plus keeps SQLite from choosing the index of all that the tenant has.
_TOTALS: Final = f"""
    SELECT count(*), total(failed), {", ".join(f"sum({column})" for column in USAGE)}
    FROM trace WHERE session = ? AND +tenant = ?
"""
_COSTS: Final = """
    SELECT costs FROM trace WHERE session = ? AND +tenant = ? AND costs IS NOT NULL
"""


def list_sessions(connection: sqlite3.Connection, tenant: str, query: SessionQuery) -> SessionList:
    """One page of sessions."""
    number = tenant_id(connection, tenant)
    position = read_cursor(
        connection, query.cursor, tenant=number or 0, table="session", keys=("id",), sort="end"
    )
    if number is None:
        return SessionList(sessions=[], next_cursor=None)
    rows = _listing(number, query, position).page(connection)
    page, next_cursor = page_of(rows, query.limit)
    return SessionList(
        sessions=[Session(**_members(connection, tenant, number, row[1:])) for row in page],
        next_cursor=next_cursor,
    )


def _listing(tenant: int, query: SessionQuery, position: tuple[Any, ...] | None) -> Listing:
    listing = Listing(
        table=_TABLE,
        tenant=tenant,
        sort="end",
        descending=True,
        index="session_end",
        limit=query.limit,
        position=position,
        # It cannot end before it starts.
        lowest=None if query.start_after is None else to_micros(query.start_after),
    )
    add = listing.parameters
    mine = f"tenant = {add(tenant)}"
    if query.names:
        named = any_of("name", query.names, add)
        _add(listing, mine, [named], "session_name", walk=len(query.names) == 1)
    if query.name_prefix:
        first, last = add(query.name_prefix), add(query.name_prefix + HIGHEST)
        _add(listing, mine, [f"name >= {first}", f"name < {last}"], "session_name")
    if query.failed is not None:
        listing.filters.append(_failed(mine, failed=query.failed))
    if query.start_after is not None:
        _add(listing, mine, [f"start >= {add(to_micros(query.start_after))}"], "session_start")
    if query.start_before is not None:
        _add(listing, mine, [f"start < {add(to_micros(query.start_before))}"], "session_start")
    return listing


def _add(
    listing: Listing, mine: str, conditions: list[str], index: str, *, walk: bool = False
) -> None:
    here = " AND ".join([mine, *conditions])
    listing.filters.append(
        Filter(
            probe=" AND ".join(f"+t.{condition}" for condition in conditions),
            collect=f"SELECT id FROM session INDEXED BY {index} WHERE {here}",
            index=index if walk else None,
            walk=here,
        )
    )


def _failed(mine: str, *, failed: bool) -> Filter:
    one = "EXISTS (SELECT 1 FROM trace INDEXED BY trace_session WHERE session = {}.id AND failed)"
    if failed:
        return Filter(
            probe=one.format("t"),
            collect="SELECT DISTINCT session AS id FROM trace INDEXED BY trace_failed "
            f"WHERE {mine} AND failed = 1 AND session IS NOT NULL",
        )
    return Filter(
        probe="NOT " + one.format("t"),
        collect=f"SELECT id FROM session s WHERE {mine} AND NOT {one.format('s')}",
    )


def get_session(connection: sqlite3.Connection, tenant: str, xid: str) -> FullSession | None:
    """One session with its first traces."""
    number = tenant_id(connection, tenant)
    row = connection.execute(
        f"SELECT t.id, {_COLUMNS} FROM session t WHERE t.tenant = ? AND t.xid = ?",
        (number, xid_key(xid)),
    ).fetchone()
    if row is None or number is None:
        return None
    traces = connection.execute(
        f"SELECT {TRACE_COLUMNS} FROM trace t WHERE t.session = ? AND +t.tenant = ? "
        "ORDER BY t.start, t.id LIMIT ?",
        (row[0], number, MOST_TRACES),
    ).fetchall()
    return FullSession(
        **_members(connection, tenant, number, row),
        traces=[trace_of(tenant, trace) for trace in traces],
    )


def _members(
    connection: sqlite3.Connection, tenant: str, number: int, row: tuple[Any, ...]
) -> dict[str, Any]:
    id_, xid, name, metadata, start, end, created, updated = row
    count, failed, *tokens = connection.execute(_TOTALS, (id_, number)).fetchone()
    money: dict[str, float] = {}
    for (data,) in connection.execute(_COSTS, (id_, number)):
        for currency, amount in decode_json(data).items():
            money[currency] = to_float(money.get(currency, 0.0) + amount)
    return {
        "id": f"ses_{xid_text(xid)}",
        "xid": xid_text(xid),
        "tenant_id": shown_tenant(tenant),
        "created_at": from_micros(created),
        "updated_at": from_micros(updated),
        "name": name or "",
        "metadata": json_object(metadata),
        "start": from_micros(start),
        "end": from_micros(end),
        "trace_count": count,
        "failed_trace_count": int(failed),
        "usage": usage([None if amount is None else to_float(amount) for amount in tokens]),
        "costs": costs(money),
    }
