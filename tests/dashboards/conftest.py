"""Everything is started once, driven once, and asked by all tests."""

from __future__ import annotations

import shutil
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.dashboards.load import Driven, drive, hold
from tests.dashboards.processes import ROOT, Live, living


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Generator[Live]:
    """All processes, with requests that are held open."""
    if shutil.which("prometheus") is None:
        pytest.skip("there is no prometheus on PATH; run: nox -s dashboards")
    with living(tmp_path_factory.mktemp("proof")) as found:
        held = hold(found)
        yield found
        for connection in held:
            connection.close()


@pytest.fixture(scope="session")
def driven(live: Live) -> Driven:
    """The load is over, and Prometheus has seen it."""
    return drive(live)


@pytest.fixture
def reports() -> Path:
    """Where what was found is kept."""
    folder = ROOT / ".nox/.reports"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
