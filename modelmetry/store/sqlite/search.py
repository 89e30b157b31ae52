"""Full text: which words a trace has, kept up in the background."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from typing import Any, Final, cast

from modelmetry.store.sqlite.bulk import insert_many
from modelmetry.store.sqlite.encode import Kind, decode_json
from modelmetry.store.sqlite.lookup import change_in, select_in

# Words beyond this many characters of a trace are not found.
LONGEST_TEXT: Final = 1_000_000
SLICE: Final = 64
MOST_UNSEARCHED: Final = 10_000
_MOST_WORDS: Final = 32
# Members of family data that are no prose.
_NO_TEXT: Final = frozenset({"Data", "MimeType", "Embeddings", "Options"})


def match_expression(text: str) -> str:
    """An FTS5 expression that finds all words of a text, the last one by its beginning.

    Each word is quoted, so nothing that a user writes is an operator. Empty without words.
    """
    words = [word.replace('"', '""') for word in text.replace("\0", " ").split()]
    words = [word for word in words if any(character.isalnum() for character in word)][:_MOST_WORDS]
    if not words:
        return ""
    return " AND ".join(f'"{word}"' for word in words) + " *"


def index_some(connection: sqlite3.Connection, count: int = SLICE) -> bool:
    """Index the texts of some traces that are due; whether there may be more."""
    due = [
        row[0]
        for row in connection.execute(
            "SELECT trace FROM words_due ORDER BY trace LIMIT ?", (count,)
        )
    ]
    if due:
        forget(connection, due)
        _index(connection, due)
    return len(due) == count


def backlog(connection: sqlite3.Connection, most: int) -> int:
    """How many traces are due, counted up to `most`."""
    row = connection.execute(
        "SELECT count(*) FROM (SELECT 1 FROM words_due LIMIT ?)", (most,)
    ).fetchone()
    return int(row[0])


def unsearched(connection: sqlite3.Connection, tenant: str) -> int:
    """How many traces of a tenant are due, counted up to `MOST_UNSEARCHED`."""
    row = connection.execute(
        "SELECT count(*) FROM (SELECT 1 FROM words_due d JOIN trace t ON t.id = d.trace "
        "JOIN tenant n ON n.id = t.tenant WHERE n.name = ? LIMIT ?)",
        (tenant, MOST_UNSEARCHED),
    ).fetchone()
    return int(row[0])


def forget(connection: sqlite3.Connection, traces: list[int]) -> None:
    """Take the words of some traces out of the index."""
    # The index keeps no texts: to take words out, it must be told which.
    old = list(
        select_in(
            connection, "SELECT trace, text FROM words_of WHERE trace IN ({keys})", (), traces
        )
    )
    gone = [("delete", trace, zlib.decompress(text).decode()) for trace, text in old]
    insert_many(connection, "words (words, rowid, text)", gone)
    change_in(connection, "DELETE FROM words_of WHERE trace IN ({keys})", traces)
    change_in(connection, "DELETE FROM words_due WHERE trace IN ({keys})", traces)


def _index(connection: sqlite3.Connection, traces: list[int]) -> None:
    texts: dict[int, set[str]] = {trace: set() for trace in traces}
    # Many parts carry the same metadata.
    of_metadata: dict[bytes, list[str]] = {}
    for sql in (_TRACE_TEXTS, _SPAN_TEXTS, _EVENT_TEXTS, _FINDING_TEXTS):
        for trace, metadata, data, *rest in select_in(connection, sql, (), traces):
            found = texts[trace]
            found.update(filter(None, rest))
            if metadata is not None:
                if metadata not in of_metadata:
                    of_metadata[metadata] = list(_strings(metadata, frozenset()))
                found.update(of_metadata[metadata])
            if data is not None:
                found.update(_strings(data, _NO_TEXT))
    existing = select_in(connection, "SELECT id FROM trace WHERE id IN ({keys})", (), traces)
    rows = [(trace, _joined(texts[trace])) for (trace,) in set(existing)]
    insert_many(connection, "words (rowid, text)", rows)
    packed = [(trace, zlib.compress(text.encode(), 1)) for trace, text in rows]
    insert_many(connection, "words_of (trace, text)", packed)


_TRACE_TEXTS: Final = """
    SELECT t.id, t.metadata, NULL, t.message, n.text FROM trace t LEFT JOIN name n ON n.id = t.name
    WHERE t.id IN ({keys})
"""
_SPAN_TEXTS: Final = """
    SELECT s.trace, s.metadata, s.data, s.message, n.text, m.text
    FROM span s JOIN name n ON n.id = s.name LEFT JOIN name m ON m.id = s.model
    WHERE s.trace IN ({keys})
"""
_EVENT_TEXTS: Final = "SELECT trace, metadata, NULL, name FROM event WHERE trace IN ({keys})"
_FINDING_TEXTS: Final = f"""
    SELECT f.trace, f.metadata, NULL, n.text, f.comment, f.description,
        CASE WHEN f.kind = {Kind.LABEL:d} THEN f.value END
    FROM finding f JOIN name n ON n.id = f.name WHERE f.trace IN ({{keys}})
"""


def _strings(data: bytes, left_out: frozenset[str]) -> Iterator[str]:
    """All texts in JSON but those of members that are left out; keys do not count."""
    waiting: list[Any] = [decode_json(data)]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            waiting.extend(cast("Iterable[Any]", value))
        elif isinstance(value, dict):
            members = cast("dict[str, Any]", value).items()
            waiting.extend(inner for key, inner in members if key not in left_out)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield str(value)


def _joined(texts: set[str]) -> str:
    return "\n".join(sorted(texts))[:LONGEST_TEXT].replace("\0", " ")
