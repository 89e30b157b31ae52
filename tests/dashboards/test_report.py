"""The report from a real Prometheus that scraped a known load: its numbers are the load's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from operator import attrgetter
from pathlib import Path
from typing import Final

import pytest
from attrs import frozen
from click.testing import CliRunner
from modelmetry_api.models import ProductionSummary
from modelmetry_api.types import decode_json

from modelmetry.cli.root import modelmetry
from modelmetry.client.client import Client
from modelmetry.config import Config
from modelmetry.metrics.history import Reporter
from modelmetry.metrics.registry import Registry
from tests.dashboards.scraping import asked, scraping, until
from tests.unit.cli.production_load import REQUESTS, Instruments, quantiles, truth

pytestmark = pytest.mark.xdist_group("report")

GROWN: Final = (
    "requests.count", "predictions.count", "predictions.failed", "llm.calls", "llm.errors",
    "llm.input_tokens", "llm.output_tokens", "llm.cost",
)  # fmt: skip
"""Figures that Prometheus extrapolates, each by the same few percent; shares of them are exact."""
SAMPLES: Final = 20
"""Before the load, and after it: the more, the less is added at the edges of the window."""

COUNT: Final = "sum(http_server_request_duration_seconds_count)"


@frozen
class Scraped:
    """A Prometheus and a store that both know one load."""

    url: str
    store: str


@pytest.fixture(scope="module", name="scraped")
def _scraped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scraped]:
    """The load once before the first scrape, so that every series is there, and once after it."""
    folder = tmp_path_factory.mktemp("scraped")
    place = f"sqlite:///{folder / 'store.db'}"
    registry = Registry()
    instruments = Instruments(registry)
    with Client(config=Config(store=place, service="shop")) as client:
        instruments.measure()
        with scraping(registry, folder) as url:
            until(lambda: len(asked(url, scraped_often(SAMPLES))) > 0, "first")
            Reporter(registry, client, interval=3_600)
            instruments.measure()
            enough = f"{scraped_often(2 * SAMPLES)} and on () {COUNT} == {2 * REQUESTS}"
            until(lambda: len(asked(url, enough)) > 0, "second")
            assert client.flush_all().ok
            yield Scraped(url, place)


def scraped_often(number: int) -> str:
    """What answers when so many scrapes have succeeded, however long that takes."""
    return f"sum_over_time(up[5m]) > {number}"


def summary(*words: str) -> ProductionSummary:
    """The report as JSON."""
    done = CliRunner().invoke(modelmetry, ["report", "--format", "json", *words])
    assert done.exit_code == 0, done.output
    return decode_json(done.stdout.encode(), ProductionSummary)


def test_every_figure_of_prometheus_is_that_of_the_load(scraped: Scraped) -> None:
    """Sums by extrapolation, means and shares exactly, quantiles in the bucket of the truth."""
    found = summary("--since", "5m", "--prometheus", scraped.url, "--only-prometheus")
    for place, expected in truth().items():
        figure = attrgetter(place)(found)
        near = 0.06 if place in GROWN else 1e-6
        assert figure.value == pytest.approx(expected, rel=near), place
        assert figure.source == "prometheus", place
    for place, (low, high) in quantiles().items():
        assert low * 0.999 <= attrgetter(place)(found).value <= high * 1.001, place
    missed = asked(scraped.url, "min_over_time(up[5m]) == 0")  # on a machine that is too busy
    assert found.runtime.uptime.value == 1 or missed
    assert found.costs.cloud_total.note.startswith("not measured: ")


def test_only_the_job_that_is_asked_for_is_in_it(scraped: Scraped) -> None:
    """A service is a job; of one that there is not nothing is known, whatever its name."""
    words = ("--since", "5m", "--prometheus", scraped.url, "--only-prometheus")
    assert summary(*words, "--service", "shop").requests.count.value
    nobody = summary(*words, "--service", 'sh.p"} or up{job="shop')
    assert nobody.requests.count.value is None
    assert nobody.runtime.uptime.value is None


def test_of_both_the_store_goes_first_and_prometheus_fills_in(scraped: Scraped) -> None:
    """Where they differ by more than 5 % the note says so; the store knows the load twice."""
    found = summary("--since", "5m", "--prometheus", scraped.url, "--store", scraped.store)
    assert (found.requests.count.value, found.requests.count.source) == (2 * REQUESTS, "metrics")
    assert "Prometheus says" in found.requests.count.note
    assert "Prometheus" not in found.requests.success_rate.note


def test_the_charts_of_prometheus_are_drawn(scraped: Scraped, tmp_path: Path) -> None:
    """What grew over time, and what is beside each other."""
    file = tmp_path / "report.html"
    words = ["report", "--since", "2h", "--prometheus", scraped.url, "--only-prometheus"]
    done = CliRunner().invoke(modelmetry, [*words, "-o", str(file)])
    assert done.exit_code == 0, done.output
    told = file.read_text("utf-8")
    for title in (
        "Requests, each",
        "Errors, each",
        "Latency, p95",
        "Tokens, each",
        "LLM cost, each",
    ):
        assert f"<h3>{title}" in told, title
    assert "<h3>LLM cost by model" in told
    assert json.dumps(scraped.url) not in told
