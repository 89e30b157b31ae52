"""`modelmetry sessions`, `findings`, `keys`, `store` and `config`."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from modelmetry.cli import screen
from modelmetry.client.client import Client
from modelmetry.store.open import open_store
from tests.unit.cli.conftest import Command

# -- sessions


def test_sessions_are_listed_and_shown(on: Command) -> None:
    """A session is a line in the list; shown, its traces follow."""
    listed = on("sessions", "ls")
    assert listed.exit_code == 0, listed.output
    assert listed.stderr == ""
    assert listed.stdout.splitlines()[1].split()[2:5] == ["chat-42", "3", "1"]
    shown = on("sessions", "show", "s-42")
    assert shown.stdout.startswith("chat-42  3 traces  1 failed")
    assert "channel=web" in shown.stdout
    assert shown.stdout.count("chatbot.turn") == 3


def test_sessions_are_json_too(on: Command) -> None:
    """As the API answers them."""
    (session,) = json.loads(on("sessions", "ls", "--json", "--name", "chat-42").stdout)["Sessions"]
    assert session["TraceCount"] == 3
    assert len(json.loads(on("sessions", "ls", "--json", "--limit", "9").stdout)["Sessions"]) == 1
    for words, count in (("--name-prefix chat", 1), ("--name-prefix x", 0), ("--not-failed", 0)):
        found = json.loads(on("sessions", "ls", "--json", *words.split()).stdout)["Sessions"]
        assert len(found) == count, words
    full = json.loads(on("sessions", "show", "s-42", "--json").stdout)
    assert len(full["Traces"]) == 3


def test_sessions_that_are_not_there(on: Command) -> None:
    """An empty list says how to fill it, an unknown session is a failure."""
    nothing = on("sessions", "ls", "--until", "1d")
    assert (nothing.exit_code, nothing.stdout) == (0, "")
    assert nothing.stderr == "No session fits all of these filters.\n"
    assert on("sessions", "show", "nothing").exit_code == 1


def test_a_session_is_shown_by_its_name_too(on: Command) -> None:
    """Where one alone has it."""
    assert on("sessions", "show", "chat-42").stdout == on("sessions", "show", "s-42").stdout


def test_sessions_can_be_continued(run: Command, tmp_path: Path) -> None:
    """Where there are more, the next page is named."""
    path = tmp_path / "s.db"
    with Client(store=f"sqlite:///{path}") as client:
        for name in ("one", "two"):
            client.session(name).trace("turn").end()
    first = run("sessions", "ls", "--limit", "1", "--store", path)
    assert first.exit_code == 0, first.output
    cursor = first.stderr.split("--cursor '")[1].split("'")[0]
    second = run("sessions", "ls", "--cursor", cursor, "--json", "--store", path)
    names = {one["XID"] for one in json.loads(second.stdout)["Sessions"]}
    assert len(names) == 1
    assert next(iter(names)) not in first.stdout


# -- findings


def test_findings_are_listed(on: Command) -> None:
    """With the types of their values and their unit."""
    lines = on("findings", "ls").stdout.splitlines()
    assert [line.split()[:3] for line in lines[1:]] == [
        ["input_tokens", "number", "tokens"],
        ["output_tokens", "number", "tokens"],
        ["response_safe_score", "number", lines[3].split()[2]],
    ]
    names = json.loads(on("findings", "ls", "--prefix", "in", "--json").stdout)["Names"]
    assert [one["Name"] for one in names] == ["input_tokens"]
    nothing = on("findings", "ls", "--prefix", "x")
    assert (nothing.exit_code, nothing.stdout) == (0, "")


def test_a_finding_over_time(on: Command) -> None:
    """A line for each stretch of time; with --json the points."""
    answer = on("findings", "series", "response_safe_score", "--bucket", "1d", "--since", "2d")
    assert answer.exit_code == 0, answer.output
    assert "P95" in answer.stdout
    assert "0.98" in answer.stdout
    asked = ("response_safe_score", "--bucket", "1d", "--since", "2d", "--json")
    points = json.loads(on("findings", "series", *asked).stdout)["Points"]
    assert sum(point["Count"] for point in points) == 3
    of_span = on("findings", "series", "input_tokens", "--span-name", "llm.generate")
    assert "tokens, a line for each" in of_span.stderr
    nothing = on("findings", "series", "nothing")
    assert (nothing.exit_code, nothing.stdout) == (0, "")


# -- keys


def test_a_key_is_shown_once(on: Command, store: Path) -> None:
    """The key alone is on stdout; a list shows how it begins and no more."""
    made = on("keys", "create", "--tenant", "acme", "--scope", "ingest, read", "--label", "ci")
    assert made.exit_code == 0, made.output
    secret = made.stdout.strip()
    assert secret.startswith("mm_")
    opened = open_store(str(store))
    found = opened.find_key(secret)
    opened.close()
    assert found is not None
    assert (found.tenant, found.label) == ("acme", "ci")
    assert sorted(found.scopes) == ["ingest", "read"]
    listed = on("keys", "ls")
    assert secret not in listed.output
    assert secret[:8] in listed.stdout
    assert "ingest,read" in listed.stdout


def test_a_key_can_be_revoked(on: Command) -> None:
    """Then it is in no list; revoking it again is a failure."""
    made = json.loads(on("keys", "create", "--tenant", "acme", "--json").stdout)
    assert made["Scopes"] == ["ingest", "read"]
    (listed,) = json.loads(on("keys", "ls", "--json", "--tenant", "acme").stdout)
    assert listed["ID"] == made["ID"]
    assert "Key" not in listed
    assert on("keys", "revoke", made["ID"]).exit_code == 0
    assert on("keys", "revoke", made["ID"]).exit_code == 1
    nothing = on("keys", "ls")
    assert (nothing.exit_code, nothing.stdout) == (0, "")


def test_keys_say_which_store_they_are_in(
    run: Command, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key in another store than the server's opens nothing there."""
    url = f"sqlite:///{store}"
    none = run("keys", "ls", "--store", url).stderr
    assert f"No keys in the store {url}" in none
    assert f"modelmetry keys create --tenant NAME --store {url}" in none
    assert f"in the store {url}." in run("keys", "create", "--tenant", "a", "--store", url).stderr
    assert f"In the store {url}" in run("keys", "ls", "--store", url).stderr
    monkeypatch.setenv("MODELMETRY_STORE", str(tmp_path / "other.db"))
    made = json.loads(run("keys", "create", "--tenant", "a", "--json").stdout)
    assert made["Store"] == str(tmp_path / "other.db")


