"""`modelmetry import`."""

from __future__ import annotations

import gzip
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from modelmetry.client.client import Client
from modelmetry.sinks.jsonl import JsonlSink
from tests.unit.cli.cast import environment
from tests.unit.cli.conftest import Command
from tests.unit.cli.older_files import lines_file, older_records, table_file
from tests.unit.sinks.receiver import Answer, fault, problem, receiving
from tests.unit.telemetry.older import older_record

Make = Callable[[Path], Path]


@pytest.fixture(name="into")
def _into(run: Command, tmp_path: Path) -> Command:
    """The command over a store that does not exist yet."""

    def command(*words: str | Path, given: str | bytes | None = None) -> Result:
        return run(*words, "--store", tmp_path / "into.db", given=given)

    return command


def records(into: Command) -> list[dict[str, Any]]:
    """All telemetry of the store, oldest first."""
    answer = into("telemetry", "ls", "--limit", "999", "--json")
    assert answer.exit_code == 0, answer.output
    found: list[dict[str, Any]] = json.loads(answer.stdout)["Records"]
    return found[::-1]


def of_sink(path: Path) -> Path:
    """Signals of a client, as a sink wrote them."""
    with Client(sink=JsonlSink(path)) as client:
        client.trace("turn").finding("score", 1).end()
        client.execution("train").metric("accuracy", 0.9).end()
    return path


@pytest.mark.parametrize("make", [lines_file, table_file])
def test_telemetry_of_the_older_tool_is_imported(into: Command, tmp_path: Path, make: Make) -> None:
    """Its commands become runs, its metrics and events get their own names."""
    answer = into("import", make(tmp_path / "old"), "--timezone", "+02:00")
    assert (answer.exit_code, answer.stdout) == (0, ""), answer.output
    assert answer.stderr == (
        "Imported 2 runs and 6 telemetry records\nRead 6 times without an offset as UTC+02:00\n"
    )
    found = records(into)
    assert [one["At"] for one in found] == [f"2026-11-02T07:30:0{n}.250000Z" for n in range(6)]
    assert found[4]["Metrics"] == {"latency": 0.125}
    assert (found[5]["Kind"], found[5]["Event"]) == ("event", "model_load_start")
    runs = json.loads(into("telemetry", "runs", "--json").stdout)["Runs"]
    assert {(one["Command"], one["RecordCount"]) for one in runs} == {("train", 4), ("deploy", 2)}
    assert {one["RunID"] for one in found} == {one["XID"] for one in runs}
    assert runs[0]["System"]["cpu"] == "x"


def test_the_same_file_again_changes_nothing(into: Command, tmp_path: Path) -> None:
    """Also from elsewhere, in another time zone or as the other kind of file, or when it grew."""
    path = lines_file(tmp_path / "old.jsonl", *older_records(), older_records()[0])
    into("import", path, "--timezone", "UTC")
    before = records(into)
    assert len(before) == 7

    into("import", path)
    into("import", path.rename(tmp_path / "moved"), "--timezone", "Asia/Tokyo")
    into("import", table_file(tmp_path / "old.db"))
    assert records(into) == before

    into(
        "import",
        lines_file(path, *older_records(), older_records()[0], older_record(message="new")),
    )
    assert len(records(into)) == 8
    assert json.loads(into("telemetry", "runs", "--json").stdout)["TotalCount"] == 3


