"""The tables of costs of the cloud; what holds of the others in `schema` holds of these."""

from __future__ import annotations

from typing import Final

# Days are numbers since 1970-01-01, amounts are texts: SQLite has no exact decimals, and a sum of
# floats is another one in another order.
COSTS: Final = (
    # poll: JSON of the last one, NULL when nobody polled; currency: '' when nothing was spent.
    """CREATE TABLE cost_source (
        id INTEGER PRIMARY KEY, tenant INTEGER NOT NULL, name TEXT NOT NULL,
        currency TEXT NOT NULL, poll BLOB, UNIQUE (tenant, name)
    ) STRICT""",
    # Which days are known: one without a row in `cost_row` cost nothing.
    """CREATE TABLE cost_known (
        source INTEGER NOT NULL, day INTEGER NOT NULL, PRIMARY KEY (source, day)
    ) STRICT, WITHOUT ROWID""",
    # identity: what tells the rows of a source apart, a digest; tags: JSON, sorted by name.
    """CREATE TABLE cost_row (
        source INTEGER NOT NULL, day INTEGER NOT NULL, identity BLOB NOT NULL,
        start INTEGER NOT NULL, end INTEGER NOT NULL, service TEXT NOT NULL, category TEXT,
        account TEXT, tags BLOB NOT NULL, billed TEXT NOT NULL, effective TEXT NOT NULL,
        list TEXT, currency TEXT NOT NULL, estimated INTEGER NOT NULL,
        PRIMARY KEY (source, day, identity)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE cost_lease (
        tenant INTEGER NOT NULL, name TEXT NOT NULL, holder TEXT NOT NULL, since INTEGER NOT NULL,
        until INTEGER NOT NULL, PRIMARY KEY (tenant, name)
    ) STRICT, WITHOUT ROWID""",
)
