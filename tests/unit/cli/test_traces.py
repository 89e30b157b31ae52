"""`modelmetry traces`."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click
import pytest

from modelmetry.cli.executions import executions
from modelmetry.cli.filters import OPTIONS, TraceFilter, comparison, one_page
from modelmetry.cli.reach import Reach, connected
from modelmetry.cli.sessions import sessions
from modelmetry.cli.telemetry import telemetry
from modelmetry.cli.traces import traces
from modelmetry.cli.transfer import read_all
from modelmetry.client.client import Client
from modelmetry.server.embedded import EmbeddedServer
from modelmetry.server.operations import load_spec
from modelmetry.store.open import open_store
from modelmetry.store.queries import FindingCondition
from tests.unit.cli.conftest import Command

FIGURES = {"Started", "Took", "Spans", "Tokens"}


def listed(on: Command, *arguments: str) -> list[dict[str, Any]]:
    """The traces of `ls --json`."""
    answer = on("traces", "ls", "--json", *arguments)
    assert answer.exit_code == 0, answer.output
    found: list[dict[str, Any]] = json.loads(answer.stdout)["Traces"]
    return found


@pytest.mark.parametrize(
    ("path", "group", "command"),
    [
        ("/traces", traces, "ls"),
        ("/sessions", sessions, "ls"),
        ("/executions", executions, "ls"),
        ("/telemetry/records", telemetry, "ls"),
        ("/telemetry/runs", telemetry, "runs"),
        ("/telemetry/summary", telemetry, "summary"),
        ("/telemetry/aggregate", telemetry, "query"),
    ],
)
def test_every_filter_of_the_contract_is_an_option(
    path: str, group: click.Group, command: str
) -> None:
    """A parameter of a list that is added to the document cannot be forgotten here."""
    _, spec = load_spec()
    listing = spec["paths"][path]["get"]["parameters"]
    names = {
        one.get("name") or spec["components"]["parameters"][one["$ref"].split("/")[-1]]["name"]
        for one in listing
    }
    params = group.commands[command].params
    options = {word for one in params for word in one.opts}
    renamed = {
        "min_duration_ms": "--min-duration",
        "max_duration_ms": "--max-duration",
        "include_finding": "--show-finding",
        "include_preview": "--preview",
        "pipeline_name": "--pipeline",
        "deployment_name": "--deployment",
    }
    missing = {
        name
        for name in names
        if not {name, renamed.get(name, "--" + name.replace("_", "-"))} & options
    }
    assert missing == set()


def test_the_options_of_filters_are_its_members() -> None:
    """Each has one."""
    assert len(OPTIONS) == len(TraceFilter.__dataclass_fields__)


def test_ls_shows_a_table(on: Command) -> None:
    """One line for each trace, newest first, with its XID."""
    answer = on("traces", "ls", "--show-finding", "response_safe_score")
    assert answer.exit_code == 0, answer.output
    heading, *lines = answer.stdout.splitlines()
    assert "response_safe_score" in heading
    assert [line.split()[-1] for line in lines] == [one["XID"] for one in listed(on)]
    assert "0.97" in lines[0]
    assert "error" in lines[1]


def test_ls_shows_what_went_in_and_came_out(on: Command) -> None:
    """For who asks, in the table and in JSON."""
    answer = on("traces", "ls", "--preview", "--limit", "1", "--sort=start")
    assert answer.exit_code == 0, answer.output
    heading, line = answer.stdout.splitlines()
    assert "Input" in heading
    assert "Output" in heading
    [known] = listed(on, "--preview", "--limit", "1", "--sort=start")
    assert known["Preview"]["Input"][:12] in line
    assert known["Preview"]["Output"][:12] in line
    assert "Preview" not in listed(on)[0]


@pytest.mark.parametrize(
    ("arguments", "count"),
    [
        ([], 3),
        (["--failed"], 1),
        (["--not-failed"], 2),
        (["--name", "chatbot.turn"], 3),
        (["--name", "nothing"], 0),
        (["--span-name", "llm.generate"], 3),
        (["--span-name", "nothing"], 0),
        (["--session", "s-42"], 3),
        (["--since", "1h"], 3),
        (["--until", "1h"], 0),
        (["--min-duration", "3s"], 1),
        (["--max-duration", "3s"], 2),
        (["--severity", "error"], 1),
        (["--model", "gpt-4o-mini"], 3),
        (["--finding", "response_safe_score<0.95"], 1),
        (["--finding", "response_safe_score>=0.9", "--failed"], 1),
        (["--finding", " response_safe_score  <  0.95 "], 1),
        (["--finding", "response_safe_score>0", "--found-after", "1h"], 3),
        (["--finding", "response_safe_score>0", "--found-before", "1h"], 0),
        (["-q", "logistics ticket"], 1),
        (["--limit", "2"], 2),
        (["--sort", "duration", "--limit", "1"], 1),
    ],
)
def test_filters_reach_the_store(on: Command, arguments: list[str], count: int) -> None:
    """Each option narrows the list as the contract says."""
    assert len(listed(on, *arguments)) == count


@pytest.mark.parametrize(
    "name", ["p<0.05", "50%=half", "!important", "größer>kleiner", "plain 50%"]
)
def test_a_finding_whose_name_holds_a_sign_can_be_asked_for(name: str) -> None:
    """What the option accepts arrives as it was meant."""
    written = f"!{quote(name, safe='')} != 0.5" if name != "plain 50%" else f"{name} != 0.5"
    arrived = FindingCondition.parse(comparison(written))
    assert (arrived.name, arrived.op, arrived.value) == (name, "!=", 0.5)


def test_a_list_can_be_continued(on: Command) -> None:
    """Where there is more, the next page is named and is another one."""
    answer = on("traces", "ls", "--limit", "2")
    assert "There are more" in answer.stderr
    cursor = answer.stderr.split("--cursor '")[1].split("'")[0]
    first = listed(on, "--limit", "2")
    rest = listed(on, "--cursor", cursor)
    assert len({one["XID"] for one in first + rest}) == 3


def test_an_empty_list_says_why(on: Command) -> None:
    """Stdout stays empty; how to record some is no answer to a filter that nothing fits."""
    answer = on("traces", "ls", "--name", "nothing")
    assert (answer.exit_code, answer.stdout) == (0, "")
    assert "No trace fits all of these filters" in answer.stderr
    for trace in listed(on):
        on("traces", "rm", trace["XID"], "--yes")
    assert "modelmetry demo" in on("traces", "ls").stderr


@pytest.mark.parametrize(
    ("option", "text", "expected"),
    [
        ("--finding", "score", "write such as response_safe_score<0.5"),
        ("--finding", "<5", "write such as response_safe_score<0.5"),
        ("--finding", " <5", "not '<5'; write such as response_safe_score<0.5"),
        ("--finding", "score=<0.5", "two operators, =<; there are = != < <= > >="),
        ("--finding", "score == 0.5", "two operators, ==;"),
        ("--finding", "score<0,5", "compares with 0,5, which is no number"),
        ("--finding", "score < ", "has nothing after <; write such as"),
        ("--metadata", "channel", "write such as channel=web"),
    ],
)
def test_a_filter_that_is_not_understood_is_a_mistake_of_usage(
    on: Command, option: str, text: str, expected: str
) -> None:
    """With the option, the value and how to write it."""
    answer = on("traces", "ls", option, text)
    assert answer.exit_code == 2
    assert option in answer.stderr
    assert expected in " ".join(answer.stderr.split())


@pytest.mark.parametrize("text", ["label=", "label=<b>", "label!=0,5", "a b=c, d"])
def test_texts_that_can_be_meant_are_compared_as_they_are(text: str) -> None:
    """A label may look like anything."""
    assert comparison(text) == text


@pytest.mark.parametrize("columns", [80, 90, 100, 120])
def test_a_narrow_screen_keeps_what_is_needed(
    on: Command, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    """Names, states and whole XIDs; figures give way."""
    monkeypatch.setenv("COLUMNS", str(columns))
    first = listed(on)[0]
    heading, line, *_ = on("traces", "ls").stdout.splitlines()
    assert [word for word in heading.split() if word not in FIGURES] == ["Name", "State", "XID"]
    assert first["Name"] in line
    assert line.rstrip().endswith(first["XID"])
    assert len(line.rstrip()) <= columns
    sessions = on("sessions", "ls").stdout.splitlines()
    assert "chat-42" in sessions[1]
    assert max(len(one.rstrip()) for one in sessions) <= columns


@pytest.mark.parametrize("target", [".", "missing/out.jsonl"])
def test_a_file_that_cannot_be_written_is_named(
    on: Command, home: Path, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    """As the user named it."""
    monkeypatch.chdir(home.parent)
    answer = on("traces", "export", "-o", target)
    assert answer.exit_code in {1, 2}
    assert target in answer.stderr
    assert ".part" not in answer.stderr


def test_an_export_is_for_its_owner(on: Command, home: Path) -> None:
    """It holds what people said."""
    file = home.parent / "out.jsonl"
    assert on("traces", "export", "-o", file).exit_code == 0
    assert file.stat().st_mode & 0o077 == 0


def test_show_draws_the_newest(on: Command) -> None:
    """`last` is the newest trace; with --messages it tells what was said."""
    answer = on("traces", "show", "last")
    assert answer.exit_code == 0, answer.output
    assert answer.stdout.startswith("chatbot.turn  ok  2.36 s")
    for name in ("llm.generate", "llm.tools.get_user_message", "Escalate", "llm.response_check"):
        assert name in answer.stdout
    assert "Done: 14.50 EUR" not in answer.stdout
    assert "Done: 14.50 EUR" in on("traces", "show", "last", "--messages").stdout


def test_show_draws_a_failure(on: Command) -> None:
    """The failed tool call is seen with its message."""
    (failed,) = listed(on, "--failed")
    shown = on("traces", "show", failed["XID"]).stdout
    assert "PaymentServiceError: the payment service did not answer within 2 s" in shown


def test_show_as_json_is_the_trace(on: Command) -> None:
    """As the API answers it."""
    trace = json.loads(on("traces", "show", "last", "--json").stdout)
    assert {span["Name"] for span in trace["Spans"]} >= {"llm.generate", "Escalate"}
    assert trace["Findings"][0]["Name"] == "response_safe_score"


def test_what_is_not_there_is_one_line(on: Command, run: Command, home: Path) -> None:
    """An unknown XID, an empty store and a store that is not there are each a clear line."""
    unknown = on("traces", "show", "nothing")
    assert unknown.exit_code == 1
    assert "there is no trace nothing" in unknown.stderr
    assert "modelmetry traces ls" in unknown.stderr
    missing = run("traces", "ls")
    assert missing.exit_code == 1
    assert missing.stderr.count("\n") == 1
    assert not home.exists()
    open_store(str(home / "empty.db")).close()
    empty = run("traces", "show", "last", "--store", home / "empty.db")
    assert empty.exit_code == 1
    assert "there are no traces" in empty.stderr


def test_rm_asks_first(on: Command) -> None:
    """Without a terminal and without --yes nothing is deleted."""
    xid = listed(on)[0]["XID"]
    answer = on("traces", "rm", xid)
    assert answer.exit_code == 2
    assert "--yes" in answer.stderr
    assert len(listed(on)) == 3


def test_rm_deletes(on: Command) -> None:
    """What was there is gone; what was not is named, with exit code 1."""
    xid = listed(on)[0]["XID"]
    answer = on("traces", "rm", xid, "nothing", "--yes")
    assert answer.exit_code == 1
    assert "Deleted 1 trace" in answer.stderr
    assert "there is no trace nothing" in answer.stderr
    assert xid not in {one["XID"] for one in listed(on)}
    assert on("traces", "rm", listed(on)[0]["XID"], "--yes").exit_code == 0


def test_export_and_import_move_everything(on: Command, run: Command, home: Path) -> None:
    """What is exported is the same trace when it is imported elsewhere, however often."""
    file, elsewhere = home.parent / "out.jsonl", home.parent / "other.db"
    answer = on("traces", "export", "-o", file, "--sessions")
    assert answer.exit_code == 0, answer.output
    assert "Exported 4 lines" in answer.stderr
    assert not file.with_name("out.jsonl.part").exists()
    for _ in range(2):
        again = run("traces", "import", file, "--store", elsewhere)
        assert again.exit_code == 0, again.output
        assert "Imported 3 traces" in again.stderr
    back = run("traces", "export", "--sessions", "--store", elsewhere)
    assert without_server(back.stdout) == without_server(file.read_text())


@pytest.fixture(name="large", scope="module")
def _large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of more traces than one page has, one of them larger than one request."""
    path = tmp_path_factory.mktemp("large") / "large.db"
    with Client(store=f"sqlite:///{path}") as client:
        for _ in range(510):
            client.trace("small").end()
        large = client.trace("large")
        for _ in range(1100):
            large.span("step").end()
        large.end()
    return path


