"""Two made-up months of production: what processes told, and what the cloud cost."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from modelmetry_api.models import ProductionSummary

from modelmetry.demo.traffic.month import month
from modelmetry.demo.traffic.production import Production
from modelmetry.demo.traffic.recorder import Body
from modelmetry.demo.traffic.spent import SOURCE, spent
from modelmetry.metrics.resources.table import TABLE
from modelmetry.reports.rows import SECTIONS
from modelmetry.store.production import Window
from modelmetry.store.sqlite.encode import from_micros
from modelmetry.store.sqlite.store import SqliteStore

NOW = 1_795_000_000_000_000
DAY = 24 * 3_600 * 1_000_000
SPEC = Path(__file__).parents[3] / "openapi" / "spec.yaml"
UNKNOWN = {"llm.cached_input_tokens", "llm.cache_write_tokens", "llm.reasoning_tokens"}


def told(seed: int = 1, spans: int = 1_500) -> tuple[list[Body], list[Body]]:
    """The bodies of traces, and those of what was measured."""
    production, traces = Production(NOW, seed=seed), list[Body]()
    for body in month(spans, NOW, seed=seed):
        production.hear(body)
        traces.append(body)
    return traces, list(production.bodies())


@pytest.fixture(name="made", scope="module")
def _made() -> tuple[list[Body], list[Body]]:
    return told()


@pytest.fixture(name="summary", scope="module")
def _summary(
    made: tuple[list[Body], list[Body]], tmp_path_factory: pytest.TempPathFactory
) -> ProductionSummary:
    """The report of the second month beside the first, from a store that took all of it."""
    with SqliteStore(tmp_path_factory.mktemp("demo") / "s.db", clock=lambda: NOW) as store:
        for body in chain(*made):
            store.ingest("local", body)
        rows = list(spent(NOW))
        days = rows[0].day, from_micros(NOW).date()
        store.cost_ledger("local").replace(SOURCE, *days, rows)
        moments = [from_micros(NOW - days * DAY) for days in (60, 30, 0)]
        return store.production_summary(
            "local", Window(moments[1], moments[2]), Window(moments[0], moments[1])
        )


def test_the_same_seed_makes_the_same_production(made: tuple[list[Body], list[Body]]) -> None:
    """Identities, measurements and money included; another seed makes another one."""
    assert told() == made
    assert told(seed=2)[1] != made[1]
    assert list(spent(NOW)) == list(spent(NOW))
    assert list(spent(NOW)) != list(spent(NOW, seed=2))


def test_every_figure_of_the_report_is_known_in_both_months(summary: ProductionSummary) -> None:
    """But for tokens that these providers do not part."""
    for section in SECTIONS:
        for row in section.rows:
            figure = row.figure(summary)
            assert (figure.value is None) == (row.place in UNKNOWN), row.place
            if figure.value is not None and row.place != "costs.savings":
                assert figure.baseline is not None
                assert figure.baseline.value is not None, row.place
    assert summary.runtime.uptime.value is not None
    assert 0.995 < summary.runtime.uptime.value < 0.999
    assert summary.costs.savings.value is not None
    assert 0.1 < summary.costs.savings.value < 0.3


def test_calls_are_those_of_the_traces(
    made: tuple[list[Body], list[Body]], summary: ProductionSummary
) -> None:
    """Their number, their tokens and their dollars; euros are calls without a known price."""
    calls: list[Any] = [
        span
        for body in made[0]
        for span in body["Spans"]
        if span["Family"] == "completion" and span["End"] is not None
    ]
    used = [call["FamilyData"]["Usage"] for call in calls if "Usage" in call["FamilyData"]]
    costs = [call["FamilyData"]["Cost"]["Total"] for call in calls if "Cost" in call["FamilyData"]]
    dollars = [cost["Amount"] for cost in costs if cost["Currency"] == "USD"]
    assert summary.llm.calls.value == len(calls)
    assert summary.llm.input_tokens.value == sum(one["Input"]["Amount"] for one in used)
    assert summary.llm.cost.value == pytest.approx(sum(dollars), rel=1e-4)
    assert summary.llm.unpriced_calls.value == len(costs) - len(dollars)
    failed = sum(call.get("Severity") == "error" for call in calls)
    assert summary.llm.errors.value == failed


def test_bodies_are_those_of_the_specification(made: tuple[list[Body], list[Body]]) -> None:
    """They could go to a server."""
    spec = yaml.safe_load(SPEC.read_text("utf-8"))
    schema = {
        "$ref": "#/components/schemas/IngestSignalsV1RequestBody",
        "components": spec["components"],
    }
    validator = jsonschema_rs.Draft202012Validator(schema)
    for body in made[1]:
        validator.validate(body)


def test_resources_have_the_attributes_of_the_real_ones(
    made: tuple[list[Body], list[Body]],
) -> None:
    """So that what is asked of them works with both."""
    for series in made[1][0]["MetricIntervals"][0]["Series"]:
        known = TABLE.get(series["Name"])
        if known is not None:
            assert (series["Kind"], series["Unit"]) == (known.kind, known.unit)
            assert set(series["Attributes"]) == set(known.attributes), series["Name"]
