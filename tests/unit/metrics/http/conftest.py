"""Where each test measures."""

from __future__ import annotations

import pytest

from modelmetry.metrics import Registry


@pytest.fixture
def registry() -> Registry:
    """Metrics of one test."""
    return Registry()