def test_many_traces_and_large_ones_move_too(run: Command, large: Path, home: Path) -> None:
    """Lists are read page by page, and requests stay small."""
    file, elsewhere = home.parent / "out.jsonl", home.parent / "other.db"
    assert run("traces", "export", "-o", file, "--store", large).exit_code == 0
    again = run("traces", "import", file, "--store", elsewhere)
    assert "Imported 511 traces (1,611 signals)" in again.stderr
    listed = run("traces", "ls", "--limit", "600", "--json", "--store", elsewhere)
    assert len(json.loads(listed.stdout)["Traces"]) == 511


def test_a_trace_that_is_deleted_meanwhile_is_left_out(store: Path) -> None:
    """An export goes on when somebody deletes what it was about to read."""

    async def read() -> list[bytes]:
        async with connected(Reach(store=f"sqlite:///{store}")) as client:
            page = await one_page(client, TraceFilter())
            return await read_all(client, ["gone", page.traces[0].xid])

    assert len(asyncio.run(read())) == 1


def without_server(lines: str) -> list[Any]:
    """Exported lines without what each server says for itself."""
    own = re.compile(r'"(CreatedAt|UpdatedAt)":"[^"]*",?')
    return [json.loads(own.sub("", line)) for line in lines.splitlines()]


def test_a_torn_line_is_counted_and_passed_over(on: Command, run: Command, home: Path) -> None:
    """The rest of the file arrives."""
    lines = on("traces", "export").stdout
    torn = lines.encode()[:-20]
    answer = run("traces", "import", "-", "--store", home / "new.db", given=torn)
    assert answer.exit_code == 0, answer.output
    assert "Imported 2 traces" in answer.stderr
    assert "line 3" in answer.stderr


