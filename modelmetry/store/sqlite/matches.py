"""In which spans of one trace texts occur."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from modelmetry_api.models import Match, SpanMatch, TraceMatches
from modelmetry_api.models.literals import MatchPlace
from modelmetry_api.types import UNSET

from modelmetry.store.sqlite.contents import Said, family_texts, metadata_texts, texts_of
from modelmetry.store.sqlite.encode import XidKey, encode_json, from_value, xid_key, xid_text
from modelmetry.store.sqlite.matching import Wanted, excerpt, possible, wanted
from modelmetry.store.sqlite.names import tenant_id

MOST_SPANS: Final = 1_000

_TRACE: Final = """
    SELECT t.id, (SELECT text FROM name WHERE id = t.name), t.message, t.metadata
    FROM trace t WHERE t.tenant = ? AND t.xid = ?
"""
# A plus keeps SQLite from choosing the index of all that the tenant has.
_SPANS: Final = """
    SELECT s.xid, n.text, s.message, s.metadata, s.family, s.data
    FROM span s JOIN name n ON n.id = s.name WHERE s.trace = ? AND +s.tenant = ? ORDER BY s.xid
"""
_KEYS: Final = "SELECT xid FROM span WHERE trace = ? AND +tenant = ?"
_EVENTS: Final = """
    SELECT span, name, metadata FROM event WHERE trace = ? AND +tenant = ? ORDER BY at, xid
"""
_FINDINGS: Final = """
    SELECT f.span, n.text, f.kind, f.value, f.exact, f.unit, f.comment, f.description, f.metadata
    FROM finding f JOIN name n ON n.id = f.name
    WHERE f.trace = ? AND +f.tenant = ? ORDER BY f.at, f.xid
"""


class _Note(NamedTuple):
    """An event or a finding."""

    place: MatchPlace
    values: tuple[Any, ...]
    metadata: bytes | None


_Notes = Mapping[XidKey | None, Sequence[_Note]]


class _Place(NamedTuple):
    """A span, or the trace itself, as it is stored."""

    name: str | None
    message: str | None
    metadata: bytes | None
    family: str | None = None
    data: bytes | None = None


def search_trace(
    connection: sqlite3.Connection, tenant: str, xid: str, texts: Sequence[str]
) -> TraceMatches | None:
    """Where all of the texts occur in a trace; None when there is none."""
    number = tenant_id(connection, tenant)
    row = connection.execute(_TRACE, (number, xid_key(xid))).fetchone()
    if row is None or number is None:
        return None
    place, looked_for = (int(row[0]), number), wanted(texts)
    notes = _notes(connection, place)
    found: list[SpanMatch] = []
    for key, *columns in connection.execute(_SPANS, place):
        match = _match(looked_for, _Place(*columns), notes.get(key, ()))
        if match is not None:
            found.append(SpanMatch(xid=xid_text(key), place=match.place, excerpt=match.excerpt))
            if len(found) > MOST_SPANS:
                break
    own = _match(looked_for, _Place(*row[1:]), _own(connection, place, notes))
    return TraceMatches(
        trace=UNSET if own is None else own,
        spans=found[:MOST_SPANS],
        more=len(found) > MOST_SPANS,
    )


def _notes(connection: sqlite3.Connection, place: tuple[int, int]) -> _Notes:
    """Events and findings by their span."""
    notes: defaultdict[XidKey | None, list[_Note]] = defaultdict(list)
    for span, name, metadata in connection.execute(_EVENTS, place):
        notes[span].append(_Note("event", (name,), metadata))
    for span, name, kind, value, exact, *rest, metadata in connection.execute(_FINDINGS, place):
        values = (name, from_value(kind, value, exact), *rest)
        notes[span].append(_Note("finding", values, metadata))
    return notes


def _own(connection: sqlite3.Connection, place: tuple[int, int], notes: _Notes) -> list[_Note]:
    """Those of the trace itself, and of spans that never came: they count as its own."""
    if notes.keys() <= {None}:
        return [*notes.get(None, ())]
    strays = notes.keys() - {key for (key,) in connection.execute(_KEYS, place)}
    return [note for key in strays for note in notes[key]]


def _match(looked_for: Sequence[Wanted], here: _Place, notes: Sequence[_Note]) -> Match | None:
    # Most spans are ruled out by their bytes, unread.
    if len(possible(looked_for, _raw(here, notes))) < len(looked_for):
        return None
    first: Match | None = None
    left = list(looked_for)
    for place, text in _said(looked_for, here, notes):
        folded = text.casefold()
        found = [one for one in left if one.folded in folded]
        if not found:
            continue
        if first is None:
            at = folded.index(found[0].folded)
            first = Match(place=place, excerpt=excerpt(text, folded, at))
        left = [one for one in left if one not in found]
        if not left:
            return first
    return None


def _raw(here: _Place, notes: Sequence[_Note]) -> bytes:
    """All that is said there, as JSON."""
    values = (here.name, here.message, [note.values for note in notes])
    raw = (encode_json(values), here.metadata, here.data, *(note.metadata for note in notes))
    return b"\n".join(part for part in raw if part is not None)


def _said(looked_for: Sequence[Wanted], here: _Place, notes: Sequence[_Note]) -> Iterator[Said]:
    """The texts, without most of those in which nothing can be found."""
    if here.data and possible(looked_for, here.data):
        yield from family_texts(here.family, here.data)
    if here.metadata and possible(looked_for, here.metadata):
        yield from metadata_texts("metadata", here.metadata)
    for note in notes:
        if possible(looked_for, encode_json(note.values)):
            yield from texts_of(note.place, *note.values)
        if note.metadata and possible(looked_for, note.metadata):
            yield from metadata_texts(note.place, note.metadata)
    yield from texts_of("failure", here.message)
    yield from texts_of("name", here.name)
