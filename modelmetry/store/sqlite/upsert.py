"""Write batches: new parts in one go, known ones member by member, all where they belong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeVar

from modelmetry.store.sqlite.book import Book
from modelmetry.store.sqlite.bulk import Row, insert_many
from modelmetry.store.sqlite.encode import XidKey
from modelmetry.store.sqlite.figures import save_traces
from modelmetry.store.sqlite.lookup import select_in
from modelmetry.store.sqlite.part_tables import (
    EVENTS,
    FINDINGS,
    SPANS,
    PartTable,
    Place,
    span_row,
)
from modelmetry.store.sqlite.parts import Batch, EventPart, FindingPart, SpanPart, merged
from modelmetry.store.sqlite.production_rows import write_production
from modelmetry.store.sqlite.record import write_recorded
from modelmetry.store.sqlite.session_rows import Sessions
from modelmetry.store.sqlite.telemetry_rows import write_telemetry
from modelmetry.store.sqlite.transaction import Transaction

P = TypeVar("P", SpanPart, EventPart, FindingPart)
L = TypeVar("L", EventPart, FindingPart)

_ADOPT: Final = "UPDATE {table} SET trace = ? WHERE tenant = ? AND span = ? AND trace < 0"
_WAITING: Final = (
    "SELECT DISTINCT span FROM {table} WHERE tenant = ? AND trace < 0 AND span IN ({{keys}})"
)
_ANY: Final = "SELECT 1 FROM {table} WHERE tenant = ? AND trace < 0 LIMIT 1"
_CARRY: Final = """
    INSERT INTO carrier (trace, span, descendants) VALUES (?, ?, ?)
    ON CONFLICT (trace, span) DO UPDATE SET descendants = excluded.descendants
    WHERE descendants < excluded.descendants
