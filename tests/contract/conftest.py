"""The server under test, the keys for it, and the counts at the end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract import target as targets
from tests.contract.api import Api
from tests.contract.cases import CASES
from tests.contract.sent import Sent
from tests.contract.target import Target


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--base-url URL`: test a server that stands elsewhere instead of one of our own."""
    parser.addoption(
        "--base-url",
        metavar="URL",
        help=f"server to test, in the tenant of {targets.KEY_VARIABLE} (default: one of our own)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Say at once when the key for a server elsewhere is missing."""
    base_url = config.getoption("--base-url", default=None)
    if base_url:
        try:
            targets.elsewhere(base_url)
        except ValueError as error:
            raise pytest.UsageError(str(error)) from None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many cases were generated, by phase."""
    if CASES:
        counts = ", ".join(f"{phase} {count}" for phase, count in sorted(CASES.items()))
        terminalreporter.write_line(f"generated cases: {CASES.total()} ({counts})")


@pytest.fixture(scope="session")
def target(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Target]:
    """The server under test; what was sent to one elsewhere is deleted afterwards."""
    base_url: str | None = request.config.getoption("--base-url", default=None)
    if base_url is None:
        with targets.embedded(tmp_path_factory.mktemp("contract")) as ours:
            yield ours
        return
    theirs = targets.elsewhere(base_url)
    yield theirs
    left = theirs.sent.clean_up(theirs.base_url, theirs.key)
    assert not left, f"these things of the tests are still at {base_url}: {left[:20]}"


@pytest.fixture(scope="session")
def api(target: Target) -> Iterator[Api]:
    """The tenant's key with every scope."""
    with Api(target.base_url, target.key, target.sent) as opened:
        yield opened


@pytest.fixture(scope="session")
def anonymous(target: Target) -> Iterator[Api]:
    """No key at all."""
    with Api(target.base_url, None, target.sent) as opened:
        yield opened


@pytest.fixture(scope="session")
def ingest_only(target: Target) -> Iterator[Api]:
    """A key of the same tenant that may only ingest."""
    if target.ingest_key is None:
        pytest.skip(f"{targets.INGEST_KEY_VARIABLE} is not set: no key that may only ingest")
    with Api(target.base_url, target.ingest_key, target.sent) as opened:
        yield opened


@pytest.fixture(scope="session")
def other(target: Target) -> Iterator[Api]:
    """A key with every scope of another tenant; what it sends is deleted afterwards."""
    if target.other_key is None:
        pytest.skip(f"{targets.OTHER_KEY_VARIABLE} is not set: no second tenant")
    sent = Sent(target.run)
    with Api(target.base_url, target.other_key, sent) as opened:
        yield opened
    left = sent.clean_up(target.base_url, target.other_key)
    assert not left
