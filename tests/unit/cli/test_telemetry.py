"""`modelmetry telemetry`, over a store and over files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from modelmetry import Telemetry
from modelmetry.cli.root import modelmetry
from tests.unit.cli.conftest import Command
from tests.unit.cli.older_files import lines_file, table_file
from tests.unit.sinks.receiver import problem, receiving
from tests.unit.telemetry.older import older_record

EVERYWHERE = (
    "summary",
    "summary --command train",
    "summary --since 2026-11-02T09:30:01.25Z --until 2026-11-02T09:30:03.25Z",
    "summary --command nothing",
    "ls",
    "ls --limit 2",
    "ls --limit 2 --sort at",
    "ls --status completed --status failed",
    "ls --event model_load_start",
    "ls --kind event",
    "ls --kind reading",
    "ls --metric duration_sec --command train",
    "query duration_sec",
    "query duration_sec --group-by command",
    "query duration_sec --group-by status --since 2026-11-02T09:30:02Z",
    "query duration_sec --group-by run",
    "query ok",
    "query nothing",
)


@pytest.fixture(scope="module", name="imported")
def _imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store into which a file of the older tool was imported, as of UTC."""
    folder = tmp_path_factory.mktemp("imported")
    file = lines_file(folder / "old.jsonl")
    words = ["import", str(file), "--timezone", "UTC", "--store", str(folder / "t.db")]
    assert CliRunner().invoke(modelmetry, words).exit_code == 0
    return folder / "t.db"


@pytest.fixture(name="file")
def _file(imported: Path) -> Path:
    """That file."""
    return imported.with_name("old.jsonl")


@pytest.fixture(name="at")
def _at(run: Command, imported: Path) -> Callable[..., Result]:
    """The command over that store."""
    return lambda *words: run("telemetry", *words, "--store", imported)


def document(result: Result) -> Any:
    """What a command wrote as JSON."""
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.mark.parametrize("words", EVERYWHERE)
def test_a_file_answers_as_a_store_does(
    run: Command, at: Callable[..., Result], file: Path, tmp_path: Path, words: str
) -> None:
    """The same JSON and the same tables, also of the table of SQLite; cursors are of stores."""
    for path in (file, table_file(tmp_path / "old.db")):
        for form in ((), ("--json",)):
            of_store = at(*words.split(), *form)
            of_file = run("telemetry", *words.split(), path, "--timezone", "UTC", *form)
            assert of_store.exit_code == of_file.exit_code == 0, of_file.output
            if form:
                assert without_cursor(of_file) == without_cursor(of_store)
            else:
                assert of_file.stdout == of_store.stdout


def without_cursor(result: Result) -> Any:
    """JSON without where it goes on."""
    found = document(result)
    found.pop("NextCursor", None)
    return found


def test_a_summary_counts_how_jobs_ended(at: Callable[..., Result]) -> None:
    """Those that have only started are no failures."""
    answer = at("summary")
    lines = [line.split() for line in answer.stdout.splitlines()]
    assert lines[1] == ["train", "4", "2", "0", "0", "100.0%"]
    assert lines[2] == ["deploy", "2", "1", "1", "0", "50.0%"]
    assert ["model_load_start", "1"] in lines
    assert ["duration_sec", "3"] in lines
    assert answer.stdout.endswith("6 records of 2 runs, 4 jobs ended, 75.0% of them completed\n")


def test_a_number_is_summed_up_by_groups(at: Callable[..., Result]) -> None:
    """With percentiles of the nearest rank."""
    lines = [
        line.split()
        for line in at("query", "duration_sec", "--group-by", "command").stdout.splitlines()
    ]
    assert lines[0] == ["Command", "Count", "Min", "Mean", "P50", "P95", "P99", "Max"]
    assert lines[1] == ["train", "2", "1.5", "2", "1.5", "2.5", "2.5", "2.5"]
    assert lines[2] == ["deploy", "1", *["10"] * 6]
    whole = at("query", "duration_sec").stdout.splitlines()[1].split()
    assert whole == ["3", "1.5", "4.66667", "2.5", "10", "10", "10"]


def test_records_are_listed_newest_first(at: Callable[..., Result]) -> None:
    """With what they measured; the next page is named."""
    answer = at("ls", "--limit", "5")
    newest, latency, failed = (line.split() for line in answer.stdout.splitlines()[1:4])
    assert newest[2:] == ["train", "started", "model_load_start", "job", "5"]
    assert latency[2:] == ["deploy", "completed", "latency=0.125", "job", "4"]
    assert failed[4:] == ["duration_sec=10", "error=no", "room", "job", "3"]
    cursor = answer.stderr.split("--cursor '")[1].split("'")[0]
    assert "job 0" in at("ls", "--cursor", cursor).stdout


def test_a_list_of_a_file_says_how_many_more_there_are(run: Command, file: Path) -> None:
    """There is no cursor in a file."""
    answer = run("telemetry", "ls", file, "--limit", "4")
    assert "There are 2 more: --limit 8\n" in answer.stderr


def test_runs_are_listed(at: Callable[..., Result]) -> None:
    """With their latest status and how much they sent; narrowed as others are."""
    newest, oldest = (line.split() for line in at("runs").stdout.splitlines()[1:])
    assert newest[2:-1] == ["deploy", "completed", "1.00", "s", "2", "0"]
    assert oldest[2:-1] == ["train", "started", "5.00", "s", "4", "0"]
    (only,) = document(at("runs", "--command", "deploy", "--json"))["Runs"]
    assert document(at("summary", "--run", only["XID"], "--json"))["RecordCount"] == 2
    assert document(at("runs", "--execution", "nothing", "--json"))["TotalCount"] == 0
    assert "There are more, 2 in all: --limit 2, or --cursor '" in at("runs", "--limit", "1").stderr


