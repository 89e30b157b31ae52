"""Are production metrics in order?"""

from __future__ import annotations

from typing import Final

_LOST: Final = """
    SELECT count(*) FROM (
        SELECT DISTINCT series FROM {table}
        WHERE series NOT IN (SELECT id FROM production_series)
    )
"""

PRODUCTION_FAULTS: Final = (
    (
        _LOST.format(table="production_hour"),
        "the hours of {} metric series that do not exist are kept",
    ),
    (
        _LOST.format(table="production_fine"),
        "points of {} metric series that do not exist are kept",
    ),
    (
        # Fine points are dropped by whole hours: what is left of an hour is all of it.
        """SELECT count(*) FROM (
            SELECT (slot - ((slot % 12) + 12) % 12) / 12 AS hour, series, sum(sum) AS total,
                sum(looks) AS looks, sum(abs(sum)) AS size
            FROM production_fine GROUP BY hour, series
        ) f JOIN production_hour h ON h.slot = f.hour AND h.series = f.series
        WHERE abs(h.sum - f.total) > 1e-6 * f.size OR h.looks IS NOT f.looks""",
        "{} hours of metric series are not the sum of their points",
    ),
)
"""SQL that counts what is wrong, and what to say of it."""
