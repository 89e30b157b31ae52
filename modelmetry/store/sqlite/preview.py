"""What went into a trace, came out of it and went wrong, in a few words each."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property, partial
from operator import itemgetter
from typing import Any, Final, NamedTuple, cast

import msgspec
from modelmetry_api.models import TracePreview
from modelmetry_api.types import UNSET

from modelmetry.store.sqlite.encode import XidKey, decode_json, to_micros

LONGEST: Final = 300
"""Characters of each text."""

_FIRST: Final = 2
_LAST: Final = 4
# Bytes of family data that are read for one list.
_MOST_BYTES: Final = 16_000_000
# A trace at a time, so that its pages are still at hand when its data is read. A plus keeps SQLite
# from choosing the index of all that the tenant has.
_OF_TRACE: Final = "FROM span WHERE trace = ? AND +tenant = ?"
# Put in order here: as rows, the completions of a hundred large traces are thousands.
_COMPLETIONS: Final = f"""
    WITH found AS MATERIALIZED (
        SELECT start, xid, length(data) AS size {_OF_TRACE}
        AND +family = 'completion' AND data IS NOT NULL
    )
    SELECT * FROM (SELECT xid, size FROM found ORDER BY start, xid LIMIT {_FIRST})
    UNION ALL
    SELECT * FROM (SELECT xid, size FROM found ORDER BY start DESC, xid DESC LIMIT {_LAST})
"""
_SOUGHT: Final = f"""
    SELECT xid, length(data), family {_OF_TRACE}
    AND +family IN ('retrieval', 'embeddings') AND data IS NOT NULL
    ORDER BY start, xid LIMIT {_FIRST}
"""
_FAILED: Final = f"SELECT xid {_OF_TRACE} AND +failed = 1 ORDER BY start, xid LIMIT {_FIRST}"
# Of a trace with more spans, so many with the first ids and so many with the last ones, which most
# clients give in the order of time.
_EDGE: Final = 200
_EDGE_SPANS: Final = f"""
    SELECT start, xid, length(data), family {_OF_TRACE} ORDER BY xid {{order}} LIMIT {_EDGE}
"""
# The index alone tells.
_VAST_FAILED: Final = f"""
    SELECT xid FROM span INDEXED BY span_failed
    WHERE tenant = ? AND failed = 1 AND start >= ? AND start <= ? AND trace = ? LIMIT {_FIRST}
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
    """Where the data of a span is, how many bytes it has, and its family where that matters."""

    key: XidKey
    size: int
    family: str = ""


class _Turn(NamedTuple):
    """What the user said last in a completion, and what the model answered; empty without any."""

    said: str
    answered: str


def previews(
    connection: sqlite3.Connection, tenant: int, traces: Mapping[int, Members]
) -> dict[int, TracePreview]:
    """The previews of traces, which are given by their numbers and with their members."""
    reader = _Reader(connection)
    found: dict[int, TracePreview] = {}
    for number, of in traces.items():
        vast = of["span_count"] > 2 * _EDGE
        spans = (_VastSpans if vast else _Spans)(connection, (number, tenant), of)
        found[number] = _preview(reader, number, spans, of)
    return found


class _Spans:
    """Finds the spans of a trace that may tell something, each in the order of time."""

    def __init__(self, connection: sqlite3.Connection, trace: tuple[int, int], of: Members) -> None:
        self._connection = connection
        self._trace = trace
        self._of = of

    def completions(self) -> list[_Place]:
        """Some of the first ones and some of the last ones."""
        rows = self._connection.execute(_COMPLETIONS, self._trace).fetchall()
        once = dict.fromkeys([*rows[:_FIRST], *reversed(rows[_FIRST:])])
        return [_Place(*row) for row in once]

    def queries(self) -> list[_Place]:
        """The first retrievals and embeddings."""
        return [_Place(*row) for row in self._connection.execute(_SOUGHT, self._trace)]

    def failed(self) -> list[XidKey]:
        """The first ones that failed."""
        return [key for (key,) in self._connection.execute(_FAILED, self._trace)]


