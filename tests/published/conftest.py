"""A server of ours, and a home for clients that write into it as soon as they are used."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.published.craft import Craft, Served, serve

HOME_VARIABLES = ("HOME", "USERPROFILE")


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An empty folder that is the user's home while tests run."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in HOME_VARIABLES:
            patch.setenv(name, str(folder))
        yield folder


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server of ours, over a real socket."""
    with serve(tmp_path_factory.mktemp("served") / "pipelines.db") as running:
        yield running


@pytest.fixture
def craft(home: Path, served: Served, monkeypatch: pytest.MonkeyPatch) -> Iterator[Craft]:
    """The published client of pipelines, pointed at our server, outside of any execution."""
    for name in [name for name in os.environ if name.startswith("CRAFT_AI_")]:
        monkeypatch.delenv(name)
    opened = Craft(served, monkeypatch)
    yield opened
    opened.close()
