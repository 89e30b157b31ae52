"""Work that is done when nobody waits: the text index, the summaries, old points, unused space."""

from __future__ import annotations

import sqlite3
from typing import Final

from modelmetry.store.sqlite import delete_production, read_findings, search, summaries
from modelmetry.store.sqlite.writer import Work

_SUMMARIES_AT_ONCE: Final = 4


def work_on(work: Work) -> bool:
    """A little of the work that is due; whether there may be more."""
    connection = work.connection
    more = search.index_some(connection)
    more |= delete_production.drop_fine(connection, work.tx.now)
    for _ in range(_SUMMARIES_AT_ONCE):
        more |= summaries.summarise_some(connection)
        more |= read_findings.summarise_some(connection)
    return more


def shrink(connection: sqlite3.Connection) -> None:
    """Rewrite the file without its unused space; outside of a transaction."""
    connection.execute("INSERT INTO words (words) VALUES ('optimize')")
    connection.execute("VACUUM")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
