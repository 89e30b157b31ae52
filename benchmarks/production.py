"""What production metrics cost the store: a minute of a process, a day on disk, the report.

    python benchmarks/production.py [--minutes 1440]

Four processes tell 200 series each, every minute of a day and then once an hour for 29 days.
Milliseconds of the processor, of all threads of the process; each interval is committed to disk.
The floors, in the same run: the same points put into a plain table of SQLite and committed, and
summed up by one statement over the same hours. Then, in a store of its own, a day of 1,000 routes
with three statuses each, as the page asks for them; its floor sums up their points likewise.
"""

from __future__ import annotations

import argparse
import json
import random
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Final

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "generated")]

from modelmetry.signals.ids import new_xid  # noqa: E402
from modelmetry.store import production_names as names  # noqa: E402
from modelmetry.store.production import ProductionSeriesQuery, Window  # noqa: E402
from modelmetry.store.sqlite.encode import to_micros  # noqa: E402
from modelmetry.store.sqlite.store import SqliteStore  # noqa: E402

PROCESSES: Final = [new_xid() for _ in range(4)]
HISTOGRAMS, COUNTERS, GAUGES = 100, 60, 40
SECONDS: Final = [round(0.01 * 2**power, 2) for power in range(14)]
NOW: Final = datetime(2026, 11, 22, tzinfo=UTC)
DAYS: Final = 30
ROUNDS: Final = 7
ROUTE: Final = ("http.request.method", "http.route")
STATUS: Final = ("http.response.status_code",)
Item = dict[str, Any]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=int, default=1_440, help="of the day that is stored")
    minutes = parser.parse_args().minutes
    random.seed(1)
    with TemporaryDirectory() as folder:
        measure(Path(folder), minutes)
        scanned(Path(folder))


def measure(folder: Path, minutes: int) -> None:
    """One store, and a plain file beside it."""
    path = folder / "ours.db"
    with (
        SqliteStore(path, clock=lambda: to_micros(NOW)) as store,
        closing(sqlite3.connect(folder / "plain.db", isolation_level=None)) as plain,
    ):
        day = [one for number in range(minutes) for one in minute(number)]
        ours, floor = stored(store, plain, day)
        store.settle()
        store.vacuum()
        size = path.stat().st_size * 1_440 / minutes
        sent = sum(len(json.dumps(one)) for one in day[:40]) / 40 * len(PROCESSES) * 1_440
        say("an interval of 200 series stored", 1e3 * ours, "ms")
        say("floor: its 400 points in a plain table", 1e3 * floor, "ms", ours / floor)
        say("a day of 4 processes on disk", size / 1e6, "MB")
        say("floor: what they sent, as JSON", sent / 1e6, "MB", size / sent)
        for hour in range(24, DAYS * 24):
            store.ingest("local", {"MetricIntervals": list(minute(60 * hour))})
        report(store, path)


def report(store: SqliteStore, path: Path) -> None:
    """What reading costs."""
    window = Window(NOW - timedelta(days=DAYS), NOW)
    with closing(sqlite3.connect(path)) as plain:
        floor = best(summed(plain, "production_hour"))
    say("the report of 30 days", 1e3 * (ours := best(summarised(store, window))), "ms")
    say("floor: sums of its hours by one statement", 1e3 * floor, "ms", ours / floor)
    query = ProductionSeriesQuery(
        name=names.HTTP_DURATION, window=window, group_by=("http.route",), quantiles=(0.5, 0.95)
    )
    cost = best(asked(store, query))
    say("one histogram of 20 routes over 30 days", 1e3 * cost, "ms", cost / floor)


SUMS: Final = """
    SELECT series, sum(sum), sum(looks), min(low), max(high), max(last_at), sum(length(counts))
    FROM {} GROUP BY series
"""


def scanned(folder: Path) -> None:
    """What tables and charts of the page cost where an application has very many routes."""
    path = folder / "scanned.db"
    window = Window(NOW - timedelta(days=1), NOW)
    with SqliteStore(path, clock=lambda: to_micros(NOW)) as store:
        each = list(routes())
        for number in range(0, 1_440, 5):
            store.ingest("local", {"MetricIntervals": [of_minute(number, each)]})
        store.settle()
        with closing(sqlite3.connect(path)) as plain:
            floors = {
                points: best(summed(plain, table))
                for points, table in ((True, "production_fine"), (False, "production_hour"))
            }
        for split, points in ((ROUTE, False), (ROUTE, True), (STATUS, True)):
            query = ProductionSeriesQuery(
                name=names.HTTP_DURATION,
                window=window,
                group_by=split,
                quantiles=(0.5, 0.95) if split is ROUTE else (),
                points=points,
            )
            cost = best(asked(store, query))
            what = f"1,000 routes by {split[-1].split('.')[-1]}, {'points' if points else 'totals'}"
            say(what, 1e3 * cost, "ms", cost / floors[points])


