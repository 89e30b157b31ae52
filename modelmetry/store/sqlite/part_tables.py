"""How spans, events and findings become rows and rows become parts again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Generic, NamedTuple, TypeVar

from modelmetry.store.sqlite.bulk import Row
from modelmetry.store.sqlite.encode import Kind, Micros, XidKey, decode_json
from modelmetry.store.sqlite.families import NO_FIGURES, Figures, figures, is_failure
from modelmetry.store.sqlite.names import NameKind
from modelmetry.store.sqlite.parts import EventPart, FindingPart, SpanPart
from modelmetry.store.sqlite.schema import USAGE
from modelmetry.store.sqlite.transaction import HOUR, Transaction

P = TypeVar("P", SpanPart, EventPart, FindingPart)


class Place(NamedTuple):
    """Where a part goes, and since when it is known."""

    tenant: int
    trace: int
    key: XidKey
    created: Micros


class PartTable(NamedTuple, Generic[P]):
    """One of the tables of parts.

    `into` names the table and its columns; `replace` puts a row in place of
    the one with the same trace and key; `find` gives rows by key: trace, created, key and the
    columns that `part_of` reads; `row_of` makes a row and notes what must be summarised again
    because of it; `note_due` notes the same for a part that goes away.
    """

    table: str
    into: str
    replace: str
    find: str
    row_of: Callable[[Transaction, Place, P], Row]
    part_of: Callable[[Row], P]
    note_due: Callable[[Transaction, int, P], None]


def _statements(table: str, columns: str) -> tuple[str, str]:
    places = ", ".join("?" * (columns.count(",") + 1))
    into = f"{table} ({columns})"
    return into, f"REPLACE INTO {into} VALUES ({places})"


# Spans


_SPAN_COLUMNS: Final = (
    "trace, xid, tenant, parent, name, family, start, end, open, duration, severity, failed, "
    f"message, metadata, data, model, provider, {', '.join(USAGE)}, cost, currency, "
    "created, updated"
)


def span_row(tx: Transaction, place: Place, part: SpanPart, found: Figures) -> Row:
    """A span's row. The end of an open one is its start until `open_spans` knows better."""
    end = part.start if part.end is None else part.end
    tx.hours.add((place.tenant, part.start // HOUR))
    names, tenant = tx.names, place.tenant
    model = None if found.model is None else names.name(tenant, NameKind.MODEL, found.model)
    return (
        place.trace,
        place.key,
        tenant,
        part.parent,
        names.name(tenant, NameKind.SPAN, part.name),
        part.family or "other",
        part.start,
        end,
        part.end is None,
        max(end - part.start, 0),
        part.severity,
        is_failure(part.severity),
        part.message,
        part.metadata,
        part.data,
        model,
        found.provider,
        *found.usage,
        found.cost,
        found.currency,
        place.created,
        tx.now,
    )


def _span_row(tx: Transaction, place: Place, part: SpanPart) -> Row:
    data = None if part.data is None else decode_json(part.data)
    return span_row(tx, place, part, figures(part.family, data) if data else NO_FIGURES)


def _span_part(row: Row) -> SpanPart:
    parent, name, family, start, end, open_, *rest = row
    family = None if family == "other" else family
    return SpanPart(b"", parent, name, family, start, None if open_ else end, *rest)


def _note_span(tx: Transaction, tenant: int, part: SpanPart) -> None:
    tx.hours.add((tenant, part.start // HOUR))


SPANS: Final = PartTable(
    "span",
    *_statements("span", _SPAN_COLUMNS),
    """
    SELECT s.trace, s.created, s.xid, parent, n.text, family, start, end, open, severity, message,
        metadata, data
    FROM span s JOIN name n ON n.id = s.name WHERE s.tenant = ? AND s.xid IN ({keys})
    """,
    _span_row,
    _span_part,
    _note_span,
)


# Events


def _event_row(tx: Transaction, place: Place, part: EventPart) -> Row:
    at = tx.now if part.at is None else part.at
    return (
        place.trace,
        place.key,
        place.tenant,
        part.span,
        part.name,
        at,
        part.entry,
        part.metadata,
        place.created,
        tx.now,
    )


def _event_part(row: Row) -> EventPart:
    return EventPart(None, *row)


def _note_event(tx: Transaction, tenant: int, part: EventPart) -> None:
    """Nothing: events are counted with their traces only."""


EVENTS: Final = PartTable(
    "event",
    *_statements("event", "trace, xid, tenant, span, name, at, entry, metadata, created, updated"),
    """
    SELECT trace, created, xid, span, name, at, entry, metadata
    FROM event WHERE tenant = ? AND xid IN ({keys})
    """,
    _event_row,
    _event_part,
    _note_event,
)


# Findings


def _finding_row(tx: Transaction, place: Place, part: FindingPart) -> Row:
    tenant, kind = place.tenant, part.kind
    at = tx.now if part.at is None else part.at
    name = tx.names.finding(tenant, part.name, kind)
    tx.finding_hours.add((name, at // HOUR))
    return (
        place.trace,
        place.key,
        tenant,
        part.span,
        name,
        kind,
        part.value,
        part.exact,
        part.unit,
        at,
        part.source,
        part.entry,
        part.comment,
        part.description,
        part.metadata,
        place.created,
        tx.now,
    )


def _finding_part(row: Row) -> FindingPart:
    span, name, kind, *rest = row
    return FindingPart(None, span, name, Kind(kind), *rest)


def _note_finding(tx: Transaction, tenant: int, part: FindingPart) -> None:
    at = tx.now if part.at is None else part.at
    name = tx.names.finding(tenant, part.name, part.kind)
    tx.finding_hours.add((name, at // HOUR))


FINDINGS: Final = PartTable(
    "finding",
    *_statements(
        "finding",
        "trace, xid, tenant, span, name, kind, value, exact, unit, at, source, entry, comment, "
        "description, metadata, created, updated",
    ),
    """
    SELECT f.trace, f.created, f.xid, span, n.text, f.kind, value, exact, unit, at, source, entry,
        comment, description, metadata
    FROM finding f JOIN name n ON n.id = f.name WHERE f.tenant = ? AND f.xid IN ({keys})
    """,
    _finding_row,
    _finding_part,
    _note_finding,
)
