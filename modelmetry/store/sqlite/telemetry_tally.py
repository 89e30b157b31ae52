"""How many records and events of jobs there are in each hour, and how many numbers of each name.

Counted as they are written and deleted: sums over long stretches do not look at the records.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable
from typing import Final

from modelmetry.store.sqlite.encode import Micros, encode_json
from modelmetry.store.sqlite.transaction import HOUR

NOTHING: Final = 0
"""The number of a name where none was sent."""

# One step for all of them: see `bulk`, whose way would add some of them twice.
_ADD: Final = """
    INSERT INTO {table} SELECT {values} FROM json_each(?) WHERE true
    ON CONFLICT DO UPDATE SET count = count + excluded.count
"""
_ADD_RECORDS: Final = _ADD.format(
    table="telemetry_tally",
    values=", ".join(f"json_extract(value, '$[{place}]')" for place in range(6)),
)
_ADD_NUMBERS: Final = _ADD.format(
    table="telemetry_number_tally",
    values=", ".join(f"json_extract(value, '$[{place}]')" for place in range(5)),
)


class Tally:
    """What a change adds to the counts of one tenant, or takes from them."""

    def __init__(self, tenant: int) -> None:
        self._tenant = tenant
        self._records: Counter[tuple[int, int, int, int]] = Counter()
        self._numbers: Counter[tuple[int, int, int]] = Counter()

    def add(
        self,
        at: Micros,
        command: int | None,
        status: int | None,
        event: int | None,
        names: Iterable[int],
    ) -> None:
        """Count one record or event, and its numbers."""
        slot, of = at // HOUR, command or NOTHING
        self._records[slot, of, status or NOTHING, event or NOTHING] += 1
        for name in names:
            self._numbers[slot, of, name] += 1

    def save(self, connection: sqlite3.Connection, sign: int = 1) -> None:
        """Add what was counted, or take it away with a sign of -1."""
        records = [(self._tenant, *key, sign * count) for key, count in self._records.items()]
        numbers = [(self._tenant, *key, sign * count) for key, count in self._numbers.items()]
        for sql, rows in ((_ADD_RECORDS, records), (_ADD_NUMBERS, numbers)):
            if rows:
                connection.execute(sql, (encode_json(rows).decode(),))


def forget_empty(connection: sqlite3.Connection, tenant: int, until: Micros) -> None:
    """Delete the counts, in hours up to that of a time, of which nothing is left."""
    for table in ("telemetry_tally", "telemetry_number_tally"):
        connection.execute(
            f"DELETE FROM {table} WHERE tenant = ? AND slot <= ? AND count = 0",
            (tenant, until // HOUR),
        )
