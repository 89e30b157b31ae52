"""The tables.

Integer keys everywhere inside; a trace's parts are clustered under it. The traces with negative
ids do not exist: `-tenant` holds the events and findings whose trace is not known yet.
A part's `xid`, `span` and `parent` are blobs of 16 bytes for UUIDs, text for anything else.
Times are microseconds since 1970, UTC. NULL means that nothing was sent.
"""

from __future__ import annotations

from typing import Final

USAGE: Final = ("u_input", "u_output", "u_total", "u_cached", "u_write", "u_reasoning")
"""Columns of tokens, in the order of the members of `Usage`."""

_USAGE_COLUMNS: Final = ", ".join(f"{column} REAL" for column in USAGE)

_NAMES: Final = (
    "CREATE TABLE tenant (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT",
    # kind: NameKind; kinds: bits of the kinds of values that findings of this name have
    """CREATE TABLE name (
        id INTEGER PRIMARY KEY, tenant INTEGER NOT NULL, kind INTEGER NOT NULL,
        text TEXT NOT NULL, kinds INTEGER NOT NULL DEFAULT 0, UNIQUE (tenant, kind, text)
    ) STRICT""",
    """CREATE TABLE key (
        id INTEGER PRIMARY KEY, key_id TEXT NOT NULL UNIQUE, hash BLOB NOT NULL UNIQUE,
        hint TEXT NOT NULL, tenant TEXT NOT NULL, scopes TEXT NOT NULL, label TEXT NOT NULL,
        created INTEGER NOT NULL
    ) STRICT""",
)

_SESSIONS: Final = (
    """CREATE TABLE session (
        id INTEGER PRIMARY KEY, tenant INTEGER NOT NULL, xid ANY NOT NULL, name TEXT,
        metadata BLOB, start INTEGER NOT NULL, end INTEGER NOT NULL,
        created INTEGER NOT NULL, updated INTEGER NOT NULL, UNIQUE (tenant, xid)
    ) STRICT""",
    "CREATE INDEX session_end ON session (tenant, end, start)",
    "CREATE INDEX session_start ON session (tenant, start)",
    "CREATE INDEX session_name ON session (tenant, name, end)",
)

_TRACES: Final = (
    # What was sent, then what follows from the trace and its parts.
    f"""CREATE TABLE trace (
        id INTEGER PRIMARY KEY, tenant INTEGER NOT NULL, xid ANY NOT NULL,
        name INTEGER, session INTEGER, sent_start INTEGER, sent_end INTEGER,
        severity TEXT, message TEXT, metadata BLOB,
        created INTEGER NOT NULL, updated INTEGER NOT NULL,
        start INTEGER NOT NULL, end INTEGER NOT NULL, duration INTEGER NOT NULL,
        worst TEXT NOT NULL, failed INTEGER NOT NULL, spans INTEGER NOT NULL,
        events INTEGER NOT NULL, findings INTEGER NOT NULL, models BLOB, {_USAGE_COLUMNS},
        costs BLOB, terms BLOB NOT NULL, UNIQUE (tenant, xid)
    ) STRICT""",
    "CREATE INDEX trace_start ON trace (tenant, start)",
    "CREATE INDEX trace_duration ON trace (tenant, duration)",
    "CREATE INDEX trace_name ON trace (name, start)",
    "CREATE INDEX trace_session ON trace (session, start, end) WHERE session IS NOT NULL",
    "CREATE INDEX trace_failed ON trace (tenant, failed, start)",
    # term: 64 bits of a hash of the tenant and a metadata pair, a model or a severity
    """CREATE TABLE posting (
        term INTEGER NOT NULL, trace INTEGER NOT NULL, PRIMARY KEY (term, trace)
    ) STRICT, WITHOUT ROWID""",
)

