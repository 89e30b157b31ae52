"""Findings of a name in a stretch of time: from their rows, or from hourly summaries."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any, Final

from attrs import evolve, frozen

from modelmetry.store.queries import FindingQuery
from modelmetry.store.sqlite.encode import Micros, to_micros
from modelmetry.store.sqlite.finding_hour import HourInTheMaking, decode_hour
from modelmetry.store.sqlite.finding_tally import FindingTally
from modelmetry.store.sqlite.names import NameKind, name_id, tenant_id
from modelmetry.store.sqlite.terms import metadata_term
from modelmetry.store.sqlite.transaction import HOUR

Found = Iterator[tuple[Micros, int, Any]]
"""Time, kind and value of findings."""

_NONE: Final = -1
# So many traces are looked at one by one; of more, the findings of the name are.
_FEW_TRACES: Final = 20_000


_ANY: Final = (None, None, None)


@frozen
class Asked:
    """What is read: a name, a stretch, names of trace, span and model, and metadata's terms."""

    name: int
    start: Micros
    before: Micros
    names: tuple[int | None, int | None, int | None] = _ANY
    terms: tuple[int, ...] = ()

    @property
    def summarised(self) -> bool:
        """Whether summaries can tell."""
        return not self.terms or (len(self.terms) == 1 and self.names == _ANY)


def asked(connection: sqlite3.Connection, tenant: str, query: FindingQuery) -> Asked | None:
    """What a query asks for; None when nothing can be found."""
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
    if start >= before:
        return None

    def number_of(kind: NameKind, text: str | None) -> int | None:
        if text is None:
            return None
        found = name_id(connection, number, kind, text)
        return _NONE if found is None else found

    names = (
        number_of(NameKind.TRACE, query.trace_name),
        number_of(NameKind.SPAN, query.span_name),
        number_of(NameKind.MODEL, query.model),
    )
    terms = tuple(metadata_term(number, one.key, one.value) for one in query.metadata)
    return Asked(name, start, before, names, terms)


def is_long(connection: sqlite3.Connection, wanted: Asked, most: int) -> bool:
    """Whether there are more findings of the name than `most`.

    A quarter of it where each has to be looked up with its trace or span. Those of few traces are
    never many.
    """
    if wanted.terms and _has_few(connection, wanted.terms[0]):
        return False
    if any(name is not None for name in wanted.names):
        most //= 4
    (count,) = connection.execute(
        "SELECT count(*) FROM (SELECT 1 FROM finding INDEXED BY finding_name "
        "WHERE name = ? AND at >= ? AND at < ? LIMIT ?)",
        (wanted.name, wanted.start, wanted.before, most + 1),
    ).fetchone()
    return int(count) > most


def unit(connection: sqlite3.Connection, wanted: Asked) -> str:
    """The latest unit."""
    row = connection.execute(
        "SELECT unit FROM finding INDEXED BY finding_name "
        "WHERE name = ? AND at >= ? AND at < ? ORDER BY at DESC LIMIT 1",
        (wanted.name, wanted.start, wanted.before),
    ).fetchone()
    return (row[0] or "") if row else ""


def rows(connection: sqlite3.Connection, wanted: Asked) -> Found:
    """The findings themselves."""
    terms = _rarest_first(connection, wanted.terms)
    few = bool(terms) and _has_few(connection, terms[0])
    return _rows(connection, wanted, terms, by_traces=few)


def _rows(
    connection: sqlite3.Connection, wanted: Asked, terms: Sequence[int], *, by_traces: bool
) -> Found:
    conditions = ["f.name = ?", "at >= ?", "at < ?"]
    values: list[Any] = [wanted.name, wanted.start, wanted.before]
    for name, condition in zip(wanted.names, _OF_NAMES, strict=True):
        if name is not None:
            conditions.append(condition)
            values.append(name)
    for term in terms:
        conditions.append("EXISTS (SELECT 1 FROM posting WHERE term = ? AND trace = f.trace)")
        values.append(term)
    source = "finding f INDEXED BY finding_name"
    if by_traces:
        # A plus keeps SQLite from going by the name.
        source = "posting p CROSS JOIN finding f ON f.trace = p.trace"
        conditions[0] = "p.term = ? AND +f.name = ?"
        values.insert(0, terms[0])
    return connection.execute(
        f"SELECT at, f.kind, value FROM {source} WHERE {' AND '.join(conditions)}", values
    )


