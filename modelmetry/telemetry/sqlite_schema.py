"""The tables of a telemetry file: the one of the older tool, and typed values beside it."""

from __future__ import annotations

import sqlite3
from typing import Final

# Word for word that of the older tool, which goes on writing to it.
_OLDER: Final = """
    CREATE TABLE IF NOT EXISTS telemetry (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        timestamp TEXT,
        command TEXT,
        status TEXT,
        metrics TEXT,
        system TEXT,
        message TEXT
    )
"""
OURS: Final = ("record_id", "run_id", "kind", "event")
"""Columns behind those of the older tool, empty in its rows."""

# By name first: percentiles and means of one metric read one stretch of it.
_SCRIPT: Final = (
    """
    CREATE TABLE IF NOT EXISTS telemetry_number (
        name TEXT NOT NULL,
        telemetry_id INTEGER NOT NULL,
        value REAL NOT NULL,
        PRIMARY KEY (name, telemetry_id)
    ) WITHOUT ROWID
    """,
    "CREATE UNIQUE INDEX IF NOT EXISTS telemetry_by_record_id ON telemetry (record_id)",
    "CREATE INDEX IF NOT EXISTS telemetry_by_command ON telemetry (command, status)",
    "CREATE INDEX IF NOT EXISTS telemetry_by_timestamp ON telemetry (timestamp)",
    """
    CREATE TRIGGER IF NOT EXISTS telemetry_has_numbers AFTER INSERT ON telemetry
    WHEN json_valid(new.metrics) BEGIN
        INSERT OR REPLACE INTO telemetry_number (name, telemetry_id, value)
        SELECT key, new.id, value FROM json_each(new.metrics) WHERE type IN ('integer', 'real');
    END
    """,
    """
    CREATE TRIGGER IF NOT EXISTS telemetry_had_numbers AFTER DELETE ON telemetry
    WHEN json_valid(old.metrics) BEGIN
        DELETE FROM telemetry_number WHERE telemetry_id = old.id
            AND name IN (SELECT key FROM json_each(old.metrics));
    END
    """,
    """
    CREATE VIEW IF NOT EXISTS telemetry_value AS
        SELECT n.name, n.value, t.timestamp, t.command, t.status, t.kind, t.event, t.run_id,
            t.message, t.id AS telemetry_id
        FROM telemetry_number AS n JOIN telemetry AS t ON t.id = n.telemetry_id
    """,
)


def prepare(connection: sqlite3.Connection) -> None:
    """Make what is not there yet; rows that the older tool wrote get their typed values.

    Who calls closes the connection where this fails, which takes all of it back.
    """
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(_OLDER)
    there = {row[1] for row in connection.execute("PRAGMA table_info(telemetry)")}
    for column in OURS:
        if column not in there:
            connection.execute(f"ALTER TABLE telemetry ADD COLUMN {column} TEXT")
    is_new = not _has_numbers(connection)
    for statement in _SCRIPT:
        connection.execute(statement)
    if is_new:
        _fill(connection)
    connection.execute("COMMIT")


def is_ready(connection: sqlite3.Connection) -> bool:
    """Whether all of it is there."""
    found = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'telemetry_value'")
    return found.fetchone() is not None


def _has_numbers(connection: sqlite3.Connection) -> bool:
    found = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'telemetry_number'")
    return found.fetchone() is not None


def _fill(connection: sqlite3.Connection) -> None:
    # The older tool writes NaN as such, which is no JSON and would end the query.
    connection.execute(
        """
        INSERT OR REPLACE INTO telemetry_number (name, telemetry_id, value)
        SELECT j.key, t.id, j.value
        FROM telemetry AS t,
            json_each(CASE WHEN json_valid(t.metrics) THEN t.metrics ELSE '{}' END) AS j
        WHERE j.type IN ('integer', 'real')
        """
    )
