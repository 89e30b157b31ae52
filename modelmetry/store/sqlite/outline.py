"""What a waterfall needs of a trace, without what is in its spans."""

from __future__ import annotations

import sqlite3
from operator import itemgetter
from typing import Any, Final

from modelmetry_api.models import Event, Finding, Money, OutlineEvent, OutlineSpan, TraceOutline
from modelmetry_api.types import UNSET, Unset

from modelmetry.store.sqlite.answers import (
    EVENT_COLUMNS,
    FINDING_COLUMNS,
    TRACE_COLUMNS,
    event_of,
    finding_of,
    trace_members,
)
from modelmetry.store.sqlite.completeness import completeness
from modelmetry.store.sqlite.encode import Micros, XidKey, tidy, xid_key, xid_text
from modelmetry.store.sqlite.names import name_texts, tenant_id

MOST_EVENTS: Final = 2_000
_LONGEST_MESSAGE: Final = 200
Place = tuple[int, int]
"""A trace and its tenant."""

# A plus keeps SQLite from choosing the index of all that the tenant has. Nothing behind `message`
# is read: family data may be on many pages.
_SPANS: Final = f"""
    SELECT xid, parent, name, family, start, duration, open, severity, failed, model, provider,
        u_input, u_output, u_total, cost, currency, substr(message, 1, {_LONGEST_MESSAGE + 1})
    FROM span WHERE trace = ? AND +tenant = ? ORDER BY xid
"""
_NAME, _START, _MODEL = 2, 4, 9
_COUNTS: Final = "SELECT span, count(*) FROM {} WHERE trace = ? AND +tenant = ? GROUP BY span"
_OF_SPANS: Final = """
    SELECT span, name, at FROM event e WHERE trace = ? AND +tenant = ? AND {}
    ORDER BY at, xid LIMIT ?
"""
_OWN_EVENTS: Final = f"""
    SELECT {EVENT_COLUMNS} FROM event e WHERE trace = ? AND +tenant = ? AND {{}} ORDER BY at, xid
"""
_OWN_FINDINGS: Final = f"""
    SELECT {FINDING_COLUMNS} FROM finding f JOIN name n ON n.id = f.name
    WHERE f.trace = ? AND +f.tenant = ? AND {{}} ORDER BY f.at, f.xid
"""
_EXECUTION: Final = """
    SELECT e.xid FROM execution_trace t JOIN execution e ON e.id = t.execution
    WHERE t.trace = ? AND e.tenant = ? ORDER BY t.id LIMIT 1
"""
_STRAY: Final = "NOT EXISTS (SELECT 1 FROM span s WHERE s.trace = {0}.trace AND s.xid = {0}.span)"


def get_outline(connection: sqlite3.Connection, tenant: str, xid: str) -> TraceOutline | None:
    """The outline of a trace."""
    number = tenant_id(connection, tenant)
    row = connection.execute(
        f"SELECT t.id, {TRACE_COLUMNS} FROM trace t WHERE t.tenant = ? AND t.xid = ?",
        (number, xid_key(xid)),
    ).fetchone()
    if row is None or number is None:
        return None
    members, place = trace_members(tenant, row[1:]), (int(row[0]), number)
    descendants, expected, _weight = row[-3:]
    start = _start_of(connection, row[0])
    events, findings = (
        dict(connection.execute(_COUNTS.format(table), place)) for table in ("event", "finding")
    )
    spans, known = _spans(connection, place, start, events, findings)
    shown = _events_of_spans(connection, place, start, stray=events.keys() - known - {None})
    in_spans = sum(count for span, count in events.items() if span in known)
    return TraceOutline(
        **members,
        execution_id=_execution(connection, number, members["xid"]),
        descendants=UNSET if descendants is None else descendants,
        completeness=completeness(members["xid"], spans, expected, open_=members["open_"]),
        spans=spans,
        span_events=shown,
        span_events_left_out=in_spans - len(shown),
        events=_own_events(connection, tenant, members["xid"], place, events.keys() - known),
        findings=_own_findings(connection, tenant, members["xid"], place, findings.keys() - known),
    )


