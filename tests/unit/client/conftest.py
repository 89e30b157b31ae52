"""One client per test, and no signal lost without a word."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.builders import Kit


@pytest.fixture
def kit() -> Iterator[Kit]:
    """A client that records into memory, with a fixed clock and counting ids."""
    made = Kit()
    yield made
    made.close()
