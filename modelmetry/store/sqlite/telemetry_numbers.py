"""Numbers of telemetry: how they are distributed, and over time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from itertools import chain
from typing import Any, Final

from attrs import frozen
from modelmetry_api.models import (
    NumberPoint,
    NumberSeries,
    TelemetryAggregate,
    TelemetryGroup,
    TelemetrySeries,
)

from modelmetry.store.sqlite.encode import Micros, from_micros, tidy, to_float, to_micros, xid_text
from modelmetry.store.sqlite.lookup import select_in
from modelmetry.store.sqlite.names import NameKind, name_id, name_texts, tenant_id
from modelmetry.store.sqlite.read_telemetry import find_run
from modelmetry.store.sqlite.slots import FIRST, SECOND, point_seconds
from modelmetry.store.sqlite.spread import Spread
from modelmetry.store.sqlite.telemetry_tally import NOTHING
from modelmetry.store.telemetry import Group, TelemetryFilter

MOST_GROUPS: Final = 100
"""So many groups are answered, those with the most values."""

_XIDS: Final = "SELECT id, xid FROM telemetry_run WHERE id IN ({keys})"
# The records of a run are looked up among the numbers: those are ordered by name and time.
_OF_RUN: Final = """
    telemetry_record r INDEXED BY telemetry_record_run CROSS JOIN telemetry_number n
        ON n.name = :name AND n.at = r.at AND n.record = r.id
    WHERE r.run = :run AND r.at >= :after AND r.at < :before
"""
_TIMES_OF_RUN: Final = """
    telemetry_record n INDEXED BY telemetry_record_run
    WHERE n.run = :run AND n.at >= :after AND n.at < :before
