"""Lists of executions, and one of them."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from typing import Any, Final

from modelmetry_api.models import Execution, ExecutionList

from modelmetry.store.executions import ExecutionQuery
from modelmetry.store.sqlite.answers import json_object, milliseconds
from modelmetry.store.sqlite.answers import tenant_id as shown_tenant
from modelmetry.store.sqlite.cursors import page_of, read_cursor
from modelmetry.store.sqlite.encode import XidKey, from_micros, to_micros, xid_text
from modelmetry.store.sqlite.execution_parts import MetricKind
from modelmetry.store.sqlite.execution_state import RUNNING
from modelmetry.store.sqlite.names import HIGHEST, NameKind, name_id, tenant_id

Row = tuple[Any, ...]
Condition = tuple[str, Sequence[Any]]

MOST_TRACES: Final = 100
_METRICS: Final = "(SELECT count(*) FROM metric WHERE execution = e.id AND kind = {:d})"
_COLUMNS: Final = f"""
    e.start, e.id, e.xid, (SELECT text FROM name WHERE id = e.pipeline),
    (SELECT text FROM name WHERE id = e.deployment), e.status, e.end, e.message, e.metadata,
    e.created, e.updated, {_METRICS.format(MetricKind.VALUE)}, {_METRICS.format(MetricKind.LIST)},
    (SELECT count(*) FROM telemetry_run WHERE tenant = e.tenant AND execution = e.xid)
"""
_TRACES: Final = """
    SELECT trace FROM execution_trace INDEXED BY execution_trace_order
    WHERE execution = ? ORDER BY id LIMIT ?
"""
_RANGE: Final = "SELECT id FROM execution WHERE tenant = ? AND xid BETWEEN ? AND ?"
_UUID_START: Final = re.compile(
    r"[0-9a-f]{0,8}|[0-9a-f]{8}-([0-9a-f]{0,4}|[0-9a-f]{4}-([0-9a-f]{0,4}|[0-9a-f]{4}-"
    r"([0-9a-f]{0,4}|[0-9a-f]{4}-[0-9a-f]{0,12})))"
)
_DIGITS: Final = 32


def get_execution(connection: sqlite3.Connection, tenant: str, key: XidKey) -> Execution | None:
    """One execution, None when there is none."""
    number = tenant_id(connection, tenant)
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM execution e WHERE e.tenant = ? AND e.xid = ?", (number, key)
    ).fetchone()
    return None if row is None else _execution(connection, tenant, row)


def list_executions(
    connection: sqlite3.Connection, tenant: str, query: ExecutionQuery
) -> ExecutionList:
    """One page of executions."""
    number = tenant_id(connection, tenant)
    position = read_cursor(
        connection, query.cursor, tenant=number or 0, table="execution", keys=("id",), sort="start"
    )
    conditions = None if number is None else _conditions(connection, number, query)
    if conditions is None:
        return ExecutionList(executions=[], next_cursor=None, total_count=0)
    index = _index(query)
    where, values = _joined(conditions)
    (total,) = connection.execute(
        f"SELECT count(*) FROM execution e {index} WHERE {where}", values
    ).fetchone()
    if position is not None:
        after = "e.start <= ?" if len(position) == 1 else "(e.start, e.id) < (?, ?)"
        where, values = _joined([*conditions, (after, position)])
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM execution e {index} WHERE {where} "
        "ORDER BY e.start DESC, e.id DESC LIMIT ?",
        (*values, query.limit + 1),
    ).fetchall()
    page, next_cursor = page_of(rows, query.limit)
    return ExecutionList(
        executions=[_execution(connection, tenant, row) for row in page],
        next_cursor=next_cursor,
        total_count=total,
    )


def _of_prefix(tenant: int, prefix: str) -> Condition:
    """The condition that the XID of an execution `e` begins so; UUIDs are kept as bytes."""
    ranges: list[tuple[XidKey, XidKey]] = [(prefix, prefix + HIGHEST)]
    if _UUID_START.fullmatch(prefix):
        digits = prefix.replace("-", "")
        first, last = (bytes.fromhex(digits.ljust(_DIGITS, digit)) for digit in "0f")
        ranges.append((first, last))
    found = " UNION ALL ".join([_RANGE] * len(ranges))
    return f"e.id IN ({found})", [value for bounds in ranges for value in (tenant, *bounds)]


def _index(query: ExecutionQuery) -> str:
    """The index that has the fewest executions to look at; those of a prefix are at hand."""
    if query.xid_prefix:
        return "NOT INDEXED"
    if query.deployment is not None:
        return "INDEXED BY execution_deployment"
    if query.pipeline is not None:
        return "INDEXED BY execution_pipeline"
    if len(query.statuses) == 1:
        return "INDEXED BY execution_status"
    return "INDEXED BY execution_start"


def _conditions(
    connection: sqlite3.Connection, tenant: int, query: ExecutionQuery
) -> list[Condition] | None:
    """What must hold of an execution `e`; None when a name is not known."""
    found: list[Condition] = [("e.tenant = ?", (tenant,))]
    for kind, column, text in (
        (NameKind.PIPELINE, "pipeline", query.pipeline),
        (NameKind.DEPLOYMENT, "deployment", query.deployment),
    ):
        if text is None:
            continue
        name = name_id(connection, tenant, kind, text)
        if name is None:
            return None
        found.append((f"e.{column} = ?", (name,)))
    if query.statuses:
        marks = ", ".join("?" * len(query.statuses))
        found.append((f"e.status IN ({marks})", query.statuses))
    if query.xid_prefix:
        found.append(_of_prefix(tenant, query.xid_prefix))
    if query.start_after is not None:
        found.append(("e.start >= ?", (to_micros(query.start_after),)))
    if query.start_before is not None:
        found.append(("e.start < ?", (to_micros(query.start_before),)))
    return found


def _joined(conditions: Sequence[Condition]) -> tuple[str, tuple[Any, ...]]:
    where = " AND ".join(sql for sql, _ in conditions)
    return where, tuple(value for _, values in conditions for value in values)


def _execution(connection: sqlite3.Connection, tenant: str, row: Row) -> Execution:
    (start, id_, xid, pipeline, deployment, status, end, message, metadata, created, updated,
     values, lists, runs) = row  # fmt: skip
    ended = None if status == RUNNING else end
    traces = connection.execute(_TRACES, (id_, MOST_TRACES)).fetchall()
    return Execution(
        id=f"exe_{xid_text(xid)}",
        xid=xid_text(xid),
        tenant_id=shown_tenant(tenant),
        created_at=from_micros(created),
        updated_at=from_micros(updated),
        pipeline_name=pipeline or "",
        deployment_name=deployment or "",
        status=status,
        message=message or "",
        metadata=json_object(metadata),
        start=from_micros(start),
        end=None if ended is None else from_micros(ended),
        duration_ms=None if ended is None else milliseconds(max(0, ended - start)),
        traces=[xid_text(trace) for (trace,) in traces],
        value_count=values,
        list_count=lists,
        run_count=runs,
    )
