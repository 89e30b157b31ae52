"""Lists of metrics, and the history of one."""

from __future__ import annotations

import sqlite3
from typing import Any, Final

from attrs import frozen
from modelmetry_api.models import (
    MetricHistory,
    MetricList,
    MetricListList,
    MetricPoint,
    MetricValue,
    MetricValueList,
)
from modelmetry_api.types import UNSET

from modelmetry.signals.measurements import MOST_LIST_VALUES
from modelmetry.store.executions import MOST_PAGE_VALUES, MetricQuery
from modelmetry.store.sqlite.cursors import write_cursor
from modelmetry.store.sqlite.encode import XidKey, from_micros, tidy, xid_key, xid_text
from modelmetry.store.sqlite.execution_parts import MetricKind
from modelmetry.store.sqlite.metric_cursors import (
    metric_cursor,
    metric_position,
    part_position,
)
from modelmetry.store.sqlite.names import NameKind, name_id, tenant_id
from modelmetry.store.sqlite.packed_values import tidied, unpack

Row = tuple[Any, ...]

_COLUMNS: Final = """
    m.id, m.created, (SELECT xid FROM execution WHERE id = m.execution),
    (SELECT text FROM name WHERE id = m.name), (SELECT text FROM name WHERE id = m.pipeline),
    (SELECT text FROM name WHERE id = m.deployment), m.count, m.low, m.high, m.value, m.updated
"""
_ONE: Final = f"""
    SELECT {_COLUMNS} FROM metric m WHERE m.kind = ?
    AND m.execution = (SELECT id FROM execution WHERE tenant = ? AND xid = ?)
    AND m.name = (SELECT id FROM name WHERE tenant = ? AND kind = ? AND text = ?)
"""
# One step of SQLite for all parts, see `bulk`; they lie in this order.
_VALUES: Final = """
    SELECT group_concat(hex(data), '') FROM
    (SELECT data FROM metric_part WHERE metric = ? ORDER BY at, xid)
"""


@frozen
class _Page:
    """Rows of metrics, where the next page begins, and how many there are on all pages."""

    rows: list[Row]
    next_cursor: str | None
    total: int


@frozen
class _Which:
    """Conditions on metrics `m`, their values, and the index that serves them."""

    sql: str
    values: tuple[Any, ...]
    index: str


def list_metric_values(
    connection: sqlite3.Connection, tenant: str, query: MetricQuery
) -> MetricValueList:
    """One page of metrics by their last values."""
    page = _page(connection, tenant, MetricKind.VALUE, query)
    return MetricValueList(
        values=[value_of(row) for row in page.rows],
        next_cursor=page.next_cursor,
        total_count=page.total,
    )


def list_metric_lists(
    connection: sqlite3.Connection, tenant: str, query: MetricQuery
) -> MetricListList:
    """One page of lists; with values it may end early."""
    page = _page(connection, tenant, MetricKind.LIST, query)
    return MetricListList(
        lists=[
            list_of(row, tidied(read_values(connection, row[0])) if query.include_values else None)
            for row in page.rows
        ],
        next_cursor=page.next_cursor,
        total_count=page.total,
    )


def metric_history(
    connection: sqlite3.Connection,
    tenant: str,
    execution: str,
    name: str,
    *,
    limit: int,
    cursor: str | None,
) -> MetricHistory | None:
    """One page of all values of a metric; None when there is no such metric."""
    metric = find_metric(connection, tenant, xid_key(execution), MetricKind.VALUE, name)
    position = part_position(connection, cursor, 0 if metric is None else metric[0])
    if metric is None:
        return None
    where, values = ("", ()) if position is None else ("AND (at, xid) > (?, ?)", position)
    rows = connection.execute(
        f"SELECT at, xid, data FROM metric_part WHERE metric = ? {where} ORDER BY at, xid LIMIT ?",
        (metric[0], *values, limit + 1),
    ).fetchall()
    points = [
        MetricPoint(value=tidy(unpack(data)[0]), at=from_micros(at)) for at, _, data in rows[:limit]
    ]
    return MetricHistory(
        name=name,
        execution_id=execution,
        history=points,
        next_cursor=write_cursor(*rows[limit - 1][:2]) if len(rows) > limit else None,
        total_count=metric[6],
    )


def find_metric(
    connection: sqlite3.Connection, tenant: str, execution: XidKey, kind: MetricKind, name: str
) -> Row | None:
    """The row of one metric, for `value_of` and `list_of`; its number comes first."""
    number = tenant_id(connection, tenant)
    keys = (kind, number, execution, number, NameKind.METRIC, name)
    row: Row | None = connection.execute(_ONE, keys).fetchone()
    return row


