"""The suite notices what is wrong: it fails against servers with a defect."""

from __future__ import annotations

import pytest

from tests.contract.defects import DEFECTS, run_suite

# One of each kind, in the quickest parts of the suite; `python -m tests.contract.defects` has all.
QUICK = ["accepts times without offset", "serves foreign hosts", "sends no Allow", "ignores scopes"]


@pytest.mark.parametrize("name", QUICK)
def test_a_seeded_defect_is_caught(pytestconfig: pytest.Config, name: str) -> None:
    """A server with this defect does not pass the part of the suite that is about it."""
    if pytestconfig.getoption("--base-url", default=None):
        pytest.skip("defects are seeded into a server of our own")
    defect = next(found for found in DEFECTS if found.name == name)
    outcome = run_suite(defect, part=defect.aim)
    assert outcome.failed, outcome.tail
