"""Every expression of every panel, rule and alert, on a real Prometheus after a known load."""

from __future__ import annotations

import re

import pytest

from modelmetry.grafana import dashboard, names
from modelmetry.grafana.alerts import alerts
from modelmetry.grafana.choices import Choices
from modelmetry.grafana.dashboard import rows
from modelmetry.grafana.files import DASHBOARD, files
from tests.dashboards.breaking import IDLE, UNSEEN, broken
from tests.dashboards.findings import Findings, code
from tests.dashboards.judging import (
    Expression,
    answered,
    judge,
    judged,
    panels,
    records,
    shown,
)
from tests.dashboards.load import Driven
from tests.dashboards.processes import CHOICES, ROOT, Live, until
from tests.dashboards.substitution import substituted
from tests.dashboards.truths import truths

pytestmark = pytest.mark.xdist_group("proof")  # all of it looks at one load

ERRORS = "http_server_request_duration_seconds_count"
FAILED = f'{ERRORS}{{http_response_status_code=~"5.."}}'
BUCKETS = "http_server_request_duration_seconds_bucket"


def test_every_panel_and_every_rule_tells_the_truth(
    live: Live, driven: Driven, found: Findings
) -> None:
    """What answers nothing, NaN or something else fails, and so does what has no truth."""
    found.verdicts = judged(live, [*panels(), *records()], truths(live, driven), driven.at)

    faults = [f"{one.expression.place}: {one.fault}" for one in found.verdicts if one.fault]
    assert faults == []


def test_every_truth_belongs_to_a_panel_or_a_rule(live: Live, driven: Driven) -> None:
    """Two panels of one row that are called alike would hide each other."""
    known = [one.place for one in panels()]
    assert len(known) == len(set(known))
    assert truths(live, driven).keys() == {*known, *(one.place for one in records())}


@pytest.mark.parametrize(
    ("place", "broken"),
    [
        # as a guide has them that many have copied
        ("HTTP / Failed / A", f"rate({FAILED}[5m]) / rate({ERRORS}[5m])"),
        ("HTTP / Requests / A", f"sum(rate({ERRORS}[5m]))"),
        ("HTTP / Latency / B", f"histogram_quantile(0.95, rate({BUCKETS}[5m]))"),
        ("Language models / Cost / A", "sum(llm_cost_usd)"),
        # and small mistakes
        ("HTTP / Latency / B", f"histogram_quantile(0.5, sum by (le) (rate({BUCKETS}[5m])))"),
        ("Cloud cost / This month / A", "sum(modelmetry_cloud_cost_usd)"),
        ("Models / Predictions / A", "sum(increase(modelmetry_model_predictions_total[5m]))"),
        ("HTTP / Failed / A", "vector(0) / 0"),
        ("HTTP / Failed / A", "sum(rate("),
        ("HTTP / A panel without a truth / A", "vector(1)"),
    ],
)
def test_a_broken_expression_is_found_out(
    live: Live, driven: Driven, place: str, broken: str
) -> None:
    """By the same judge as above."""
    known = truths(live, driven)
    assert judge(live, Expression(place, broken), known.get(place), driven.at).fault


def test_every_expression_fails_if_it_is_broken(
    live: Live, driven: Driven, found: Findings
) -> None:
    """Whatever the mistake, in each place where one can make it; or it is told why not."""
    known = truths(live, driven)
    for one in panels() + records():
        if one.expr == one.place:
            continue  # what was recorded
        for what, expr in broken(one.expr):
            verdict = judge(live, Expression(one.place, expr), known[one.place], driven.at)
            found.broken(one.place, what, seen=bool(verdict.fault))

    assert found.unexplained == []
    assert found.reasons | {IDLE} == {why for why, _, _ in UNSEEN}


def test_alerts_are_computed_without_an_error(live: Live, driven: Driven, found: Findings) -> None:
    """Whether they fire is for promtool's tests: most of them are silent in a healthy system."""
    for group in alerts(CHOICES):
        for one in group.alerts:
            window = dict(one.labels).get("long_window", "")
            told = shown(answered(live, one.expr, driven.at)) or "nothing"
            found.alerts[f"{one.name} {window}".strip()] = f"{told} | {code(one.expr)}"
    groups = live.ask("rules")["groups"]
    health = {rule["health"] for group in groups for rule in group["rules"]}
    assert health == {"ok"}


@pytest.mark.usefixtures("driven")
def test_what_burns_the_budget_fires(live: Live) -> None:
    """All four windows do: the load fails 30 times as often as it may."""
    burning = 'count(ALERTS{alertname="ModelmetryErrorBudgetBurn",alertstate="firing"})'
    until(lambda: live.number(burning) == 4, lambda: f"{live.number(burning)} of 4 fire")


def test_panels_of_latency_lead_to_traces(live: Live, driven: Driven) -> None:
    """Prometheus has the identities of traces as examples for each of them."""
    for row in rows(CHOICES):
        for panel in row.panels:
            asked = [one.expr for one in panel.targets if one.exemplars]
            found = [
                exemplar["labels"]["trace_id"]
                for expr in asked
                for series in exemplars(live, expr, driven.at)
                for exemplar in series["exemplars"]
            ]
            assert bool(found) == bool(asked), panel.title


def exemplars(live: Live, expr: str, at: float) -> list[dict[str, list[dict[str, dict[str, str]]]]]:
    """What Prometheus keeps as examples for an expression."""
    asked = substituted(live, expr)
    found = live.ask("query_exemplars", query=asked, start=str(at - 300), end=str(at))
    answer: list[dict[str, list[dict[str, dict[str, str]]]]] = found
    return answer


def test_legends_name_labels_that_there_are(live: Live, driven: Driven) -> None:
    """Grafana shows nothing for one that is not there."""
    for row in rows(CHOICES):
        for target in (one for panel in row.panels for one in panel.targets):
            named = set(re.findall(r"{{(\w+)}}", target.legend))
            for labels in answered(live, target.expr, driven.at):
                assert named <= {name for name, _ in labels}, target


def test_every_metric_that_is_told_is_shown_or_it_is_said_why_not(live: Live) -> None:
    """In a panel, an alert, or the table of the document."""
    made = files(Choices())
    document = (ROOT / "docs/dashboards.md").read_text()
    known = made[DASHBOARD] + made["prometheus/rules/modelmetry.alerts.yml"]
    known += document[document.index("## What is told and not shown") :]
    for name in {name for name, _, _ in live.told()}:
        metric = re.sub(r"_(bucket|sum|count|created)$", "", name)
        if not metric.startswith(("proof_", "python_")):
            assert re.search(rf"\b{metric}(?:_bucket|_sum|_count)?\b", known), metric


@pytest.mark.parametrize(
    ("expr", "label", "values"),
    [
        (dashboard.INSTANCES, "instance", 1),
        (dashboard.MODELS, names.LLM_MODEL, 2),
        (dashboard.SERVERS, "job", 1),
    ],
)
@pytest.mark.usefixtures("driven")
def test_variables_have_values(live: Live, expr: str, label: str, values: int) -> None:
    """Asked as Grafana asks for `label_values`."""
    series = substituted(live, expr).removeprefix("label_values(").removesuffix(f", {label})")
    found = live.ask(f"label/{label}/values", **{"match[]": series})
    assert len(found) == values


def test_jobs_are_those_that_are_no_servers_of_ours(live: Live, driven: Driven) -> None:
    """The variable asks for the result of a query."""
    expr = dashboard.APPLICATIONS.removeprefix("query_result(").removesuffix(")")
    assert answered(live, expr, driven.at).keys() == {frozenset({("job", "application")})}
