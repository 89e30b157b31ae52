"""The tables of executions and their metrics.

A metric is a value or a list of an execution under a name. Both are made of parts, each of which
is what one call recorded: floats of 64 bits, little-endian. Parts are clustered in the order of
their values: by time, then by XID (those that are UUIDs come after all others). What lists of
metrics are filtered by is copied from the execution to its metrics.
"""

from __future__ import annotations

from typing import Final

_EXECUTIONS: Final = (
    # start: as sent, if start_sent, or the earliest time known; latest: the latest that was sent
    # ended: the worst status of what ended; status: what follows of all of it
    """CREATE TABLE execution (
        id INTEGER PRIMARY KEY, tenant INTEGER NOT NULL, xid ANY NOT NULL,
        pipeline INTEGER, deployment INTEGER, status TEXT NOT NULL,
        start INTEGER NOT NULL, start_sent INTEGER NOT NULL, ended TEXT, end INTEGER,
        latest INTEGER, message TEXT, metadata BLOB,
        created INTEGER NOT NULL, updated INTEGER NOT NULL,
        UNIQUE (tenant, xid)
    ) STRICT""",
    "CREATE INDEX execution_start ON execution (tenant, start)",
    "CREATE INDEX execution_status ON execution (tenant, status, start)",
    """CREATE INDEX execution_pipeline ON execution (pipeline, start)
        WHERE pipeline IS NOT NULL""",
    """CREATE INDEX execution_deployment ON execution (deployment, start)
        WHERE deployment IS NOT NULL""",
    # In the order in which they came.
    """CREATE TABLE execution_trace (
        id INTEGER PRIMARY KEY, execution INTEGER NOT NULL, trace ANY NOT NULL,
        UNIQUE (execution, trace)
    ) STRICT""",
    "CREATE INDEX execution_trace_order ON execution_trace (execution, id)",
    "CREATE INDEX execution_of_trace ON execution_trace (trace)",
)

_METRICS: Final = (
    # kind: MetricKind; count, low, high: of all its values; last: XID of the last part, value: the
    # last of that; created, updated: times of the first and of the last part
    """CREATE TABLE metric (
        id INTEGER PRIMARY KEY, tenant INTEGER NOT NULL, execution INTEGER NOT NULL,
        kind INTEGER NOT NULL, name INTEGER NOT NULL, pipeline INTEGER, deployment INTEGER,
        count INTEGER NOT NULL, low REAL NOT NULL, high REAL NOT NULL, value REAL NOT NULL,
        last ANY NOT NULL, created INTEGER NOT NULL, updated INTEGER NOT NULL,
        UNIQUE (execution, kind, name)
    ) STRICT""",
    "CREATE INDEX metric_created ON metric (tenant, kind, created)",
    "CREATE INDEX metric_name ON metric (name, kind, created)",
    "CREATE INDEX metric_execution ON metric (execution, kind, created)",
    """CREATE INDEX metric_pipeline ON metric (pipeline, kind, created)
        WHERE pipeline IS NOT NULL""",
    """CREATE INDEX metric_pipeline_name ON metric (pipeline, name, kind, created)
        WHERE pipeline IS NOT NULL""",
    """CREATE INDEX metric_deployment ON metric (deployment, kind, created)
        WHERE deployment IS NOT NULL""",
    """CREATE INDEX metric_deployment_name ON metric (deployment, name, kind, created)
        WHERE deployment IS NOT NULL""",
    """CREATE TABLE metric_part (
        metric INTEGER NOT NULL, at INTEGER NOT NULL, xid ANY NOT NULL, data BLOB NOT NULL,
        PRIMARY KEY (metric, at, xid)
    ) STRICT, WITHOUT ROWID""",
    "CREATE UNIQUE INDEX metric_part_xid ON metric_part (metric, xid)",
)

EXECUTIONS: Final = (*_EXECUTIONS, *_METRICS)
