"""Deleting traces with all that belongs to them, and what has become old."""

from __future__ import annotations

import sqlite3
from typing import Final

from modelmetry.store.sqlite.encode import Micros, XidKey
from modelmetry.store.sqlite.lookup import select_in
from modelmetry.store.sqlite.search import forget
from modelmetry.store.sqlite.terms import decode_terms
from modelmetry.store.sqlite.transaction import HOUR
from modelmetry.store.sqlite.writer import Work

SLICE: Final = 1_000
_DELETE_IF_EMPTY: Final = (
    "DELETE FROM session WHERE id = ? AND NOT EXISTS "
    "(SELECT 1 FROM trace WHERE trace.session = session.id)"
)


def delete_trace(work: Work, tenant: str, key: XidKey) -> bool:
    """Delete one trace; False when there is none."""
    work.settle()
    row = work.connection.execute(
        "SELECT t.id FROM trace t JOIN tenant n ON n.id = t.tenant WHERE n.name = ? AND t.xid = ?",
        (tenant, key),
    ).fetchone()
    if row is None:
        return False
    _delete(work, [row[0]])
    return True


def delete_session_slice(work: Work, tenant: str, key: XidKey) -> int | None:
    """Delete up to `SLICE` traces of a session, the session with the last ones.

    Returns:
        how many traces went; fewer than `SLICE` when the session is gone. None when there is none.
    """
    work.settle()
    connection = work.connection
    row = connection.execute(
        "SELECT s.id FROM session s JOIN tenant n ON n.id = s.tenant "
        "WHERE n.name = ? AND s.xid = ?",
        (tenant, key),
    ).fetchone()
    if row is None:
        return None
    found = connection.execute("SELECT id FROM trace WHERE session = ? LIMIT ?", (*row, SLICE))
    traces = [trace for (trace,) in found]
    _delete(work, traces)
    if len(traces) < SLICE:
        connection.execute("DELETE FROM session WHERE id = ?", row)
        # What was written in this transaction must not be found by its old number.
        work.forget_traces()
    return len(traces)


def _old_traces(work: Work, before: Micros, tenants: list[int]) -> list[int]:
    """Some traces that started before a time."""
    found: list[int] = []
    for tenant in tenants:
        found += [
            row[0]
            for row in work.connection.execute(
                "SELECT id FROM trace INDEXED BY trace_start WHERE tenant = ? AND start < ? "
                "ORDER BY start LIMIT ?",
                (tenant, before, SLICE - len(found)),
            )
        ]
    return found


def prune_slice(work: Work, before: Micros, tenants: list[int]) -> tuple[int, int]:
    """Delete up to `SLICE` old traces, and sessions that lose their last trace; how many each."""
    work.settle()
    traces = _old_traces(work, before, tenants)
    _delete(work, traces)
    sessions = sum(
        work.connection.execute(_DELETE_IF_EMPTY, (session,)).rowcount
        for session in list(work.tx.sessions)
    )
    # The space of each slice goes back to the disk at once, as far as it lies at the end.
    work.connection.execute("PRAGMA incremental_vacuum(2000)").fetchall()
    return len(traces), sessions


def prune_rest(work: Work, before: Micros, tenants: list[int]) -> tuple[int, int]:
    """Delete old sessions without traces, old parts whose trace never came, old reports.

    Returns:
        how many sessions and reports went.
    """
    work.settle()
    connection, sessions, reports = work.connection, 0, 0
    for tenant in tenants:
        sessions += connection.execute(
            "DELETE FROM session WHERE tenant = ? AND created < ? AND NOT EXISTS "
            "(SELECT 1 FROM trace WHERE trace.session = session.id)",
            (tenant, before),
        ).rowcount
        _mark_findings(
            work, "SELECT name, at FROM finding WHERE trace = ? AND at < ?", tenant, before
        )
        reports += connection.execute(
            "DELETE FROM report WHERE tenant = ? AND at < ?", (tenant, before)
        ).rowcount
        for table in ("event", "finding"):
            connection.execute(f"DELETE FROM {table} WHERE trace = ? AND at < ?", (-tenant, before))
    return sessions, reports


def _mark_findings(work: Work, sql: str, tenant: int, before: Micros) -> None:
    for name, at in work.connection.execute(sql, (-tenant, before)):
        work.tx.finding_hours.add((name, at // HOUR))


def _delete(work: Work, traces: list[int]) -> None:
    connection, tx = work.connection, work.tx
    forget(connection, traces)
    for id_, tenant, start, session, terms in list(
        select_in(
            connection,
            "SELECT id, tenant, start, session, terms FROM trace WHERE id IN ({keys})",
            (),
            traces,
        )
    ):
        tx.hours.add((tenant, start // HOUR))
        if session is not None:
            tx.sessions.add(session)
        connection.executemany(
            "DELETE FROM posting WHERE term = ? AND trace = ?",
            [(term, id_) for term in decode_terms(terms)],
        )
    for tenant, start in select_in(
        connection, "SELECT tenant, start FROM span WHERE trace IN ({keys})", (), traces
    ):
        tx.hours.add((tenant, start // HOUR))
    for name, at in select_in(
        connection, "SELECT name, at FROM finding WHERE trace IN ({keys})", (), traces
    ):
        tx.finding_hours.add((name, at // HOUR))
    for table, column in (
        ("span", "trace"), ("event", "trace"), ("finding", "trace"), ("carrier", "trace"),
        ("trace", "id"),
    ):  # fmt: skip
        connection.executemany(
            f"DELETE FROM {table} WHERE {column} = ?", [(trace,) for trace in traces]
        )
    # What was written in this transaction must not be found by its old number.
    work.forget_traces()


def tenants_of(connection: sqlite3.Connection, tenant: str | None) -> list[int]:
    """Numbers of all tenants, or of one."""
    where, values = ("", ()) if tenant is None else ("WHERE name = ?", (tenant,))
    return [row[0] for row in connection.execute(f"SELECT id FROM tenant {where}", values)]


def count_before(connection: sqlite3.Connection, tenant: int, before: Micros) -> int:
    """How many traces of a tenant started before a time."""
    (count,) = connection.execute(
        "SELECT count(*) FROM trace WHERE tenant = ? AND start < ?", (tenant, before)
    ).fetchone()
    return int(count)


def count_reports_before(connection: sqlite3.Connection, tenant: int, before: Micros) -> int:
    """How many reports of clients of a tenant are from before a time."""
    (count,) = connection.execute(
        "SELECT count(*) FROM report WHERE tenant = ? AND at < ?", (tenant, before)
    ).fetchone()
    return int(count)
