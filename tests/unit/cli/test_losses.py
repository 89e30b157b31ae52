"""`modelmetry losses`, and what `traces show` says of a trace that is not whole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from modelmetry.store.open import open_store
from tests.unit.cli.conftest import Command
from tests.unit.sinks.receiver import problem, receiving


@pytest.fixture(name="path")
def _path(tmp_path: Path) -> Path:
    """A store with three clients: two lost something, one only what it was asked to leave out."""
    path = tmp_path / "losses.db"
    with open_store(str(path)) as store:
        for number, dropped in enumerate(
            ({"buffer_full": 1_000, "sampled_out": 5}, {"sampled_out": 7}, {"http_422": 2})
        ):
            store.put_report("local", report(f"c{number}", number, dropped))
    return path


def report(xid: str, day: int, dropped: dict[str, int]) -> dict[str, Any]:
    """What one client says."""
    return {
        "XID": xid, "At": f"2026-11-0{day + 1}T12:00:00Z", "Name": "modelmetry", "Version": "1.2",
        "Created": 2_000, "Delivered": 990, "Pending": 1, "Spooled": 2, "Recovered": 0,
        "Dropped": dropped,
    }  # fmt: skip


def test_losses_are_shown_by_reason_and_by_client(run: Command, path: Path) -> None:
    """The largest first; what was asked for is no loss."""
    shown = run("losses", "--store", path)
    assert shown.exit_code == 0, shown.output
    lines = [line.split() for line in shown.stdout.splitlines()]
    assert ["buffer_full", "1,000"] in lines
    assert ["http_422", "2"] in lines
    assert "sampled_out" not in shown.stdout
    assert [line[-1] for line in lines if line and line[-1] in {"c0", "c1", "c2"}] == ["c2", "c0"]
    assert "1,002 signals lost in all" in shown.stderr


def test_losses_of_a_range(run: Command, path: Path) -> None:
    """By the time of the report; as JSON it is the answer of the API."""
    late = json.loads(run("losses", "--store", path, "--since", "2026-11-03", "--json").stdout)
    assert (late["Lost"], [one["XID"] for one in late["Reports"]]) == (2, ["c2"])
    early = json.loads(run("losses", "--store", path, "--until", "2026-11-03", "--json").stdout)
    assert early["Lost"] == 1_000
    more = run("losses", "--store", path, "--limit", "1")
    assert "There are more clients" in more.stderr


def test_losses_go_on_where_the_page_before_ended(run: Command, path: Path) -> None:
    """The hint is a command that works, also when no larger page is left."""
    first = run("losses", "--store", path, "--limit", "1")
    (hint,) = [line for line in first.stderr.splitlines() if "more clients" in line]
    assert "--limit 2, or --cursor '" in hint
    second = run("losses", "--store", path, "--cursor", hint.split("'")[1])
    assert second.exit_code == 0, second.output
    assert ("c0" in second.stdout, "c2" in second.stdout) == (True, False)
    assert "more clients" not in second.stderr
    with open_store(str(path)) as store:
        for number in range(500):
            store.put_report("local", report(f"more{number}", 4, {"closed": 1}))
    most = run("losses", "--store", path, "--limit", "500").stderr
    assert "There are more clients: --cursor '" in most


def test_a_server_that_knows_no_reports_is_told(run: Command) -> None:
    """It is older, and nothing that is listed elsewhere would help."""
    with receiving() as receiver:
        receiver.script = iter([problem(404)])
        answer = run("losses", "--base-url", receiver.url)
    assert answer.exit_code == 1
    assert "older than reports of losses" in answer.stderr
    assert "traces ls" not in answer.stderr


def test_where_nothing_was_lost_it_says_so(run: Command, path: Path) -> None:
    """On stderr, as other lists that are empty."""
    nothing = run("losses", "--store", path, "--since", "2026-11-30")
    assert (nothing.exit_code, nothing.stdout) == (0, "")
    assert "Nothing was lost" in nothing.stderr


def test_a_trace_that_is_not_whole_says_what_is_missing(run: Command, tmp_path: Path) -> None:
    """Exported and imported elsewhere it says the same; a whole one says nothing."""
    path, copy, file = tmp_path / "a.db", tmp_path / "b.db", tmp_path / "traces.jsonl"
    times = {"Start": "2026-11-02T12:00:00Z", "End": "2026-11-02T12:00:01Z"}
    spans = [
        {"XID": "s1", "TraceID": "t1", "Name": "a", "ParentID": "gone", "Descendants": 1, **times},
        {"XID": "s2", "TraceID": "t2", "Name": "a", **times},
    ]
    traces = [{"XID": f"t{n}", "Name": "turn", "Descendants": 1, **times} for n in (1, 2)]
    with open_store(str(path)) as store:
        store.ingest("local", {"Traces": traces, "Spans": spans})
    said = "2 of 3 spans are missing; not here, but with children: gone"
    assert said in run("traces", "show", "t1", "--store", path).stdout
    assert "missing" not in run("traces", "show", "t2", "--store", path).stdout
    assert run("traces", "export", "-o", file, "--store", path).exit_code == 0
    assert run("traces", "import", file, "--store", copy).exit_code == 0
    assert said in run("traces", "show", "t1", "--store", copy).stdout
