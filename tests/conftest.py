"""What every test run shares: nothing of the machine's own settings or data is read or written."""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

if find_spec("hypothesis") is not None:  # `nox -s build` has no property tests
    from hypothesis import HealthCheck, settings

    settings.register_profile(
        "repository",
        deadline=None,  # a loaded machine is no fault
        suppress_health_check=[HealthCheck.too_slow],
        derandomize="CI" in os.environ,  # new examples are found at a desk, not in a merge
    )
    # For another Python, and for a merge, which repeats the same ones.
    settings.register_profile("fewer", settings.get_profile("repository"), max_examples=20)
    settings.load_profile("repository")


# Programs that tests begin are not measured by coverage: that would double what they take.
if "PYTEST_XDIST_WORKER" in os.environ:
    for name in [one for one in os.environ if one.startswith("COVERAGE_PROCESS")]:
        del os.environ[name]


@pytest.fixture(scope="session", autouse=True)
def world_of_its_own(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """Point the default store into a temporary folder and forget MODELMETRY_* variables.

    A contract run against a server elsewhere keeps them: its key comes from there.
    """
    elsewhere = request.config.getoption("--base-url", default=None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data-home")))
        for name in [] if elsewhere else list(os.environ):
            if name.startswith("MODELMETRY_"):
                patch.delenv(name)
        yield
