"""Executions are deleted, pruned and checked; several processes write the same list."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from modelmetry.store.executions import ExecutionQuery, MetricQuery
from modelmetry.store.sqlite import delete_executions, migrations
from modelmetry.store.sqlite.execution_schema import EXECUTIONS
from modelmetry.store.sqlite.store import SqliteStore
from tests.unit.store.cast import NOON, TENANT, at, body, trace
from tests.unit.store.conftest import Clock
from tests.unit.store.execution_cast import chunk, execution, numbers_of, recorded, value

ROOT = Path(__file__).parents[3]
TABLES = ("execution", "execution_trace", "metric", "metric_part")


def fill(store: SqliteStore, tenant: str = TENANT, count: int = 6) -> None:
    """An execution each second, with a trace, two values and two lists."""
    for n in range(count):
        of = f"e{n}"
        names = ("a", "b")
        store.ingest(
            tenant,
            {
                **recorded(
                    [execution(of, Start=at(n), TraceID=f"t{n}")],
                    [value(name, of, Name=name) for name in names],
                    [chunk(name, of, Name=name) for name in names],
                ),
                **body(traces=[trace(f"t{n}", 100)]),
            },
        )


def rows(path: Path) -> dict[str, int]:
    """How many rows the tables of executions have."""
    with closing(sqlite3.connect(path)) as connection:
        return {
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in TABLES
        }


@pytest.mark.parametrize("slice_", [1, 3, 50_000])
def test_deleting_one_leaves_nothing_of_it(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch, slice_: int
) -> None:
    """In slices or at once; its trace and the others stay; sent again it is new."""
    monkeypatch.setattr(delete_executions, "SLICE", slice_)
    fill(store, count=2)
    assert store.delete_execution(TENANT, "e0")
    assert not store.delete_execution(TENANT, "e0")
    assert not store.delete_execution("other", "e1")
    assert rows(store.path) == {
        "execution": 1, "execution_trace": 1, "metric": 4, "metric_part": 4,
    }  # fmt: skip
    assert store.get_trace(TENANT, "t0") is not None
    assert numbers_of(store, "e0", "a") == []
    assert store.check().ok
    store.ingest(TENANT, recorded(lists=[chunk("a", "e0", Name="a")]))
    assert numbers_of(store, "e0", "a") == [1, 2]


@pytest.mark.parametrize("slice_", [1, 5, 50_000])
def test_pruning_deletes_what_started_before(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch, slice_: int
) -> None:
    """Of the tenants that are pruned; their metrics go with them."""
    monkeypatch.setattr(delete_executions, "SLICE", slice_)
    for tenant in (TENANT, "other"):
        fill(store, tenant)
    before = NOON + timedelta(seconds=4)
    assert store.count_executions_before(before) == 8
    assert store.count_executions_before(before, tenant=TENANT) == 4
    assert store.prune(before, tenant=TENANT).executions == 4
    left = store.list_executions(TENANT, ExecutionQuery()).executions
    assert [one.xid for one in left] == ["e5", "e4"]
    assert store.list_executions("other", ExecutionQuery()).total_count == 6
    assert store.prune(before).executions == 4
    assert rows(store.path) == {
        "execution": 4, "execution_trace": 4, "metric": 16, "metric_part": 16,
    }  # fmt: skip
    assert store.check().ok


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ("UPDATE metric SET count = count + 1", "4 metrics count their values"),
        ("UPDATE metric SET created = created - 1", "4 metrics count their values or their times"),
        ("UPDATE metric SET last = 'x'", "4 metrics take another value for their last"),
        ("UPDATE metric SET pipeline = NULL", "4 metrics are not found where"),
        ("DELETE FROM metric_part WHERE xid = 'a'", "2 metrics count their values"),
        ("DELETE FROM metric WHERE kind = 1", "the values of 2 metrics that do not exist"),
        ("DELETE FROM execution", "4 metrics belong to executions that do not exist"),
        ("DELETE FROM execution", "1 traces are those of executions that do not exist"),
        ("UPDATE metric_part SET data = zeroblob(400008)", "2 lists hold too many values"),
    ],
)
def test_what_is_out_of_order_is_found(store: SqliteStore, damage: str, words: str) -> None:
    """And said in a sentence; a store in order says how many executions it has."""
    fill(store, count=1)
    report = store.check()
    assert (report.ok, report.executions) == (True, 1)
    with closing(sqlite3.connect(store.path)) as connection:
        connection.execute(damage)
        if "zeroblob" in damage:
            connection.execute("UPDATE metric SET count = 50001")
        connection.commit()
    assert any(words in problem for problem in store.check().problems)


def test_a_store_from_before_executions_gets_them(path: Path) -> None:
    """What was stored is there, and executions can be kept beside it."""
    older = migrations.MIGRATIONS[: migrations.MIGRATIONS.index(EXECUTIONS)]
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        migrations.migrate(connection, 7, older)
        connection.execute("INSERT INTO tenant VALUES (1, ?)", (TENANT,))
        connection.execute(
            "INSERT INTO session (tenant, xid, start, end, created, updated) "
            "VALUES (1, 's1', 0, 0, 0, 0)"
        )
    with SqliteStore(path) as store:
        assert store.get_session(TENANT, "s1") is not None
        assert store.list_executions(TENANT, ExecutionQuery()).total_count == 0
        fill(store, count=1)
        assert numbers_of(store, "e0", "a") == [1, 2]
        assert store.check().ok


def test_times_go_on_when_the_clock_goes_back(store: SqliteStore, clock: Clock) -> None:
    """XIDs that the store makes sort in their order all the same."""
    xids: list[str] = []
    for step in (0, -5_000_000, 1, -1, 0):
        clock.now += step
        xids.append(store.put_execution(TENANT, {}).result().xid)
    assert xids == sorted(set(xids))


# Appends lists of 7 values by calls or in batches until one does not fit, and prints how many did.
APPEND = """
import sys
from modelmetry.errors import StoreLimitError
from modelmetry.store.open import open_store
from tests.unit.store.execution_cast import chunk, recorded

