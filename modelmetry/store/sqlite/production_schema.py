"""The tables of production metrics; what holds of the others in `schema` holds of these."""

from __future__ import annotations

from typing import Final

# Of one series in one stretch of time. sum: what a counter grew by, or of all measurements.
# looks, low, high, last, last_at: of gauges. counts: of histograms, see `buckets`.
# Clustered by time: what is written together lies together, and what is old is one stretch.
_POINTS: Final = """CREATE TABLE {table} (
    slot INTEGER NOT NULL, series INTEGER NOT NULL, sum REAL NOT NULL, looks INTEGER,
    low REAL, high REAL, last REAL, last_at INTEGER, counts BLOB, PRIMARY KEY (slot, series)
) STRICT, WITHOUT ROWID"""

PRODUCTION: Final = (
    # What was taken already; received: when, so that it can be forgotten some day.
    """CREATE TABLE production_interval (
        tenant INTEGER NOT NULL, xid ANY NOT NULL, received INTEGER NOT NULL,
        PRIMARY KEY (tenant, xid)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX production_interval_received ON production_interval (tenant, received)",
    # service, environment: numbers of names, 0 for none; start, end: of all that it sent.
    """CREATE TABLE production_process (
        tenant INTEGER NOT NULL, xid ANY NOT NULL, service INTEGER NOT NULL,
        environment INTEGER NOT NULL, release TEXT, start INTEGER NOT NULL, end INTEGER NOT NULL,
        PRIMARY KEY (tenant, xid)
    ) STRICT, WITHOUT ROWID""",
    # minutes: 60 bits, one for each minute of the hour in which a process was there.
    """CREATE TABLE production_up (
        tenant INTEGER NOT NULL, slot INTEGER NOT NULL, service INTEGER NOT NULL,
        minutes INTEGER NOT NULL, PRIMARY KEY (tenant, slot, service)
    ) STRICT, WITHOUT ROWID""",
    # kind: production_parts.Kind; attributes: JSON in the order of names; bounds: of histograms,
    # floats of 64 bits, so that what has other buckets is another series.
    """CREATE TABLE production_series (
        id INTEGER PRIMARY KEY, tenant INTEGER NOT NULL, name INTEGER NOT NULL,
        kind INTEGER NOT NULL, unit TEXT NOT NULL, service INTEGER NOT NULL,
        environment INTEGER NOT NULL, attributes BLOB NOT NULL, bounds BLOB NOT NULL,
        UNIQUE (tenant, name, kind, unit, service, environment, attributes, bounds)
    ) STRICT""",
    _POINTS.format(table="production_fine"),
    _POINTS.format(table="production_hour"),
)
