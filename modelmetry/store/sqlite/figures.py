"""What a trace's row says of its parts, computed from their rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from attrs import define, field

from modelmetry.store.sqlite.book import Book, TraceEntry
from modelmetry.store.sqlite.bulk import Row, insert_many
from modelmetry.store.sqlite.encode import LARGEST, Micros, encode_json, to_float
from modelmetry.store.sqlite.families import is_failure, severity_rank
from modelmetry.store.sqlite.lookup import select_at_once, select_in
from modelmetry.store.sqlite.open_spans import settle_open_spans
from modelmetry.store.sqlite.schema import USAGE
from modelmetry.store.sqlite.terms import decode_terms, encode_terms, trace_terms
from modelmetry.store.sqlite.transaction import HOUR, Transaction

_BILLION: Final = 1e9
# Cursors hold 18 digits.
_LARGEST_RANK: Final = 1e17


def _finite(column: str) -> str:
    return f"max(min(sum(s.{column}), {LARGEST}), -{LARGEST})"


_SPANS: Final = f"""
    SELECT s.trace, s.severity, m.text, s.currency, count(*), sum(s.open), min(s.start),
        max(s.end), {", ".join(map(_finite, ("cost", *USAGE)))}
    FROM span s LEFT JOIN name m ON m.id = s.model
    WHERE s.trace IN ({{keys}}) GROUP BY s.trace, s.severity, s.model, s.currency
"""
_EVENTS: Final = """
    SELECT trace, count(*), min(at), max(at) FROM event WHERE trace IN ({keys}) GROUP BY trace
"""
_FINDINGS: Final = """
    SELECT trace, count(*), min(at) FROM finding WHERE trace IN ({keys}) GROUP BY trace
"""
# Whole hours, rounded down for times before 1970 too.
_FINDING_HOURS: Final = f"""
    SELECT DISTINCT name, (at - ((at % {HOUR}) + {HOUR}) % {HOUR}) / {HOUR}
    FROM finding WHERE trace IN ({{keys}})
"""
_SPAN_HOURS: Final = f"""
    SELECT DISTINCT tenant, (start - ((start % {HOUR}) + {HOUR}) % {HOUR}) / {HOUR}
    FROM span WHERE trace IN ({{keys}})
"""
_CARRIERS: Final = """
    SELECT trace, sum(descendants + 1) FROM carrier WHERE trace IN ({keys}) GROUP BY trace
"""
_COLUMNS: Final = (
    "id, tenant, xid, name, session, sent_start, sent_end, severity, message, metadata, "
    "descendants, weight, created, updated, start, end, duration, worst, failed, spans, events, "
    "findings, models, "
    f"{', '.join(USAGE)}, costs, tokens, cost, expected, terms"
)
_UPDATE: Final = "(id) DO UPDATE SET " + ", ".join(
    f"{column} = excluded.{column}" for column in _COLUMNS.split(", ")[3:]
)


@define
class _Figures:
    """Sums over a trace's parts; `first` and `last` are the times known inside it."""

    spans: int = 0
    open_spans: int = 0
    events: int = 0
    findings: int = 0
    carried: int = 0
    first: list[Micros] = field(factory=list[Micros])
    last: list[Micros] = field(factory=list[Micros])
    severities: set[str] = field(factory=set[str])
    models: set[str] = field(factory=set[str])
    costs: dict[str, float] = field(factory=lambda: defaultdict[str, float](float))
    usage: list[float | None] = field(factory=lambda: [None] * len(USAGE))

    def add_spans(
        self,
        severity: str | None,
        model: str | None,
        currency: str | None,
        count: int,
        open_: int,
        start: Micros,
        end: Micros,
        cost: float,
        *usage: float | None,
    ) -> None:
        """Add spans that have one severity, model and currency."""
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
    insert_many(tx.connection, f"trace ({_COLUMNS})", rows, _UPDATE)
    _post(tx, {row[0]: decode_terms(row[-1]) for row in rows}, old)
    settle_open_spans(tx.connection, [id_ for id_, sums in found.items() if sums.open_spans])
    _note_finding_hours(tx, old)
    _note_span_hours(tx, [row[0] for row in rows if row[0] in old and row[3] != old[row[0]][2]])
    tx.words.update(tx.dirty)
    tx.sessions.update(entry.sent.session for entry in entries if entry.sent.session is not None)
    tx.dirty.clear()


def _note_finding_hours(tx: Transaction, old: Collection[int]) -> None:
    """Findings are summarised by the names of their trace and span, which may have changed.

    Not for new traces: all that belongs to them is new, or was noted when it came from elsewhere.
    """
    traces = [trace for trace in tx.dirty if trace in old or trace in tx.regrouped]
    hours = select_at_once(tx.connection, _FINDING_HOURS, 2, traces)
    tx.finding_hours.update((name, hour) for name, hour in hours)
    tx.regrouped.clear()


def _note_span_hours(tx: Transaction, renamed: Sequence[int]) -> None:
    """Spans are summarised by the name of their trace too, each in the hour of its own start."""
    hours = select_at_once(tx.connection, _SPAN_HOURS, 2, renamed)
    tx.hours.update((tenant, hour) for tenant, hour in hours)


def _figures(tx: Transaction, traces: list[int]) -> dict[int, _Figures]:
    found: dict[int, _Figures] = {trace: _Figures() for trace in traces}
    for trace, *row in select_at_once(tx.connection, _SPANS, 9 + len(USAGE), traces):
        found[trace].add_spans(*row)
    for trace, count, first, last in select_at_once(tx.connection, _EVENTS, 4, traces):
        found[trace].events = count
        found[trace].first.append(first)
        found[trace].last.append(last)
    for trace, count, first in select_at_once(tx.connection, _FINDINGS, 3, traces):
        found[trace].findings = count
        found[trace].first.append(first)
    for trace, carried in select_at_once(tx.connection, _CARRIERS, 2, traces):
        found[trace].carried = carried
    return found


def _old_rows(tx: Transaction, traces: list[int]) -> dict[int, tuple[Any, ...]]:
    rows = select_in(
        tx.connection, "SELECT id, start, terms, name FROM trace WHERE id IN ({keys})", (), traces
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
        _rank(sums.usage[USAGE.index("u_total")] or 0),
        _rank(_BILLION * cost_rank(sums.costs)),
        None if sent.descendants is None else sent.descendants + sums.carried,
        encode_terms(terms),
    )


def cost_rank(costs: Mapping[str, float]) -> float:
    """What traces are sorted by their cost by: nothing is converted, and most is paid in USD."""
    return costs["USD"] if "USD" in costs else max(costs.values(), default=0)


def _rank(number: float) -> int:
    return round(max(min(number, _LARGEST_RANK), -_LARGEST_RANK))


def _post(
    tx: Transaction, terms: dict[int, frozenset[int]], old: dict[int, tuple[Any, ...]]
) -> None:
    """Bring the inverted index of the traces' terms up to date."""
    gone: list[Row] = []
    added: list[Row] = []
    for trace, new in terms.items():
        before = decode_terms(old[trace][1]) if trace in old else frozenset[int]()
        gone += [(term, trace) for term in before - new]
        added += [(term, trace) for term in new - before]
    tx.connection.executemany("DELETE FROM posting WHERE term = ? AND trace = ?", gone)
    insert_many(tx.connection, "posting", sorted(added), "DO NOTHING")
