"""Ingest over HTTP: signals a second, beside the same rows inserted into SQLite directly.

Starts a real server process on a new store, posts batches of about 500 signals over a few
connections, and then copies the rows that arose, table by table and in as many transactions, into
a second file with the same schema. Also: seconds from starting the process to its first answer,
and its memory while it is idle.

    python benchmarks/http_ingest.py [--batches 200] [--connections 8] [--gzip]
"""

from __future__ import annotations

import argparse
import gzip
import http.client
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import orjson

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "generated")]

from benchmarks.workload import Workload  # noqa: E402

PATH = "/signals/ingest/v1"
HEADERS = {"Content-Type": "application/json"}
FLOOR, GOAL, SHARE = 30_000, 60_000, 0.4
FIRST_ANSWER, IDLE_MIB = 1.5, 90
# What `modelmetry serve` calls, without the command line around it.
PROGRAM = (
    "import sys; from modelmetry.server.run import run;"
    "from modelmetry.server.settings import ServerSettings;"
    "sys.exit(run(ServerSettings.from_env()))"
)


@contextmanager
def server(store: Path) -> Generator[tuple[subprocess.Popen[str], str, float]]:
    """A server process, its host and port, and the seconds until it first answered."""
    settings = {
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'generated'}",
        "MODELMETRY_STORE": str(store),
        "MODELMETRY_SERVER_PORT": "0",
        "MODELMETRY_SERVER_ACCESS_LOG": "json",
    }
    began = time.perf_counter()
    with (
        Path(os.devnull).open("w") as log,
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM],
            env=os.environ | settings,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as process,
    ):
        assert process.stdout is not None
        address = re.search(r"http://(\S+)", process.stdout.readline())
        assert address is not None, "the server did not start"
        ask(address[1])
        try:
            yield process, address[1], time.perf_counter() - began
        finally:
            process.terminate()


def ask(address: str) -> None:
    """One question that anybody may ask."""
    with closing(http.client.HTTPConnection(address)) as connection:
        connection.request("GET", "/health/live")
        assert connection.getresponse().status == http.client.OK


def idle_mib(process: subprocess.Popen[str]) -> float:
    """Resident memory of the process, in MiB."""
    time.sleep(1)
    status = Path(f"/proc/{process.pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) / 1024


def post_all(address: str, bodies: Sequence[bytes], headers: dict[str, str]) -> None:
    """Send bodies one after the other over one connection; a busy server is asked again."""
    with closing(http.client.HTTPConnection(address)) as connection:
        for body in bodies:
            while True:
                connection.request("POST", PATH, body, headers)
                response = connection.getresponse()
                answer = response.read()
                if response.status == http.client.OK:
                    break
                assert response.status == http.client.TOO_MANY_REQUESTS, answer
                time.sleep(0.05)


def through_http(
    address: str, bodies: Sequence[bytes], connections: int, headers: dict[str, str]
) -> float:
    """Seconds until every body was answered."""
    shares = [bodies[first::connections] for first in range(connections)]
    began = time.perf_counter()
    with ThreadPoolExecutor(connections) as clients:
        for done in [clients.submit(post_all, address, share, headers) for share in shares]:
            done.result()
    return time.perf_counter() - began


def directly(source: Path, target: Path, transactions: int) -> tuple[float, int]:
    """Seconds to insert the rows of one file into another, and how many rows there are."""
    with closing(sqlite3.connect(source)) as full, closing(sqlite3.connect(target)) as empty:
        empty.isolation_level = None
        empty.execute("PRAGMA journal_mode=WAL")
        empty.execute("PRAGMA synchronous=FULL")
        tables = {name: rows(full, name) for name in copy_schema(full, empty)}
        parts = [part(tables, number, transactions) for number in range(transactions)]
        began = time.perf_counter()
        for inserts in parts:
            empty.execute("BEGIN IMMEDIATE")
            for statement, values in inserts:
                empty.executemany(statement, values)
            empty.execute("COMMIT")
        return time.perf_counter() - began, sum(len(found) for found in tables.values())


def copy_schema(full: sqlite3.Connection, empty: sqlite3.Connection) -> list[str]:
    """Make the same tables and indexes; the names of the tables. Full text is left out."""
    virtual = [
        name
        for (name,) in full.execute("SELECT name FROM sqlite_schema WHERE sql LIKE '%VIRTUAL%'")
    ]
    names: list[str] = []
    for kind, name, statement in full.execute(
        "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL"
        " AND type IN ('table', 'index') ORDER BY type DESC"
    ):
        if name.startswith(("sqlite_", *virtual)):
            continue
        empty.execute(statement)
        if kind == "table":
            names.append(name)
    return names


def rows(full: sqlite3.Connection, table: str) -> list[tuple[Any, ...]]:
    """All rows of a table, in the order of its key."""
    return full.execute(f'SELECT * FROM "{table}"').fetchall()  # our own names


def part(
    tables: dict[str, list[tuple[Any, ...]]], number: int, parts: int
) -> list[tuple[str, list[tuple[Any, ...]]]]:
    """The inserts of one transaction."""
    inserts: list[tuple[str, list[tuple[Any, ...]]]] = []
    for name, found in tables.items():
        values = found[len(found) * number // parts : len(found) * (number + 1) // parts]
        if values:
            marks = ", ".join("?" * len(values[0]))
            inserts.append((f'INSERT INTO "{name}" VALUES ({marks})', values))
    return inserts


def main() -> None:
    """Run it and print one line for each figure."""
    parser = argparse.ArgumentParser(description="Ingest over HTTP, beside SQLite directly.")
    parser.add_argument("--batches", type=int, default=200)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--gzip", action="store_true", help="compress the bodies, level 1")
    asked = parser.parse_args()
    made = list(Workload().bodies(asked.batches))
    signals = sum(len(items) for body in made for items in body.values())
    bodies, headers = [orjson.dumps(body) for body in made], dict(HEADERS)
    if asked.gzip:
        bodies = [gzip.compress(body, 1) for body in bodies]
        headers["Content-Encoding"] = "gzip"
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder, "http.db")
        with server(store) as (process, address, first_answer):
            memory = idle_mib(process)
            seconds = through_http(address, bodies, asked.connections, headers)
            after = idle_mib(process)
        direct, count = directly(store, Path(folder, "direct.db"), asked.batches)
    over_http, inserted = signals / seconds, signals / direct
    print(f"first answer after start  {first_answer:10.2f} s    (at most {FIRST_ANSWER})")
    print(f"idle memory               {memory:10.0f} MiB  (at most {IDLE_MIB})")
    print(f"memory after the run      {after:10.0f} MiB")
    print(f"signals, bytes of bodies  {signals:10,}      {sum(map(len, bodies)):,}")
    print(f"HTTP ingest               {over_http:10,.0f} /s   (at least {FLOOR:,}, goal {GOAL:,})")
    print(f"SQLite directly           {inserted:10,.0f} /s   ({count:,} rows)")
    print(f"share                     {over_http / inserted:10.0%}      (at least {SHARE:.0%})")


if __name__ == "__main__":
    main()
