"""A store with the demo's conversation in it, and the command inside this process."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from modelmetry.cli.root import modelmetry
from modelmetry.client.client import Client
from modelmetry.demo.conversation import recorded_conversation
from modelmetry.demo.play import clock_of, play_recorded

Command = Callable[..., Result]


@pytest.fixture(scope="session", name="recorded_once")
def _recorded_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that is made once and only copied."""
    path = tmp_path_factory.mktemp("recorded") / "store.db"
    conversation = recorded_conversation()
    clock = clock_of(conversation)
    with Client(store=f"sqlite:///{path}", clock=clock) as client:
        session = client.session("s-42", name=conversation.session, metadata={"channel": "web"})
        list(play_recorded(conversation, session, clock))
        assert client.flush_all().ok
    return path


@pytest.fixture(name="store")
def _store(recorded_once: Path, tmp_path: Path) -> Path:
    """A copy of the recorded store, for one test."""
    for file in recorded_once.parent.iterdir():
        shutil.copy(file, tmp_path / file.name)
    return tmp_path / recorded_once.name


@pytest.fixture(name="home")
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data home without a store; nothing else is set, and nobody says how wide a line is."""
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(name="run")
def _run(home: Path) -> Command:
    """The command; gives what it wrote and its exit code."""

    def command(*arguments: str | Path, given: str | bytes | None = None) -> Result:
        words = [str(argument) for argument in arguments]
        return CliRunner().invoke(modelmetry, words, input=given, prog_name="modelmetry")

    return command


@pytest.fixture(name="on")
def _on(run: Command, store: Path) -> Command:
    """The command over the recorded store."""

    def command(*arguments: str | Path, given: str | bytes | None = None) -> Result:
        return run(*arguments, "--store", f"sqlite:///{store}", given=given)

    return command
