"""Lists of traces, and one trace whole."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

from modelmetry_api.models import Event, Finding, FullTrace, ShownFinding, Span, Trace, TraceList
from modelmetry_api.types import UNSET

from modelmetry.store.queries import TraceQuery
from modelmetry.store.sqlite.answers import (
    EVENT_COLUMNS,
    FINDING_COLUMNS,
    SPAN_COLUMNS,
    TRACE_COLUMNS,
    event_of,
    finding_of,
    span_of,
    trace_members,
)
from modelmetry.store.sqlite.completeness import carriers, completeness
from modelmetry.store.sqlite.cursors import page_of, read_cursor
from modelmetry.store.sqlite.encode import XidKey, from_value, xid_key
from modelmetry.store.sqlite.listing import Listing, Table
from modelmetry.store.sqlite.lookup import select_in
from modelmetry.store.sqlite.names import NameKind, name_id, tenant_id
from modelmetry.store.sqlite.preview import previews
from modelmetry.store.sqlite.search import unsearched
from modelmetry.store.sqlite.trace_filters import add_filters

_TABLE: Final = Table(name="trace", keys=("id",), columns=TRACE_COLUMNS)
# A plus keeps SQLite from choosing the index of all that the tenant has.
_FINDINGS: Final = f"""
    SELECT f.span, {FINDING_COLUMNS} FROM finding f JOIN name n ON n.id = f.name
    WHERE f.trace = ? AND +f.tenant = ? ORDER BY f.at, f.xid
"""
_EVENTS: Final = f"""
    SELECT span, {EVENT_COLUMNS} FROM event WHERE trace = ? AND +tenant = ? ORDER BY at, xid
"""
_SPANS: Final = f"""
    SELECT t.data, {SPAN_COLUMNS} FROM span t WHERE t.trace = ? AND +t.tenant = ?
    ORDER BY t.start, t.xid
"""


def list_traces(connection: sqlite3.Connection, tenant: str, query: TraceQuery) -> TraceList:
    """One page of traces."""
    listing = trace_listing(connection, tenant, query)
    if listing is None:
        return TraceList(traces=[], next_cursor=None)
    page, next_cursor = page_of(listing.page(connection), query.limit)
    shown = _shown(connection, listing.tenant, page, query.include_findings)
    listed = {row[1]: trace_members(tenant, row[2:]) for row in page}
    found = previews(connection, listing.tenant, listed) if query.include_preview else {}
    traces = [
        Trace(
            **members,
            shown_findings=shown[number] if query.include_findings else UNSET,
            preview=found.get(number, UNSET),
        )
        for number, members in listed.items()
    ]
    return TraceList(
        traces=traces,
        next_cursor=next_cursor,
        unsearched=UNSET if query.text is None else unsearched(connection, tenant) or UNSET,
    )


def trace_listing(connection: sqlite3.Connection, tenant: str, query: TraceQuery) -> Listing | None:
    """The list that a query asks for; None when the tenant has nothing."""
    number = tenant_id(connection, tenant)
    sort = query.sort.removeprefix("-")
    position = read_cursor(
        connection, query.cursor, tenant=number or 0, table="trace", keys=("id",), sort=sort
    )
    if number is None:
        return None
    listing = Listing(
        table=_TABLE,
        tenant=number,
        sort=sort,
        descending=query.sort.startswith("-"),
        index=f"trace_{sort}",
        limit=query.limit,
        position=position,
    )
    add_filters(connection, listing, query)
    return listing


def _shown(
    connection: sqlite3.Connection, tenant: int, rows: Sequence[tuple[Any, ...]],
    names: Sequence[str],
) -> dict[int, list[ShownFinding]]:  # fmt: skip
    """The latest values of these findings in each trace, in the order of the names."""
    shown: dict[int, list[ShownFinding]] = defaultdict(list)
    traces = [row[1] for row in rows]
    for name in dict.fromkeys(names):
        number = name_id(connection, tenant, NameKind.FINDING, name)
        latest: dict[int, tuple[Any, ...]] = {}
        counts: dict[int, int] = defaultdict(int)
        for trace, *value in select_in(connection, _SHOWN, (number, tenant), traces):
            latest[trace] = tuple(value)
            counts[trace] += 1
        for trace, (kind, value, exact, unit) in latest.items():
            shown[trace].append(
                ShownFinding(
                    name=name,
                    value=from_value(kind, value, exact),
                    unit=unit or "",
                    count=counts[trace],
                )
            )
    return shown


_SHOWN: Final = """
    SELECT trace, kind, value, exact, unit FROM finding
    WHERE +name = ? AND +tenant = ? AND trace IN ({keys}) ORDER BY at, xid
"""


def get_trace(connection: sqlite3.Connection, tenant: str, xid: str) -> FullTrace | None:
    """One trace with its spans, their events and findings, and its own."""
    number = tenant_id(connection, tenant)
    row = connection.execute(
        f"SELECT t.id, {TRACE_COLUMNS} FROM trace t WHERE t.tenant = ? AND t.xid = ?",
        (number, xid_key(xid)),
    ).fetchone()
    if row is None:
        return None
    members = trace_members(tenant, row[1:])
    descendants, expected, _weight = row[-3:]
    place = (row[0], number)
    events: dict[XidKey | None, list[Event]] = defaultdict(list)
    for span, *columns in connection.execute(_EVENTS, place):
        events[span].append(event_of(tenant, members["xid"], tuple(columns)))
    findings: dict[XidKey | None, list[Finding]] = defaultdict(list)
    for span, *columns in connection.execute(_FINDINGS, place):
        findings[span].append(finding_of(tenant, members["xid"], tuple(columns)))
    carried = carriers(connection, row[0])
    spans = [
        _span(tenant, members["xid"], row, events, findings, carried)
        for row in connection.execute(_SPANS, place).fetchall()
    ]
    # What is left belongs to the trace itself, or to a span that has not come (yet).
    own_events = sorted(_left(events), key=lambda event: event.at)
    own_findings = sorted(_left(findings), key=lambda finding: finding.at)
    return FullTrace(
        **members,
        descendants=UNSET if descendants is None else descendants,
        completeness=completeness(members["xid"], spans, expected, open_=members["open_"]),
        spans=spans,
        events=own_events,
        findings=own_findings,
    )


def _span(
    tenant: str, trace: str, row: tuple[Any, ...],
    events: dict[XidKey | None, list[Event]], findings: dict[XidKey | None, list[Finding]],
    carried: dict[XidKey, int],
) -> Span:  # fmt: skip
    data, key = row[:2]
    own_events, own_findings = events.pop(key, []), findings.pop(key, [])
    return span_of(tenant, trace, row[1:], data, own_events, own_findings, carried.get(key))


def _left(parts: dict[XidKey | None, list[Any]]) -> list[Any]:
    return [part for some in parts.values() for part in some]
