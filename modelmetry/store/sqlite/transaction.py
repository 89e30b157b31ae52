"""What one write transaction has touched and has to bring up to date before it commits."""

from __future__ import annotations

import sqlite3
from typing import Final

from modelmetry.store.sqlite.bulk import Row, insert_many
from modelmetry.store.sqlite.encode import Micros
from modelmetry.store.sqlite.lookup import change_in
from modelmetry.store.sqlite.names import Names

HOUR: Final = 3_600_000_000


class Transaction:
    """One write transaction: its connection, its time, and what is due because of it.

    `dirty` holds traces whose figures must be computed again, `hours` (tenant, hour) and
    `finding_hours` (name, hour) what must be summarised again, `words` traces whose text must be
    indexed again, `sessions` those whose bounds may have moved, `regrouped` traces whose findings
    came from elsewhere.
    """

    def __init__(self, connection: sqlite3.Connection, names: Names, now: Micros) -> None:
        self.connection = connection
        self.names = names
        self.now = now
        self.dirty: set[int] = set()
        self.hours: set[tuple[int, int]] = set()
        self.finding_hours: set[tuple[int, int]] = set()
        self.words: set[int] = set()
        self.sessions: set[int] = set()
        self.regrouped: set[int] = set()

    def note_due(self) -> None:
        """Write down what the background work has to do, and bring sessions up to date."""
        due: dict[str, list[Row]] = {
            "summary_due": list(self.hours),
            "finding_summary_due": list(self.finding_hours),
            "words_due": [(trace,) for trace in self.words],
        }
        for table, rows in due.items():
            insert_many(self.connection, table, rows, "DO NOTHING")
        change_in(self.connection, _SESSION_BOUNDS, list(self.sessions))
        for done in (self.hours, self.finding_hours, self.words, self.sessions):
            done.clear()


# A session without traces starts and ends when it was made.
_SESSION_BOUNDS: Final = """
    UPDATE session SET (start, end) = (
        SELECT coalesce(min(start), session.created), coalesce(max(end), session.created)
        FROM trace WHERE trace.session = session.id
    ) WHERE id IN ({keys})
"""
