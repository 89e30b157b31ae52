"""A finding over time: exactly when there are few, from hourly summaries when there are many."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any, Final

import msgspec
from attrs import frozen
from modelmetry_api.models import FindingPoint, FindingSeries, ValueShare
from modelmetry_api.types import UNSET

from modelmetry.store.queries import SeriesQuery
from modelmetry.store.sqlite.encode import LAST_NUMBER, Kind, Micros, from_micros, to_micros
from modelmetry.store.sqlite.names import NameKind, name_id, tenant_id
from modelmetry.store.sqlite.spread import RELATIVE_ERROR, Spread
from modelmetry.store.sqlite.transaction import HOUR

MOST_EXACT: Final = 20_000
"""Up to so many findings, a series is computed from their rows."""

MOST_POINTS: Final = 1_000
_GOOD_POINTS: Final = 120
_SECOND: Final = 1_000_000
# Widths that people read easily: minutes, hours, days, weeks, a year.
_WIDTHS: Final = (60, 300, 900, 3_600, 10_800, 21_600, 43_200, 86_400, 604_800, 31_536_000)
_MOST_SHARES: Final = 20
_MOST_LABELS: Final = 200


class FindingTally(msgspec.Struct, array_like=True):
    """Findings of one name in a stretch; of labels the most frequent, and how many in all."""

    count: int = 0
    numbers: Spread = msgspec.field(default_factory=Spread)
    booleans: list[int] = msgspec.field(default_factory=lambda: [0, 0])
    labels: dict[str, int] = msgspec.field(default_factory=dict[str, int])
    labelled: int = 0

    def add(self, kind: int, value: Any) -> None:
        """Add one finding."""
        self.count += 1
        if kind <= LAST_NUMBER:
            self.numbers.add(value)
        elif kind == Kind.BOOLEAN:
            self.booleans[value] += 1
        else:
            self.labelled += 1
            self.labels[value] = self.labels.get(value, 0) + 1

    def merge(self, other: FindingTally) -> None:
        """Add all that another has."""
        self.count += other.count
        self.labelled += other.labelled
        self.numbers.merge(other.numbers)
        self.booleans = [
            mine + more for mine, more in zip(self.booleans, other.booleans, strict=True)
        ]
        for label, count in other.labels.items():
            self.labels[label] = self.labels.get(label, 0) + count

    def largest(self, most: int) -> list[tuple[str, int]]:
        """The most frequent labels."""
        return sorted(self.labels.items(), key=lambda item: (-item[1], item[0]))[:most]

    def shares(self) -> list[ValueShare]:
        """Booleans, then labels, by their share of both."""
        whole = self.labelled + sum(self.booleans)
        counts: list[tuple[bool | str, int]] = [
            (value, self.booleans[value]) for value in (True, False) if self.booleans[value]
        ]
        counts += self.largest(_MOST_SHARES)
        return [
            ValueShare(value=value, count=count, share=count / whole) for value, count in counts
        ]


@frozen
class _Asked:
    """What is read: a name, a stretch, and SQL of the other conditions."""

    name: int
    start: Micros
    before: Micros
    where: str
    values: tuple[Any, ...]


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(FindingTally)


def finding_series(
    connection: sqlite3.Connection, tenant: str, query: SeriesQuery, most_exact: int | None = None
) -> FindingSeries:
    """The points of a finding."""
    asked = _asked(connection, tenant, query)
    if asked is None:
        seconds = query.bucket_seconds or 3_600
        return _answer(query.name, "", seconds, {}, approximate=False)
    seconds = _width(asked, query.bucket_seconds)
    width = seconds * _SECOND
    most = MOST_EXACT if most_exact is None else most_exact
    approximate = not asked.where and width % HOUR == 0 and _is_long(connection, asked, most)
    points: dict[int, FindingTally] = {}
    if approximate:
        for slot, tally in _hours(connection, asked):
            points.setdefault(slot * HOUR // width, FindingTally()).merge(tally)
    for at, kind, value in _edges(connection, asked) if approximate else _rows(connection, asked):
        slot = at // width
        if slot not in points:
            points[slot] = FindingTally()
        points[slot].add(kind, value)
    return _answer(query.name, _unit(connection, asked), seconds, points, approximate=approximate)


def summarise_some(connection: sqlite3.Connection) -> bool:
    """Summarise one hour of one name that is due; whether there was one."""
    due = connection.execute("SELECT name, slot FROM finding_summary_due LIMIT 1").fetchone()
    if due is None:
        return False
    name, hour = due
    tally = _hour(connection, name, hour)
    connection.execute("DELETE FROM finding_summary WHERE name = ? AND slot = ?", due)
    if tally.count:
        tally.numbers.condense()
        tally.labels = dict(tally.largest(_MOST_LABELS))
        connection.execute(
            "INSERT INTO finding_summary VALUES (?, ?, ?)", (name, hour, _encoder.encode(tally))
        )
    connection.execute("DELETE FROM finding_summary_due WHERE name = ? AND slot = ?", due)
    return True


def _asked(connection: sqlite3.Connection, tenant: str, query: SeriesQuery) -> _Asked | None:
    """None when nothing can be found."""
    number = tenant_id(connection, tenant)
    name = None if number is None else name_id(connection, number, NameKind.FINDING, query.name)
    if number is None or name is None:
        return None
    start, last = connection.execute(
        # Apart, each is one step in the index; together they would be a scan.
        "SELECT (SELECT min(at) FROM finding WHERE name = ?), "
        "(SELECT max(at) FROM finding WHERE name = ?)",
        (name, name),
    ).fetchone()
    if start is None:
        return None
    before = last + 1
    if query.start_after is not None:
        start = max(start, to_micros(query.start_after))
    if query.start_before is not None:
        before = min(before, to_micros(query.start_before))
    conditions, values = _conditions(connection, number, query)
    return _Asked(name, start, before, conditions, values) if start < before else None


def _conditions(
    connection: sqlite3.Connection, tenant: int, query: SeriesQuery
) -> tuple[str, tuple[Any, ...]]:
    where, values = "", list[int]()
    of_span = "AND EXISTS (SELECT 1 FROM span WHERE trace = f.trace AND xid = f.span AND"
    for kind, text, condition in (
        (NameKind.TRACE, query.trace_name, "AND (SELECT name FROM trace WHERE id = f.trace) = ?"),
        (NameKind.SPAN, query.span_name, f"{of_span} +name = ?)"),
        (NameKind.MODEL, query.model, f"{of_span} +model = ?)"),
    ):
        if text is not None:
            found = name_id(connection, tenant, kind, text)
            values.append(-1 if found is None else found)
            where = f"{where} {condition}"
    return where, tuple(values)


def _width(asked: _Asked, wanted: int | None) -> int:
    """Seconds of a point: as wanted, or easy to read; wider when there were too many points."""
    seconds = (asked.before - asked.start) / _SECOND
    if wanted is None:
        wanted = next((width for width in _WIDTHS if seconds / width <= _GOOD_POINTS), _WIDTHS[-1])
    points = -(-asked.before // (wanted * _SECOND)) - asked.start // (wanted * _SECOND)
    return wanted * -(-points // (MOST_POINTS - 1)) if points > MOST_POINTS else wanted


def _is_long(connection: sqlite3.Connection, asked: _Asked, most: int) -> bool:
    (count,) = connection.execute(
        "SELECT count(*) FROM (SELECT 1 FROM finding INDEXED BY finding_name "
        "WHERE name = ? AND at >= ? AND at < ? LIMIT ?)",
        (asked.name, asked.start, asked.before, most + 1),
    ).fetchone()
    return int(count) > most


def _rows(connection: sqlite3.Connection, asked: _Asked) -> Iterator[tuple[Micros, int, Any]]:
    return connection.execute(
        "SELECT at, kind, value FROM finding f INDEXED BY finding_name "
        f"WHERE f.name = ? AND at >= ? AND at < ? {asked.where}",
        (asked.name, asked.start, asked.before, *asked.values),
    )


def _edges(connection: sqlite3.Connection, asked: _Asked) -> Iterator[tuple[Micros, int, Any]]:
    """Findings before the first whole hour and after the last one."""
    first, last = -(-asked.start // HOUR) * HOUR, asked.before // HOUR * HOUR
    if first >= last:
        yield from _rows(connection, asked)
        return
    for start, before in ((asked.start, first), (last, asked.before)):
        yield from _rows(connection, _Asked(asked.name, start, before, "", ()))


def _hours(connection: sqlite3.Connection, asked: _Asked) -> Iterator[tuple[int, FindingTally]]:
    """The whole hours, as they are kept; those that are due, from their rows."""
    hours = (asked.name, -(-asked.start // HOUR), asked.before // HOUR)
    due = {slot for (slot,) in connection.execute(f"{_DUE_HOURS}", hours)}
    for slot in due:
        yield slot, _hour(connection, asked.name, slot)
    for slot, data in connection.execute(
        "SELECT slot, data FROM finding_summary WHERE name = ? AND slot >= ? AND slot < ?", hours
    ):
        if slot not in due:
            yield slot, _decoder.decode(data)


_DUE_HOURS: Final = "SELECT slot FROM finding_summary_due WHERE name = ? AND slot >= ? AND slot < ?"


def _hour(connection: sqlite3.Connection, name: int, hour: int) -> FindingTally:
    tally = FindingTally()
    for _, kind, value in _rows(connection, _Asked(name, hour * HOUR, (hour + 1) * HOUR, "", ())):
        tally.add(kind, value)
    return tally


def _unit(connection: sqlite3.Connection, asked: _Asked) -> str:
    """The latest unit."""
    row = connection.execute(
        "SELECT unit FROM finding INDEXED BY finding_name "
        "WHERE name = ? AND at >= ? AND at < ? ORDER BY at DESC LIMIT 1",
        (asked.name, asked.start, asked.before),
    ).fetchone()
    return (row[0] or "") if row else ""


def _answer(
    name: str, unit: str, seconds: int, points: dict[int, FindingTally], *, approximate: bool
) -> FindingSeries:
    return FindingSeries(
        name=name,
        unit=unit,
        bucket_seconds=seconds,
        points=[
            FindingPoint(
                start=from_micros(max(slot * seconds * _SECOND, _FIRST)),
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


_FIRST: Final = to_micros("0001-01-01T00:00:00Z")