path, name, how = sys.argv[1:]
done = 0
with open_store(path) as store:
    print("ready", flush=True)
    sys.stdin.readline()
    while True:
        try:
            if how == "calls":
                body = {"Name": "loss", "Values": [done] * 7}
                store.append_metric_values("local", "e1", body).result()
            else:
                store.ingest("local", recorded(lists=[chunk(f"{name}-{done}", numbers=[done] * 7)]))
        except StoreLimitError as error:
            assert "4 still fit" in str(error), error
            break
        done += 1
print(done)
"""


def appender(path: Path, name: str, how: str) -> subprocess.Popen[str]:
    """A process that appends, once it is told to."""
    return subprocess.Popen(
        [sys.executable, "-c", APPEND, str(path), name, how],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'generated'}"},
    )


@pytest.mark.parametrize("how", ["calls", "batches"])
def test_processes_fill_one_list_to_its_bound(path: Path, how: str) -> None:
    """None of them passes it, whoever comes first, and nothing that was taken is lost."""
    with SqliteStore(path) as store:
        store.ingest(TENANT, recorded(lists=[chunk("old", numbers=[-1] * 49_100, At=at(-1))]))
        processes = [appender(path, str(n), how) for n in range(3)]
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        done = [int(process.communicate(timeout=60)[0]) for process in processes]
        assert [process.returncode for process in processes] == [0, 0, 0]
        assert sum(done) == 900 // 7
        (one,) = store.list_metric_lists(TENANT, MetricQuery()).lists
        assert one.count == 49_100 + 7 * sum(done)
        assert len(numbers_of(store)) == one.count
        assert store.check().problems == ()
