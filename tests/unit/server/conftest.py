"""One server for all tests that can share it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.unit.server.serving import Serving, serving


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A server without keys, on a free port of this machine."""
    with serving(tmp_path_factory.mktemp("server")) as running:
        yield running