class _VastSpans(_Spans):
    """Looks only near the edges of a trace."""

    def completions(self) -> list[_Place]:
        """Some of the first ones and some of the last ones."""
        found = [place for place in self._edges if place.family == "completion"]
        return found[:_FIRST] + found[_FIRST:][-_LAST:]

    def queries(self) -> list[_Place]:
        """The first retrievals and embeddings."""
        return [place for place in self._edges if place.family in _QUERIES][:_FIRST]

    @cached_property  # where nothing was said, queries are looked for in them too
    def _edges(self) -> list[_Place]:
        rows: list[tuple[Any, ...]] = []
        for order in ("ASC", "DESC"):
            rows += self._connection.execute(_EDGE_SPANS.format(order=order), self._trace)
        return [_Place(*row[1:]) for row in sorted(rows, key=itemgetter(0)) if row[2]]

    def failed(self) -> list[XidKey]:
        """The first ones that failed, wherever they are."""
        trace, tenant = self._trace
        stretch = (to_micros(self._of["start"]), to_micros(self._of["end"]))
        rows = self._connection.execute(_VAST_FAILED, (tenant, *stretch, trace))
        return [key for (key,) in rows]


def _preview(reader: _Reader, trace: int, spans: _Spans, of: Members) -> TracePreview:
    said, answered = _shown(reader, trace, spans.completions())
    if not said:
        texts = (reader.query(trace, place) for place in spans.queries())
        said = next(filter(None, texts), "")
    failure = ""
    if of["failed"]:  # as it did where one of its spans did
        failure = of["message"] or reader.failure(trace, spans.failed())
    return TracePreview(
        input_=said[:LONGEST] or UNSET,
        output=answered[:LONGEST] or UNSET,
        failure=failure[:LONGEST] or UNSET,
    )


def _shown(reader: _Reader, trace: int, completions: Iterable[_Place]) -> _Turn:
    """What was said first and the last answer to it, else the last answer at all."""
    places = [place for place in completions if reader.has_room(place)]
    # Most often the first and the last one tell, and those between them need not be read.
    turn = cache(partial(reader.turn, trace))
    said = next(filter(None, (turn(place).said for place in places)), "")
    answered = ""
    for one in map(turn, reversed(places)):
        if one.answered and one.said == said:
            return _Turn(said, one.answered)
        answered = answered or one.answered
    return _Turn(said, answered)


class _Reader:
    """Reads data until it was too much for one list."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._left = _MOST_BYTES

    def has_room(self, place: _Place) -> bool:
        """Whether the data of a span may be read; it then counts as read."""
        if place.size > self._left:
            return False
        self._left -= place.size
        return True

    def turn(self, trace: int, place: _Place) -> _Turn:
        """What was said in a completion for which there is room."""
        return _turn_of(self._data(trace, place))

    def query(self, trace: int, place: _Place) -> str:
        """What was asked of a retrieval or of embeddings; empty when there is no room for it."""
        if not self.has_room(place):
            return ""
        return _query(decode_json(self._data(trace, place)), place.family)

    def _data(self, trace: int, place: _Place) -> bytes:
        (data,) = self._connection.execute(_DATA, (trace, place.key)).fetchone()
        return cast("bytes", data)

    def failure(self, trace: int, keys: Iterable[XidKey]) -> str:
        """What the first of these spans says went wrong, after its name; empty when none does."""
        for key in keys:
            found = self._connection.execute(_FAILURE, (LONGEST, trace, key)).fetchone()
            if found is not None:
                return f"{found[0]}: {found[1]}"
        return ""


class _Part(msgspec.Struct, rename="pascal"):
    """What a message holds."""

    text: str | None = None


class _Message(msgspec.Struct, rename="pascal"):
    """What somebody said."""

    role: str = ""
    contents: list[_Part] = []


class _Completion(msgspec.Struct, rename="pascal"):
    """Family data of the usual shape, of which the rest is not read."""

    messages: list[_Message] = []


_decode_completion = msgspec.json.Decoder(_Completion).decode


def _turn_of(data: bytes) -> _Turn:
    try:
        return _last(_decode_completion(data).messages)
    except msgspec.ValidationError:
        return _turn(decode_json(data))


def _last(messages: Sequence[_Message]) -> _Turn:
    answered, asked = "", False
    for message in reversed(messages):
        if message.role == "user":
            # What was answered before is not the answer to this.
            asked = True
            said = _text(message)
            if said:
                return _Turn(said, answered)
        elif message.role == "assistant" and not asked:
            answered = answered or _text(message)
    return _Turn("", answered)


def _text(message: _Message) -> str:
    return "\n".join(part.text for part in message.contents if part.text is not None).strip()


# Family data may be any JSON, so every step looks before it leaps.


def _turn(data: Any) -> _Turn:
    return _last(
        [
            _Message(
                role=cast("str", message.get("Role")),
                contents=[
                    _Part(text=part["Text"])
                    for part in _objects(message, "Contents")
                    if isinstance(part.get("Text"), str)
                ],
            )
            for message in _objects(data, "Messages")
        ]
    )


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
