"""Are costs of the cloud in order?"""

from __future__ import annotations

from typing import Final

COST_FAULTS: Final = (
    (
        "SELECT count(*) FROM cost_row WHERE source NOT IN (SELECT id FROM cost_source)",
        "{} rows of costs are of sources that do not exist",
    ),
    (
        """SELECT count(*) FROM cost_row r WHERE NOT EXISTS (
            SELECT 1 FROM cost_known k WHERE k.source = r.source AND k.day = r.day
        )""",
        "{} rows of costs are of days that are not known",
    ),
    (
        # UTC days since 1970, also of what was before.
        """SELECT count(*) FROM cost_row
        WHERE start < day * 86400000000 OR start >= (day + 1) * 86400000000 OR end <= start""",
        "{} rows of costs are kept under another day",
    ),
    (
        """SELECT count(*) FROM cost_row r JOIN cost_source s ON s.id = r.source
        WHERE r.currency <> s.currency""",
        "{} rows of costs are in another currency than their source",
    ),
)
"""SQL that counts what is wrong, and what to say of it."""