"""
_OF_ALL: Final = "telemetry_number n WHERE n.name = :name AND n.at >= :after AND n.at < :before"
_SUMS: Final = "count(*), sum(n.value), min(n.value), max(n.value)"
_COUNT: Final = "SELECT count(*) FROM (SELECT 1 FROM {source} LIMIT :few)"
# So few numbers are sorted in less time than points are looked up one by one.
_FEW: Final = 20_000
# Whole points, rounded down for times before 1970 too.
_SLOT: Final = "(n.at - ((n.at % :width) + :width) % :width) / :width"


@frozen
class _Source:
    """Where numbers of a query are: a FROM and WHERE, and its parameters without the name.

    `span` is another one, in which their times begin and end.
    """

    tenant: int
    sql: str
    values: dict[str, Any]
    span: str


def aggregate(
    connection: sqlite3.Connection,
    tenant: str,
    query: TelemetryFilter,
    *,
    metric: str,
    group_by: Group = "none",
) -> TelemetryAggregate:
    """A distribution for each group; the groups with the most values come first."""
    source = _source(connection, tenant, query)
    groups = {} if source is None else _groups(connection, source, metric, group_by)
    largest = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0] or 0))[:MOST_GROUPS]
    texts = _texts(connection, group_by, [id_ for id_, _ in largest if id_ is not None])
    found = [
        TelemetryGroup(group=texts.get(id_ or NOTHING, ""), numbers=_spread(values).distribution())
        for id_, values in largest
    ]
    found.sort(key=lambda group: (-group.numbers.count, group.group))
    return TelemetryAggregate(metric=metric, groups=found)


def series(
    connection: sqlite3.Connection,
    tenant: str,
    query: TelemetryFilter,
    *,
    metrics: tuple[str, ...],
    bucket_seconds: int = 60,
) -> TelemetrySeries:
    """The points of numbers; wider than asked for when there were too many of them."""
    source = _source(connection, tenant, query)
    names = [_name(connection, source, metric) for metric in metrics]
    bounds = None if source is None else _bounds(connection, source, names)
    if source is None or bounds is None:
        empty = [NumberSeries(metric=metric, points=[]) for metric in metrics]
        return TelemetrySeries(bucket_seconds=bucket_seconds, series=empty)
    seconds = point_seconds(*bounds, bucket_seconds, hours=False)
    return TelemetrySeries(
        bucket_seconds=seconds,
        series=[
            NumberSeries(metric=metric, points=_points(connection, source, name, bounds, seconds))
            for metric, name in zip(metrics, names, strict=True)
        ],
    )


def _source(connection: sqlite3.Connection, tenant: str, query: TelemetryFilter) -> _Source | None:
    """Where the numbers are, None when the query names what was never stored."""
    number = tenant_id(connection, tenant)
    if number is None:
        return None
    sql, span, values = _OF_ALL, _OF_ALL, _range(query)
    if query.run is not None:
        sql, span, values["run"] = _OF_RUN, _TIMES_OF_RUN, find_run(connection, number, query.run)
        if values["run"] is None:
            return None
    if query.command is not None:
        sql += " AND +n.command = :command"
        values["command"] = name_id(connection, number, NameKind.COMMAND, query.command)
    return _Source(number, sql, values, span)


def _range(query: TelemetryFilter) -> dict[str, Any]:
    after, before = query.at_after, query.at_before
    return {
        "after": -(2**63) if after is None else to_micros(after),
        "before": 2**63 - 1 if before is None else to_micros(before),
    }


def _name(connection: sqlite3.Connection, source: _Source | None, metric: str) -> int | None:
    return (
        None if source is None else name_id(connection, source.tenant, NameKind.TELEMETRY, metric)
    )


def _groups(
    connection: sqlite3.Connection, source: _Source, metric: str, group_by: Group
) -> dict[int | None, list[float]]:
    values = source.values | {"name": _name(connection, source, metric)}
    if group_by == "none":
        cursor = connection.execute(f"SELECT n.value FROM {source.sql}", values)
        found = list(chain.from_iterable(cursor))
        return {None: found} if found else {}
    groups: dict[int | None, list[float]] = {}
    for group, value in connection.execute(
        f"SELECT n.{group_by}, n.value FROM {source.sql}", values
    ):
        if group in groups:
            groups[group].append(value)
        else:
            groups[group] = [value]
    return groups


def _spread(values: list[float]) -> Spread:
    spread = Spread()
    spread.extend(values)
    return spread


def _texts(connection: sqlite3.Connection, group_by: Group, ids: list[int]) -> dict[int, str]:
    if group_by == "run":
        return {id_: xid_text(xid) for id_, xid in select_in(connection, _XIDS, (), ids)}
    return name_texts(connection, ids)


def _bounds(
    connection: sqlite3.Connection, source: _Source, names: Iterable[int | None]
) -> tuple[Micros, Micros] | None:
    """Where the numbers begin and where they end, exclusive; None when there are none."""
    found: list[Micros] = []
    for name in [None] if "run" in source.values else names:
        values = source.values | {"name": name}
        for bound in ("min", "max"):  # one by one they come from the end of an index
            sql = f"SELECT {bound}(n.at) FROM {source.span}"
            (at,) = connection.execute(sql, values).fetchone()
            if at is not None:
                found.append(at)
    return (min(found), max(found) + 1) if found else None


def _points(
    connection: sqlite3.Connection,
    source: _Source,
    name: int | None,
    bounds: tuple[Micros, Micros],
    seconds: int,
) -> list[NumberPoint]:
    width = seconds * SECOND
    values = source.values | {"name": name, "width": width, "few": _FEW}
    (count,) = connection.execute(_COUNT.format(source=source.sql), values).fetchone()
    rows: Iterable[tuple[Any, ...]]
    if count < _FEW:
        sql = f"SELECT {_SLOT}, {_SUMS} FROM {source.sql} GROUP BY 1 ORDER BY 1"
        rows = connection.execute(sql, values)
    else:
        rows = _one_by_one(connection, source, values, bounds)
    return [
        NumberPoint(
            start=from_micros(max(slot * width, FIRST)),
            count=count,
            mean=tidy(to_float(total) / count),
            min_=tidy(low),
            max_=tidy(high),
        )
        for slot, count, total, low, high in rows
    ]


def _one_by_one(
    connection: sqlite3.Connection,
    source: _Source,
    values: dict[str, Any],
    bounds: tuple[Micros, Micros],
) -> Iterable[tuple[Any, ...]]:
    """Points of many numbers: to group them, SQLite would sort them all, which takes longer."""
    width, (first, end) = values["width"], bounds
    sql = f"SELECT {_SUMS} FROM {source.sql}"
    for slot in range(first // width, (end - 1) // width + 1):
        within = {"after": max(slot * width, first), "before": min((slot + 1) * width, end)}
        found = connection.execute(sql, values | within).fetchone()
        if found[0]:
            yield slot, *found
