"""What the tests of calls share."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from modelmetry.metrics import Observation, Registry
from tests.unit.metrics.llm.cast import Book


@pytest.fixture
def registry() -> Generator[Registry]:
    """Metrics in which calls are counted."""
    made = Registry()
    with Observation(made, prices=Book(), opt_in=""):
        yield made