_SPANS: Final = (
    # The large columns come last, so that the others are read without them.
    # end: of an open span the latest time known inside it; duration then is not a measurement
    f"""CREATE TABLE span (
        trace INTEGER NOT NULL, xid ANY NOT NULL, tenant INTEGER NOT NULL, parent ANY,
        name INTEGER NOT NULL, family TEXT NOT NULL, start INTEGER NOT NULL,
        end INTEGER NOT NULL, open INTEGER NOT NULL, duration INTEGER NOT NULL,
        severity TEXT, failed INTEGER NOT NULL, model INTEGER, provider TEXT,
        {_USAGE_COLUMNS}, cost REAL, currency TEXT, created INTEGER NOT NULL,
        updated INTEGER NOT NULL, message TEXT, metadata BLOB, data BLOB,
        PRIMARY KEY (trace, xid)
    ) STRICT, WITHOUT ROWID""",
    "CREATE UNIQUE INDEX span_xid ON span (tenant, xid)",
    "CREATE INDEX span_start ON span (tenant, start)",
    "CREATE INDEX span_duration ON span (tenant, duration)",
    "CREATE INDEX span_name ON span (name, start)",
    "CREATE INDEX span_family ON span (tenant, family, start)",
    "CREATE INDEX span_model ON span (model, start) WHERE model IS NOT NULL",
    "CREATE INDEX span_failed ON span (tenant, failed, start) WHERE failed = 1",
)

_EVENTS: Final = (
    """CREATE TABLE event (
        trace INTEGER NOT NULL, xid ANY NOT NULL, tenant INTEGER NOT NULL, span ANY,
        name TEXT NOT NULL, at INTEGER NOT NULL, entry TEXT, metadata BLOB,
        created INTEGER NOT NULL, updated INTEGER NOT NULL, PRIMARY KEY (trace, xid)
    ) STRICT, WITHOUT ROWID""",
    "CREATE UNIQUE INDEX event_xid ON event (tenant, xid)",
    "CREATE INDEX event_waiting ON event (tenant, span) WHERE trace < 0",
)

_FINDINGS: Final = (
    # kind: encode.Kind; exact: hexadecimal text of an integer beyond 64 bits
    """CREATE TABLE finding (
        trace INTEGER NOT NULL, xid ANY NOT NULL, tenant INTEGER NOT NULL, span ANY,
        name INTEGER NOT NULL, kind INTEGER NOT NULL, value ANY NOT NULL, exact TEXT,
        unit TEXT, at INTEGER NOT NULL, source TEXT, entry TEXT, comment TEXT,
        description TEXT, metadata BLOB,
        created INTEGER NOT NULL, updated INTEGER NOT NULL, PRIMARY KEY (trace, xid)
    ) STRICT, WITHOUT ROWID""",
    "CREATE UNIQUE INDEX finding_xid ON finding (tenant, xid)",
    "CREATE INDEX finding_name ON finding (name, at, kind, value)",
    "CREATE INDEX finding_waiting ON finding (tenant, span) WHERE trace < 0",
)

_DERIVED: Final = (
    # Full text: words only; the text itself, compressed, is needed to take words out again.
    """CREATE VIRTUAL TABLE words USING fts5 (
        text, content = '', tokenize = 'unicode61 remove_diacritics 2'
    )""",
    "CREATE TABLE words_of (trace INTEGER PRIMARY KEY, text BLOB NOT NULL) STRICT",
    "CREATE TABLE words_due (trace INTEGER PRIMARY KEY) STRICT",
    # Summaries of hours and days of spans and traces, and of hours of findings.
    """CREATE TABLE summary (
        tenant INTEGER NOT NULL, width INTEGER NOT NULL, slot INTEGER NOT NULL,
        data BLOB NOT NULL, PRIMARY KEY (tenant, width, slot)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE summary_due (
        tenant INTEGER NOT NULL, slot INTEGER NOT NULL, PRIMARY KEY (tenant, slot)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE finding_summary (
        name INTEGER NOT NULL, slot INTEGER NOT NULL, data BLOB NOT NULL,
        PRIMARY KEY (name, slot)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE finding_summary_due (
        name INTEGER NOT NULL, slot INTEGER NOT NULL, PRIMARY KEY (name, slot)
    ) STRICT, WITHOUT ROWID""",
)