def _execution(connection: sqlite3.Connection, tenant: int, trace: str) -> str | Unset:
    row = connection.execute(_EXECUTION, (xid_key(trace), tenant)).fetchone()
    return UNSET if row is None else xid_text(row[0])


def _start_of(connection: sqlite3.Connection, trace: int) -> Micros:
    (start,) = connection.execute("SELECT start FROM trace WHERE id = ?", (trace,)).fetchone()
    return int(start)


def _spans(
    connection: sqlite3.Connection, place: Place, begin: Micros,
    events: dict[XidKey | None, int], findings: dict[XidKey | None, int],
) -> tuple[list[OutlineSpan], set[XidKey | None]]:  # fmt: skip
    """The spans, and their keys."""
    # By start, then by XID: as they are stored by XID, this is quicker than SQLite's own sorting.
    rows = sorted(connection.execute(_SPANS, place), key=itemgetter(_START))
    used = {row[_NAME] for row in rows} | {row[_MODEL] for row in rows} - {None}
    names: dict[int | None, str] = {None: ""} | name_texts(connection, list(used))
    spans: list[OutlineSpan] = []
    texts = {row[0]: xid_text(row[0]) for row in rows}
    for (
        key, parent, name, family, start, duration, open_, severity, failed, model, provider,
        input_, output, total, cost, currency, message,
    ) in rows:  # fmt: skip
        spans.append(
            OutlineSpan(
                xid=texts[key],
                parent_id=None if parent is None else texts.get(parent) or xid_text(parent),
                name=names[name],
                family=family,
                start_ms=(start - begin) / 1000,
                duration_ms=duration / 1000,
                open_=bool(open_),
                severity=severity or "unset",
                failed=bool(failed),
                model=names[model],
                provider=provider or "",
                costs=[] if currency is None else [Money(amount=tidy(cost), currency=currency)],
                event_count=events.get(key, 0),
                finding_count=findings.get(key, 0),
                input_tokens=UNSET if input_ is None else tidy(input_),
                output_tokens=UNSET if output is None else tidy(output),
                total_tokens=UNSET if total is None else tidy(total),
                message=message[:_LONGEST_MESSAGE] if message else UNSET,
                truncated=True if message and len(message) > _LONGEST_MESSAGE else UNSET,
            )
        )
    return spans, set(texts)


def _events_of_spans(
    connection: sqlite3.Connection, place: Place, begin: Micros, *, stray: bool | set[Any]
) -> list[OutlineEvent]:
    limits = (*place, MOST_EVENTS)
    known = "span IS NOT NULL" + (f" AND NOT {_STRAY.format('e')}" if stray else "")
    return [
        OutlineEvent(span_id=xid_text(span), name=name, at_ms=tidy((at - begin) / 1000))
        for span, name, at in connection.execute(_OF_SPANS.format(known), limits)
    ]


# What belongs to no span that is stored belongs to the trace itself, as in the whole trace.


def _own_events(
    connection: sqlite3.Connection, tenant: str, trace: str, place: Place, of: set[XidKey | None]
) -> list[Event]:
    if not of:
        return []
    rows = connection.execute(_OWN_EVENTS.format(_own("e", of)), place)
    return [event_of(tenant, trace, row) for row in rows]


def _own_findings(
    connection: sqlite3.Connection, tenant: str, trace: str, place: Place, of: set[XidKey | None]
) -> list[Finding]:
    if not of:
        return []
    rows = connection.execute(_OWN_FINDINGS.format(_own("f", of)), place)
    return [finding_of(tenant, trace, row) for row in rows]


def _own(table: str, of: set[XidKey | None]) -> str:
    return f"{table}.span IS NULL" if of == {None} else _STRAY.format(table)
