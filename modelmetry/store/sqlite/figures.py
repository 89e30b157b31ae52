"""What a trace's row says of its parts, computed from their rows."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Final

from attrs import define, field

from modelmetry.store.sqlite.book import Book, TraceEntry
from modelmetry.store.sqlite.encode import Micros, encode_json, to_float
from modelmetry.store.sqlite.families import is_failure, severity_rank
from modelmetry.store.sqlite.lookup import select_in
from modelmetry.store.sqlite.open_spans import settle_open_spans
from modelmetry.store.sqlite.schema import USAGE
from modelmetry.store.sqlite.terms import decode_terms, encode_terms, trace_terms
from modelmetry.store.sqlite.transaction import HOUR, Transaction

_SPANS: Final = f"""
    SELECT s.trace, s.severity, m.text, s.currency, count(*), sum(s.open), min(s.start),
        max(s.end), sum(s.cost), {", ".join(f"sum(s.{column})" for column in USAGE)}
    FROM span s LEFT JOIN name m ON m.id = s.model
    WHERE s.trace IN ({{keys}}) GROUP BY s.trace, s.severity, s.model, s.currency
"""
_EVENTS: Final = """
    SELECT trace, count(*), min(at), max(at) FROM event WHERE trace IN ({keys}) GROUP BY trace
"""
_FINDINGS: Final = """
    SELECT trace, count(*), min(at) FROM finding WHERE trace IN ({keys}) GROUP BY trace
"""
_COLUMNS: Final = (
    "id, tenant, xid, name, session, sent_start, sent_end, severity, message, metadata, created, "
    "updated, start, end, duration, worst, failed, spans, events, findings, models, "
    f"{', '.join(USAGE)}, costs, terms"
)
_SAVE: Final = f"""
    INSERT INTO trace ({_COLUMNS}) VALUES ({", ".join("?" * len(_COLUMNS.split(",")))})
    ON CONFLICT (id) DO UPDATE SET {
    ", ".join(f"{column} = excluded.{column}" for column in _COLUMNS.split(", ")[3:])
}
"""


@define
class _Figures:
    """Sums over a trace's parts; `first` and `last` are the times known inside it."""

    spans: int = 0
    open_spans: int = 0
    events: int = 0
    findings: int = 0
    first: list[Micros] = field(factory=list[Micros])
    last: list[Micros] = field(factory=list[Micros])
    severities: set[str] = field(factory=set[str])
    models: set[str] = field(factory=set[str])
    costs: dict[str, float] = field(factory=lambda: defaultdict[str, float](float))
    usage: list[float | None] = field(factory=lambda: [None] * len(USAGE))

    def add_spans(self, row: tuple[Any, ...]) -> None:
        """Add spans that have one severity, model and currency."""
        severity, model, currency, count, open_, start, end, cost, *usage = row
        self.spans += count
        self.open_spans += open_
        self.first.append(start)
        self.last.append(end)
        self.severities.add(severity or "unset")
        if model is not None:
            self.models.add(model)
        if currency is not None:
            self.costs[currency] = to_float(self.costs[currency] + cost)
        for index, amount in enumerate(usage):
            if amount is not None:
                self.usage[index] = to_float((self.usage[index] or 0.0) + amount)


def save_traces(tx: Transaction, book: Book) -> None:
    """Insert the new traces and update the dirty ones."""
    entries = book.find_dirty()
    found = _figures(tx, [entry.id for entry in entries])
    old = _old_rows(tx, [entry.id for entry in entries])
    rows = [_row(tx, entry, found[entry.id], old.get(entry.id)) for entry in entries]
    tx.connection.executemany(_SAVE, rows)
    settle_open_spans(tx.connection, [id_ for id_, sums in found.items() if sums.open_spans])
    tx.words.update(tx.dirty)
    tx.sessions.update(entry.sent.session for entry in entries if entry.sent.session is not None)
    tx.dirty.clear()


def _figures(tx: Transaction, traces: list[int]) -> dict[int, _Figures]:
    found: dict[int, _Figures] = {trace: _Figures() for trace in traces}
    for trace, *row in select_in(tx.connection, _SPANS, (), traces):
        found[trace].add_spans(tuple(row))
    for trace, count, first, last in select_in(tx.connection, _EVENTS, (), traces):
        found[trace].events = count
        found[trace].first.append(first)
        found[trace].last.append(last)
    for trace, count, first in select_in(tx.connection, _FINDINGS, (), traces):
        found[trace].findings = count
        found[trace].first.append(first)
    return found


def _old_rows(tx: Transaction, traces: list[int]) -> dict[int, tuple[Any, ...]]:
    rows = select_in(
        tx.connection, "SELECT id, start, terms FROM trace WHERE id IN ({keys})", (), traces
    )
    return {row[0]: row[1:] for row in rows}


def _row(
    tx: Transaction, entry: TraceEntry, sums: _Figures, old: tuple[Any, ...] | None
) -> tuple[Any, ...]:
    sent = entry.sent
    start = sent.start if sent.start is not None else min(sums.first, default=tx.now)
    end = sent.end if sent.end is not None else max([start, *sums.last])
    worst = max([sent.severity or "unset", *sums.severities], key=lambda s: (severity_rank(s), s))
    models = sorted(sums.models)
    severities = sums.severities | {sent.severity or "unset"}
    terms = trace_terms(entry.tenant, sent.metadata, models, severities)
    _post(tx, entry.id, terms, frozenset() if old is None else decode_terms(old[1]))
    tx.hours.add((entry.tenant, start // HOUR))
    if old is not None:
        tx.hours.add((entry.tenant, old[0] // HOUR))
    return (
        entry.id,
        entry.tenant,
        entry.key,
        *sent,
        entry.created,
        tx.now,
        start,
        end,
        max(end - start, 0),
        worst,
        is_failure(worst),
        sums.spans,
        sums.events,
        sums.findings,
        encode_json(models) if models else None,
        *sums.usage,
        encode_json(dict(sorted(sums.costs.items()))) if sums.costs else None,
        encode_terms(terms),
    )


def _post(tx: Transaction, trace: int, new: frozenset[int], old: frozenset[int]) -> None:
    """Bring the inverted index of a trace's terms up to date."""
    if new != old:
        run = tx.connection.executemany
        run("DELETE FROM posting WHERE term = ? AND trace = ?", [(t, trace) for t in old - new])
        run("INSERT OR IGNORE INTO posting VALUES (?, ?)", [(t, trace) for t in new - old])