def test_local_times_are_those_of_this_machine(
    into: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which is said, with the option that names another zone."""
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        answer = into("import", lines_file(tmp_path / "old.jsonl"))
    finally:
        monkeypatch.delenv("TZ")
        time.tzset()
    assert "as local time here, E" in answer.stderr
    assert "; --timezone names another" in answer.stderr
    assert records(into)[0]["At"] == "2026-11-02T14:30:00.250000Z"


@pytest.mark.parametrize(
    "record",
    [
        older_record(metrics={"loss": float("inf")}),
        older_record(message="half \ud800 a sign"),
        {"host": "a", **older_record(metrics={"loss": float("nan")})},
    ],
)
def test_what_only_python_writes_as_json_is_recognised(
    into: Command, tmp_path: Path, record: dict[str, Any]
) -> None:
    """Also where each line of a file is so."""
    answer = into("import", lines_file(tmp_path / "old.jsonl", record))

    assert answer.exit_code == 0
    assert "Imported 1 run and 1 telemetry record" in answer.stderr


def test_what_cannot_be_read_is_counted_with_its_places(into: Command, tmp_path: Path) -> None:
    """And everything around it is imported."""
    good = older_record(metrics={"loss": float("nan"), "epoch": 1})
    torn = json.dumps(good)[:50]
    at_no_time = older_record(timestamp="soon")
    lines = [torn, good, "", "[]", at_no_time, *[torn] * 4]
    answer = into("import", lines_file(tmp_path / "old.jsonl", *lines))
    assert answer.exit_code == 0
    assert answer.stderr.splitlines() == [
        "Imported 1 run and 1 telemetry record",
        "Left out 1 number that is NaN, infinite or too large for a float",
        "Passed over 5: no whole JSON (line 1, 6, 7, ...)",
        "Passed over 1: no record of telemetry (line 4)",
        "Passed over 1: a time that cannot be read (line 5)",
    ]


def test_what_the_store_does_not_take_is_found_and_said(into: Command, tmp_path: Path) -> None:
    """One record that is refused costs none of those that travel with it."""
    lines = [older_record(message=str(n)) for n in range(2_100)]
    lines[1_234]["status"] = "x" * 300
    lines[1_500]["command"] = "y" * 2_000
    answer = into("import", lines_file(tmp_path / "old.jsonl", *lines), "--json")
    assert answer.exit_code == 0, answer.output
    told = json.loads(answer.stdout)
    assert told["Content"] == "telemetry"
    assert told["Stored"] == {"TelemetryRuns": 1, "TelemetryRecords": 2_098}
    assert {one["Place"] for one in told["Skips"]} == {1_235, 1_501}
    assert all(one["Reason"].startswith("refused: ") for one in told["Skips"])
    assert len(
        json.loads(into("telemetry", "ls", "--limit", "9999", "--json").stdout)["Records"]
    ) == (2_098)


def test_halves_of_signs_and_huge_numbers_are_taken(into: Command, tmp_path: Path) -> None:
    """Python writes both into JSON; neither keeps a record out."""
    lines = [
        '{"timestamp": "2026-11-02T09:30:00Z", "status": "\\ud800", "metrics": {"n": 1e400}}',
        f'{{"timestamp": "2026-11-02T09:30:01Z", "status": "", "metrics": {{"n": {10**40}}}}}',
        '{"timestamp": "0001-01-01T00:00:00+00:00", "command": "a", "metrics": {}}',
        '{"timestamp": "9999-12-31T23:59:59.999999-12:00", "command": "a", "metrics": {}}',
    ]
    answer = into("import", lines_file(tmp_path / "odd.jsonl", *lines), "--json")
    assert answer.exit_code == 0, answer.output
    told = json.loads(answer.stdout)
    assert told["Stored"]["TelemetryRecords"] + sum(told["Skipped"].values()) == 4
    assert told["Stored"]["TelemetryRecords"] >= 3


def test_signals_of_a_sink_are_imported(into: Command, tmp_path: Path) -> None:
    """Of all kinds, twice without a change; a torn line is passed over."""
    path = of_sink(tmp_path / "signals.jsonl")
    path.write_bytes(path.read_bytes() + path.read_bytes()[:40] + b"\n")
    for _ in range(2):
        answer = into("import", path)
        assert answer.exit_code == 0, answer.output
        assert "1 finding" in answer.stderr
        assert " and 1 value of a metric\n" in answer.stderr
        assert "Passed over 1: no whole request (line " in answer.stderr
    assert json.loads(into("executions", "ls", "--json").stdout)["TotalCount"] == 1
    assert len(json.loads(into("traces", "ls", "--json").stdout)["Traces"]) == 2


def test_exported_traces_are_imported(on: Command, into: Command, tmp_path: Path) -> None:
    """As `traces import` does, which knows traces alone."""
    on("traces", "export", "--sessions", "-o", tmp_path / "traces.jsonl")
    lines = (tmp_path / "traces.jsonl").read_bytes()
    answer = into("import", "-", given=lines + b'{"XID": "t"\n')
    assert answer.exit_code == 0, answer.output
    assert answer.stderr.startswith("Imported 1 session, 3 traces, ")
    assert "Passed over 1: no whole trace (line 5)" in answer.stderr
    assert into("traces", "export", "--sessions").stdout_bytes.splitlines()[:1] != []
    names = json.loads(into("sessions", "ls", "--json").stdout)["Sessions"]
    assert [one["Name"] for one in names] == ["chat-42"]


@pytest.mark.skipif(sys.platform == "win32", reason="pipes have names elsewhere")
def test_a_pipe_is_imported(into: Command, tmp_path: Path) -> None:
    """As `import <(zcat telemetry.jsonl.gz)` makes one; it can be read only once."""
    content = lines_file(tmp_path / "old.jsonl").read_bytes()
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=(content,))
    writer.start()
    answer = into("import", tmp_path / "pipe")
    writer.join()
    assert answer.stderr.startswith("Imported 2 runs and 6 telemetry records")


def compressed(path: Path) -> Path:
    """A file that gzip made."""
    path.write_bytes(gzip.compress(b'{"timestamp": 1}'))
    return path


def binary(path: Path) -> Path:
    """Bytes of all kinds."""
    path.write_bytes(bytes(range(256)) * 100)
    return path


def empty(path: Path) -> Path:
    """Nothing."""
    path.touch()
    return path


def blank(path: Path) -> Path:
    """Lines with nothing in them."""
    path.write_text("\n \n")
    return path


def prose(path: Path) -> Path:
    """A text, and JSON that is no record."""
    path.write_text("dear diary,\n{}\n[1]\n")
    return path


def other_table(path: Path) -> Path:
    """A database of something else."""
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE telemetries (id INTEGER)")
    return path


def broken_table(path: Path) -> Path:
    """What only begins as a database."""
    path.write_bytes(b"SQLite format 3\x00" + b"\xff" * 5_000)
    return path


def wrong_columns(path: Path) -> Path:
    """A table that is only called so."""
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE telemetry (id INTEGER, name TEXT)")
    return path


def torn_alone(path: Path) -> Path:
    """A record that cannot be placed."""
    path.write_text('{"timestamp": "soon", "status": ""}\n')
    return path


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (compressed, "is compressed; unpack it first: gzip -dk "),
        (binary, "is a binary file"),
        (empty, "file is empty"),
        (blank, "file is empty: it has blank lines alone"),
        (prose, "holds neither traces nor signals nor telemetry ('dear diary,')"),
        (other_table, "is a database without a table `telemetry`"),
        (wrong_columns, "is a database without a table `telemetry`"),
        (broken_table, "is a database that cannot be read (file is not a database)"),
        (torn_alone, "nothing of "),
    ],
)
def test_a_file_of_something_else_is_refused(
    run: Command, home: Path, tmp_path: Path, make: Make, message: str
) -> None:
    """In one line that says what it is, by every command that reads files, and no store is made."""
    path = make(tmp_path / "file")
    for words in ("import", "telemetry summary", "telemetry ls", "telemetry query loss"):
        answer = run(*words.split(), path)
        assert (answer.exit_code, answer.stdout) == (1, ""), words
        assert message in answer.stderr
        assert "Traceback" not in answer.output
    assert not home.exists() or make is torn_alone


def test_a_store_is_not_imported(into: Command, store: Path) -> None:
    """It is looked into instead."""
    answer = into("import", store)
    assert answer.exit_code == 1
    assert f"is a store; look into it with: modelmetry traces ls --store {store}" in answer.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["missing.jsonl"], "does not exist"),
        (["."], "is a directory"),
        ([], "Missing argument 'FILE'"),
        (["old", "--timezone", "Mars/Olympus"], "is no time zone; write Europe/Paris"),
        (["old", "--timezone", "Europe"], "is no time zone"),
        (["old", "--timezone", "+2:00"], "is no time zone"),
        (["old", "--timezone", ""], "is no time zone"),
        (["signals", "--timezone", "UTC"], "--timezone is for telemetry; "),
    ],
)
def test_a_wrong_command_line_says_what_is_wrong(
    into: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], message: str
) -> None:
    """With exit code 2."""
    monkeypatch.chdir(tmp_path)
    lines_file(tmp_path / "old")
    of_sink(tmp_path / "signals")
    answer = into("import", *words)
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert message in answer.stderr


def test_an_import_that_stops_says_how_far_it_came(run: Command, tmp_path: Path) -> None:
    """What was stored by then is stored; the rest is not hidden."""
    path = lines_file(tmp_path / "old", *(older_record(message=str(n)) for n in range(2_500)))
    with receiving() as receiver:
        receiver.script = iter([Answer(), Answer(), problem(429)])
        answer = run("import", path, "--base-url", receiver.url)
    assert answer.exit_code == 1
    assert (
        "Stopped after line 1,999; stored by then: 1 run and 1,999 telemetry rec" in answer.stderr
    )
    assert "doubles nothing" in answer.stderr
    assert "the server is behind; try again later" in answer.stderr


def test_a_server_that_wants_nothing_is_not_asked_for_ever(run: Command, tmp_path: Path) -> None:
    """It is older than what it is sent, or another one: that is said once."""
    path = lines_file(tmp_path / "old", *(older_record(message=str(n)) for n in range(5_000)))
    with receiving() as receiver:
        receiver.judge = lambda _: fault("body.TelemetryRecords")
        answer = run("import", path, "--base-url", receiver.url)
        assert len(receiver.received) < 2_001
    assert answer.exit_code == 1
    assert "the first 1,000 signals were all refused (TelemetryRecords: does not fit)" in (
        answer.stderr
    )


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGINT")
def test_an_import_that_is_interrupted_says_how_far_it_came(home: Path, tmp_path: Path) -> None:
    """Ctrl-C ends it as it ends other programs."""
    path = lines_file(tmp_path / "old", *(older_record(message=str(n)) for n in range(2_500)))
    command = [sys.executable, "-m", "modelmetry.cli", "import", str(path)]
    with receiving() as receiver:
        variables = environment(home, MODELMETRY_BASE_URL=receiver.url)
        with subprocess.Popen(
            command,
            env=variables,
            stderr=subprocess.PIPE,
            text=True,
            # A shell lets what runs in its background ignore Ctrl-C, and its children with it.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
        ) as process:

            def interrupt(_: object) -> Answer:
                if len(receiver.received) > 1:
                    process.send_signal(signal.SIGINT)
                    process.wait()
                return Answer()

            receiver.judge = interrupt
            _, said = process.communicate()
    assert process.returncode == 130, said
    assert "Stopped after line 999; stored by then: 1 run and 999 telemetry records." in said
