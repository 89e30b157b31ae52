"""What costs of the cloud take: a year of 50 services stored, stated again, and added up.

    python benchmarks/cost_ledger.py [--services 50] [--days 365]

Milliseconds of the processor, of all threads of the process, the best of some rounds; what is
stored is committed to disk. The floors, in the same run and over the same rows: a plain table of
SQLite into which they are put, and from which day, service and amount are read and added up by
`decimal`. Answers are encoded as JSON, as for `GET /costs/days`.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "generated")]

from modelmetry_api.types import encode_json  # noqa: E402

from modelmetry.costs.amounts import EXACT, ZERO  # noqa: E402
from modelmetry.store.costs import CostQuery, CostTrendQuery, Grouping  # noqa: E402
from modelmetry.store.production import Window  # noqa: E402
from modelmetry.store.sqlite.encode import to_micros  # noqa: E402
from modelmetry.store.sqlite.store import SqliteStore  # noqa: E402

NOW: Final = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
MONTH: Final = 30
DAY: Final = timedelta(days=1)
ROUNDS: Final = 5
GROUPS: Final[tuple[tuple[Grouping, ...], ...]] = (("day",), ("service",), ("day", "service"))
_TENANT: Final = "local"
_PUT: Final = "REPLACE INTO cost VALUES (?, ?, ?, ?, ?, ?)"

Row = dict[str, Any]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--services", type=int, default=50)
    parser.add_argument("--days", type=int, default=365)
    options = parser.parse_args()
    random.seed(1)
    with TemporaryDirectory() as folder:
        measure(Path(folder), options.services, options.days)


def measure(folder: Path, services: int, days: int) -> None:
    """One store, and a plain file beside it."""
    first = NOW.date() - days * DAY
    months = [list(stated(start, services, first, days)) for start in range(0, days, MONTH)]
    path = folder / "ours.db"
    with (
        SqliteStore(path, clock=lambda: to_micros(NOW)) as store,
        closing(sqlite3.connect(folder / "plain.db", isolation_level=None)) as plain,
    ):
        plain.execute("PRAGMA journal_mode = WAL")
        plain.execute(
            "CREATE TABLE cost (day, service, billed, effective, currency, estimated, "
            "PRIMARY KEY (day, service)) WITHOUT ROWID"
        )
        writing(store, plain, months)
        store.settle()
        store.vacuum()
        say("a year on disk", path.stat().st_size / 1e6, "MB")
        reading(store, plain, first)


def writing(store: SqliteStore, plain: sqlite3.Connection, months: Sequence[Sequence[Row]]) -> None:
    """Put a year, the same again, and a month of which a day is other."""
    floor = once(lambda: put(plain, *months))
    say("a year stored, month by month", once(lambda: state(store, months)), "ms", floor)
    say("the same again", best(lambda: state(store, months)), "ms", floor)
    changed = [dict(months[0][0], BilledCost="1234.5678"), *months[0][1:]]
    both = months[0], changed
    one = best(lambda: put(plain, changed))
    took = best(lambda: state(store, both)) / len(both)
    say("a month replaced, of which one row is other", took, "ms", one)


def reading(store: SqliteStore, plain: sqlite3.Connection, first: date) -> None:
    """Add up, as each operation does."""
    last = NOW.date()
    floor = best(lambda: added(plain, first, last))
    for groups in GROUPS:
        query = CostQuery(start=first, end=last, group_by=groups)

        def listed(query: CostQuery = query) -> bytes:
            return encode_json(store.list_cost_days(_TENANT, query))

        say(f"GET /costs/days: a year by {' and '.join(groups)}", best(listed), "ms", floor)
    weeks = best(lambda: added(plain, last - 56 * DAY, last))
    trend = best(lambda: encode_json(store.cost_trend(_TENANT, CostTrendQuery())))
    say("GET /costs/trend: 8 weeks", trend, "ms", weeks)
    say("GET /costs/sources", best(lambda: encode_json(store.list_cost_sources(_TENANT))), "ms")
    window = Window(NOW - 365 * DAY, NOW)

    def report() -> object:
        return store.production_summary(_TENANT, window)

    say("the report of a year", best(report), "ms", floor)
    tracemalloc.start()
    report()
    say("its memory", tracemalloc.get_traced_memory()[1] / 1e6, "MB")
    tracemalloc.stop()


def stated(start: int, services: int, first: date, days: int) -> Iterator[Row]:
    """The rows of a month."""
    for day in (first + place * DAY for place in range(start, min(start + MONTH, days))):
        for number in range(services):
            billed = f"{random.uniform(0, 900):.10f}"
            yield {
                "ChargePeriodStart": f"{day}T00:00:00Z",
                "ChargePeriodEnd": f"{day + DAY}T00:00:00Z",
                "ServiceName": f"Amazon Service {number}",
                "ChargeCategory": "Tax" if number == 0 else "Usage",
                "BilledCost": billed,
                "EffectiveCost": billed,
            }


def state(store: SqliteStore, months: Sequence[Sequence[Row]]) -> None:
    """As `PUT /costs/days` does it, once the body has been read."""
    for rows in months:
        body = {
            "Source": "aws",
            "From": rows[0]["ChargePeriodStart"][:10],
            "To": rows[-1]["ChargePeriodEnd"][:10],
            "Currency": "USD",
            "Rows": rows,
        }
        store.replace_cost_days(_TENANT, body).result()


def put(plain: sqlite3.Connection, *months: Sequence[Row]) -> None:
    """The floor of storing."""
    names = "ChargePeriodStart", "ServiceName", "BilledCost", "EffectiveCost"
    for rows in months:
        plain.execute("BEGIN IMMEDIATE")
        plain.executemany(_PUT, ((*(row[name] for name in names), "USD", 0) for row in rows))
        plain.execute("COMMIT")


def added(plain: sqlite3.Connection, start: date, end: date) -> dict[tuple[str, str], Decimal]:
    """The floor of adding up."""
    sums: dict[tuple[str, str], Decimal] = {}
    found = plain.execute(
        "SELECT day, service, billed FROM cost WHERE day >= ? AND day < ?", (str(start), str(end))
    )
    for day, service, billed in found:
        sums[day, service] = EXACT.add(sums.get((day, service), ZERO), Decimal(billed))
    return sums


def best(run: Callable[[], object]) -> float:
    """Milliseconds of the processor, the best of some."""
    return min(once(run) for _ in range(ROUNDS))


def once(run: Callable[[], object]) -> float:
    """Milliseconds of the processor."""
    began = time.process_time()
    run()
    return 1e3 * (time.process_time() - began)


def say(what: str, amount: float, unit: str, floor: float | None = None) -> None:
    """One line, with how often the floor fits into it."""
    beside = "" if floor is None else f"   floor {floor:7.2f}   x {amount / floor:.1f}"
    print(f"{what:<46}{amount:10.2f} {unit}{beside}")


if __name__ == "__main__":
    main()
