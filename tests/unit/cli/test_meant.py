"""Which session is meant by what `--session` and `sessions show` are given."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result
from modelmetry_api.models import Trace

from modelmetry.cli.failures import CommandFailed
from modelmetry.cli.filters import TraceFilter
from modelmetry.cli.following import follow
from modelmetry.cli.reach import Reach, connected
from modelmetry.client.client import Client
from tests.unit.cli.conftest import Command

LISTING = "modelmetry sessions ls --name 'two of them'"


@pytest.fixture(name="place")
def _place(tmp_path: Path) -> str:
    """A store of sessions whose names are shared, or are the XID of another one."""
    place = f"sqlite:///{tmp_path / 'sessions.db'}"
    with Client(store=place) as client:
        for xid, name in (
            ("s-1", "one alone"),
            ("s-2", "two of them"),
            ("s-3", "two of them"),
            ("s-4", "s-1"),
            ("s-5", "without traces"),
        ):
            client.session(xid, name=name).trace(f"of {xid}").end()
        client.session("without traces")
        assert client.flush_all().ok
    return place


@pytest.fixture(name="within")
def _within(run: Command, place: str) -> Command:
    """The command over these sessions."""

    def command(*words: str | Path) -> Result:
        return run(*words, "--store", place)

    return command


def tailed(place: str, session: str) -> list[str]:
    """The first trace that `tail` shows; on the command line it would wait for ever."""
    wanted = TraceFilter(session=session, start_after=datetime.now(UTC) - timedelta(hours=1))
    shown: list[Trace] = []

    async def run() -> None:
        async with connected(Reach(store=place)) as client:
            looking = follow(client, wanted, timedelta(0), shown.append, tell=print, count=1)
            await asyncio.wait_for(looking, timeout=10)

    asyncio.run(run())
    return [trace.name for trace in shown]


@pytest.mark.parametrize("command", ["ls --json", "export"])
@pytest.mark.parametrize("session", ["s-1", "one alone"])
def test_a_session_is_meant_by_its_xid_or_its_name(
    within: Command, command: str, session: str
) -> None:
    """Also where its XID is the name of another."""
    answer = within("traces", *command.split(), "--session", session)
    assert answer.exit_code == 0, answer.output
    assert '"of s-1"' in answer.stdout
    assert "of s-4" not in answer.stdout


@pytest.mark.parametrize("session", ["s-1", "one alone"])
def test_a_session_is_followed_by_its_xid_or_its_name(place: str, session: str) -> None:
    """As it is listed."""
    assert tailed(place, session) == ["of s-1"]


@pytest.mark.parametrize("command", ["ls --json", "export"])
@pytest.mark.parametrize("session", ["without traces", "not there yet", ""])
def test_a_session_without_traces_is_nobody_elses_name(
    within: Command, command: str, session: str
) -> None:
    """As one that is not there, it has no traces."""
    answer = within("traces", *command.split(), "--session", session)
    assert answer.exit_code == 0, answer.output
    assert "of s-" not in answer.stdout


@pytest.mark.parametrize(
    "command", ["traces ls --json --session", "traces export --session", "sessions show"]
)
def test_a_name_of_several_sessions_is_refused_with_where_they_are(
    within: Command, command: str
) -> None:
    """The command it names can be copied."""
    answer = within(*command.split(), "two of them")
    assert (answer.exit_code, answer.stdout) == (1, "")
    assert LISTING in answer.stderr
    listed = within("sessions", "ls", "--json", "--name", "two of them")
    assert {one["XID"] for one in json.loads(listed.stdout)["Sessions"]} == {"s-2", "s-3"}


def test_several_sessions_are_not_followed(place: str) -> None:
    """Waiting for what never comes would help nobody."""
    with pytest.raises(CommandFailed, match=LISTING):
        tailed(place, "two of them")


def test_an_export_that_is_refused_leaves_no_file(within: Command, tmp_path: Path) -> None:
    """Nor a part of one."""
    file = tmp_path / "out.jsonl"
    assert within("traces", "export", "-o", file, "--session", "two of them").exit_code == 1
    assert list(tmp_path.glob("out.jsonl*")) == []
