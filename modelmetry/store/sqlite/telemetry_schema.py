"""The tables of telemetry; what holds of the others in `schema` holds of these."""

from __future__ import annotations

from typing import Final

TELEMETRY: Final = (
    # command_at, command_xid: the record that the command is of, NULL when the run brought it.
    # last: time of the latest record; status_at, status_xid: the record that the status is of.
    # records: those of kind 0 and 1; readings: those of kind 2.
    """CREATE TABLE telemetry_run (
        id INTEGER PRIMARY KEY, tenant INTEGER NOT NULL, xid ANY NOT NULL,
        command INTEGER, command_at INTEGER, command_xid ANY,
        start INTEGER NOT NULL, start_sent INTEGER NOT NULL, last INTEGER,
        status INTEGER, status_at INTEGER, status_xid ANY, execution ANY,
        records INTEGER NOT NULL, readings INTEGER NOT NULL,
        created INTEGER NOT NULL, updated INTEGER NOT NULL, system BLOB, UNIQUE (tenant, xid)
    ) STRICT""",
    "CREATE INDEX telemetry_run_start ON telemetry_run (tenant, start)",
    "CREATE INDEX telemetry_run_command ON telemetry_run (command, start)",
    "CREATE INDEX telemetry_run_status ON telemetry_run (status, start)",
    """CREATE INDEX telemetry_run_execution ON telemetry_run (tenant, execution, start)
        WHERE execution IS NOT NULL""",
    # kind: telemetry_parts.RecordKind. Ids grow as records arrive, so that those of one time are
    # neighbours; the large columns come last.
    """CREATE TABLE telemetry_record (
        id INTEGER PRIMARY KEY, tenant INTEGER NOT NULL, xid ANY NOT NULL, at INTEGER NOT NULL,
        kind INTEGER NOT NULL, run INTEGER, command INTEGER, status INTEGER, event INTEGER,
        message TEXT, metrics BLOB, UNIQUE (tenant, xid)
    ) STRICT""",
    "CREATE INDEX telemetry_record_at ON telemetry_record (tenant, at)",
    # With all that sums over one run need.
    """CREATE INDEX telemetry_record_run
        ON telemetry_record (run, at, kind, command, status, event) WHERE run IS NOT NULL""",
    """CREATE INDEX telemetry_record_command ON telemetry_record (command, at)
        WHERE command IS NOT NULL""",
    """CREATE INDEX telemetry_record_status ON telemetry_record (status, at)
        WHERE status IS NOT NULL""",
    """CREATE INDEX telemetry_record_event ON telemetry_record (event, at)
        WHERE event IS NOT NULL""",
    # Readings may be many: what jobs say is found without them, and the other way round. By parts
    # of the table: of an index by kind SQLite would read all that is in its part.
    "CREATE INDEX telemetry_record_job ON telemetry_record (tenant, at) WHERE kind < 2",
    "CREATE INDEX telemetry_record_of_event ON telemetry_record (tenant, at) WHERE kind = 1",
    "CREATE INDEX telemetry_record_reading ON telemetry_record (tenant, at) WHERE kind = 2",
    # A name is of one tenant. What its values are split by is beside them, so that sums do not
    # have to look up their records.
    """CREATE TABLE telemetry_number (
        name INTEGER NOT NULL, at INTEGER NOT NULL, record INTEGER NOT NULL, value REAL NOT NULL,
        kind INTEGER NOT NULL, run INTEGER, command INTEGER, status INTEGER,
        PRIMARY KEY (name, at, record)
    ) STRICT, WITHOUT ROWID""",
    # How many records and events, and how many numbers of them, there are in an hour; 0: none.
    """CREATE TABLE telemetry_tally (
        tenant INTEGER NOT NULL, slot INTEGER NOT NULL, command INTEGER NOT NULL,
        status INTEGER NOT NULL, event INTEGER NOT NULL, count INTEGER NOT NULL,
        PRIMARY KEY (tenant, slot, command, status, event)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE telemetry_number_tally (
        tenant INTEGER NOT NULL, slot INTEGER NOT NULL, command INTEGER NOT NULL,
        name INTEGER NOT NULL, count INTEGER NOT NULL,
        PRIMARY KEY (tenant, slot, command, name)
    ) STRICT, WITHOUT ROWID""",
)
