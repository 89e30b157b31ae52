"""Files are read whoever wrote them, as far as they can be, and what cannot is counted."""

from __future__ import annotations

import json
import sqlite3
from datetime import timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from modelmetry import Telemetry
from modelmetry.errors import InvalidValueError
from modelmetry.signals.measurements import TelemetryRecord, TelemetryRunRecord
from modelmetry.telemetry import TelemetryFile, files, read
from modelmetry.telemetry.files import Skip
from tests.unit.telemetry.older import OLDER_TABLE, older_record

EAST = timezone(timedelta(hours=2))


def file_of(path: Path, *lines: str) -> TelemetryFile:
    """Give a file of these lines."""
    path.write_text("".join(f"{line}\n" for line in lines))
    return TelemetryFile(path, zone=EAST)


def table_of(path: Path, *records: dict[str, Any]) -> TelemetryFile:
    """Give a database as the older tool makes it."""
    connection = sqlite3.connect(path)
    connection.execute(OLDER_TABLE)
    members = ("timestamp", "command", "status", "metrics", "system", "message")
    rows = [
        [
            json.dumps(one[name]) if isinstance(one.get(name), dict) else one.get(name)
            for name in members
        ]
        for one in records
    ]
    connection.executemany(
        "INSERT INTO telemetry (timestamp, command, status, metrics, system, message) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        rows,
    )
    connection.commit()
    connection.close()
    return TelemetryFile(path, zone=EAST)


@pytest.mark.parametrize("backend", ["jsonl", "sqlite"])
def test_what_we_wrote_is_read_as_it_was(backend: str, tmp_path: Path) -> None:
    """Both kinds of file give the same members, with identities, runs and kinds."""
    path = tmp_path / "telemetry"
    with Telemetry("train", backend=backend, path=path, interval=None) as telemetry:
        telemetry.emit("completed", {"loss": 0.5, "tags": ["a"]}, "well")
        telemetry.emit(event="warm")

    record, event = read(path)
    assert (record["command"], record["status"], record["message"]) == (
        "train",
        "completed",
        "well",
    )
    assert record["metrics"] == {"loss": 0.5, "tags": ["a"]}
    assert (event["kind"], event["event"], event["status"]) == ("event", "warm", "")
    assert record["run_id"] == event["run_id"] == telemetry.run_id
    assert record["id"] != event["id"]
    assert "memory_total" in record["system"]


def test_torn_lines_are_counted_with_their_places(tmp_path: Path) -> None:
    """What is around them is read; of two records on one line the whole one is."""
    good = json.dumps(older_record())
    file = file_of(tmp_path / "t.jsonl", good, good[:40], "", "[1]", good[:40] + good, '{"a": 1}')

    assert len(list(file)) == file.read == 2
    assert file.skipped == {"torn": 2, "no_record": 2}
    assert file.skips == [
        Skip(2, "torn"),
        Skip(4, "no_record"),
        Skip(5, "torn"),
        Skip(6, "no_record"),
    ]


