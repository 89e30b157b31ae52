"""Numbered steps from an empty file to the newest schema."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Final

from modelmetry.errors import StoreForbiddenError, StoreUnavailableError, StoreVersionError
from modelmetry.store.sqlite import (
    cost_schema,
    execution_schema,
    production_schema,
    schema,
    telemetry_schema,
)

Migration = Sequence[str]

MIGRATIONS: Final[tuple[Migration, ...]] = (
    schema.VERSION_1,
    schema.COMPLETENESS,
    schema.REPORTS,
    schema.WEIGHTS,
    schema.PAGE,
    schema.SPLIT,
    execution_schema.EXECUTIONS,
    telemetry_schema.TELEMETRY,
    schema.SIGNING_KEYS,
    production_schema.PRODUCTION,
    cost_schema.COSTS,
)
"""The statements that lead from version n to n + 1, at index n. Never change one: append."""


def version(connection: sqlite3.Connection) -> int:
    """The schema version of a file, 0 when it is empty."""
    known = connection.execute(
        "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'schema_version'"
    ).fetchone()
    if known is None:
        return 0
    (found,) = connection.execute("SELECT max(version) FROM schema_version").fetchone()
    return int(found)


def check_newest(
    connection: sqlite3.Connection, migrations: Sequence[Migration] = MIGRATIONS
) -> None:
    """See that a file has the newest version, where it cannot be brought there.

    Raises:
        StoreVersionError: the file is newer than the migrations.
        StoreForbiddenError: it is older, or holds something else.
    """
    found = version(connection)
    _check_not_newer(found, migrations)
    if found == 0:
        raise StoreForbiddenError(
            "the file holds no store, and none can be made in it: it may not be written"
        )
    if found < len(migrations):
        raise StoreForbiddenError(
            f"the store has schema version {found} and has to be brought to {len(migrations)} by "
            "somebody who may write it; copy it to a folder of yours, or let its owner open it once"
        )


def _check_not_newer(found: int, migrations: Sequence[Migration]) -> None:
    if found > len(migrations):
        raise StoreVersionError(
            f"the store has schema version {found}, this package knows {len(migrations)}; "
            "update modelmetry, or give another store"
        )


def migrate(
    connection: sqlite3.Connection, now: int, migrations: Sequence[Migration] = MIGRATIONS
) -> None:
    """Bring a file to the newest version, whole or not at all.

    Args:
        connection: in autocommit mode, allowed to write.
        now: microseconds, noted beside each version.
        migrations: what leads from each version to the next.

    Raises:
        StoreVersionError: the file is newer than the migrations.
        StoreUnavailableError: the file holds something else, or SQLite lacks FTS5.
    """
    if version(connection) == len(migrations):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        _apply(connection, now, migrations)
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _apply(connection: sqlite3.Connection, now: int, migrations: Sequence[Migration]) -> None:
    found = version(connection)  # again: another process may have been faster
    _check_not_newer(found, migrations)
    if found == 0:
        _begin(connection)
    for number in range(found, len(migrations)):
        for statement in migrations[number]:
            connection.execute(statement)
        connection.execute("INSERT INTO schema_version VALUES (?, ?)", (number + 1, now))


def _begin(connection: sqlite3.Connection) -> None:
    foreign = connection.execute("SELECT name FROM sqlite_schema LIMIT 1").fetchone()
    if foreign is not None:
        raise StoreUnavailableError(
            f"the file is an SQLite database of something else (it has {foreign[0]!r}); "
            "give another path"
        )
    if not connection.execute("SELECT sqlite_compileoption_used('ENABLE_FTS5')").fetchone()[0]:
        raise StoreUnavailableError(
            "this Python's SQLite was built without FTS5, the full-text index; "
            "use a Python that has it, such as one from python.org or uv"
        )
    connection.execute(
        "CREATE TABLE schema_version (version INTEGER PRIMARY KEY, at INTEGER NOT NULL) STRICT"
    )
