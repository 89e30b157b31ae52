"""Files that telemetry writes: whole, shared, readable, and of use to the older tool."""

from __future__ import annotations

import io
import json
import math
import resource
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from modelmetry import Telemetry
from modelmetry.delivery.sink import SinkFailure
from modelmetry.telemetry import JSONLBackend, SQLiteBackend, TelemetryFile, TextBackend
from tests.unit.telemetry.older import OLDER_TABLE, older_record

WRITER = """
import sys
from modelmetry import Telemetry
with Telemetry(sys.argv[2], backend="jsonl", path=sys.argv[1], interval=None) as telemetry:
    for number in range(500):
        telemetry.emit("completed", {"n": number}, "x" * 2_000)
"""


def lines_of(path: Path) -> list[dict[str, Any]]:
    """Give the records of a file of JSON lines."""
    return [json.loads(line) for line in path.read_text().splitlines()]


def rows_of(path: Path, query: str) -> list[tuple[Any, ...]]:
    """Give what a query answers."""
    connection = sqlite3.connect(path)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def test_processes_share_a_file_of_lines(tmp_path: Path) -> None:
    """Lines of several processes that write at once never mix, and all are there."""
    path = tmp_path / "telemetry.jsonl"
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(path), f"writer-{number}"])
        for number in range(3)
    ]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]

    found = lines_of(path)
    assert len(found) == 1_500
    for number in range(3):
        mine = [one["metrics"]["n"] for one in found if one["command"] == f"writer-{number}"]
        assert mine == list(range(500))


def test_a_file_that_was_rotated_away_is_made_anew(tmp_path: Path) -> None:
    """What was written stays in the old file, what follows goes to a new one."""
    path, old = tmp_path / "telemetry.jsonl", tmp_path / "telemetry.jsonl.1"
    with Telemetry("train", backend="jsonl", path=path, interval=None) as telemetry:
        telemetry.emit("before")
        telemetry.flush()
        path.rename(old)
        telemetry.emit("after")

    assert [one["status"] for one in lines_of(old)] == ["before"]
    assert [one["status"] for one in lines_of(path)] == ["after"]


def test_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    """Messages may be private."""
    backends: list[JSONLBackend | TextBackend] = [
        JSONLBackend(tmp_path / "a" / "t.jsonl"),
        TextBackend(tmp_path / "a" / "t.txt"),
    ]
    for backend in backends:
        backend.emit(older_record())
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "a").iterdir()]

    assert modes == [0o600, 0o600]


def test_a_database_and_its_log_are_for_their_owner_alone(tmp_path: Path) -> None:
    """From the first moment, so that nobody can have it open from before."""
    backend = SQLiteBackend(tmp_path / "t.db")
    backend.emit(older_record())
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    backend.close()

    assert modes == {"t.db": 0o600, "t.db-wal": 0o600, "t.db-shm": 0o600}


@pytest.mark.parametrize("kind", [JSONLBackend, TextBackend])
def test_a_disk_that_is_full_leaves_whole_lines(
    kind: type[JSONLBackend | TextBackend], tmp_path: Path
) -> None:
    """What did not fit is tried again, what did is not written twice, and a torn line is ended."""
    path = tmp_path / "lines"
    backend = kind(path)
    records = [older_record(message=f"{n:x>100}") for n in range(10)]
    size = len(json.dumps(records[0])) if kind is JSONLBackend else 160
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(size * 3.5), before[1]))
    try:
        with pytest.raises(SinkFailure):
            backend.emit_many(records)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    backend.emit_many(records)
    backend.close()

    lines = path.read_text().splitlines()
    assert len(lines) == 11
    for n in range(10):
        assert sum(f"{n:x>100}" in line for line in lines) == 1
    if kind is JSONLBackend:
        file = TelemetryFile(path)
        assert (len(list(file)), file.skipped) == (10, {"torn": 1})


