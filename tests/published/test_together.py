"""The published client of pipelines and our own SDK and operations: one store of executions."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest

import modelmetry
from tests.docs.fences import ROOT, fences_of
from tests.published.asking import only, refusal
from tests.published.craft import Craft


@pytest.fixture
def secret(craft: Craft) -> str:
    """A key for both."""
    return craft.served.key()[1]


@pytest.fixture
def ours(craft: Craft, secret: str) -> Iterator[modelmetry.Client]:
    """Our own client of the same server."""
    with modelmetry.Client(base_url=craft.served.base_url, api_key=secret) as client:
        yield client


def test_what_it_records_is_seen_by_ours(
    craft: Craft, ours: modelmetry.Client, secret: str
) -> None:
    """By our SDK and by our operations, which know the execution it has made."""
    client, run = craft.client(secret), craft.execution()
    client.record_metric_value("train/accuracy", 0.5)
    client.record_metric_value("train/accuracy", 0.92)
    client.record_list_metric_values("loss", [3.0, 2.0])

    value = only(list(map(dict, ours.get_metrics(execution_id=run))))
    assert (value["name"], value["value"]) == ("train/accuracy", 0.92)
    assert only(list(map(dict, ours.get_list_metrics("loss", execution_id=run))))["values"] == [
        3,
        2,
    ]
    path = f"{craft.served.base_url}/executions/{quote(run, safe='')}"
    execution = httpx.get(path, headers={"X-API-KEY": secret}, trust_env=False).json()
    assert (execution["XID"], execution["Status"]) == (run, "running")
    assert (execution["ValueCount"], execution["ListCount"]) == (1, 1)


def test_what_ours_records_is_seen_by_it(
    craft: Craft, ours: modelmetry.Client, secret: str
) -> None:
    """By execution, pipeline and deployment; numbers and order are the same."""
    with ours.execution("train", deployment="nightly") as run:
        run.metric("accuracy", 0.5).metric("accuracy", 0.92)
        run.list_metric("loss", range(3)).list_metric("loss", 0.25)
    ours.flush_all()

    client: Any = craft.client(secret)
    row = only(client.get_metrics("accuracy", execution_id=run.execution_id))
    assert row.pop("created_at")
    assert row == {
        "name": "accuracy",
        "value": 0.92,
        "execution_id": run.execution_id,
        "pipeline_name": "train",
        "deployment_name": "nightly",
    }
    for scope in ({"pipeline_name": "train"}, {"deployment_name": "nightly"}):
        assert only(client.get_list_metrics("loss", **scope))["values"] == [0, 1, 2, 0.25]


def test_both_record_in_one_step(craft: Craft, ours: modelmetry.Client, secret: str) -> None:
    """Ours finds the execution of such a step by itself; what both append is one list."""
    client, run = craft.client(secret), craft.execution()
    client.record_list_metric_values("loss", [3, 2])
    assert ours.record_list_metric_values("loss", [1])
    ours.flush_all()
    assert only(client.get_list_metrics(execution_id=run))["values"] == [3, 2, 1]


def test_an_execution_that_ours_finished_takes_nothing_more(
    craft: Craft, ours: modelmetry.Client, secret: str
) -> None:
    """It is told so, and what the execution has stays."""
    with ours.execution("train") as execution:
        execution.metric("accuracy", 0.5)
    ours.flush_all()
    client, run = craft.client(secret), craft.execution(execution.execution_id)
    for record in (
        lambda: client.record_metric_value("accuracy", 1),
        lambda: client.record_list_metric_values("accuracy", [1]),
    ):
        assert "has finished" in refusal(craft, record, 409).message
    assert only(client.get_metrics(execution_id=run))["value"] == 0.5
    assert client.get_list_metrics(execution_id=run) == []


def test_what_our_documentation_shows_of_it_runs(
    craft: Craft, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the variables that the fence before it exports."""
    fences = fences_of("pipelines.md", (ROOT / "docs" / "pipelines.md").read_text())
    [variables] = [one for one in fences if "export CRAFT_AI" in one.text]
    [program] = [one for one in fences if "craft_ai_sdk import" in one.text]
    for line in variables.text.splitlines():
        name, _, value = line.removeprefix("export ").partition("=")
        value = value.replace("http://127.0.0.1:8420", craft.served.base_url)
        monkeypatch.setenv(name, value.replace("$MODELMETRY_API_KEY", secret))
    namespace: dict[str, Any] = {}
    exec(compile(program.text, "fence", "exec"), namespace)  # our own document
    sdk, run = namespace["sdk"], os.environ["CRAFT_AI_EXECUTION_ID"]
    assert only(sdk.get_metrics(execution_id=run))["value"] == 0.92
    assert only(sdk.get_list_metrics(execution_id=run))["values"] == [0.5, 0.25]
    sdk._session.close()