COMPLETENESS: Final = (
    # descendants: as sent; expected: spans that its clients say there are, NULL when none said so
    "ALTER TABLE trace ADD COLUMN descendants INTEGER",
    "ALTER TABLE trace ADD COLUMN expected INTEGER",
    # The spans that carry the number. Not a column of theirs: it would come after the large ones.
    """CREATE TABLE carrier (
        trace INTEGER NOT NULL, span ANY NOT NULL, descendants INTEGER NOT NULL,
        PRIMARY KEY (trace, span)
    ) STRICT, WITHOUT ROWID""",
)

REPORTS: Final = (
    # counts: JSON of created, delivered, pending, spooled, recovered; dropped: JSON by reason
    """CREATE TABLE report (
        id INTEGER PRIMARY KEY, tenant INTEGER NOT NULL, xid ANY NOT NULL, at INTEGER NOT NULL,
        name TEXT NOT NULL, version TEXT NOT NULL, lost INTEGER NOT NULL, counts BLOB NOT NULL,
        dropped BLOB NOT NULL, created INTEGER NOT NULL, updated INTEGER NOT NULL,
        UNIQUE (tenant, xid)
    ) STRICT""",
    "CREATE INDEX report_at ON report (tenant, at)",
)

VERSION_1: Final = (*_NAMES, *_SESSIONS, *_TRACES, *_SPANS, *_EVENTS, *_FINDINGS, *_DERIVED)

# How many traces one of a sample stands for.
WEIGHTS: Final = ("ALTER TABLE trace ADD COLUMN weight REAL",)

PAGE: Final = (
    # What lists are sorted by: tokens, and billionths of money. Whole numbers, as cursors hold.
    "ALTER TABLE trace ADD COLUMN tokens INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE trace ADD COLUMN cost INTEGER NOT NULL DEFAULT 0",
    """UPDATE trace SET
        tokens = CAST(max(min(coalesce(u_total, 0), 1e17), -1e17) AS INTEGER),
        cost = CAST(max(min(1e9 * coalesce(
            json_extract(CAST(costs AS TEXT), '$.USD'),
            (SELECT max(value) FROM json_each(CAST(costs AS TEXT))), 0
        ), 1e17), -1e17) AS INTEGER)
        WHERE u_total IS NOT NULL OR costs IS NOT NULL""",
    "CREATE INDEX trace_tokens ON trace (tenant, tokens)",
    "CREATE INDEX trace_cost ON trace (tenant, cost)",
    # Which traces have spans of a name; `span_name` has them in the order of time.
    "CREATE INDEX span_name_trace ON span (name, trace)",
    # Summaries now tell names apart: each is made again.
    """INSERT INTO summary_due SELECT tenant, slot FROM summary WHERE width = 1
        ON CONFLICT DO NOTHING""",
    "DELETE FROM summary",
    """INSERT INTO finding_summary_due SELECT name, slot FROM finding_summary WHERE true
        ON CONFLICT DO NOTHING""",
    "DROP TABLE finding_summary",
    # low, high: of the numbers, NULL without any; what is looked for lies in few of the hours.
    """CREATE TABLE finding_summary (
        name INTEGER NOT NULL, slot INTEGER NOT NULL, low REAL, high REAL,
        falses INTEGER NOT NULL, trues INTEGER NOT NULL, labels INTEGER NOT NULL,
        data BLOB NOT NULL, PRIMARY KEY (name, slot)
    ) STRICT, WITHOUT ROWID""",
)

SPLIT: Final = (
    # Which traces have failed spans of a name.
    "CREATE INDEX span_failed_name ON span (name, trace) WHERE failed = 1",
    # Summaries of findings now tell metadata apart: each is made again.
    """INSERT INTO finding_summary_due SELECT name, slot FROM finding_summary WHERE true
        ON CONFLICT DO NOTHING""",
    "DELETE FROM finding_summary",
)

SIGNING_KEYS: Final = (
    # salt: half of the key, the other one is beside the file; proof: tells whether that fits
    """CREATE TABLE signing_key (
        kid TEXT PRIMARY KEY, salt BLOB NOT NULL, proof BLOB NOT NULL,
        created INTEGER NOT NULL, ends INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID""",
)