def test_a_folder_that_cannot_be_made_is_a_failure_to_try_again(tmp_path: Path) -> None:
    """The delivery tries again; a direct call counts what it lost."""
    (tmp_path / "file").write_text("")
    backend = JSONLBackend(tmp_path / "file" / "t.jsonl")
    with pytest.raises(SinkFailure) as raised:
        backend.emit_many([older_record()])
    backend.emit(older_record())

    assert (raised.value.retry, backend.lost) == (True, 1)


def test_numbers_are_typed_for_sql(tmp_path: Path) -> None:
    """A view has a row for each number, with what its record says beside it."""
    path = tmp_path / "t.db"
    with Telemetry("train", backend="sqlite", path=path, interval=None) as telemetry:
        telemetry.emit("completed", {"loss": 0.5, "flag": True, "name": "a", "epoch": 1})
        telemetry.emit("completed", {"loss": 1.5}, event="epoch_end")

    query = "SELECT avg(value), max(value) FROM telemetry_value WHERE name = 'loss'"
    assert rows_of(path, query) == [(1.0, 1.5)]
    names = "SELECT DISTINCT name FROM telemetry_value ORDER BY name"
    assert rows_of(path, names) == [("epoch",), ("loss",)]
    plan = str(rows_of(path, f"EXPLAIN QUERY PLAN {query}"))
    assert "SEARCH n USING PRIMARY KEY" in plan
    assert rows_of(path, "PRAGMA journal_mode") == [("wal",)]


def test_the_table_is_that_of_the_older_tool(tmp_path: Path) -> None:
    """Its seven columns come first, in its order; a status that was not given is NULL."""
    path = tmp_path / "t.db"
    with Telemetry("train", backend="sqlite", path=path, interval=None) as telemetry:
        telemetry.emit(metrics={"loss": 0.5})

    columns = [row[1] for row in rows_of(path, "PRAGMA table_info(telemetry)")]
    older = ["id", "timestamp", "command", "status", "metrics", "system", "message"]
    assert columns[:7] == older
    ((command, status, metrics),) = rows_of(path, "SELECT command, status, metrics FROM telemetry")
    assert (command, status, json.loads(metrics)) == ("train", None, {"loss": 0.5})


def test_a_file_of_the_older_tool_is_gone_on_with(tmp_path: Path) -> None:
    """Its rows get typed values, NaN among them hurts nothing, and it can go on writing."""
    path = tmp_path / "t.db"
    insert = "INSERT INTO telemetry (command, metrics) VALUES (?, ?)"
    older = sqlite3.connect(path)
    older.execute(OLDER_TABLE)
    rows = [("old", '{"loss": 1.0}'), ("old", '{"loss": 1.5}'), ("old", '{"loss": NaN}')]
    older.executemany(insert, rows)
    older.commit()
    backend = SQLiteBackend(path)
    backend.emit(older_record(metrics={"loss": 2.0}))
    older.execute(insert, ("late", '{"loss": 3.0}'))
    older.execute("DELETE FROM telemetry WHERE metrics = ?", ('{"loss": 1.0}',))
    older.commit()
    older.close()
    backend.close()

    values = rows_of(path, "SELECT value FROM telemetry_value WHERE name = 'loss' ORDER BY value")
    assert values == [(1.5,), (2.0,), (3.0,)]
    assert rows_of(path, "SELECT count(*) FROM telemetry") == [(4,)]


def test_the_same_records_again_change_nothing(tmp_path: Path) -> None:
    """A batch that is tried again, though it had arrived, is there once."""
    path = tmp_path / "t.db"
    backend = SQLiteBackend(path)
    records = [older_record(id=f"r{number}") for number in range(3)]
    backend.emit_many(records)
    backend.emit_many(records)
    backend.close()

    assert rows_of(path, "SELECT count(*) FROM telemetry") == [(3,)]


