"""Deleting executions with their metrics; their traces and their telemetry stay."""

from __future__ import annotations

import sqlite3
from typing import Final

from modelmetry.store.sqlite.encode import Micros, XidKey
from modelmetry.store.sqlite.writer import Work

SLICE: Final = 50_000
"""About how many values go in one transaction; of a metric all at once, so that counters agree."""

_METRICS: Final = "SELECT id, count FROM metric WHERE execution = ?"
_OLD: Final = """
    SELECT id FROM execution INDEXED BY execution_start WHERE tenant = ? AND start < ?
    ORDER BY start LIMIT 1
"""


def delete_execution_slice(work: Work, tenant: str, key: XidKey) -> bool | None:
    """Delete metrics of an execution, and itself with the last ones.

    Returns:
        whether it is gone; None when there is none.
    """
    row = work.connection.execute(
        "SELECT e.id FROM execution e JOIN tenant n ON n.id = e.tenant "
        "WHERE n.name = ? AND e.xid = ?",
        (tenant, key),
    ).fetchone()
    if row is None:
        return None
    return _delete(work.connection, row[0], SLICE)[0]


def prune_executions_slice(work: Work, before: Micros, tenants: list[int]) -> int | None:
    """Delete executions that started before a time, up to about `SLICE` values.

    Returns:
        how many executions are gone; None when there are no more.
    """
    gone = taken = 0
    for tenant in tenants:
        while taken < SLICE:
            row = work.connection.execute(_OLD, (tenant, before)).fetchone()
            if row is None:
                break
            done, more = _delete(work.connection, row[0], SLICE - taken)
            gone, taken = gone + done, taken + more
    # The space of each slice goes back to the disk at once, as far as it lies at the end.
    work.connection.execute("PRAGMA incremental_vacuum(2000)").fetchall()
    return gone if taken else None


def count_executions_before(connection: sqlite3.Connection, tenant: int, before: Micros) -> int:
    """How many executions of a tenant started before a time."""
    (count,) = connection.execute(
        "SELECT count(*) FROM execution WHERE tenant = ? AND start < ?", (tenant, before)
    ).fetchone()
    return int(count)


def _delete(connection: sqlite3.Connection, execution: int, room: int) -> tuple[bool, int]:
    """Delete metrics of an execution while there is room, at least one, then itself.

    Returns:
        whether it is gone, and how much room was taken; the execution takes that of one value.
    """
    taken = 0
    for metric, values in connection.execute(_METRICS, (execution,)).fetchall():
        if taken and taken + values > room:
            return False, taken
        connection.execute("DELETE FROM metric_part WHERE metric = ?", (metric,))
        connection.execute("DELETE FROM metric WHERE id = ?", (metric,))
        taken += values
    connection.execute("DELETE FROM execution_trace WHERE execution = ?", (execution,))
    connection.execute("DELETE FROM execution WHERE id = ?", (execution,))
    return True, taken + 1