def routes() -> Iterator[Item]:
    """3,000 series, as a scanner makes them."""
    for number in range(1_000):
        for status in ("200", "404", "500"):
            of = {"http.request.method": "GET", "http.route": f"/api/{number}", STATUS[0]: status}
            counts = [random.randrange(40) if 2 <= place <= 8 else 0 for place in range(15)]
            kept = {"Kind": "histogram", "Name": names.HTTP_DURATION, "Unit": "s", "Attributes": of}
            yield {**kept, "Sum": random.uniform(0, 99), "Bounds": SECONDS, "Counts": counts}


def summed(plain: sqlite3.Connection, table: str) -> Any:
    """The floor, when it is called."""
    return lambda: plain.execute(SUMS.format(table)).fetchall()


def asked(store: SqliteStore, query: ProductionSeriesQuery) -> Any:
    """A series, when it is called."""
    return lambda: store.production_series("local", query)


def summarised(store: SqliteStore, window: Window) -> Any:
    """The report, when it is called."""
    return lambda: store.production_summary("local", window)


def best(run: Any) -> float:
    """Seconds of the processor, the best of some."""
    found: list[float] = []
    for _ in range(ROUNDS):
        began = time.process_time()
        run()
        found.append(time.process_time() - began)
    return min(found)


def stored(store: SqliteStore, plain: sqlite3.Connection, day: list[Item]) -> tuple[float, float]:
    """Seconds of the processor for one interval, ours and in a plain table; the medians."""
    plain.execute("PRAGMA journal_mode = WAL")
    plain.execute(
        "CREATE TABLE point (slot, series, sum, looks, low, high, last, last_at, counts, "
        "PRIMARY KEY (slot, series)) WITHOUT ROWID"
    )
    ours, floor = list[float](), list[float]()
    for interval in day:
        began = time.process_time()
        store.ingest("local", {"MetricIntervals": [interval]})
        ours.append(time.process_time() - began)
        rows = list(points(interval))
        began = time.process_time()
        plain.execute("BEGIN IMMEDIATE")
        plain.executemany("REPLACE INTO point VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        plain.execute("COMMIT")
        floor.append(time.process_time() - began)
    return median(ours), median(floor)


def points(interval: Item) -> Iterator[tuple[Any, ...]]:
    """The rows of an interval, as if nothing had to be looked up or added."""
    at = to_micros(interval["Start"])
    for width in (300_000_000, 3_600_000_000):
        for number, one in enumerate(interval["Series"]):
            counts = bytes(60) if "Counts" in one else None
            slot = at // width * 2 + (width > 300_000_000)
            looked = [one.get(name) for name in ("Count", "Min", "Max", "Last")]
            yield slot, number, one["Sum"], *looked, at, counts


def minute(number: int) -> Iterator[Item]:
    """What each process measured in a minute before now."""
    for process in PROCESSES:
        yield of_minute(number, list(series()), process)


def of_minute(number: int, measured: list[Item], process: str = PROCESSES[0]) -> Item:
    """What one process measured then."""
    end = NOW - timedelta(minutes=number)
    return {
        "XID": new_xid(),
        "Process": process,
        "Service": "shop",
        "Start": (end - timedelta(minutes=1)).isoformat(),
        "End": end.isoformat(),
        "Series": measured,
    }


def series() -> Iterator[Item]:
    """200 of them: requests by route and status, calls of models, tokens, the machine."""
    for number in range(HISTOGRAMS):
        of = {"http.route": f"/api/{number % 20}", "http.response.status_code": f"{number // 20}00"}
        counts = [random.randrange(40) if 2 <= place <= 8 else 0 for place in range(15)]
        kept = {"Kind": "histogram", "Name": names.HTTP_DURATION, "Unit": "s", "Attributes": of}
        yield {**kept, "Sum": random.uniform(0, 99), "Bounds": SECONDS, "Counts": counts}
    for number in range(COUNTERS):
        of = {"gen_ai.request.model": f"model-{number // 5}", "gen_ai.token.type": str(number % 5)}
        kept = {"Kind": "counter", "Name": names.LLM_TOKENS, "Unit": "{token}", "Attributes": of}
        yield {**kept, "Sum": random.randrange(9_000)}
    for number in range(GAUGES):
        value = random.random()
        kept = {"Kind": "gauge", "Name": names.CPU_UTILIZATION, "Unit": "1"}
        seen = {"Sum": value, "Count": 1, "Min": value, "Max": value, "Last": value}
        yield {**kept, "Attributes": {"cpu": str(number)}, **seen}


def say(what: str, amount: float, unit: str, ratio: float | None = None) -> None:
    """One line."""
    print(f"{what:<46}{amount:10.2f} {unit}" + ("" if ratio is None else f"   x {ratio:.1f}"))


if __name__ == "__main__":
    main()
