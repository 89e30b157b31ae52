"""Summaries of hours and days: how they are kept, and which of them make up a stretch of time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from attrs import field, frozen

from modelmetry.store.sqlite.encode import Micros
from modelmetry.store.sqlite.tally import (
    KeptTally,
    Tally,
    decode_kept,
    decode_tally,
    encode_tally,
    tally_to_keep,
)
from modelmetry.store.sqlite.transaction import HOUR

_HOURS_OF_DAY: Final = 24
_MERGED: Final = 8
"""The page asks for a stretch and the one before it, each of which has days and single hours."""


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


@frozen
class Rows:
    """A stretch whose rows must be read."""

    start: Micros
    before: Micros


@frozen
class Kept:
    """A tally that was kept, of what started at `start` and in the hour or the day after it."""

    start: Micros
    data: bytes


@frozen
class Parts:
    """What makes up a stretch: rows at its ends and of hours that are due, the rest as kept."""

    rows: list[Rows] = field(factory=list[Rows])
    days: list[Kept] = field(factory=list[Kept])
    hours: list[Kept] = field(factory=list[Kept])


def parts(
    connection: sqlite3.Connection,
    tenant: int,
    start: Micros,
    before: Micros,
    *,
    whole_days: bool = True,
) -> Parts:
    """The parts of a stretch; without `whole_days` in hours alone."""
    first, last = -(-start // HOUR), before // HOUR
    if first >= last:
        return Parts([Rows(start, before)])
    due = {slot for (slot,) in connection.execute(_DUE, (tenant, first, last))}
    due_days = {hour // _HOURS_OF_DAY for hour in due}
    days = range(-(-first // _HOURS_OF_DAY), last // _HOURS_OF_DAY if whole_days else 0)
    found = Parts([Rows(start, first * HOUR), Rows(last * HOUR, before)])
    found.rows.extend(Rows(hour * HOUR, (hour + 1) * HOUR) for hour in due)
    for day, data in _kept(connection, tenant, _HOURS_OF_DAY, days.start, days.stop):
        if day not in due_days:
            found.days.append(Kept(day * _HOURS_OF_DAY * HOUR, data))
    for hours in _single_hours(first, last, days, due_days):
        for slot, data in _kept(connection, tenant, 1, *hours):
            if slot not in due:
                found.hours.append(Kept(slot * HOUR, data))
    return found


def merged(kept: list[Kept]) -> Tally:
    """The sum of tallies; not to be changed, as the next one who asks may be given it too."""
    return _merged(tuple(part.data for part in kept))


@lru_cache(_MERGED)
def _merged(kept: tuple[bytes, ...]) -> Tally:
    # The bytes themselves are the key, so a summary that was made again is never mistaken.
    tally = Tally()
    for data in kept:
        tally.merge(decode_tally(data))
    return tally


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
