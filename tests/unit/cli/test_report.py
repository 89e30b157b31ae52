"""`modelmetry report`: the numbers are those of what happened, in each of its forms."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from operator import attrgetter
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from modelmetry_api.models import ProductionSummary
from modelmetry_api.types import decode_json

from modelmetry.client.client import Client
from modelmetry.config import Config
from modelmetry.costs.rows import day_row
from modelmetry.metrics.history import Reporter
from modelmetry.metrics.registry import Registry
from modelmetry.reports.amounts import amount
from modelmetry.reports.rows import SECTIONS
from modelmetry.server.embedded import EmbeddedServer
from modelmetry.store.open import open_store
from tests.unit.cli.cast import ROOT
from tests.unit.cli.conftest import Command
from tests.unit.cli.production_load import CALLS, Instruments, calls, quantiles, truth


@pytest.fixture(scope="module", name="measured")
def _measured(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store to which a client brought what was measured."""
    place = f"sqlite:///{tmp_path_factory.mktemp('measured') / 'store.db'}"
    registry = Registry()
    instruments = Instruments(registry)
    with Client(config=Config(store=place, service="shop")) as client:
        Reporter(registry, client, interval=3_600)
        instruments.measure()
        assert client.flush_all().ok
    return place


def summary(run: Command, *words: str) -> ProductionSummary:
    """The report as JSON, read with the generated model."""
    done = run("report", "--format", "json", *words)
    assert done.exit_code == 0, done.output
    return decode_json(done.stdout.encode(), ProductionSummary)


def test_every_figure_is_that_of_the_load(run: Command, measured: str) -> None:
    """Sums, means and shares are exact; quantiles lie in the bucket in which the truth lies."""
    found = summary(run, "--store", measured)
    for place, expected in truth().items():
        assert attrgetter(place)(found).value == pytest.approx(expected), place
    for place, (low, high) in quantiles().items():
        assert low <= attrgetter(place)(found).value <= high, place
    assert found.predictions.accuracy.samples == 50


def test_a_server_is_asked_by_its_address(run: Command, measured: str) -> None:
    """It answers what the store would, in each form."""
    with open_store(measured) as store, EmbeddedServer(store) as server:
        found = summary(run, "--base-url", server.base_url)
        page = run("report", "--base-url", server.base_url, "--format", "html")
    assert found.requests.count.value == truth()["requests.count"]
    assert page.exit_code == 0
    assert sum(cells(page.stdout, "Requests, each")) == truth()["requests.count"]


@pytest.mark.parametrize("format_", ["md", "html"])
def test_every_figure_is_told_as_people_write_it(run: Command, measured: str, format_: str) -> None:
    """What was measured stands there with its sample size, what was not says what to do."""
    found = summary(run, "--store", measured)
    told = run("report", "--store", measured, "--format", format_).stdout
    for section in SECTIONS:
        for row in section.rows:
            figure = row.figure(found)
            assert format_ == "md" or f">{row.label}<" in told
            if figure.value is not None and place_is_steady(row.place):
                assert amount(figure.value, figure.unit) in told, row.place
    assert told.count("not measured") >= 3
    assert "90 %" in told
    assert "n = 50" in told


def place_is_steady(place: str) -> bool:
    """Whether a figure is the same in two reports that are made one after the other."""
    return place not in {"requests.per_second", "runtime.uptime", "runtime.process_uptime_days"}


def test_calls_that_were_recorded_as_spans_are_in_the_report(run: Command, tmp_path: Path) -> None:
    """Where no metric counts them the completions of traces do."""
    place = f"sqlite:///{tmp_path / 'spans.db'}"
    with Client(store=place) as client, client.trace("turn") as turn:
        for model, _, used, made, cost in calls():
            with turn.completion("llm.generate", model=model, provider="p") as call:
                call.usage(input=used, output=made).cost(total=cost)
        turn.end()
        assert client.flush_all().ok
    found = summary(run, "--store", place).llm
    assert (found.calls.value, found.calls.source) == (CALLS, "traces")
    for name in ("input_tokens", "output_tokens", "cost"):
        assert getattr(found, name).value == pytest.approx(truth()[f"llm.{name}"])
    told = run("report", "--store", place).stdout
    assert f"- LLM requests: **{CALLS}**" in told
    assert "from traces" in told
    page = run("report", "--store", place, "--format", "html").stdout
    assert sum(cells(page, "Tokens of traces")) == sum(
        used + made for _, _, used, made, _ in calls()
    )
    assert "<h3>LLM cost, each day" in page
    assert "<h3>LLM cost by model" in page


def cells(page: str, title: str) -> list[float]:
    """The numbers of the table below a chart."""
    figure = page.split(f"<h3>{title}", 1)[1].split("</figure>", 1)[0]
    return [
        float(text.replace(",", "").replace("$", "")) for text in re.findall(r"<td>([^<]+)", figure)
    ]