def test_a_line_that_no_record_has_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However much longer it is than what is read at once, those behind it keep their places."""
    monkeypatch.setattr(files, "LONGEST_LINE", 300)
    good = json.dumps(older_record())
    file = file_of(tmp_path / "t.jsonl", good, "x" * 1_000, good, "{")

    assert len(list(file)) == 2
    assert file.skips == [Skip(2, "torn"), Skip(4, "torn")]


def test_reading_again_counts_anew(tmp_path: Path) -> None:
    """The counts are those of the last reading."""
    file = file_of(tmp_path / "t.jsonl", json.dumps(older_record()), "{")
    list(file)
    list(file)

    assert (file.read, file.skipped) == (1, {"torn": 1})


def test_files_of_the_older_tool_are_read(tmp_path: Path) -> None:
    """A time without an offset is of the given zone; NaN, which is no JSON, is left out."""
    record = older_record(
        timestamp="2026-11-02T09:30:00.250000", metrics={"loss": float("nan"), "epoch": 1}
    )
    for file in (
        file_of(tmp_path / "t.jsonl", json.dumps(record)),
        table_of(tmp_path / "t.db", record),
    ):
        (found,) = file
        assert found["timestamp"] == "2026-11-02T07:30:00.250000+00:00"
        assert (found["metrics"], file.left_out) == ({"epoch": 1}, 1)
        assert (found["message"], found["kind"], file.without_offset) == ("", "record", 1)


def test_integers_that_no_store_holds_end_no_reading(tmp_path: Path) -> None:
    """A metric becomes the nearest float, or is left out and counted; a fact becomes a text."""
    sizes = {"small": 7, "large": 10**30, "too_large": 10**400}
    record = older_record(metrics={**sizes, "is_done": True}, system=sizes)
    for file in (
        file_of(tmp_path / "t.jsonl", json.dumps(record)),
        table_of(tmp_path / "t.db", record),
    ):
        (found,) = file
        assert found["metrics"] == {"small": 7, "large": 1e30, "is_done": True}
        assert (type(found["metrics"]["large"]), file.left_out) == (float, 1)
        assert found["system"]["small"] == 7
        assert found["system"]["large"].startswith("<large number of int: 1000")


def test_metrics_and_events_of_the_older_tool_get_their_own_names(tmp_path: Path) -> None:
    """It keeps `metric=` and `event=` as metrics of these names."""
    file = file_of(
        tmp_path / "t.jsonl",
        json.dumps(older_record(metrics={"metric": "inference_latency", "value": 0.125})),
        json.dumps(older_record(metrics={"event": "model_load_start"})),
    )
    metric, event = file

    assert (metric["kind"], metric["metrics"]) == ("record", {"inference_latency": 0.125})
    assert (event["kind"], event["event"], event["metrics"]) == ("event", "model_load_start", {})


def test_a_time_that_is_none_is_counted(tmp_path: Path) -> None:
    """A record without a moment cannot be placed."""
    lines = [json.dumps(older_record(timestamp=at)) for at in ("yesterday", None, 7)]
    file = file_of(tmp_path / "t.jsonl", *lines)

    assert list(file) == []
    assert file.skipped == {"bad_timestamp": 3}


def test_a_damaged_database_gives_what_can_be_read(tmp_path: Path) -> None:
    """The reader stops where SQLite does, and says at which row."""
    path = tmp_path / "t.db"
    table_of(path, *(older_record(message="x" * 500) for _ in range(200)))
    content = bytearray(path.read_bytes())
    half = len(content) // 2
    content[half:] = b"\xff" * (len(content) - half)
    path.write_bytes(bytes(content))
    file = TelemetryFile(path)
    found = list(file)

    assert file.skipped == {"damaged": 1}
    assert len(found) == file.read == file.skips[0].place - 1


def test_a_database_without_the_table_is_said(tmp_path: Path) -> None:
    """It is another file than was meant."""
    path = tmp_path / "other.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE other (id INTEGER)")
    connection.close()

    with pytest.raises(InvalidValueError, match="without the table `telemetry`"):
        list(read(path))


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    """It is not made, and not taken for an empty one."""
    with pytest.raises(FileNotFoundError):
        list(read(tmp_path / "none.db"))
    assert list(tmp_path.iterdir()) == []


def test_what_travels_to_a_store_is_the_same_each_time(tmp_path: Path) -> None:
    """Identities come from what a record says, also of two that say just the same."""
    same = json.dumps(older_record(message="half \ud800 a sign", metrics={"loss": float("nan")}))
    file = file_of(tmp_path / "t.jsonl", same, same, json.dumps(older_record(command="other")))
    first, second = list(file.signals()), list(file.signals())

    assert first == second
    assert len({signal.xid for signal in first if isinstance(signal, TelemetryRecord)}) == 3


def test_a_file_of_the_older_tool_has_a_run_for_each_command(tmp_path: Path) -> None:
    """Wherever the file lies, however far it was written, and whatever its times are read as."""
    lines = [
        json.dumps(older_record(command=command, message=str(place), timestamp="2026-11-02T09:30"))
        for place, command in enumerate(["train", "deploy", "train"])
    ]
    whole = list(file_of(tmp_path / "t.jsonl", *lines))
    begun = TelemetryFile(tmp_path / "begun.jsonl")
    begun.path.write_text("".join(f"{line}\n" for line in lines[:2]))

    assert whole[0]["run_id"] == whole[2]["run_id"] != whole[1]["run_id"]
    assert [(one["id"], one["run_id"]) for one in begun] == [
        (one["id"], one["run_id"]) for one in whole[:2]
    ]


def test_a_run_comes_before_its_first_record(tmp_path: Path) -> None:
    """It has the facts of the machine, and not the reading that stood beside them."""
    path = tmp_path / "t.jsonl"
    system = {"host.arch": "amd64", "system.memory.limit": 1.0, "system.memory.usage": 0.5}
    lines = [older_record(id=f"r{n}", run_id="run-1", kind="record", system=system) for n in (1, 2)]
    run, one, two = file_of(path, *map(json.dumps, lines)).signals()

    assert isinstance(run, TelemetryRunRecord)
    assert (run.xid, run.command) == ("run-1", "old")
    assert run.system == {"host.arch": "amd64", "system.memory.limit": 1.0}
    assert (one.xid, two.xid) == ("r1", "r2")