@pytest.mark.parametrize("scope", ["write", "", "read,all"])
def test_unknown_scopes_are_refused(on: Command, scope: str) -> None:
    """With the scopes that there are."""
    answer = on("keys", "create", "--tenant", "acme", "--scope", scope)
    assert answer.exit_code == 2
    assert "ingest, read, check, admin" in answer.stderr


# -- store


def test_a_store_in_order_says_so(on: Command) -> None:
    """With how much it holds."""
    answer = on("store", "check")
    assert answer.exit_code == 0, answer.output
    assert answer.stdout.startswith("In order: 3 traces, ")
    assert answer.stdout.endswith(", 0 executions, 0 telemetry records\n")
    report = json.loads(on("store", "check", "--json").stdout)
    assert report["OK"]
    assert report["Traces"] == 3


def test_a_store_out_of_order_says_what_is_wrong(on: Command, store: Path) -> None:
    """A counter that does not fit its rows is a problem, and the exit code is 1."""
    with closing(sqlite3.connect(store)) as connection:
        connection.execute("UPDATE trace SET spans = 99")
        connection.commit()
    answer = on("store", "check")
    assert answer.exit_code == 1
    problem, summary = answer.stdout.splitlines()[:1], answer.stdout.splitlines()[-1]
    assert problem != [summary]
    assert summary.startswith("Not in order: 3 traces")