def test_the_charts_are_those_of_the_load(run: Command, measured: str) -> None:
    """Their tables add up to what happened."""
    page = run("report", "--store", measured, "--format", "html").stdout
    expected = truth()
    assert sum(cells(page, "Requests, each")) == expected["requests.count"]
    assert sum(cells(page, "Errors, each")) == 4 + 10
    assert sum(cells(page, "Predictions, each")) == expected["predictions.count"]
    assert sum(cells(page, "LLM requests, each")) == expected["llm.calls"]
    tokens = expected["llm.input_tokens"] + expected["llm.output_tokens"]
    assert sum(cells(page, "Tokens, each")) == sum(cells(page, "Tokens by model")) == tokens
    cost = pytest.approx(expected["llm.cost"], rel=1e-3)
    assert sum(cells(page, "LLM cost, each day")) == cost
    assert sum(cells(page, "LLM cost by model")) == cost


def test_json_is_the_summary_of_the_specification(run: Command, measured: str) -> None:
    """Nothing more, nothing less."""
    spec = yaml.safe_load((ROOT / "openapi" / "spec.yaml").read_text("utf-8"))
    schema = {
        "$ref": "#/components/schemas/ProductionSummary",
        "components": spec["components"],
    }
    document = json.loads(run("report", "--store", measured, "--format", "json").stdout)
    jsonschema_rs.Draft202012Validator(schema).validate(document)
    with pytest.raises(jsonschema_rs.ValidationError):
        jsonschema_rs.Draft202012Validator(schema).validate({**document, "More": 1})


def test_a_baseline_stands_beside_each_figure(run: Command, tmp_path: Path) -> None:
    """With how much it moved, its own sample size, and what was saved."""
    place = f"sqlite:///{tmp_path / 'two.db'}"
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    with open_store(place) as store:
        for days, requests, cost in ((70, 1, 0.0), (45, 100, 2.0), (5, 150, 1.0)):
            store.ingest("local", {"MetricIntervals": [interval(now, days, requests, cost)]})
    told = run("report", "--store", place, "--baseline", "60d..30d").stdout
    assert "- Requests: **150" in told
    assert "+50 % from 100, n = 100" in told
    # The window is widened to whole hours, by an hour at most in thirty days.
    assert re.search(r"- Savings: \*\*(49\.9|50|50\.1) %\*\*", told)
    without = run("report", "--store", place).stdout
    assert "- Savings: not measured (no baseline was named)" in without


def test_charts_show_what_figures_say_of_both_generations_and_of_memory(
    run: Command, tmp_path: Path
) -> None:
    """Calls under the old names before, under the new ones after; used memory over its limit."""
    place = f"sqlite:///{tmp_path / 'changed.db'}"
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    with open_store(place) as store:
        for days, name in ((4, "operation"), (2, "inference")):
            sent = interval(now, days, 1, 0.5)
            sent["Series"][1]["Name"] = f"gen_ai.client.{name}.duration"
            sent["Series"] += [
                looked("system.memory.usage", 3e9, {"system.memory.state": "used"}),
                looked("system.memory.usage", 1e9, {"system.memory.state": "free"}),
                looked("system.memory.limit", 4e9, {}),
            ]
            store.ingest("local", {"MetricIntervals": [sent]})
        cost = day_row(now.date() - timedelta(days=2), "S3 <b>", Decimal("1.5"), "USD")
        store.cost_ledger("local").replace("aws", cost.day, cost.day + timedelta(days=1), [cost])
    found = summary(run, "--store", place)
    page = run("report", "--store", place, "--format", "html").stdout
    assert found.llm.calls.value == sum(cells(page, "LLM requests, each")) == 20
    assert found.runtime.memory_mean.value == 0.75
    assert page.split("<h3>Memory, average")[1].split("</figure>")[0].count("<td>75 %") == 2
    assert cells(page, "Cost of the cloud, each day") == [1.5]


def looked(name: str, value: float, of: dict[str, str]) -> dict[str, Any]:
    """A gauge that was looked at once."""
    shape = {"Kind": "gauge", "Name": name, "Unit": "By", "Attributes": of, "Count": 1}
    return {**shape, **dict.fromkeys(("Sum", "Min", "Max", "Last"), value)}


def interval(now: datetime, days: int, requests: int, cost: float) -> dict[str, Any]:
    """An hour so many days ago."""
    start = now - timedelta(days=days)
    served = {"Kind": "histogram", "Name": "http.server.request.duration", "Unit": "s"}
    paid = {"Kind": "counter", "Name": "modelmetry.llm.cost", "Unit": "USD"}
    spoken = {"Kind": "histogram", "Name": "gen_ai.client.operation.duration", "Unit": "s"}
    status = {"http.response.status_code": "200"}
    return {
        "XID": f"i{days}",
        "Process": "p",
        "Start": start.isoformat(),
        "End": (start + timedelta(hours=1)).isoformat(),
        "Series": [
            {**served, "Attributes": status, "Sum": 1, "Bounds": [1], "Counts": [requests, 0]},
            {**spoken, "Attributes": {}, "Sum": 1, "Bounds": [1], "Counts": [10, 0]},
            {**paid, "Attributes": {}, "Sum": cost},
        ],
    }


