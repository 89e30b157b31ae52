"""Lists of spans."""

from __future__ import annotations

import sqlite3
from typing import Final

from modelmetry_api.models import Span, SpanList

from modelmetry.store.queries import SpanQuery
from modelmetry.store.sqlite.answers import (
    EVENT_COLUMNS,
    FINDING_COLUMNS,
    SPAN_COLUMNS,
    SUMMARY_COLUMNS,
    event_of,
    finding_of,
    span_of,
    summary_of,
)
from modelmetry.store.sqlite.cursors import page_of, read_cursor
from modelmetry.store.sqlite.encode import to_micros, xid_key, xid_text
from modelmetry.store.sqlite.listing import Filter, Listing, Table, any_of
from modelmetry.store.sqlite.names import NameKind, name_id, tenant_id

_KEYS: Final = ("trace", "xid")
_TABLE: Final = Table(name="span", keys=_KEYS, columns=SUMMARY_COLUMNS)
_NONE: Final = -1


def list_spans(connection: sqlite3.Connection, tenant: str, query: SpanQuery) -> SpanList:
    """One page of spans."""
    listing = span_listing(connection, tenant, query)
    rows = [] if listing is None else listing.page(connection)
    page, next_cursor = page_of(rows, query.limit)
    return SpanList(spans=[summary_of(tenant, row[3:]) for row in page], next_cursor=next_cursor)


def span_listing(connection: sqlite3.Connection, tenant: str, query: SpanQuery) -> Listing | None:
    """The list that a query asks for; None when the tenant has nothing."""
    number = tenant_id(connection, tenant)
    sort = query.sort.removeprefix("-")
    position = read_cursor(
        connection, query.cursor, tenant=number or 0, table="span", keys=_KEYS, sort=sort
    )
    if number is None:
        return None
    listing = Listing(
        table=_TABLE,
        tenant=number,
        sort=sort,
        descending=query.sort.startswith("-"),
        index=f"span_{sort}",
        limit=query.limit,
        position=position,
    )
    _add_range(listing, query)
    _add_trace(connection, listing, query)
    _add_columns(connection, listing, query)
    return listing


def _add_range(listing: Listing, query: SpanQuery) -> None:
    add = listing.parameters
    lowest = None if query.start_after is None else to_micros(query.start_after)
    below = None if query.start_before is None else to_micros(query.start_before)
    if listing.sort == "start":
        listing.lowest, listing.below = lowest, below
        return
    conditions = [] if lowest is None else [f"start >= {add(lowest)}"]
    conditions += [] if below is None else [f"start < {add(below)}"]
    if conditions:
        _add(listing, [f"tenant = {add(listing.tenant)}", *conditions], "span_start")


def _add_trace(connection: sqlite3.Connection, listing: Listing, query: SpanQuery) -> None:
    if query.trace is not None:
        row = connection.execute(
            "SELECT id FROM trace WHERE tenant = ? AND xid = ?",
            (listing.tenant, xid_key(query.trace)),
        ).fetchone()
        here = f"trace = {listing.parameters(_NONE if row is None else row[0])}"
        listing.filters.append(
            Filter(
                probe=f"+t.{here}", collect=f"SELECT trace, xid FROM span WHERE {here}", few=True
            )
        )


def _add_columns(connection: sqlite3.Connection, listing: Listing, query: SpanQuery) -> None:
    add, tenant = listing.parameters, listing.tenant
    mine = f"tenant = {add(tenant)}"
    # The list is walked by the first, so the rarest come first.
    if query.failed:
        _add(listing, [mine, "failed = 1"], "span_failed", walk=True)
    if query.model is not None:
        model = name_id(connection, tenant, NameKind.MODEL, query.model)
        _add(
            listing, [f"model = {add(_NONE if model is None else model)}"], "span_model", walk=True
        )
    if query.names:
        ids = [name_id(connection, tenant, NameKind.SPAN, name) or _NONE for name in query.names]
        _add(listing, [any_of("name", ids, add)], "span_name", walk=len(ids) == 1)
    if query.family is not None:
        _add(listing, [mine, f"family = {add(query.family)}"], "span_family", walk=True)
    if query.failed is False:
        # Nearly all have not, so the list itself is the best index of them.
        _add(listing, [mine, "failed = 0"], "span_start")


def _add(listing: Listing, conditions: list[str], index: str, *, walk: bool = False) -> None:
    here = " AND ".join(conditions)
    listing.filters.append(
        Filter(
            probe=" AND ".join(f"+t.{condition}" for condition in conditions),
            collect=f"SELECT trace, xid FROM span INDEXED BY {index} WHERE {here}",
            index=index if walk and listing.sort == "start" else None,
            walk=here,
        )
    )


def get_span(
    connection: sqlite3.Connection, tenant: str, xid: str, trace: str | None
) -> Span | None:
    """One span with its events and findings; None when it is in another trace than `trace`."""
    row = connection.execute(_WHOLE, (tenant_id(connection, tenant), xid_key(xid))).fetchone()
    if row is None:
        return None
    number, of, data, descendants, *columns = row
    of = xid_text(of)
    if trace not in {None, of}:
        return None
    place = (number, xid_key(xid))
    events = [event_of(tenant, of, one) for one in connection.execute(_EVENTS, place)]
    findings = [finding_of(tenant, of, one) for one in connection.execute(_FINDINGS, place)]
    return span_of(tenant, of, tuple(columns), data, events, findings, descendants)


_WHOLE: Final = f"""
    SELECT t.trace, (SELECT xid FROM trace WHERE id = t.trace), t.data,
        (SELECT descendants FROM carrier WHERE trace = t.trace AND span = t.xid), {SPAN_COLUMNS}
    FROM span t WHERE t.tenant = ? AND t.xid = ?
"""
_EVENTS: Final = f"SELECT {EVENT_COLUMNS} FROM event WHERE trace = ? AND span = ? ORDER BY at, xid"
_FINDINGS: Final = f"""
    SELECT {FINDING_COLUMNS} FROM finding f JOIN name n ON n.id = f.name
    WHERE f.trace = ? AND +f.span = ? ORDER BY f.at, f.xid
"""
