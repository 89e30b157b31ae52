"""Totals of a stretch of time: exactly when it is short, from summaries when it is long."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from attrs import frozen
from modelmetry_api.models import ModelTotals, SpanNameTotals, Totals
from modelmetry_api.types import UNSET

from modelmetry.store.queries import SpanNameSort
from modelmetry.store.sqlite.answers import costs, usage
from modelmetry.store.sqlite.encode import Micros, to_micros
from modelmetry.store.sqlite.names import tenant_id
from modelmetry.store.sqlite.spread import RELATIVE_ERROR
from modelmetry.store.sqlite.tally import (
    KeptTally,
    Sums,
    Tally,
    decode_kept,
    decode_tally,
    encode_tally,
    tally_rows,
    tally_to_keep,
)
from modelmetry.store.sqlite.transaction import HOUR

MOST_EXACT: Final = 20_000
"""Up to so many spans and so many traces, totals are computed from their rows."""

_HOURS_OF_DAY: Final = 24
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
    tally = Tally()
    for part in parts(connection, number, *stretch):
        if isinstance(part, Rows):
            tally.merge(tally_rows(connection, number, part.start, part.before))
        else:
            tally.merge(decode_tally(part.data))
    return _answer(connection, tally, sort, approximate=True)


def summarise_some(connection: sqlite3.Connection) -> bool:
    """Summarise one hour that is due; whether there was one."""
    due = connection.execute("SELECT tenant, slot FROM summary_due LIMIT 1").fetchone()
    if due is None:
        return False
    tenant, hour = due
    tally = tally_to_keep(connection, tenant, hour * HOUR, (hour + 1) * HOUR)
    _keep(connection, tenant, 1, hour, tally)
    connection.execute("DELETE FROM summary_due WHERE tenant = ? AND slot = ?", due)
    day = hour // _HOURS_OF_DAY
    hours = (tenant, day * _HOURS_OF_DAY, (day + 1) * _HOURS_OF_DAY)
    # The day is summarised once, when the last of its hours is.
    if not connection.execute(f"{_DUE} LIMIT 1", hours).fetchone():
        whole = KeptTally()
        for (data,) in connection.execute(
            f"{_KEPT} AND slot >= ? AND slot < ?", (tenant, 1, *hours[1:])
        ):
            whole.add(decode_kept(data))
        _keep(connection, tenant, _HOURS_OF_DAY, day, whole)
    return True


_DUE: Final = "SELECT slot FROM summary_due WHERE tenant = ? AND slot >= ? AND slot < ?"
_KEPT: Final = "SELECT data FROM summary WHERE tenant = ? AND width = ?"


def _keep(
    connection: sqlite3.Connection, tenant: int, width: int, slot: int, tally: KeptTally
) -> None:
    if tally.traces.count or tally.spans.count:
        connection.execute(
            "REPLACE INTO summary VALUES (?, ?, ?, ?)", (tenant, width, slot, encode_tally(tally))
        )
    else:
        connection.execute(
            "DELETE FROM summary WHERE tenant = ? AND width = ? AND slot = ?", (tenant, width, slot)
        )


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


@frozen
class Rows:
    """A stretch whose rows must be read."""

    start: Micros
    before: Micros


@frozen
class Kept:
    """A tally that was kept, of what started at `start` and in the hours or the day after it."""

    start: Micros
    data: bytes


def parts(
    connection: sqlite3.Connection,
    tenant: int,
    start: Micros,
    before: Micros,
    *,
    whole_days: bool = True,
) -> Iterator[Rows | Kept]:
    """What makes up a stretch: whole days (if wanted) and hours as kept, the rest as rows."""
    first, last = -(-start // HOUR), before // HOUR
    if first >= last:
        yield Rows(start, before)
        return
    yield Rows(start, first * HOUR)
    yield Rows(last * HOUR, before)
    due = {slot for (slot,) in connection.execute(_DUE, (tenant, first, last))}
    due_days = {hour // _HOURS_OF_DAY for hour in due}
    days = range(-(-first // _HOURS_OF_DAY), last // _HOURS_OF_DAY if whole_days else 0)
    for hour in due:
        yield Rows(hour * HOUR, (hour + 1) * HOUR)
    for day, data in _kept(connection, tenant, _HOURS_OF_DAY, days.start, days.stop):
        if day not in due_days:
            yield Kept(day * _HOURS_OF_DAY * HOUR, data)
    for hour in _single_hours(first, last, days, due_days):
        for slot, data in _kept(connection, tenant, 1, *hour):
            if slot not in due:
                yield Kept(slot * HOUR, data)


def _kept(
    connection: sqlite3.Connection, tenant: int, width: int, first: int, last: int
) -> list[tuple[int, bytes]]:
    return connection.execute(
        "SELECT slot, data FROM summary WHERE tenant = ? AND width = ? AND slot >= ? AND slot < ?",
        (tenant, width, first, last),
    ).fetchall()


def _single_hours(
    first: int, last: int, days: range, due_days: set[int]
) -> Iterator[tuple[int, int]]:
    """Stretches of hours that no whole day covers."""
    if not days:
        yield first, last
        return
    yield first, days.start * _HOURS_OF_DAY
    yield days.stop * _HOURS_OF_DAY, last
    for day in due_days & set(days):
        yield day * _HOURS_OF_DAY, (day + 1) * _HOURS_OF_DAY


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
    orders = {number: (-order(sums), -sums.count) for number, sums in groups.items()}
    largest = sorted(groups.items(), key=lambda one: (orders[one[0]], one[0]))[:_MOST_GROUPS]
    found: list[tuple[str, Sums]] = []
    for number, sums in largest:
        (text,) = connection.execute("SELECT text FROM name WHERE id = ?", (number,)).fetchone()
        found.append((text, sums))
    return sorted(found, key=lambda one: (-order(one[1]), -one[1].count, one[0]))


_ORDERS: Final[dict[SpanNameSort, Callable[[Sums], float]]] = {
    "spans": lambda sums: sums.count,
    "failed": lambda sums: sums.failed,
    "p95": lambda sums: sums.durations.distribution().p95,
}
