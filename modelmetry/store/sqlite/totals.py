"""Totals of a stretch of time: exactly when it is short, from summaries when it is long."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import datetime
from typing import Final

from modelmetry_api.models import ModelTotals, SpanNameTotals, Totals
from modelmetry_api.types import UNSET

from modelmetry.store.queries import SpanNameSort
from modelmetry.store.sqlite.answers import costs, usage
from modelmetry.store.sqlite.encode import Micros, to_micros
from modelmetry.store.sqlite.names import name_texts, tenant_id
from modelmetry.store.sqlite.spread import RELATIVE_ERROR
from modelmetry.store.sqlite.summaries import merged, parts
from modelmetry.store.sqlite.tally import Sums, Tally, tally_rows

MOST_EXACT: Final = 20_000
"""Up to so many spans and so many traces, totals are computed from their rows."""

_MOST_GROUPS: Final = 50
_MILLISECOND: Final = 1_000


def totals(
    connection: sqlite3.Connection,
    tenant: str,
    start_after: datetime | None,
    start_before: datetime | None,
    most_exact: int | None = None,
    *,
    sort: SpanNameSort = "spans",
) -> Totals:
    """Totals of what started in the range."""
    number = tenant_id(connection, tenant) or 0
    stretch = stretch_of(connection, number, start_after, start_before)
    if stretch is None:
        return _answer(connection, Tally(), sort, approximate=False)
    if is_short(connection, number, stretch, MOST_EXACT if most_exact is None else most_exact):
        tally = tally_rows(connection, number, *stretch)
        return _answer(connection, tally, sort, approximate=False)
    found = parts(connection, number, *stretch)
    tally = Tally()
    tally.merge(merged(found.days))
    tally.merge(merged(found.hours))
    for rows in found.rows:
        tally.merge(tally_rows(connection, number, rows.start, rows.before))
    return _answer(connection, tally, sort, approximate=True)


def stretch_of(
    connection: sqlite3.Connection,
    tenant: int,
    start_after: datetime | None,
    start_before: datetime | None,
) -> tuple[Micros, Micros] | None:
    """The range, as far as there is anything in it."""
    bounds = [
        connection.execute(
            # Apart, each is one step in the index; together they would be a scan.
            f"SELECT (SELECT min(start) FROM {table} WHERE tenant = ?), "
            f"(SELECT max(start) FROM {table} WHERE tenant = ?)",
            (tenant, tenant),
        ).fetchone()
        for table in ("trace", "span")
    ]
    first = min((low for low, _ in bounds if low is not None), default=None)
    last = max((high for _, high in bounds if high is not None), default=None)
    if first is None or last is None:
        return None
    start = first if start_after is None else max(first, to_micros(start_after))
    before = last + 1 if start_before is None else min(last + 1, to_micros(start_before))
    return (start, before) if start < before else None


def is_short(
    connection: sqlite3.Connection, tenant: int, stretch: tuple[Micros, Micros], most: int
) -> bool:
    """Whether so little started in a stretch that its rows are read."""
    for table in ("span", "trace"):
        (count,) = connection.execute(
            f"SELECT count(*) FROM (SELECT 1 FROM {table} WHERE tenant = ? AND start >= ? "
            "AND start < ? LIMIT ?)",
            (tenant, *stretch, most + 1),
        ).fetchone()
        if count > most:
            return False
    return True


def _answer(
    connection: sqlite3.Connection, tally: Tally, sort: SpanNameSort, *, approximate: bool
) -> Totals:
    traces = tally.traces
    finished = traces.durations.count
    return Totals(
        sessions=len(tally.sessions),
        traces=traces.count,
        failed_traces=traces.failed,
        spans=tally.spans.count,
        failed_spans=tally.spans.failed,
        events=tally.events,
        findings=tally.findings,
        trace_duration_ms=traces.durations.distribution(_MILLISECOND) if finished else UNSET,
        usage=usage(traces.usage),
        costs=costs(traces.costs),
        span_names=[
            SpanNameTotals(
                name=name,
                spans=sums.count,
                failed_spans=sums.failed,
                duration_ms=sums.durations.distribution(_MILLISECOND),
            )
            for name, sums in _largest(connection, tally.names, _ORDERS[sort])
        ],
        models=[
            ModelTotals(
                model=model,
                provider=sums.provider,
                spans=sums.count,
                failed_spans=sums.failed,
                usage=usage(sums.usage),
                costs=costs(sums.costs),
                duration_ms=sums.durations.distribution(_MILLISECOND),
            )
            for model, sums in _largest(connection, tally.models, _ORDERS["spans"])
        ],
        approximate=approximate,
        relative_error=RELATIVE_ERROR if approximate else 0,
    )


def _largest(
    connection: sqlite3.Connection, groups: dict[int, Sums], order: Callable[[Sums], float]
) -> list[tuple[str, Sums]]:
    """The first groups in an order, by name."""
    ranked = sorted(((-order(sums), -sums.count, number) for number, sums in groups.items()))[
        :_MOST_GROUPS
    ]
    texts = name_texts(connection, [number for *_, number in ranked])
    named = sorted((rank, count, texts[number], number) for rank, count, number in ranked)
    return [(text, groups[number]) for *_, text, number in named]


_ORDERS: Final[dict[SpanNameSort, Callable[[Sums], float]]] = {
    "spans": lambda sums: sums.count,
    "failed": lambda sums: sums.failed,
    "p95": lambda sums: sums.durations.distribution().p95,
}
