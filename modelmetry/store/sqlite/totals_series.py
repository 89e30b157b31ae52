"""Totals over time: exactly when there is little, from hourly summaries when there is much."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from functools import lru_cache
from typing import Any, Final

from attrs import frozen
from modelmetry_api.models import TotalsPoint, TotalsSeries
from modelmetry_api.types import UNSET

from modelmetry.store.queries import TotalsSeriesQuery
from modelmetry.store.sqlite.answers import costs, usage
from modelmetry.store.sqlite.encode import Micros, from_micros
from modelmetry.store.sqlite.names import NameKind, name_id, tenant_id
from modelmetry.store.sqlite.slots import FIRST, SECOND, point_seconds
from modelmetry.store.sqlite.spread import RELATIVE_ERROR
from modelmetry.store.sqlite.summaries import Rows, parts
from modelmetry.store.sqlite.tally import TRACE_SUMS, NamedTraces, add_trace, decode_traces
from modelmetry.store.sqlite.totals import is_short, stretch_of

MOST_EXACT: Final = 20_000
"""Up to so many spans and so many traces, a series is computed from their rows."""

_DAY: Final = 86_400
_MILLISECOND: Final = 1_000
_MERGED: Final = 128
"""As many points as a series has unless its width is chosen."""

Points = dict[int, NamedTraces]


@frozen
class _Asked:
    """Whose traces, of which name (None for all), in points of which width."""

    tenant: int
    name: int | None
    seconds: int

    @property
    def width(self) -> Micros:
        return self.seconds * SECOND


def totals_series(
    connection: sqlite3.Connection,
    tenant: str,
    query: TotalsSeriesQuery,
    most_exact: int | None = None,
) -> TotalsSeries:
    """Points of what started in the range."""
    number = tenant_id(connection, tenant) or 0
    name = None
    if query.trace_name is not None:
        name = name_id(connection, number, NameKind.TRACE, query.trace_name)
    stretch = stretch_of(connection, number, query.start_after, query.start_before)
    if stretch is None or (name is None and query.trace_name is not None):
        return _answer(query.bucket_seconds or 3_600, {}, approximate=False)
    most = MOST_EXACT if most_exact is None else most_exact
    approximate = not is_short(connection, number, stretch, most)
    seconds = point_seconds(*stretch, query.bucket_seconds, hours=approximate)
    asked, points = _Asked(number, name, seconds), Points()
    if approximate:
        _add_parts(connection, asked, stretch, points)
    else:
        _add_rows(connection, asked, Rows(*stretch), points)
    return _answer(seconds, points, approximate=approximate)


def _add_parts(
    connection: sqlite3.Connection, asked: _Asked, stretch: tuple[Micros, Micros], points: Points
) -> None:
    days = asked.seconds % _DAY == 0
    made_of = parts(connection, asked.tenant, *stretch, whole_days=days)
    for rows in made_of.rows:
        _add_rows(connection, asked, rows, points)
    of_points = defaultdict[int, list[bytes]](list)
    for kept in (*made_of.days, *made_of.hours):
        of_points[kept.start // asked.width].append(kept.data)
    for slot, data in of_points.items():
        found = _merged(tuple(data), asked.name)
        points.setdefault(slot, NamedTraces()).merge(found)


@lru_cache(_MERGED)
def _merged(kept: tuple[bytes, ...], name: int | None) -> NamedTraces:
    """What was kept of one point; the next one who asks may be given the same."""
    whole = NamedTraces()
    for data in kept:
        found = decode_traces(data, name)
        if found is not None:
            whole.merge(found)
    return whole


def _add_rows(connection: sqlite3.Connection, asked: _Asked, rows: Rows, points: Points) -> None:
    # Whole widths before the stretch: SQLite rounds towards zero, which must not be inside of it.
    first = rows.start // asked.width
    begin, values = first * asked.width, [asked.tenant, rows.start, rows.before]
    traces, spans, failed = _ALL if asked.name is None else _NAMED
    if asked.name is not None:
        values.append(asked.name)
    for start, *row in connection.execute(traces, values):
        add_trace(points.setdefault(start // asked.width, NamedTraces()).traces, row)
    for slot, count in connection.execute(spans, [begin, asked.width, *values]):
        points.setdefault(first + slot, NamedTraces()).spans += count
    for slot, count in connection.execute(failed, [begin, asked.width, *values]):
        points.setdefault(first + slot, NamedTraces()).failed_spans += count


def _statements(join: str, condition: str) -> tuple[str, str, str]:
    """Traces one by one, then spans and failed spans counted by slot, from the indexes alone."""
    traces = (
        f"SELECT start, {TRACE_SUMS} FROM trace t INDEXED BY trace_start "
        f"WHERE tenant = ? AND start >= ? AND start < ? {condition}"
    )
    spans = (
        "SELECT (s.start - ?) / ?, count(*) FROM span s INDEXED BY {index} "
        f"{join} WHERE s.tenant = ? {{failed}} AND s.start >= ? AND s.start < ? {condition} "
        "GROUP BY 1"
    )
    return (
        traces,
        spans.format(index="span_start", failed=""),
        spans.format(index="span_failed", failed="AND s.failed = 1"),
    )


_ALL: Final = _statements("", "")
_NAMED: Final = _statements("CROSS JOIN trace t ON t.id = s.trace", "AND t.name = ?")


def _answer(seconds: int, points: Points, *, approximate: bool) -> TotalsSeries:
    return TotalsSeries(
        bucket_seconds=seconds,
        points=[
            _point(max(slot * seconds * SECOND, FIRST), found)
            for slot, found in sorted(points.items())
            if found.traces.count or found.spans
        ],
        approximate=approximate,
        relative_error=RELATIVE_ERROR if approximate else 0,
    )


def _point(start: Micros, found: NamedTraces) -> TotalsPoint:
    traces = found.traces
    durations: Any = UNSET
    if traces.durations.count:
        durations = traces.durations.distribution(_MILLISECOND)
    return TotalsPoint(
        start=from_micros(start),
        traces=traces.count,
        failed_traces=traces.failed,
        spans=found.spans,
        failed_spans=found.failed_spans,
        trace_duration_ms=durations,
        usage=usage(traces.usage),
        costs=costs(traces.costs),
    )
