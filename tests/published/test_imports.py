"""Published clients can be imported here, and where they leave something when they are used."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.published.conftest import HOME_VARIABLES
from tests.published.craft import Craft, listen

CLIENTS = {
    "craft-ai-sdk": ("craft_ai_sdk", "0.74.7"),
    "cloudmesh-ai-common": ("cloudmesh.ai.common.telemetry", "7.1.3"),
}
EMIT = """
from cloudmesh.ai.common.telemetry import Telemetry

Telemetry("train").emit("completed", {"accuracy": 0.92})
"""


def run(program: str, home: Path) -> None:
    """Run a program whose user's home is a folder."""
    variables = dict.fromkeys(HOME_VARIABLES, str(home))
    subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        cwd=home,
        env={**variables, "PATH": "", "NO_COLOR": "1"},
    )


@pytest.fixture(params=CLIENTS)
def distribution(request: pytest.FixtureRequest) -> str:
    """One of the clients, where it is installed."""
    name: str = request.param
    if find_spec(CLIENTS[name][0].partition(".")[0]) is None:
        pytest.skip(f"{name} is not here: nox -s published has it")
    return name


def test_a_published_client_is_imported(distribution: str, tmp_path: Path) -> None:
    """In the version that we claim to work with, by a process of its own."""
    module, pinned = CLIENTS[distribution]
    assert version(distribution) == pinned
    run(f"import {module}", tmp_path)


def test_the_client_of_telemetry_writes_into_the_home(tmp_path: Path) -> None:
    """That is why all tests here have another one."""
    pytest.importorskip("cloudmesh.ai.common", reason="nox -s published has it")
    run(EMIT, tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.is_file()]


def test_the_client_of_pipelines_sends_nothing_before_it_is_used(craft: Craft) -> None:
    """It is made with our address, and asks nobody for a token yet."""
    client = craft.client()
    assert client.base_control_api_url == f"{craft.served.base_url}/api/v1"
    assert listen(client) == []
    assert client._access_token is None


def test_outside_of_an_execution_nothing_is_recorded(craft: Craft) -> None:
    """The client says so, and sends nothing, not even for a token."""
    client = craft.client()
    heard = listen(client)
    with pytest.warns(UserWarning, match="outside a pipeline"):
        assert client.record_metric_value("loss", 0.5) is False
    with pytest.warns(UserWarning, match="outside a pipeline"):
        assert client.record_list_metric_values("loss", [0.5]) is False
    assert heard == []
