"""`modelmetry executions`."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from modelmetry.client.client import Client
from tests.unit.cli.conftest import Command

START = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


@pytest.fixture(name="at")
def _at(run: Command, tmp_path: Path) -> Callable[..., Result]:
    """The command over three executions: two trainings, of which one failed, and one that runs."""
    url = f"sqlite:///{tmp_path / 'executions.db'}"
    with Client(store=url) as client:
        first = client.execution(
            "train", id="run-1-aaaaaaaaaaaaaaaaaaaa", start=START, metadata={"k": 1}
        )
        first.metrics({"accuracy": 0.9, "seed": 7, "loss": 0.25})
        first.list_metric("loss", range(300))
        first.end(START + timedelta(seconds=90))
        later = START + timedelta(hours=1)
        second = client.execution(
            "train", deployment="nightly", id="run-2-bbbbbbbbbbbbbbbbbbbb", start=later
        )
        second.metrics({"accuracy": 0.9000000001, "seed": 7, "late/#1 metric": -2})
        second.metric("accuracy", 0.9000000002)
        second.conclude(ValueError("no such column"))
        client.execution("evaluate", id="other-3", start=START + timedelta(hours=2))
        client.flush_all()

        return lambda *words: run("executions", *words, "--store", url)


def document(result: Result) -> Any:
    """What a command wrote as JSON."""
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def xids(result: Result) -> list[str]:
    """The executions of a list."""
    return [one["XID"] for one in document(result)["Executions"]]


def test_executions_are_listed_newest_first(at: Callable[..., Result]) -> None:
    """With what was run, what became of it and how much was measured."""
    answer = at("ls")
    assert answer.exit_code == 0, answer.output
    newest, failed, done = (line.split() for line in answer.stdout.splitlines()[1:])
    assert newest[2:4] == ["evaluate", "running"]
    assert failed[2:5] == ["train", "nightly", "failed"]
    assert done[2:] == ["train", "completed", "1", "min", "30", "s", "3", "1", "0", done[-1]]
    assert done[-1] == "run-1-aaaaaaaaaaaaaaaaaaaa"


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("--pipeline evaluate", ["other-3"]),
        ("--deployment nightly", ["run-2-bbbbbbbbbbbbbbbbbbbb"]),
        ("--status failed --status running", ["other-3", "run-2-bbbbbbbbbbbbbbbbbbbb"]),
        ("--since 2026-11-02T10:00Z --until 2026-11-02T11:00Z", ["run-2-bbbbbbbbbbbbbbbbbbbb"]),
        ("--limit 1", ["other-3"]),
        ("--pipeline nothing", []),
    ],
)
def test_a_list_is_narrowed(at: Callable[..., Result], words: str, found: list[str]) -> None:
    """By all filters at once."""
    assert xids(at("ls", "--json", *words.split())) == found


def test_a_list_goes_on_where_it_ended(at: Callable[..., Result]) -> None:
    """The next page is named, with how many there are in all."""
    first = at("ls", "--limit", "1")
    assert "There are more, 3 in all: --limit 2, or --cursor '" in first.stderr
    cursor = first.stderr.split("--cursor '")[1].split("'")[0]
    assert xids(at("ls", "--json", "--cursor", cursor)) == [
        "run-2-bbbbbbbbbbbbbbbbbbbb",
        "run-1-aaaaaaaaaaaaaaaaaaaa",
    ]


def test_lists_of_nothing_say_so(at: Callable[..., Result], run: Command, store: Path) -> None:
    """An empty list tells filters from a store without executions."""
    nothing = at("ls", "--pipeline", "nothing")
    assert (nothing.exit_code, nothing.stdout) == (0, "")
    assert nothing.stderr == "No execution fits all of these filters.\n"
    empty = run("executions", "ls", "--store", store)
    assert empty.stderr.startswith("No executions. Record one with: ")
    assert run("executions", "show", "last", "--store", store).exit_code == 1


def test_an_execution_is_shown_with_its_metrics(at: Callable[..., Result]) -> None:
    """Facts, single values, and lists with their bounds and their shape."""
    answer = at("show", "run-1-aaaaaaaaaaaaaaaaaaaa")
    assert answer.exit_code == 0, answer.output
    assert answer.stdout.startswith("train  completed  1 min 30 s  ")
    assert "k=1" in answer.stdout
    loss = answer.stdout.splitlines()[-1].split()
    assert loss == ["loss", "300", "0", "299", "299", "▁▁▂▂▂▃▃▃▃▄▄▄▅▅▅▆▆▆▆▇▇▇██"]
    failed = at("show", "run-2-bbbbbbbbbbbbbbbbbbbb").stdout
    assert "ValueError" in failed
    assert "▁█" in failed


@pytest.mark.parametrize(
    ("words", "xid"), [("last", "other-3"), ("run-2", "run-2-bbbbbbbbbbbbbbbbbbbb")]
)
def test_an_execution_has_short_names(at: Callable[..., Result], words: str, xid: str) -> None:
    """The newest is the last, and a beginning that only one has is enough."""
    assert document(at("show", words, "--json"))["XID"] == xid


@pytest.mark.parametrize(
    ("xid", "message"),
    [
        (
            "run-",
            "2 executions begin with run-, such as run-2-bbbbbbbbbbbbbbbbbbbb and run-1-aaa",
        ),
        ("nothing", "there is no execution nothing; see: modelmetry executions ls"),
        ("", "an execution has no empty XID"),
        ("a/b?c#d", "there is no execution a/b?c#d"),
    ],
)
def test_an_execution_that_is_not_there(at: Callable[..., Result], xid: str, message: str) -> None:
    """One line says why, for showing and for comparing."""
    for words in (["show", xid], ["compare", "last", xid]):
        answer = at(*words)
        assert (answer.exit_code, answer.stdout) == (1, "")
        assert message in answer.stderr


def test_an_execution_is_json_too(at: Callable[..., Result]) -> None:
    """As the API answers it, with its metrics; the values of lists when they are wanted."""
    found = document(at("show", "run-1", "--json"))
    values = {one["Name"]: one["Value"] for one in found["Values"]}
    assert values == {"accuracy": 0.9, "loss": 0.25, "seed": 7}
    assert (found["Lists"][0]["Last"], "Values" in found["Lists"][0]) == (299, False)
    whole = document(at("show", "run-1", "--json", "--values"))
    assert whole["Lists"][0]["Values"] == list(range(300))
    assert at("show", "run-1", "--values").exit_code == 2


def test_two_executions_are_compared(at: Callable[..., Result]) -> None:
    """What differs looks different, however little, and says by how much."""
    answer = at("compare", "run-1", "run-2")
    assert answer.exit_code == 0, answer.output
    lines = {line.split("  ")[0]: line.split() for line in answer.stdout.splitlines()}
    assert lines["Metric"][1:] == ["run-1-aa", "run-2-bb", "Change"]
    assert lines["accuracy"][1:] == ["0.9", "0.9000000002", "+2e-10", "(+0.0%)"]
    assert lines["seed"][1:] == ["7", "7", "="]
    assert lines["late/#1 metric"][2:] == ["-", "-2", "in", "1", "of", "2"]
    assert lines["loss (last)"][2:] == ["299", "-", "in", "1", "of", "2"]


def test_only_what_differs_is_compared(at: Callable[..., Result]) -> None:
    """For people and for programs."""
    found = document(at("compare", "run-1", "run-2", "--different", "--json"))
    assert [(one["Name"], one["Kind"], one["Values"]) for one in found["Metrics"]] == [
        ("accuracy", "value", [0.9, 0.9000000002]),
        ("late/#1 metric", "value", [None, -2]),
        ("loss", "value", [0.25, None]),
        ("loss", "list", [299, None]),
    ]
    assert "seed" not in at("compare", "run-1", "run-2", "--different").stdout


def test_many_executions_are_compared_on_a_narrow_screen(
    at: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each has its column: where there is no room for all, in one table after the other."""
    monkeypatch.setenv("COLUMNS", "50")
    answer = at("compare", "run-1", "run-2", "other-3")
    assert answer.exit_code == 0, answer.output
    titles = [line for line in answer.stdout.splitlines() if line.startswith("Metric")]
    assert len(titles) > 1
    assert [word for line in titles for word in line.split()[1:-1]] == [
        *("run-1-aa", "run-2-bb", "other-3"),
    ]
    assert max(map(len, answer.stdout.splitlines())) <= 50