"""
_FOLLOW: Final = "UPDATE {table} SET trace = ? WHERE trace = ? AND span = ?"


class Upsert:
    """Writes the batches of one transaction; `finish` before it commits."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._sessions = Sessions(tx)
        self._book = Book(tx, self._sessions)

    def write(self, tenant_name: str, batch: Batch) -> None:
        """Write one batch, later ones upon earlier ones."""
        tenant = self._tx.names.tenant(tenant_name)
        named = [part.session for part in batch.traces.values() if part.session is not None]
        self._sessions.write(tenant, batch.sessions, named)
        self._book.load(tenant, _named_traces(batch))
        for key, trace in batch.traces.items():
            self._book.update(tenant, key, trace)
        self._write_spans(tenant, batch)
        spans = self._known_spans(tenant, batch)
        self._write_loose(EVENTS, tenant, batch.events, spans)
        self._write_loose(FINDINGS, tenant, batch.findings, spans)
        write_recorded(self._tx, tenant, batch.recorded)
        write_telemetry(self._tx, tenant, batch.telemetry)
        write_production(self._tx, tenant, batch.production)

    def finish(self) -> None:
        """Bring the figures of the traces and the work that is due up to date."""
        save_traces(self._tx, self._book)
        self._tx.note_due()

    def _write_spans(self, tenant: int, batch: Batch) -> None:
        if not batch.spans:
            return
        tx, now, id_of = self._tx, self._tx.now, self._book.id
        rows = [
            span_row(tx, Place(tenant, id_of(tenant, part.trace), key, now), part, found)
            for key, (part, found) in batch.spans.items()
        ]
        parts = {key: part for key, (part, _) in batch.spans.items()}
        moved = self._write_rows(SPANS, tenant, parts, rows, lambda part: id_of(tenant, part.trace))
        self._follow(moved)
        self._write_carriers(
            {key: (id_of(tenant, parts[key].trace), n) for key, n in batch.carriers.items()}
        )
        self._adopt(tenant, {key: id_of(tenant, part.trace) for key, part in parts.items()})

    def _write_carriers(self, carriers: Mapping[XidKey, tuple[int, int]]) -> None:
        """Note traces and numbers of descendants of spans; of a span the largest that came."""
        for key, (trace, descendants) in carriers.items():
            changed = self._tx.connection.execute(_CARRY, (trace, key, descendants)).rowcount
            if changed:
                self._touch((trace,))

    def _known_spans(self, tenant: int, batch: Batch) -> Mapping[XidKey, int]:
        """The traces of the spans that only the span is named of."""
        wanted: set[XidKey] = set()
        loose: Iterable[EventPart | FindingPart] = (
            *batch.events.values(),
            *batch.findings.values(),
        )
        for part in loose:
            if part.trace is None and part.span is not None:
                wanted.add(part.span)
        return dict(
            select_in(
                self._tx.connection,
                "SELECT xid, trace FROM span WHERE tenant = ? AND xid IN ({keys})",
                (tenant,),
                list(wanted),
            )
        )

    def _write_loose(
        self,
        table: PartTable[L],
        tenant: int,
        parts: Mapping[XidKey, L],
        spans: Mapping[XidKey, int],
    ) -> None:
        """Events and findings: under their trace, that of their span, or waiting for it."""
        if not parts:
            return
        tx, now, id_of, row_of = self._tx, self._tx.now, self._book.id, table.row_of

        def place(part: L) -> int:
            if part.trace is not None:
                return id_of(tenant, part.trace)
            return -tenant if part.span is None else spans.get(part.span, -tenant)

        rows = [
            row_of(tx, Place(tenant, place(part), key, now), part) for key, part in parts.items()
        ]
        self._write_rows(table, tenant, parts, rows, place)

    def _write_rows(
        self,
        table: PartTable[P],
        tenant: int,
        parts: Mapping[XidKey, P],
        rows: list[Row],
        place: Callable[[P], int],
    ) -> list[tuple[int, int, XidKey]]:
        """Insert new rows; when some exist, update those. Returns moves: new, old trace, key."""
        inserted = insert_many(self._tx.connection, table.into, rows, "DO NOTHING")
        if inserted == len(rows):
            self._touch(row[0] for row in rows)
            return []
        return self._update(table, tenant, parts, place)

    def _update(
        self,
        table: PartTable[P],
        tenant: int,
        parts: Mapping[XidKey, P],
        place: Callable[[P], int],
    ) -> list[tuple[int, int, XidKey]]:
        """Parts of which some were there before: those just inserted equal what was sent."""
        tx = self._tx
        moved: list[tuple[int, int, XidKey]] = []
        found = select_in(tx.connection, table.find, (tenant,), list(parts))
        for trace, created, key, *columns in list(found):
            part = parts[key]
            old = _in_trace(table.part_of(tuple(columns)), part)
            new, goes_to = merged(old, part), place(part)
            if goes_to < 0:
                goes_to = trace  # it is known better than this batch knows it
            if new != old or goes_to != trace:
                table.note_due(tx, tenant, old)
                row = table.row_of(tx, Place(tenant, goes_to, key, created), new)
                tx.connection.execute(table.replace, row)
                self._touch((trace, goes_to))
            elif created == tx.now:
                self._touch((trace,))
            if goes_to != trace:
                moved.append((goes_to, trace, key))
        return moved

    def _follow(self, moved: Iterable[tuple[int, int, XidKey]]) -> None:
        """Events and findings, and its number, go with a span that went to another trace."""
        for move in moved:
            for table in (EVENTS.table, FINDINGS.table, "carrier"):
                self._tx.connection.execute(_FOLLOW.format(table=table), move)
            self._tx.regrouped.add(move[0])

    def _adopt(self, tenant: int, spans: Mapping[XidKey, int]) -> None:
        """Give the events and findings that waited for these spans their trace."""
        for table in (EVENTS.table, FINDINGS.table):
            if not self._tx.connection.execute(_ANY.format(table=table), (tenant,)).fetchone():
                continue
            waiting = select_in(
                self._tx.connection, _WAITING.format(table=table), (tenant,), list(spans)
            )
            for (key,) in list(waiting):
                self._tx.connection.execute(_ADOPT.format(table=table), (spans[key], tenant, key))
                self._touch((spans[key],))
                self._tx.regrouped.add(spans[key])

    def _touch(self, traces: Iterable[int]) -> None:
        self._tx.dirty.update(trace for trace in traces if trace > 0)


def _named_traces(batch: Batch) -> list[XidKey]:
    named: dict[XidKey, Any] = dict.fromkeys(batch.traces)
    named.update((part.trace, None) for part, _ in batch.spans.values())
    named.update((part.trace, None) for part in batch.events.values() if part.trace is not None)
    named.update((part.trace, None) for part in batch.findings.values() if part.trace is not None)
    return list(named)


def _in_trace(old: P, new: P) -> P:
    """The old part with the new one's trace: rows know theirs by number."""
    return old._replace(trace=new.trace)