def read_values(connection: sqlite3.Connection, metric: int) -> list[float]:
    """All values of a metric, in their order."""
    (data,) = connection.execute(_VALUES, (metric,)).fetchone()
    return unpack(bytes.fromhex(data or ""))


def value_of(row: Row) -> MetricValue:
    """A metric by its last value."""
    _, created, execution, name, pipeline, deployment, count, _, _, value, updated = row
    return MetricValue(
        name=name,
        execution_id=xid_text(execution),
        pipeline_name=pipeline or "",
        deployment_name=deployment or "",
        value=tidy(value),
        history_count=count,
        created_at=from_micros(created),
        updated_at=from_micros(updated),
    )


def list_of(row: Row, values: list[int | float] | None) -> MetricList:
    """A list, with its values or without."""
    _, created, execution, name, pipeline, deployment, count, low, high, value, updated = row
    return MetricList(
        name=name,
        execution_id=xid_text(execution),
        pipeline_name=pipeline or "",
        deployment_name=deployment or "",
        count=count,
        remaining=max(0, MOST_LIST_VALUES - count),
        min_=tidy(low),
        max_=tidy(high),
        last=tidy(value),
        created_at=from_micros(created),
        updated_at=from_micros(updated),
        values=UNSET if values is None else values,
    )


def _page(
    connection: sqlite3.Connection, tenant: str, kind: MetricKind, query: MetricQuery
) -> _Page:
    number = tenant_id(connection, tenant)
    position = metric_position(connection, query.cursor, number or 0, kind)
    which = None if number is None else _which(connection, number, kind, query)
    if which is None:
        return _Page([], None, 0)
    (total,) = connection.execute(
        f"SELECT count(*) FROM metric m {which.index} WHERE {which.sql}", which.values
    ).fetchone()
    where, values = which.sql, which.values
    if position is not None:
        where += " AND m.created <= ?" if len(position) == 1 else " AND (m.created, m.id) < (?, ?)"
        values += position
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM metric m {which.index} WHERE {where} "
        "ORDER BY m.created DESC, m.id DESC LIMIT ? OFFSET ?",
        (*values, query.limit + 1, query.offset),
    ).fetchall()
    length = _readable(rows, query.limit) if query.include_values else query.limit
    if len(rows) <= length:
        return _Page(rows, None, total)
    _, created, execution, name, *_ = rows[length - 1]
    return _Page(rows[:length], metric_cursor(created, execution, name), total)


def _readable(rows: list[Row], limit: int) -> int:
    """How many lists a page holds: it ends with the one that passes the bound of values."""
    values = 0
    for place, row in enumerate(rows[:limit], start=1):
        values += row[6]
        if values > MOST_PAGE_VALUES:
            return place
    return limit


def _which(
    connection: sqlite3.Connection, tenant: int, kind: MetricKind, query: MetricQuery
) -> _Which | None:
    """What is asked for; None when a name or an execution is not known."""
    scope, number = _scope(connection, tenant, query)
    name = None if query.name is None else name_id(connection, tenant, NameKind.METRIC, query.name)
    if (scope and number is None) or (query.name is not None and name is None):
        return None
    if query.name is None:
        column = scope or "tenant"
        index = f"metric_{scope or 'created'}"
        return _Which(
            f"m.{column} = ? AND m.kind = ?",
            (number if scope else tenant, kind),
            f"INDEXED BY {index}",
        )
    if not scope:
        return _Which("m.name = ? AND m.kind = ?", (name, kind), "INDEXED BY metric_name")
    # An execution has one metric of a name; the index that says so has no name of its own.
    index = "" if scope == "execution" else f"INDEXED BY metric_{scope}_name"
    return _Which(f"m.{scope} = ? AND m.name = ? AND m.kind = ?", (number, name, kind), index)


def _scope(
    connection: sqlite3.Connection, tenant: int, query: MetricQuery
) -> tuple[str, int | None]:
    """The column that the scope is about, empty without one, and the number to look for."""
    if query.pipeline is not None:
        return "pipeline", name_id(connection, tenant, NameKind.PIPELINE, query.pipeline)
    if query.deployment is not None:
        return "deployment", name_id(connection, tenant, NameKind.DEPLOYMENT, query.deployment)
    if query.execution is None:
        return "", None
    row = connection.execute(
        "SELECT id FROM execution WHERE tenant = ? AND xid = ?", (tenant, xid_key(query.execution))
    ).fetchone()
    return "execution", None if row is None else int(row[0])