def test_a_store_that_is_not_there_is_not_made(run: Command, home: Path) -> None:
    """Looking after a store, or reading it, makes none."""
    for words in (["store", "check"], ["traces", "ls"], ["store", "vacuum"]):
        answer = run(*words)
        assert answer.exit_code == 1
        assert "there is no store at" in answer.stderr
    assert not home.exists()


def test_a_damaged_store_is_a_failure(on: Command, store: Path) -> None:
    """A file that is no store, or is damaged, ends with exit code 1 and no traceback."""
    with store.open("r+b") as file:
        file.write(b"\0" * 4096)
    for name in store.parent.glob(f"{store.name}-*"):
        name.unlink()
    answer = on("store", "check")
    assert answer.exit_code == 1
    assert "Traceback" not in answer.output


def test_vacuum_says_what_it_gained(on: Command) -> None:
    """Sizes before and after."""
    answer = on("store", "vacuum")
    assert answer.exit_code == 0, answer.output
    assert "MB before" in answer.stdout
    report = json.loads(on("store", "vacuum", "--json").stdout)
    assert report["BytesAfter"] <= report["BytesBefore"]


@pytest.fixture(name="old")
def _old(tmp_path: Path) -> Path:
    """A store with one trace of long ago and one of now."""
    path = tmp_path / "old.db"
    with Client(store=f"sqlite:///{path}") as client:
        began = datetime.now(UTC) - timedelta(days=60)
        client.trace("old", start=began).end(began)
        client.trace("new").end()
    return path


def test_prune_asks_first(run: Command, old: Path) -> None:
    """A dry run counts, and without a terminal --yes is needed."""
    dry = run("store", "prune", "--older-than", "30d", "--dry-run", "--store", old)
    assert dry.exit_code == 0, dry.output
    assert dry.stdout.startswith("Would delete 1 trace and 0 loss reports of all tenants")
    counted = run("store", "prune", "--older-than", "30d", "--dry-run", "--json", "--store", old)
    assert json.loads(counted.stdout)["Traces"] == 1
    assert run("store", "prune", "--older-than", "30d", "--store", old).exit_code == 2


def test_prune_deletes_what_is_old(run: Command, old: Path) -> None:
    """And nothing else; a tenant without old traces loses none."""
    prune = ("store", "prune", "--older-than", "30d", "--yes", "--store", str(old))
    assert run(*prune, "--tenant", "acme").stdout.startswith("Deleted 0 traces, ")
    assert run(*prune).stdout.startswith("Deleted 1 trace, ")
    assert json.loads(run(*prune, "--json").stdout)["Traces"] == 0
    left = json.loads(run("traces", "ls", "--json", "--store", old).stdout)["Traces"]
    assert [one["Name"] for one in left] == ["new"]


