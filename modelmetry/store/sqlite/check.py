"""Is the store in order?"""

from __future__ import annotations

import sqlite3
from typing import Final

from modelmetry.store.protocol import CheckReport
from modelmetry.store.sqlite.check_costs import COST_FAULTS
from modelmetry.store.sqlite.check_production import PRODUCTION_FAULTS
from modelmetry.store.sqlite.check_telemetry import TELEMETRY_FAULTS
from modelmetry.store.sqlite.execution_faults import EXECUTION_FAULTS

# Each finds what must not be, with what to say of it.
_FAULTS: Final = (
    (
        """SELECT count(*) FROM (SELECT DISTINCT trace FROM span
            WHERE trace NOT IN (SELECT id FROM trace))""",
        "{} traces of spans are missing",
    ),
    (
        """SELECT count(*) FROM (SELECT DISTINCT trace FROM event
            WHERE trace > 0 AND trace NOT IN (SELECT id FROM trace))""",
        "{} traces of events are missing",
    ),
    (
        """SELECT count(*) FROM (SELECT DISTINCT trace FROM finding
            WHERE trace > 0 AND trace NOT IN (SELECT id FROM trace))""",
        "{} traces of findings are missing",
    ),
    (
        "SELECT count(*) FROM posting WHERE trace NOT IN (SELECT id FROM trace)",
        "{} filter entries point to traces that do not exist",
    ),
    (
        "SELECT count(*) FROM words_of WHERE trace NOT IN (SELECT id FROM trace)",
        "the texts of {} traces that do not exist are indexed",
    ),
    (
        """SELECT count(*) FROM trace WHERE session IS NOT NULL
            AND session NOT IN (SELECT id FROM session)""",
        "{} traces belong to sessions that do not exist",
    ),
    (
        """SELECT count(*) FROM trace t WHERE
            t.spans <> (SELECT count(*) FROM span WHERE trace = t.id)
            OR t.events <> (SELECT count(*) FROM event WHERE trace = t.id)
            OR t.findings <> (SELECT count(*) FROM finding WHERE trace = t.id)""",
        "{} traces count their parts wrongly",
    ),
    (
        """SELECT count(*) FROM trace t WHERE t.expected IS NOT t.descendants
            + (SELECT total(descendants + 1) FROM carrier WHERE trace = t.id)""",
        "{} traces count the spans that there should be wrongly",
    ),
    (
        """SELECT count(*) FROM trace t WHERE abs(
            coalesce(t.u_total, 0) - (SELECT total(u_total) FROM span WHERE trace = t.id)
        ) > 1e-6 * abs(coalesce(t.u_total, 0))""",
        "{} traces sum up their tokens wrongly",
    ),
    *EXECUTION_FAULTS,
    *TELEMETRY_FAULTS,
    *PRODUCTION_FAULTS,
    *COST_FAULTS,
)


def check(connection: sqlite3.Connection) -> CheckReport:
    """Look at the whole file. Takes about as long as reading it."""
    problems = [
        f"the file is damaged: {row[0]}"
        for row in connection.execute("PRAGMA integrity_check(20)")
        if row[0] != "ok"
    ]
    for sql, sentence in _FAULTS:
        (count,) = connection.execute(sql).fetchone()
        if count:
            problems.append(sentence.format(count))
    return CheckReport(
        problems=tuple(problems),
        traces=_count(connection, "trace"),
        spans=_count(connection, "span"),
        events=_count(connection, "event"),
        findings=_count(connection, "finding"),
        executions=_count(connection, "execution"),
        telemetry_records=_count(connection, "telemetry_record"),
    )


def _count(connection: sqlite3.Connection, table: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