_OF_SPAN: Final = "EXISTS (SELECT 1 FROM span WHERE trace = f.trace AND xid = f.span AND"
_OF_NAMES: Final = (
    "(SELECT name FROM trace WHERE id = f.trace) = ?",
    f"{_OF_SPAN} +name = ?)",
    f"{_OF_SPAN} +model = ?)",
)


def _rarest_first(connection: sqlite3.Connection, terms: tuple[int, ...]) -> list[int]:
    return sorted(terms, key=lambda term: _count(connection, term)) if len(terms) > 1 else [*terms]


def _has_few(connection: sqlite3.Connection, term: int) -> bool:
    return _count(connection, term) <= _FEW_TRACES


def _count(connection: sqlite3.Connection, term: int) -> int:
    (count,) = connection.execute(
        "SELECT count(*) FROM (SELECT 1 FROM posting WHERE term = ? LIMIT ?)",
        (term, _FEW_TRACES + 1),
    ).fetchone()
    return int(count)


def edges(connection: sqlite3.Connection, wanted: Asked) -> Found:
    """Findings before the first whole hour and after the last one."""
    first, last = -(-wanted.start // HOUR) * HOUR, wanted.before // HOUR * HOUR
    stretches = [(wanted.start, first), (last, wanted.before)]
    if first >= last:
        stretches = [(wanted.start, wanted.before)]
    for start, before in stretches:
        stretch = evolve(wanted, start=start, before=before)
        yield from _rows(connection, stretch, wanted.terms, by_traces=False)


def hours(connection: sqlite3.Connection, wanted: Asked) -> Iterator[tuple[int, FindingTally]]:
    """The whole hours, as they are kept; what is due or not kept by names, from the rows."""
    term = wanted.terms[0] if wanted.terms else None
    stretch = (wanted.name, -(-wanted.start // HOUR), wanted.before // HOUR)
    due = {slot for (slot,) in connection.execute(_DUE_HOURS, stretch)}
    for slot in due:
        yield slot, _from_rows(connection, wanted, slot)
    for slot, data in connection.execute(_KEPT_HOURS, stretch):
        if slot in due:
            continue
        tally = decode_hour(data).of(wanted.names, term)
        yield slot, _from_rows(connection, wanted, slot) if tally is None else tally


_DUE_HOURS: Final = "SELECT slot FROM finding_summary_due WHERE name = ? AND slot >= ? AND slot < ?"
_KEPT_HOURS: Final = (
    "SELECT slot, data FROM finding_summary WHERE name = ? AND slot >= ? AND slot < ?"
)


def _from_rows(connection: sqlite3.Connection, wanted: Asked, hour: int) -> FindingTally:
    tally = FindingTally()
    stretch = evolve(wanted, start=hour * HOUR, before=(hour + 1) * HOUR)
    for _, kind, value in _rows(connection, stretch, wanted.terms, by_traces=False):
        tally.add(kind, value)
    return tally


def summarise_some(connection: sqlite3.Connection) -> bool:
    """Summarise one hour of one name that is due; whether there was one."""
    due = connection.execute("SELECT name, slot FROM finding_summary_due LIMIT 1").fetchone()
    if due is None:
        return False
    name, hour = due
    making = HourInTheMaking()
    stretch = (name, hour * HOUR, (hour + 1) * HOUR)
    for kind, value, *names, terms in connection.execute(_NAMED, stretch):
        making.add(kind, value, (names[0], names[1], names[2]), terms)
    connection.execute("DELETE FROM finding_summary WHERE name = ? AND slot = ?", due)
    data = making.encode()
    if making.whole.count:
        connection.execute(
            "INSERT INTO finding_summary VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (name, hour, *making.whole.bounds(), data),
        )
    connection.execute("DELETE FROM finding_summary_due WHERE name = ? AND slot = ?", due)
    return True


# LEFT keeps the order: the others are looked up by their keys.
_NAMED: Final = """
    SELECT f.kind, f.value, coalesce(t.name, 0), coalesce(s.name, 0), coalesce(s.model, 0),
        coalesce(t.terms, x'')
    FROM finding f INDEXED BY finding_name
    LEFT JOIN trace t ON t.id = f.trace LEFT JOIN span s ON s.trace = f.trace AND s.xid = f.span
    WHERE f.name = ? AND f.at >= ? AND f.at < ?
"""