def test_prune_counts_loss_reports(
    run: Command, old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before, in the question, and when they are gone."""
    counts = dict.fromkeys(("Created", "Delivered", "Pending", "Spooled", "Recovered"), 0)
    with open_store(str(old)) as store:
        said = {"XID": "c", "At": "2020-01-01T00:00:00Z", "Dropped": {"closed": 1}, **counts}
        store.put_report("local", said)
    prune = ("store", "prune", "--older-than", "30d", "--store", str(old))
    assert "1 trace and 1 loss report of" in run(*prune, "--dry-run").stdout
    assert json.loads(run(*prune, "--dry-run", "--json").stdout)["Reports"] == 1
    monkeypatch.setattr(screen, "interactive", lambda: True)
    assert "1 loss report of" in run(*prune, given="n\n").stderr
    answer = run(*prune, given="y\n")
    assert answer.stdout.endswith(" and 1 loss report\n")
    assert json.loads(run(*prune, "--yes", "--json").stdout)["Reports"] == 0


def test_prune_counts_executions(run: Command, old: Path) -> None:
    """Before and when they are gone; telemetry and production metrics likewise."""
    long_ago = "2020-01-01T00:00:00Z"
    with open_store(str(old)) as store:
        store.put_execution("local", {"XID": "e1", "Start": long_ago}).result()
        record = {"XID": "m1", "Command": "train", "Kind": "record", "At": long_ago}
        store.ingest("local", {"TelemetryRecords": [record]})
        series = {
            "Kind": "counter",
            "Name": "orders",
            "Unit": "1",
            "Attributes": {"a": "b"},
            "Sum": 1,
        }
        interval = {"XID": "i1", "Process": "p", "Start": long_ago, "End": long_ago}
        store.ingest("local", {"MetricIntervals": [interval | {"Series": [series]}]})
    prune = ("store", "prune", "--older-than", "30d", "--store", str(old))
    what = "1 trace, 1 execution, 1 telemetry record, 1 hour of a metric and 0 loss reports"
    assert run(*prune, "--dry-run").stdout.startswith(f"Would delete {what} of all tenants")
    assert json.loads(run(*prune, "--dry-run", "--json").stdout)["Executions"] == 1
    assert run(*prune, "--yes").stdout == f"Deleted {what.replace(', ', ', 0 sessions, ', 1)}\n"
    report = json.loads(run("store", "check", "--json", "--store", old).stdout)
    assert (report["Executions"], report["TelemetryRecords"]) == (0, 0)


# -- config


def test_config_shows_every_setting_and_where_it_comes_from(
    run: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Values from the environment are told from defaults, and keys are masked."""
    monkeypatch.setenv("MODELMETRY_API_KEY", "mm_very-secret-key-0123456789")
    monkeypatch.setenv("MODELMETRY_SERVER_BOOTSTRAP_KEY", "mm_other-secret-key-0123456789")
    monkeypatch.setenv("MODELMETRY_SERVER_PORT", "9000")
    shown = run("config")
    assert shown.exit_code == 0, shown.output
    assert "secret-key" not in shown.output
    assert "MODELMETRY_SERVER_PORT" in shown.stdout
    document = json.loads(run("config", "--json").stdout)
    server = {line["Name"]: line for line in document["Server"]}
    assert (server["port"]["Value"], server["port"]["Source"]) == ("9000", "environment")
    assert server["host"]["Source"] == "default"
    client = {line["Name"]: line for line in document["Client"]}
    assert client["api_key"]["Source"] == "environment"
    assert "secret" not in client["api_key"]["Value"]
    assert document["Store"].endswith("modelmetry.db")


def test_a_wrong_variable_is_one_line(run: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """It names the variable."""
    monkeypatch.setenv("MODELMETRY_SERVER_PORT", "many")
    answer = run("config")
    assert answer.exit_code == 1
    assert answer.stderr.startswith("modelmetry: MODELMETRY_SERVER_PORT is 'many'; expected")


def test_sessions_are_deleted_with_their_traces(on: Command) -> None:
    """After a question; one that is not there is named."""
    kept = on("sessions", "rm", "s-42", given="n\n")
    assert kept.exit_code != 0
    assert on("sessions", "show", "s-42").exit_code == 0

    gone = on("sessions", "rm", "s-42", "--yes")
    assert gone.exit_code == 0, gone.output
    assert "Deleted 1 session" in gone.stderr
    assert json.loads(on("traces", "ls", "--json").stdout)["Traces"] == []

    again = on("sessions", "rm", "s-42", "--yes")
    assert again.exit_code == 1
    assert "there is no session s-42; see: modelmetry sessions ls" in again.stderr


def test_what_is_not_there_is_not_made_by_looking(run: Command, home: Path) -> None:
    """A mistyped store is named, and a stretch of time before the calendar is refused."""
    missing = home.parent / "missing.db"
    answer = run("keys", "ls", "--store", f"sqlite:///{missing}")
    assert answer.exit_code == 1
    assert "there is no store" in answer.stderr
    assert not missing.exists()
    answer = run("store", "prune", "--older-than", "99999999d", "--dry-run")
    assert answer.exit_code == 2
    assert "before the calendar begins" in answer.stderr
    for interval in ("0s", "1ms"):
        assert run("traces", "tail", "--interval", interval).exit_code == 2
