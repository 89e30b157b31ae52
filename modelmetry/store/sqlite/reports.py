"""Reports of clients: what became of what each of them recorded."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from modelmetry_api.models import ClientReport, ClientReportList

from modelmetry.store.queries import ReportQuery
from modelmetry.store.sqlite.answers import tenant_id as shown_tenant
from modelmetry.store.sqlite.cursors import page_of, read_cursor
from modelmetry.store.sqlite.encode import (
    as_json,
    decode_json,
    from_micros,
    to_micros,
    xid_key,
    xid_text,
)
from modelmetry.store.sqlite.names import tenant_id
from modelmetry.store.sqlite.writer import Work

# Reasons for which nothing is lost: it was asked for.
ASKED_FOR: Final = frozenset({"sampled_out"})

_REPORT_WEIGHT: Final = 1_000
_REASON_WEIGHT: Final = 100
_COUNTS: Final = ("Created", "Delivered", "Pending", "Spooled", "Recovered")
_PUT: Final = """
    INSERT INTO report (tenant, xid, at, name, version, lost, counts, dropped, created, updated)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (tenant, xid) DO UPDATE SET at = excluded.at, name = excluded.name,
        version = excluded.version, lost = excluded.lost, counts = excluded.counts,
        dropped = excluded.dropped, updated = excluded.updated
    WHERE excluded.at > report.at
"""
_COLUMNS: Final = "at, id, xid, name, version, lost, counts, dropped, created, updated"


def weight(body: Mapping[str, Any]) -> int:
    """About what a report takes in memory while it waits to be written, in bytes."""
    return _REPORT_WEIGHT + sum(_REASON_WEIGHT + len(reason) for reason in body["Dropped"])


def put_report(work: Work, tenant: str, body: Mapping[str, Any]) -> bool:
    """Keep a report, unless one of the same time or a later one is known."""
    # JSON Schema takes 3.0 for an integer.
    dropped = {reason: int(number) for reason, number in body["Dropped"].items() if number}
    now = work.tx.now
    row = (
        work.tx.names.tenant(tenant),
        xid_key(body["XID"]),
        to_micros(body["At"]),
        body.get("Name", ""),
        body.get("Version", ""),
        sum(number for reason, number in dropped.items() if reason not in ASKED_FOR),
        as_json([int(body[name]) for name in _COUNTS]),
        as_json(dropped),
        now,
        now,
    )
    return work.connection.execute(_PUT, row).rowcount > 0


def list_reports(
    connection: sqlite3.Connection, tenant: str, query: ReportQuery
) -> ClientReportList:
    """One page of reports, and the sums over all that fit."""
    number = tenant_id(connection, tenant)
    position = read_cursor(
        connection, query.cursor, tenant=number or 0, table="report", keys=("id",), sort="at"
    )
    if number is None:
        return ClientReportList(reports=[], next_cursor=None, lost=0, dropped={})
    where, values = _conditions(number, query)
    lost, dropped = _sums(connection, where, values)
    rows = _page(connection, where, values, position, query.limit)
    page, next_cursor = page_of(rows, query.limit)
    return ClientReportList(
        reports=[_report(tenant, row) for row in page],
        next_cursor=next_cursor,
        lost=lost,
        dropped=dropped,
    )


def _conditions(tenant: int, query: ReportQuery) -> tuple[str, tuple[Any, ...]]:
    given: list[tuple[str, Any]] = [("tenant = ?", tenant)]
    if query.xid is not None:
        given.append(("xid = ?", xid_key(query.xid)))
    if query.at_after is not None:
        given.append(("at >= ?", to_micros(query.at_after)))
    if query.at_before is not None:
        given.append(("at < ?", to_micros(query.at_before)))
    if query.lossy is not None:
        given.append(("(lost > 0) = ?", query.lossy))
    return " AND ".join(condition for condition, _ in given), tuple(value for _, value in given)


def _sums(
    connection: sqlite3.Connection, where: str, values: tuple[Any, ...]
) -> tuple[int, dict[str, int]]:
    lost, dropped = 0, Counter[str]()
    for one, data in connection.execute(f"SELECT lost, dropped FROM report WHERE {where}", values):
        lost += one
        dropped.update(decode_json(data))
    return lost, dict(dropped.most_common())


def _page(
    connection: sqlite3.Connection,
    where: str,
    values: tuple[Any, ...],
    position: tuple[Any, ...] | None,
    limit: int,
) -> list[tuple[Any, ...]]:
    if position is not None:
        where += " AND at <= ?" if len(position) == 1 else " AND (at, id) < (?, ?)"
        values += position
    sql = f"SELECT {_COLUMNS} FROM report WHERE {where} ORDER BY at DESC, id DESC LIMIT ?"
    return connection.execute(sql, (*values, limit + 1)).fetchall()


def _report(tenant: str, row: tuple[Any, ...]) -> ClientReport:
    at, _, xid, name, version, lost, counts, dropped, created, updated = row
    signals, delivered, pending, spooled, recovered = decode_json(counts)
    return ClientReport(
        xid=xid_text(xid),
        tenant_id=shown_tenant(tenant),
        created_at=from_micros(created),
        updated_at=from_micros(updated),
        at=from_micros(at),
        name=name,
        version=version,
        created=signals,
        delivered=delivered,
        pending=pending,
        spooled=spooled,
        recovered=recovered,
        lost=lost,
        dropped=decode_json(dropped),
    )
