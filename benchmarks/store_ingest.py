"""How fast the store takes batches, beside the same rows put into the same tables by SQLite alone.

    python benchmarks/store_ingest.py [--signals 100000]

Both commit each batch to disk. The ratio is what our reading, merging and figures cost. Ours is
measured without the indexes that only the page asks for too. Then ours and SQLite alone do the same
beside a thread that computes without pause, as an application may: SQLite gives Python's lock away
at each step, and whoever steps once for each row gets it back too late.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "generated")]

from benchmarks.workload import SIGNALS_PER_TRACE, Body, Workload  # noqa: E402
from modelmetry.store.sqlite.connection import connect_writer, make_file  # noqa: E402
from modelmetry.store.sqlite.migrations import migrate  # noqa: E402
from modelmetry.store.sqlite.store import SqliteStore  # noqa: E402

TRACES: Final = 21
ROUNDS: Final = 3
BUSY_BODIES: Final = 10
# Children in the order of their clustered keys, as ingest leaves them.
TABLES: Final = {"trace": 1, "posting": 2, "span": 2, "event": 2, "finding": 2}
PAGE_INDEXES: Final = ("trace_tokens", "trace_cost", "span_name_trace", "span_failed_name")
Rows = dict[str, list[tuple[Any, ...]]]


def main() -> None:
    """Measure in alternation, print the best of each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--signals", type=int, default=100_000)
    wanted = parser.parse_args().signals
    count = max(wanted // (TRACES * SIGNALS_PER_TRACE), 1)
    bodies = list(Workload(spans=wanted // 5).bodies(count, TRACES))
    signals = count * TRACES * SIGNALS_PER_TRACE
    with TemporaryDirectory() as folder:
        rows = rows_of(Path(folder) / "first.db", bodies)
        ours, plain, again, fewer = ([0.0] * ROUNDS for _ in range(4))
        for n in range(ROUNDS):
            path = Path(folder) / f"ours{n}.db"
            with SqliteStore(path) as store:
                ours[n] = timed(partial(take, store, bodies))
                again[n] = timed(partial(take, store, bodies))
            with SqliteStore(without_page_indexes(Path(folder) / f"fewer{n}.db")) as store:
                fewer[n] = timed(partial(take, store, bodies))
            plain[n] = timed(partial(insert, Path(folder) / f"plain{n}.db", rows, count))
    floor = min(plain)
    for name, seconds in (
        ("plain executemany", floor),
        ("store.ingest", min(ours)),
        ("the same again", min(again)),
        ("without the page's", min(fewer)),
    ):
        print(f"{name:20} {signals / seconds:10,.0f} signals/s   {floor / seconds:6.0%} of plain")
    ours_busy, plain_busy = beside_a_busy_thread(bodies[:BUSY_BODIES])
    for name, seconds in (("plain, busy", plain_busy), ("store.ingest, busy", ours_busy)):
        rate = BUSY_BODIES * TRACES * SIGNALS_PER_TRACE / seconds
        print(f"{name:20} {rate:10,.0f} signals/s   {plain_busy / seconds:6.1f} times plain")


def without_page_indexes(path: Path) -> Path:
    """An empty store that lacks the indexes of lists by tokens, by cost and by names of spans."""
    make_file(path)
    connection = connect_writer(path, 10)
    migrate(connection, 0)
    for index in PAGE_INDEXES:
        connection.execute(f"DROP INDEX {index}")
    connection.close()
    return path


def beside_a_busy_thread(bodies: Sequence[Body]) -> tuple[float, float]:
    """Seconds of ours and of plain inserts while another thread computes."""
    stop = threading.Event()

    def compute() -> None:
        while not stop.is_set():
            pass

    with TemporaryDirectory() as folder:
        rows = rows_of(Path(folder) / "first.db", bodies)
        busy = threading.Thread(target=compute)
        busy.start()
        try:
            with SqliteStore(Path(folder) / "ours.db") as store:
                ours = timed(partial(take, store, bodies))
            return ours, timed(partial(insert, Path(folder) / "plain.db", rows, len(bodies)))
        finally:
            stop.set()
            busy.join()


def timed(run: Callable[[], object]) -> float:
    """Seconds that a call takes."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def take(store: SqliteStore, bodies: Sequence[Body]) -> None:
    """Ingest as a client does that waits for one answer while it sends the next batch."""
    waiting = [store.ingest_future("local", body) for body in bodies[:1]]
    for body in bodies[1:]:
        waiting.append(store.ingest_future("local", body))
        waiting.pop(0).result()
    waiting.pop().result()


def rows_of(path: Path, bodies: Sequence[Body]) -> Rows:
    """The rows that ingest leaves, read back."""
    with SqliteStore(path) as store:
        for body in bodies:
            store.ingest("local", body)
    connection = sqlite3.connect(path)
    rows: Rows = {
        table: connection.execute(
            f"SELECT * FROM {table} ORDER BY {'1, 2' if keys == 2 and table != 'posting' else '2'}"
        ).fetchall()
        for table, keys in TABLES.items()
    }
    connection.close()
    return rows


def insert(path: Path, rows: Rows, batches: int) -> None:
    """Put rows into the same tables, as many at a time as a batch has."""
    make_file(path)
    connection = connect_writer(path, 10)
    migrate(connection, 0)
    for n in range(batches):
        connection.execute("BEGIN IMMEDIATE")
        for table, some in rows.items():
            size = -(-len(some) // batches)
            places = ", ".join("?" * len(some[0]))
            connection.executemany(
                f"INSERT INTO {table} VALUES ({places})", some[n * size : (n + 1) * size]
            )
        connection.execute("COMMIT")
    connection.close()


if __name__ == "__main__":
    main()
