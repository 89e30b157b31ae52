"""A finding over time: exactly when there are few, from hourly summaries when there are many."""

from __future__ import annotations

import sqlite3
from typing import Final

from modelmetry_api.models import FindingPoint, FindingSeries
from modelmetry_api.types import UNSET

from modelmetry.store.queries import SeriesQuery
from modelmetry.store.sqlite import read_findings
from modelmetry.store.sqlite.encode import from_micros
from modelmetry.store.sqlite.finding_tally import FindingTally
from modelmetry.store.sqlite.slots import FIRST, SECOND, point_seconds
from modelmetry.store.sqlite.spread import RELATIVE_ERROR
from modelmetry.store.sqlite.transaction import HOUR

MOST_EXACT: Final = 20_000
"""Up to so many findings, a series is computed from their rows."""


def finding_series(
    connection: sqlite3.Connection, tenant: str, query: SeriesQuery, most_exact: int | None = None
) -> FindingSeries:
    """The points of a finding."""
    asked = read_findings.asked(connection, tenant, query)
    if asked is None:
        seconds = query.bucket_seconds or 3_600
        return _answer(query.name, "", seconds, {}, approximate=False)
    most = MOST_EXACT if most_exact is None else most_exact
    approximate = asked.summarised and read_findings.is_long(connection, asked, most)
    seconds = point_seconds(asked.start, asked.before, query.bucket_seconds, hours=approximate)
    width = seconds * SECOND
    points: dict[int, FindingTally] = {}
    if approximate:
        for slot, tally in read_findings.hours(connection, asked):
            points.setdefault(slot * HOUR // width, FindingTally()).merge(tally)
    read = read_findings.edges if approximate else read_findings.rows
    for at, kind, value in read(connection, asked):
        slot = at // width
        if slot not in points:
            points[slot] = FindingTally()
        points[slot].add(kind, value)
    unit = read_findings.unit(connection, asked)
    return _answer(query.name, unit, seconds, points, approximate=approximate)


def _answer(
    name: str, unit: str, seconds: int, points: dict[int, FindingTally], *, approximate: bool
) -> FindingSeries:
    return FindingSeries(
        name=name,
        unit=unit,
        bucket_seconds=seconds,
        points=[
            FindingPoint(
                start=from_micros(max(slot * seconds * SECOND, FIRST)),
                count=tally.count,
                shares=tally.shares(),
                numbers=tally.numbers.distribution() if tally.numbers.count else UNSET,
            )
            for slot, tally in sorted(points.items())
            if tally.count  # nothing is left of an hour whose findings were deleted
        ],
        approximate=approximate,
        relative_error=RELATIVE_ERROR if approximate else 0,
    )
