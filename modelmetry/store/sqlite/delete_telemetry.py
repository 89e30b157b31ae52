"""Deleting telemetry that has become old."""

from __future__ import annotations

import sqlite3
from collections import Counter
from typing import Final

from modelmetry.store.sqlite.encode import Micros
from modelmetry.store.sqlite.lookup import change_in
from modelmetry.store.sqlite.names import NameKind
from modelmetry.store.sqlite.telemetry_parts import RecordKind
from modelmetry.store.sqlite.telemetry_tally import Tally, forget_empty
from modelmetry.store.sqlite.writer import Work

SLICE: Final = 1_000
_OLD: Final = """
    SELECT id, at, kind, run, command, status, event
    FROM telemetry_record INDEXED BY telemetry_record_at
    WHERE tenant = ? AND at < ? ORDER BY at, id LIMIT ?
"""
# All up to the last record of a slice, name by name.
_NUMBERS: Final = """
    SELECT t.record, t.name FROM name n CROSS JOIN telemetry_number t ON t.name = n.id
    WHERE n.tenant = ? AND n.kind = ? AND (t.at, t.record) <= (?, ?) AND +t.kind < 2
"""
_DELETE_NUMBERS: Final = """
    DELETE FROM telemetry_number WHERE name IN (SELECT id FROM name WHERE tenant = ? AND kind = ?)
    AND (at, record) <= (?, ?)
"""
_DELETE_RECORDS: Final = "DELETE FROM telemetry_record WHERE id IN ({keys})"
_UNCOUNT: Final = (
    "UPDATE telemetry_run SET records = records - ?, readings = readings - ? WHERE id = ?"
)
_DELETE_RUNS: Final = """
    DELETE FROM telemetry_run WHERE id IN (
        SELECT id FROM telemetry_run INDEXED BY telemetry_run_start
        WHERE tenant = ? AND start < ? AND records = 0 AND readings = 0 LIMIT ?
    )
"""


def prune_records_slice(work: Work, before: Micros, tenant: int) -> int:
    """Delete up to `SLICE` records from before a time, the oldest ones; how many."""
    rows = work.connection.execute(_OLD, (tenant, before, SLICE)).fetchall()
    if not rows:
        return 0
    last_at, last_id = rows[-1][1], rows[-1][0]
    names: dict[int, list[int]] = {}
    values = (tenant, NameKind.TELEMETRY, last_at, last_id)
    for record, name in work.connection.execute(_NUMBERS, values):
        names.setdefault(record, []).append(name)
    tally, runs = Tally(tenant), Counter[tuple[int, bool]]()
    for id_, at, kind, run, command, status, event in rows:
        of_job = kind < RecordKind.READING
        if of_job:
            tally.add(at, command, status, event, names.get(id_, ()))
        if run is not None:
            runs[run, of_job] += 1
    _uncount(work, tally, runs)
    work.connection.execute(_DELETE_NUMBERS, values)
    change_in(work.connection, _DELETE_RECORDS, [row[0] for row in rows])
    forget_empty(work.connection, tenant, last_at)
    work.connection.execute("PRAGMA incremental_vacuum(2000)").fetchall()
    return len(rows)


def prune_runs_slice(work: Work, before: Micros, tenant: int) -> int:
    """Delete up to `SLICE` runs that have no records and started before a time; how many."""
    return work.connection.execute(_DELETE_RUNS, (tenant, before, SLICE)).rowcount


def count_records_before(connection: sqlite3.Connection, tenant: int, before: Micros) -> int:
    """How many records of a tenant are from before a time."""
    (count,) = connection.execute(
        "SELECT count(*) FROM telemetry_record WHERE tenant = ? AND at < ?", (tenant, before)
    ).fetchone()
    return int(count)


def _uncount(work: Work, tally: Tally, runs: Counter[tuple[int, bool]]) -> None:
    tally.save(work.connection, -1)
    for (run, of_job), count in runs.items():
        work.connection.execute(_UNCOUNT, (count * of_job, count * (not of_job), run))
