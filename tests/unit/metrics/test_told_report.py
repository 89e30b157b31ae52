"""What the instruments measure is what the report says: names, attributes and units fit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from modelmetry_api.types import to_builtins
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from modelmetry.client.client import Client
from modelmetry.config import Config
from modelmetry.metrics import (
    MetricsMiddleware,
    Registry,
    ground_truth,
    model_metrics,
    observe,
    record_prediction,
)
from modelmetry.store.sqlite.store import SqliteStore


def answer(request: Request) -> Response:
    """With the status that the path asks for."""
    return PlainTextResponse("", int(request.path_params["status"]))


def serve(registry: Registry) -> None:
    """Answer ten requests."""
    app = Starlette(routes=[Route("/{status}", answer)])
    http = TestClient(MetricsMiddleware(app, registry=registry))
    for status in [200] * 7 + [404] * 2 + [503]:
        http.get(f"/{status}")


def predict(registry: Registry) -> None:
    """Predict five times; once it fails, and of two the truth comes."""
    for number in range(4):
        with model_metrics("churn", version="3", registry=registry) as prediction:
            prediction.confidence(0.75)
        record_prediction(f"p{number}", "stays", "churn", "3", registry=registry)
    with pytest.raises(ValueError, match="no features"), model_metrics("churn", registry=registry):
        raise ValueError("no features")
    ground_truth("p0", "stays", registry=registry)
    ground_truth("p1", "leaves", registry=registry)


def call(client: Client) -> None:
    """Call a model twice; the second time it fails."""
    trace = client.trace("turn")
    span = trace.completion("llm").options(model="gpt-4o", provider="openai")
    span.usage(input=100, output=50, cached_input=40, reasoning=20).cost(total=0.5)
    span.end()
    failed = trace.completion("llm").options(model="gpt-4o", provider="openai")
    failed.fail("timed out")
    failed.end()
    trace.end()


def test_the_report_says_what_the_instruments_measured(tmp_path: Path) -> None:
    """HTTP, predictions, calls of models and the process, through a client and its store."""
    registry = Registry()
    config = Config(store=f"sqlite:///{tmp_path}/s.db", service="shop")
    with Client(config=config) as client, observe(registry):
        serve(registry)
        predict(registry)
        call(client)
        client.flush_all()
    with SqliteStore(tmp_path / "s.db") as store:
        found: Any = to_builtins(store.production_summary("local", service="shop"))
    requests, predictions, llm = found["Requests"], found["Predictions"], found["Llm"]
    assert requests["Count"]["Value"] == 10
    assert requests["SuccessRate"]["Value"] == pytest.approx(0.7)
    assert requests["ClientErrorRate"]["Value"] == pytest.approx(0.2)
    assert requests["ServerErrorRate"]["Value"] == pytest.approx(0.1)
    assert (predictions["Count"]["Value"], predictions["Failed"]["Value"]) == (5, 1)
    assert predictions["ConfidenceMean"]["Value"] == 0.75
    assert (predictions["Accuracy"]["Value"], predictions["Accuracy"]["Samples"]) == (0.5, 2)
    assert llm["Calls"]["Source"] == "metrics"
    assert (llm["Calls"]["Value"], llm["Errors"]["Value"]) == (2, 1)
    assert (llm["InputTokens"]["Value"], llm["CachedInputTokens"]["Value"]) == (100, 40)
    assert (llm["OutputTokens"]["Value"], llm["ReasoningTokens"]["Value"]) == (50, 20)
    assert (llm["Cost"]["Value"], llm["Cost"]["Unit"]) == (0.5, "USD")
    runtime = found["Runtime"]
    assert 0 < runtime["MemoryMean"]["Value"] <= 1
    assert runtime["ProcessUptimeDays"]["Value"] > 0


def test_an_application_that_is_observed_flushes_nothing_when_nothing_happened(
    tmp_path: Path,
) -> None:
    """What is told of the sending itself would make each flush send something."""
    registry = Registry()
    with Client(config=Config(store=f"sqlite:///{tmp_path}/s.db")) as client, observe(registry):
        client.flush_all()
        before = client.flush_all().created
        assert client.flush_all().created == before
