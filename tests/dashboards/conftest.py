"""Everything is started once, driven once, and asked by all tests."""

from __future__ import annotations

import shutil
from collections.abc import Generator

import pytest

from tests.dashboards.findings import Findings
from tests.dashboards.load import Driven, drive, hold, warm
from tests.dashboards.processes import Live, asked, living


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Generator[Live]:
    """All processes, with requests that are held open; each path was asked once before."""
    if shutil.which("prometheus") is None:
        pytest.skip("there is no prometheus on PATH; run: nox -s dashboards")
    with living(tmp_path_factory.mktemp("proof")) as found:
        held = hold(found)
        warm(found)
        with asked(found):
            yield found
        for connection in held:
            connection.close()


@pytest.fixture(scope="session")
def driven(live: Live) -> Driven:
    """The load is over, and Prometheus has seen it."""
    return drive(live)


@pytest.fixture(scope="session")
def found(live: Live) -> Generator[Findings]:
    """What the tests find, which is kept in a file."""
    findings = Findings()
    yield findings
    findings.write(live.ask("status/buildinfo")["version"])
