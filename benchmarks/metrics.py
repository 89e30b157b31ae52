"""What a full list of a metric costs: to store in small and in large parts, to read, to draw.

    python benchmarks/metrics.py

Milliseconds of the processor, of all threads of the process; the best of three. Each batch is
committed to disk. The last two are a floor: the same 50,000 values as rows of their own in SQLite.
"""

from __future__ import annotations

import random
import sqlite3
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, ParamSpec

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "generated")]

from modelmetry.signals.ids import new_xid  # noqa: E402
from modelmetry.signals.measurements import MOST_LIST_VALUES  # noqa: E402
from modelmetry.store.executions import CurveQuery, MetricQuery  # noqa: E402
from modelmetry.store.sqlite.store import SqliteStore  # noqa: E402

ROUNDS: Final = 3
BATCH: Final = 500
START_SECONDS: Final = 1_793_620_800
P = ParamSpec("P")
Batch = dict[str, list[dict[str, Any]]]


def main() -> None:
    """Measure, print the best of each."""
    random.seed(1)
    values = [random.gauss(0, 1) for _ in range(MOST_LIST_VALUES)]
    best: dict[str, float] = {}
    for _ in range(ROUNDS):
        with TemporaryDirectory() as folder:
            for name, cost in measured(Path(folder), values).items():
                best[name] = min(cost, best.get(name, cost))
    for name, cost in best.items():
        print(f"{name:<52}{cost:8.1f} ms")


def measured(folder: Path, values: list[float]) -> dict[str, float]:
    """Milliseconds of each."""
    small, large = parts("small", values, 1), parts("large", values, 5_000)
    found: dict[str, float] = {}
    with SqliteStore(folder / "ours.db") as store:
        for name, batches in (("50,000 parts of one value", small), ("10 parts of 5,000", large)):
            found[f"store {name}"] = cost(take, store, batches)
            found[f"the same again: {name}"] = cost(take, store, batches)
        for of in ("small", "large"):
            query = MetricQuery(execution=of, include_values=True)
            found[f"read the list of {of} parts"] = cost(store.list_metric_lists, "local", query)
            curve = CurveQuery(executions=(of,), name="loss")
            found[f"draw 1,000 points of the list of {of} parts"] = cost(
                store.metric_curves, "local", curve
            )
    with closing(sqlite3.connect(folder / "plain.db", isolation_level=None)) as plain:
        found["floor: 50,000 rows inserted at once"] = cost(insert, plain, values)
        found["floor: 50,000 rows read"] = cost(read, plain)
    return found


def cost(run: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> float:
    """Milliseconds of the processor."""
    began = time.process_time()
    run(*args, **kwargs)
    return 1_000 * (time.process_time() - began)


def parts(of: str, values: list[float], size: int) -> list[Batch]:
    """Batches of parts of a list, a millisecond after each other."""
    sent = [
        {
            "XID": new_xid(),
            "ExecutionID": of,
            "Name": "loss",
            "Values": values[first : first + size],
            "At": f"{time.strftime('%FT%T', time.gmtime(START_SECONDS + first // 1_000))}"
            f".{first % 1_000:03}Z",
        }
        for first in range(0, len(values), size)
    ]
    length = max(BATCH // size, 1)
    return [{"MetricLists": sent[n : n + length]} for n in range(0, len(sent), length)]


def take(store: SqliteStore, batches: list[Batch]) -> None:
    """Store them."""
    for future in [store.ingest_future("local", batch) for batch in batches]:
        future.result()


def insert(plain: sqlite3.Connection, values: list[float]) -> None:
    """Put each value into a row."""
    plain.execute(
        "CREATE TABLE value (at INTEGER, xid BLOB, place INTEGER, value REAL, "
        "PRIMARY KEY (at, xid, place)) WITHOUT ROWID"
    )
    plain.execute("BEGIN")
    plain.executemany("INSERT INTO value VALUES (?, x'00', 0, ?)", list(enumerate(values)))
    plain.execute("COMMIT")


def read(plain: sqlite3.Connection) -> None:
    """Read them in their order."""
    plain.execute("SELECT value FROM value ORDER BY at, xid, place").fetchall()


if __name__ == "__main__":
    main()