def test_a_file_of_something_else_is_refused(run: Command, home: Path) -> None:
    """Nothing was imported: that is a failure."""
    file = home.parent / "notes.txt"
    file.write_text("\nhello\n\n" + "x\n" * 40)
    answer = run("traces", "import", file, "--store", home / "new.db")
    assert answer.exit_code == 1
    assert "holds no trace" in answer.stderr


def test_tail_shows_what_has_ended(on: Command) -> None:
    """With --since it begins with what is there; each trace is one line."""
    answer = on("traces", "tail", "--since", "1h", "--count", "3", "--json")
    assert answer.exit_code == 0, answer.output
    xids = [json.loads(line)["XID"] for line in answer.stdout.splitlines()]
    assert sorted(xids) == sorted(one["XID"] for one in listed(on))
    text = on("traces", "tail", "--since", "1h", "--count", "1")
    assert "chatbot.turn" in text.stdout


def test_a_server_is_read_in_the_same_way(run: Command, store: Path) -> None:
    """With --base-url everything comes over HTTP; a key is needed once there is one."""
    opened = open_store(str(store))
    with EmbeddedServer(opened) as server:
        assert len(listed(run, "--base-url", server.base_url)) == 3
        _, secret = opened.create_key("acme", frozenset({"read"}))
        refused = run("traces", "ls", "--base-url", server.base_url)
        assert refused.exit_code == 1
        assert "MODELMETRY_API_KEY" in refused.stderr
        keyed = ("--base-url", server.base_url, "--api-key", secret)
        assert listed(run, *keyed) == []
        forbidden = run("traces", "rm", "x", "--yes", *keyed)
        assert forbidden.exit_code == 1
        assert secret not in forbidden.output
    opened.close()
    gone = run("traces", "ls", "--base-url", server.base_url)
    assert gone.exit_code == 1
    assert "modelmetry serve" in gone.stderr


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--base-url", "ftp://x"], 1),
        (["--base-url", "http://127.0.0.1:1", "--store", "x.db"], 2),
        (["--store", "mysql://x"], 1),
    ],
)
def test_a_wrong_place_is_one_line(run: Command, arguments: list[str], code: int) -> None:
    """An address that is none, and options that contradict each other."""
    answer = run("traces", "ls", *arguments)
    assert answer.exit_code == code
    assert answer.stdout == ""


def test_the_owner_of_a_store_reads_any_tenant(run: Command, on: Command, store: Path) -> None:
    """Who may open the file needs no key; --tenant says whose data it is about."""
    opened = open_store(str(store))
    opened.create_key("acme", frozenset({"read"}))
    opened.close()
    assert len(listed(on)) == 3
    assert listed(on, "--tenant", "acme") == []