def test_a_store_without_production_metrics_gives_a_report_that_says_so(
    run: Command, tmp_path: Path
) -> None:
    """It is no failure; each figure says what to do."""
    place = f"sqlite:///{tmp_path / 'empty.db'}"
    open_store(place).close()
    for format_ in ("md", "html", "json"):
        done = run("report", "--store", place, "--format", format_)
        assert done.exit_code == 0
        assert "Nothing of production was measured" in done.stderr
    assert "MetricsMiddleware" in run("report", "--store", place).stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--since", "soon"], "'soon' is not a time"),
        (["--since", "1d", "--until", "2d"], "is empty"),
        (["--since", "2026-13-40"], "is not a time"),
        (["--baseline", "60d"], "write FROM..TO"),
        (["--baseline", ".."], "write FROM..TO"),
        (["--baseline", "30d..60d"], "is empty"),
        (["--baseline", "60d..60d"], "is empty"),
        (["--baseline", "60d..20d"], "overlaps the window"),
        (["--baseline", "x..y"], "'x' is not a time"),
        (["--since", "9998-01-01", "--until", "9999-01-01"], "has not come yet"),
        (["--since", "60d", "--until", "30d", "--baseline", "20d..9998-01-01"], "is not over yet"),
        (["--since", "-5d"], "'-5d' is not a time"),
        (["--since", ""], "'' is not a time"),
        (["--since", "99999999999d"], "not a time|before the calendar|longer than"),
        (["--format", "pdf"], "'pdf' is not one of"),
        (["-o", "report.pdf"], "a browser prints the HTML as PDF"),
        (["--only-prometheus"], "--only-prometheus needs the server: --prometheus URL"),
        (["--prometheus-token-file", "/nowhere"], "does not exist"),
    ],
)
def test_a_wrong_command_line_is_refused(
    run: Command, measured: str, words: list[str], said: str
) -> None:
    """With exit code 2, and what to write."""
    done = run("report", "--store", measured, *words)
    assert done.exit_code == 2
    assert re.search(said, re.sub(r"\s+", " ", done.stderr)) or said in done.stderr


def test_a_window_that_the_store_refuses_is_a_failure(run: Command, measured: str) -> None:
    """More than 400 days."""
    done = run("report", "--store", measured, "--since", "500d")
    assert done.exit_code == 1
    assert "longer than 400 days" in done.stderr


def test_a_file_gets_the_format_of_its_name(run: Command, measured: str, tmp_path: Path) -> None:
    """Unless another one is named."""
    for name, start in (("a.html", "<!DOCTYPE html>"), ("a.json", "{"), ("a.md", "## Production")):
        assert run("report", "--store", measured, "-o", tmp_path / name).exit_code == 0
        assert (tmp_path / name).read_text("utf-8").startswith(start)
    run("report", "--store", measured, "-o", tmp_path / "b.html", "--format", "md")
    assert (tmp_path / "b.html").read_text("utf-8").startswith("## Production")


def test_what_cannot_be_written_leaves_nothing_behind(
    run: Command, measured: str, tmp_path: Path
) -> None:
    """A missing folder, and a report that could not be made beside one that was."""
    done = run("report", "--store", measured, "-o", tmp_path / "missing" / "report.html")
    assert done.exit_code == 1
    assert "cannot be written" in done.stderr
    kept = tmp_path / "kept.html"
    kept.write_text("as it was")
    assert run("report", "--store", measured, "--since", "500d", "-o", kept).exit_code == 1
    assert run("report", "--store", measured, "-o", tmp_path).exit_code == 2
    assert kept.read_text() == "as it was"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kept.html"]


def test_without_a_store_it_says_where_it_looked(run: Command) -> None:
    """As every reading command."""
    done = run("report")
    assert done.exit_code == 1
    assert "there is no store at" in done.stderr


def test_a_hostile_service_is_text_in_markdown(run: Command, tmp_path: Path) -> None:
    """No HTML, no link, no sequence that a terminal obeys."""
    place = f"sqlite:///{tmp_path / 'hostile.db'}"
    open_store(place).close()
    name = "<img src=x>\x1b[31m[x](https://evil.example)`*"
    told = run("report", "--store", place, "--service", name).stdout
    assert "\x1b" not in told
    assert "\\<img src=x\\>" in told
    assert "\\[x\\](https" in told
    assert "https://evil" not in told


def test_the_page_is_small_and_asks_nobody(run: Command, measured: str) -> None:
    """No script, no address of anything else."""
    told = run("report", "--store", measured, "--format", "html").stdout
    assert len(told) < 300_000
    assert "<script" not in told
    assert re.findall(r'(?:\bsrc=|\bhref=|url\(|@import)"?([^">\s]*)', told) == ["data:,"]
