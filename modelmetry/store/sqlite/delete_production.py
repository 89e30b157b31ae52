"""Deleting production metrics that have become old."""

from __future__ import annotations

import sqlite3
from typing import Final

from modelmetry.store.sqlite.encode import Micros
from modelmetry.store.sqlite.production_rows import FINE
from modelmetry.store.sqlite.production_windows import fine_from
from modelmetry.store.sqlite.transaction import HOUR
from modelmetry.store.sqlite.writer import Work

SLICE: Final = 2_000
_OWN: Final = "series IN (SELECT id FROM production_series WHERE tenant = :tenant)"
_POINTS: Final = f"""
    DELETE FROM {{table}} WHERE (slot, series) IN (
        SELECT slot, series FROM {{table}} WHERE slot < :before AND {_OWN} LIMIT :most
    )
"""
_INTERVALS: Final = """
    DELETE FROM production_interval WHERE tenant = :tenant AND xid IN (
        SELECT xid FROM production_interval WHERE tenant = :tenant AND received < :before
        LIMIT :most
    )
"""
_REST: Final = (
    "DELETE FROM production_up WHERE tenant = :tenant AND slot < :hour",
    "DELETE FROM production_process WHERE tenant = :tenant AND end < :before",
    # Only what has no points any more gives its room away.
    """DELETE FROM production_series WHERE tenant = :tenant AND id NOT IN (
        SELECT series FROM production_hour
    )""",
)
_OLDEST_FINE: Final = "SELECT slot FROM production_fine ORDER BY slot LIMIT 1"
_DROP_FINE: Final = """
    DELETE FROM production_fine WHERE (slot, series) IN (
        SELECT slot, series FROM production_fine WHERE slot < ? LIMIT ?
    )
"""
_COUNT: Final = f"SELECT count(*) FROM production_hour WHERE slot < :before AND {_OWN}"


def prune_points_slice(work: Work, before: Micros, tenant: int) -> int | None:
    """Delete up to `SLICE` hours of series from before a time, and as many finer points.

    Whole hours: what is left of one is all of it.

    Returns:
        how many hours went; None when neither is left.
    """
    values, first = {"tenant": tenant, "most": SLICE}, before // HOUR * HOUR
    hours, fine = (
        work.connection.execute(
            _POINTS.format(table=table), values | {"before": first // width}
        ).rowcount
        for table, width in (("production_hour", HOUR), ("production_fine", FINE))
    )
    return hours if hours or fine else None


def prune_rest(work: Work, before: Micros, tenant: int) -> None:
    """Delete what is left when points have gone: heartbeats, processes, series without points."""
    values = {"tenant": tenant, "before": before, "hour": before // HOUR, "most": SLICE}
    while work.connection.execute(_INTERVALS, values).rowcount == SLICE:
        pass
    for sql in _REST:
        work.connection.execute(sql, values)
    work.tx.names.series.clear()


def drop_fine(connection: sqlite3.Connection, now: Micros) -> bool:
    """Drop some fine points that are older than those that are kept; whether there may be more."""
    oldest = connection.execute(_OLDEST_FINE).fetchone()
    kept = fine_from(now) // FINE
    if oldest is None or oldest[0] >= kept:
        return False
    return connection.execute(_DROP_FINE, (kept, SLICE)).rowcount == SLICE


def count_points_before(connection: sqlite3.Connection, tenant: int, before: Micros) -> int:
    """How many points of hours of a tenant are from before a time."""
    values = {"tenant": tenant, "before": before // HOUR}
    (count,) = connection.execute(_COUNT, values).fetchone()
    return int(count)
