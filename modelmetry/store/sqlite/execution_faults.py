"""What must not be among executions and their metrics."""

from __future__ import annotations

from typing import Final

from modelmetry.signals.measurements import MOST_LIST_VALUES
from modelmetry.store.sqlite.execution_parts import MetricKind
from modelmetry.store.sqlite.packed_values import WIDTH

EXECUTION_FAULTS: Final = (
    (
        "SELECT count(*) FROM metric WHERE execution NOT IN (SELECT id FROM execution)",
        "{} metrics belong to executions that do not exist",
    ),
    (
        """SELECT count(*) FROM (SELECT DISTINCT metric FROM metric_part
            WHERE metric NOT IN (SELECT id FROM metric))""",
        "the values of {} metrics that do not exist are kept",
    ),
    (
        """SELECT count(*) FROM execution_trace
            WHERE execution NOT IN (SELECT id FROM execution)""",
        "{} traces are those of executions that do not exist",
    ),
    (
        """SELECT count(*) FROM metric m JOIN execution e ON e.id = m.execution
            WHERE m.pipeline IS NOT e.pipeline OR m.deployment IS NOT e.deployment
            OR m.tenant <> e.tenant""",
        "{} metrics are not found where their executions are",
    ),
    (
        f"""SELECT count(*) FROM metric m WHERE (count, created, updated) IS NOT
            (SELECT sum(length(data)) / {WIDTH}, min(at), max(at)
            FROM metric_part WHERE metric = m.id)""",
        "{} metrics count their values or their times wrongly",
    ),
    (
        """SELECT count(*) FROM metric m WHERE last IS NOT
            (SELECT xid FROM metric_part WHERE metric = m.id ORDER BY at DESC, xid DESC LIMIT 1)""",
        "{} metrics take another value for their last one",
    ),
    (
        f"""SELECT count(*) FROM metric
            WHERE kind = {MetricKind.LIST:d} AND count > {MOST_LIST_VALUES}""",
        "{} lists hold too many values",
    ),
)
"""SQL that counts what is wrong, and what to say of it."""