@pytest.mark.parametrize("count", [1, 11])
def test_too_few_or_too_many_are_not_compared(at: Callable[..., Result], count: int) -> None:
    """A wrong command line."""
    answer = at("compare", *["run-1"] * count)
    assert answer.exit_code == 2
    assert f"compare takes 2 to 10 executions, not {count}" in answer.stderr


def test_an_execution_is_not_compared_with_itself(at: Callable[..., Result]) -> None:
    """Also when it is named in two ways."""
    answer = at("compare", "last", "other-3")
    assert answer.exit_code == 1
    assert "execution other-3 is named twice" in answer.stderr


def test_executions_are_deleted(at: Callable[..., Result]) -> None:
    """After a question; one that is not there is named."""
    answer = at("rm", "run-1-aaaaaaaaaaaaaaaaaaaa", "nothing", "--yes")
    assert answer.exit_code == 1
    assert "Deleted 1 execution" in answer.stderr
    assert "there is no execution nothing; see: modelmetry executions ls" in answer.stderr
    assert xids(at("ls", "--json")) == ["other-3", "run-2-bbbbbbbbbbbbbbbbbbbb"]


def test_names_cannot_steer_the_terminal(run: Command, tmp_path: Path) -> None:
    """Escapes in what was recorded are shown as such."""
    evil, url = "\x1b[2J", f"sqlite:///{tmp_path / 'evil.db'}"
    with Client(store=url) as client:
        for xid in (evil, "other"):
            opened = client.execution(evil, deployment=evil, id=xid, metadata={evil: evil})
            opened.metric(evil, 1).list_metric(evil, [1, 2]).conclude(ValueError(evil))
    for words in (["ls"], ["show", evil], ["compare", evil, "other"], ["show", evil + "?"]):
        answer = run("executions", *words, "--store", url)
        assert "\x1b" not in answer.output, words
        assert "\\x1b[2J" in answer.output