def test_a_transaction_that_fails_leaves_nothing(tmp_path: Path) -> None:
    """All records of a batch are there or none, and the next batch is written as usual."""
    path = tmp_path / "t.db"
    backend = SQLiteBackend(path)
    backend.emit_many([older_record()])
    stranger = sqlite3.connect(path)
    stranger.execute(
        "CREATE TRIGGER strict BEFORE INSERT ON telemetry WHEN new.command = 'bad' "
        "BEGIN SELECT RAISE(ABORT, 'no'); END"
    )
    stranger.close()
    with pytest.raises(SinkFailure):
        backend.emit_many([older_record(), older_record(command="bad")])
    backend.emit_many([older_record()])
    backend.close()

    assert rows_of(path, "SELECT count(*) FROM telemetry") == [(2,)]


def test_a_database_that_somebody_holds_is_tried_again(tmp_path: Path) -> None:
    """It is busy, not broken; nothing of the transaction stays."""
    path = tmp_path / "t.db"
    backend = SQLiteBackend(path, wait=0.0)
    backend.emit(older_record())
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(SinkFailure, match="busy") as raised:
        backend.emit_many([older_record()])
    holder.execute("ROLLBACK")
    holder.close()
    backend.emit_many([older_record()])
    backend.close()

    assert raised.value.retry
    assert rows_of(path, "SELECT count(*) FROM telemetry") == [(2,)]


def test_a_file_that_is_no_database_is_a_failure_for_good(tmp_path: Path) -> None:
    """To try again would not help."""
    path = tmp_path / "t.db"
    path.write_text("this is a text and no database" * 100)
    with pytest.raises(SinkFailure) as raised:
        SQLiteBackend(path).emit_many([older_record()])

    assert not raised.value.retry


@pytest.mark.parametrize("kind", [JSONLBackend, SQLiteBackend])
def test_a_record_of_anybody_becomes_plain(kind: Any, tmp_path: Path) -> None:
    """NaN, lone surrogates and foreign objects make no file that cannot be read."""
    path = tmp_path / "t.file"
    backend = kind(path)
    backend.emit(older_record(metrics={"bad": math.nan, "good": 1}, message="\ud800", odd=object()))
    backend.close()

    if kind is JSONLBackend:
        assert lines_of(path)[0]["metrics"] == {"good": 1}
    else:
        assert rows_of(path, "SELECT metrics FROM telemetry") == [('{"good":1}',)]


def test_text_is_a_line_for_each_record() -> None:
    """Readable, without readings of the machine, and nothing in it can rewrite a terminal."""
    stream = io.StringIO()
    backend = TextBackend(stream=stream)
    backend.emit(older_record(metrics={"loss": 0.5, "ok": True}, message="two\nlines \x1b[2J"))
    backend.emit(older_record(kind="reading"))
    backend.emit(older_record(event="warm", status=""))

    assert stream.getvalue().splitlines() == [
        "2026-11-02T09:30:00+00:00  old  completed  loss=0.5 ok=true  two lines [2J",
        "2026-11-02T09:30:00+00:00  old  * warm",
    ]


def test_text_goes_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    """The program's own output stays clean."""
    with Telemetry("train", backend="text", interval=None) as telemetry:
        telemetry.emit("completed", {"loss": 0.5}, "well")
    said = capsys.readouterr()

    assert (said.out, said.err[32:]) == ("", "  train  completed  loss=0.5  well\n")


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="nobody counts descriptors here")
def test_backends_hold_one_file_open(tmp_path: Path) -> None:
    """Hundreds of records take no more descriptors than one."""
    backends: list[JSONLBackend | SQLiteBackend] = [
        JSONLBackend(tmp_path / "t.jsonl"),
        SQLiteBackend(tmp_path / "t.db"),
    ]
    for backend in backends:
        backend.emit(older_record())
    before = len(list(Path("/proc/self/fd").iterdir()))
    for backend in backends:
        for _ in range(100):
            backend.emit(older_record())
    after = len(list(Path("/proc/self/fd").iterdir()))
    for backend in backends:
        backend.close()

    assert after == before
