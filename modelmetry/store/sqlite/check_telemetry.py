"""Is the telemetry in order?"""

from __future__ import annotations

from typing import Final

from modelmetry.store.sqlite.transaction import HOUR

# Whole hours, rounded down for times before 1970 too.
_SLOT: Final = f"(at - ((at % {HOUR}) + {HOUR}) % {HOUR}) / {HOUR}"
_TENANT: Final = "(SELECT tenant FROM name WHERE id = n.name)"
_DIFFERENCE: Final = """
    SELECT count(*) FROM (
        SELECT {key}, sum(count) AS count FROM (
            SELECT {key}, count FROM {table}
            UNION ALL SELECT {rows}, -count(*) FROM {source} GROUP BY {rows}
        ) GROUP BY {key} HAVING sum(count) <> 0
    )
"""

TELEMETRY_FAULTS: Final = (
    (
        """SELECT count(*) FROM telemetry_run r WHERE
            r.records <> (SELECT count(*) FROM telemetry_record WHERE run = r.id AND kind < 2)
            OR r.readings <> (SELECT count(*) FROM telemetry_record WHERE run = r.id AND kind = 2)
        """,
        "{} runs count their telemetry wrongly",
    ),
    (
        """SELECT count(*) FROM telemetry_record WHERE run IS NOT NULL
            AND run NOT IN (SELECT id FROM telemetry_run)""",
        "{} telemetry records belong to runs that do not exist",
    ),
    (
        """SELECT count(*) FROM telemetry_number n WHERE NOT EXISTS
            (SELECT 1 FROM telemetry_record r WHERE r.id = n.record AND r.at = n.at)""",
        "{} numbers of telemetry belong to records that do not exist",
    ),
    (
        _DIFFERENCE.format(
            key="tenant, slot, command, status, event",
            table="telemetry_tally",
            rows=f"tenant, {_SLOT}, coalesce(command, 0), coalesce(status, 0), coalesce(event, 0)",
            source="telemetry_record WHERE kind < 2",
        ),
        "{} hours of telemetry are counted wrongly",
    ),
    (
        _DIFFERENCE.format(
            key="tenant, slot, command, name",
            table="telemetry_number_tally",
            rows=f"{_TENANT}, {_SLOT}, coalesce(command, 0), name",
            source="telemetry_number n WHERE kind < 2",
        ),
        "numbers of {} hours of telemetry are counted wrongly",
    ),
)
"""Each finds what must not be, with what to say of it."""
