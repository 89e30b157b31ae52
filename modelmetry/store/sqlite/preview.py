"""What went into a trace, came out of it and went wrong, in a few words each."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple, cast

from modelmetry_api.models import TracePreview
from modelmetry_api.types import UNSET

from modelmetry.store.sqlite.encode import Micros, XidKey, decode_json, to_micros
from modelmetry.store.sqlite.lookup import select_in

LONGEST: Final = 300
"""Characters of each text."""

_FIRST: Final = 2
_LAST: Final = 4
# Bytes of family data that are read for one list.
_MOST_BYTES: Final = 16_000_000
# A plus keeps SQLite from choosing the index of all that the tenant has.
_SPANS: Final = """
    SELECT trace, xid, start, family, failed, length(data) FROM span
    WHERE +tenant = ? AND trace IN ({keys}) ORDER BY trace, xid
"""
# Of a trace with more spans, so many with the first ids and so many with the last ones, which most
# clients give in the order of time.
_EDGE: Final = 200
_EDGE_SPANS: Final = """
    SELECT trace, xid, start, family, 0, length(data) FROM span
    WHERE +tenant = ? AND trace = ? ORDER BY xid {order} LIMIT ?
"""
# The index alone tells.
_FAILED_SPANS: Final = """
    SELECT trace, xid, start, '', 1, 0 FROM span INDEXED BY span_failed
    WHERE tenant = ? AND failed = 1 AND start >= ? AND start <= ? AND trace = ? LIMIT ?
"""
_DATA: Final = "SELECT data FROM span WHERE trace = ? AND xid = ?"
_FAILURE: Final = """
    SELECT n.text, substr(s.message, 1, ?) FROM span s JOIN name n ON n.id = s.name
    WHERE s.trace = ? AND s.xid = ? AND s.message <> ''
"""
_QUERIES: Final = {"retrieval": "Queries", "embeddings": "Inputs"}

Members = Mapping[str, Any]
"""What the model of a trace is made from."""


class _Place(NamedTuple):
    """Where the data of a span is, and how many bytes it has."""

    start: Micros
    key: XidKey
    size: int


class _Turn(NamedTuple):
    """What the user said last in a completion, and what the model answered; empty without any."""

    said: str
    answered: str


class _Spans(NamedTuple):
    """Those of a trace that may tell something; each list is put in the order of time."""

    completions: list[_Place]
    queries: list[tuple[_Place, str]]
    failed: list[_Place]


def previews(
    connection: sqlite3.Connection, tenant: int, traces: Mapping[int, Members]
) -> dict[int, TracePreview]:
    """The previews of traces, which are given by their numbers and with their members."""
    found = defaultdict[int, _Spans](lambda: _Spans([], [], []))
    for trace, key, start, family, failed, size in _rows(connection, tenant, traces):
        place = _Place(start, key, size or 0)
        if failed:
            found[trace].failed.append(place)
        if size and family == "completion":
            found[trace].completions.append(place)
        elif size and family in _QUERIES:
            found[trace].queries.append((place, family))
    reader = _Reader(connection)
    return {
        number: _preview(reader, number, found[number], of["message"] if of["failed"] else "")
        for number, of in traces.items()
    }


def _rows(
    connection: sqlite3.Connection, tenant: int, traces: Mapping[int, Members]
) -> Iterator[tuple[Any, ...]]:
    """The spans to look at; twice the same one does no harm."""
    small = [number for number, of in traces.items() if of["span_count"] <= 2 * _EDGE]
    yield from select_in(connection, _SPANS, (tenant,), small)
    for number, of in traces.items():
        if of["span_count"] > 2 * _EDGE:
            for order in ("ASC", "DESC"):
                edge = (tenant, number, _EDGE)
                yield from connection.execute(_EDGE_SPANS.format(order=order), edge)
            stretch = (to_micros(of["start"]), to_micros(of["end"]))
            yield from connection.execute(_FAILED_SPANS, (tenant, *stretch, number, _FIRST))


def _preview(reader: _Reader, trace: int, spans: _Spans, failure: str) -> TracePreview:
    for some in (spans.completions, spans.failed):
        some.sort(key=_by_start)
    first, last = spans.completions[:_FIRST], spans.completions[_FIRST:][-_LAST:]
    turns = [_turn(reader.data(trace, place)) for place in first + last]
    said = next((turn.said for turn in turns if turn.said), "")
    answers = [turn for turn in reversed(turns) if turn.answered]
    answered = next((turn.answered for turn in answers if turn.said == said), "")
    answered = answered or next((turn.answered for turn in answers), "")
    if not said:
        queries = sorted(spans.queries, key=lambda one: one[0].start)[:_FIRST]
        texts = (_query(reader.data(trace, place), family) for place, family in queries)
        said = next(filter(None, texts), "")
    return TracePreview(
        input_=said[:LONGEST] or UNSET,
        output=answered[:LONGEST] or UNSET,
        failure=failure[:LONGEST] or reader.failure(trace, spans.failed[:_FIRST]) or UNSET,
    )


def _by_start(place: _Place) -> Micros:
    return place.start


class _Reader:
    """Reads data until it was too much for one list."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._left = _MOST_BYTES

    def data(self, trace: int, place: _Place) -> Any:
        """The family data of a span; None when there is no room for it."""
        if place.size > self._left:
            return None
        self._left -= place.size
        (data,) = self._connection.execute(_DATA, (trace, place.key)).fetchone()
        return decode_json(data)

    def failure(self, trace: int, places: Iterable[_Place]) -> str:
        """What the first of these spans says went wrong, after its name; empty when none does."""
        for place in places:
            values = (LONGEST, trace, place.key)
            found = self._connection.execute(_FAILURE, values).fetchone()
            if found is not None:
                return f"{found[0]}: {found[1]}"[:LONGEST]
        return ""


# Family data may be any JSON, so every step looks before it leaps.


def _turn(data: Any) -> _Turn:
    said = answered = ""
    for message in _objects(data, "Messages"):
        role = message.get("Role")
        if role not in ("user", "assistant"):
            continue
        text = "\n".join(
            part["Text"]
            for part in _objects(message, "Contents")
            if isinstance(part.get("Text"), str)
        ).strip()
        if role == "user":
            # What was answered before is not the answer to this.
            said, answered = text or said, ""
        else:
            answered = text or answered
    return _Turn(said, answered)


def _query(data: Any, family: str) -> str:
    queries = _objects(data, _QUERIES[family])
    texts = [*_list(data, _QUERIES[family]), *(one.get("TextRepresentation") for one in queries)]
    return next((one.strip() for one in texts if isinstance(one, str) and one.strip()), "")


def _objects(parent: Any, name: str) -> Iterator[dict[str, Any]]:
    """The objects in a member that is a list."""
    for one in _list(parent, name):
        if isinstance(one, dict):
            yield cast("dict[str, Any]", one)


def _list(parent: Any, name: str) -> list[Any]:
    found = cast("dict[str, Any]", parent).get(name) if isinstance(parent, dict) else None
    return list(cast("Iterable[Any]", found)) if isinstance(found, list) else []