@pytest.mark.parametrize("backend", ["jsonl", "sqlite"])
def test_our_own_files_answer_too(run: Command, tmp_path: Path, backend: str) -> None:
    """Readings of the machine are no records of jobs, unless they are wanted."""
    path = tmp_path / "ours"
    with Telemetry("train", backend=backend, path=path, interval=None) as telemetry:
        telemetry.emit("completed", {"loss": 0.5})
        telemetry.emit(event="warm")
    found = document(run("telemetry", "summary", path, "--json"))
    assert (found["RecordCount"], found["RunCount"], found["SuccessRate"]) == (2, 1, 1.0)
    assert run("telemetry", "summary", path).stderr == ""
    listed = document(run("telemetry", "ls", path, "--json"))["Records"]
    assert {one["RunID"] for one in listed} == {telemetry.run_id}


def test_a_torn_file_answers_and_says_so(run: Command, tmp_path: Path) -> None:
    """On stderr: what is on stdout is the answer alone."""
    path = lines_file(tmp_path / "torn", '{"timestamp": "2026-11-', older_record())
    answer = run("telemetry", "summary", path, "--json")
    assert document(answer)["RecordCount"] == 1
    assert answer.stderr == "Passed over 1: no whole JSON (line 1)\n"


def test_a_file_of_traces_is_no_telemetry(on: Command, run: Command, tmp_path: Path) -> None:
    """It says what it is and where it belongs."""
    path = tmp_path / "traces.jsonl"
    on("traces", "export", "-o", path)
    answer = run("telemetry", "ls", path)
    assert (answer.exit_code, answer.stdout) == (1, "")
    assert f"{path} holds traces, not telemetry; take them into a store with: " in answer.stderr


def test_a_file_is_read_from_stdin(run: Command, file: Path) -> None:
    """As other commands of a shell do."""
    answer = run("telemetry", "query", "duration_sec", "-", given=file.read_bytes())
    assert answer.stdout.splitlines()[1].split()[0] == "3"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("summary FILE --base-url http://127.0.0.1:1", "FILE is read as it is"),
        ("summary FILE --tenant acme", "FILE is read as it is"),
        ("ls FILE --cursor abc", "FILE is read as it is"),
        ("summary --timezone UTC", "--timezone is for a FILE"),
        ("summary missing", "does not exist"),
        ("query", "Missing argument 'METRIC'"),
        ("query loss --group-by day", "is not one of"),
        ("ls --kind job", "is not one of"),
        ("ls --since yesterday", "is not a time"),
    ],
)
def test_a_wrong_command_line_says_what_is_wrong(
    run: Command, file: Path, words: str, message: str
) -> None:
    """With exit code 2."""
    answer = run("telemetry", *(str(file) if word == "FILE" else word for word in words.split()))
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert message in answer.stderr


def test_where_nothing_is_it_says_so(
    run: Command, at: Callable[..., Result], store: Path, tmp_path: Path
) -> None:
    """A store without telemetry, filters that nothing fits, a name that no number has."""
    for words in (["summary"], ["ls"], ["runs"]):
        empty = run("telemetry", *words, "--store", store)
        assert (empty.exit_code, empty.stdout) == (0, "")
        assert empty.stderr.startswith("No telemetry. Record some with modelmetry.Telemetry")
        narrowed = at(*words, "--command", "nothing")
        assert (narrowed.exit_code, narrowed.stdout) == (0, "")
        assert "fits all of these filters" in narrowed.stderr
    assert "No number nothing there; see the names with: " in at("query", "nothing").stderr
    reading = older_record(id="r", run_id="x", kind="reading")
    path = lines_file(tmp_path / "readings", reading)
    assert "No job reported anything in " in run("telemetry", "summary", path).stderr
    assert "METRIC is empty" in at("query", "").stderr


@pytest.mark.parametrize(
    ("group", "command"),
    [
        ("telemetry", "summary"),
        ("telemetry", "runs"),
        ("executions", "ls"),
        ("executions", "show last"),
        ("executions", "show run-1"),
        ("executions", "compare run-1 run-2"),
    ],
)
def test_a_server_that_is_too_old_is_told(run: Command, group: str, command: str) -> None:
    """Nothing that is listed elsewhere would help."""
    with receiving() as receiver:
        receiver.script = iter([problem(404)] * 2)
        answer = run(group, *command.split(), "--base-url", receiver.url)
    assert answer.exit_code == 1
    assert f"this server is older than {group} and knows none" in answer.stderr
    assert "traces ls" not in answer.stderr


def test_what_a_record_says_cannot_steer_the_terminal(run: Command, tmp_path: Path) -> None:
    """Escapes of a file are shown as such."""
    evil = "\x1b[2J"
    record = older_record(command=evil, status=evil, message=evil, metrics={evil: 1, "event": evil})
    path = lines_file(tmp_path / "evil", record)
    for words in (["ls"], ["summary"], ["query", evil, "--group-by", "status"]):
        answer = run("telemetry", *words, path)
        assert answer.exit_code == 0, answer.output
        assert "\x1b" not in answer.output
        assert "\\x1b[2J" in answer.output
