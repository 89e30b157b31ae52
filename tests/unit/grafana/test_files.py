"""What is written, and what is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from modelmetry.errors import InvalidValueError
from modelmetry.grafana.choices import Choices, seconds
from modelmetry.grafana.files import DASHBOARD, IMPORT, export, files
from modelmetry.grafana.yaml import written
from modelmetry.metrics.resources.table import TABLE

ROOT = Path(__file__).parents[3]
SHIPPED = ROOT / "dashboards"


def test_the_committed_folder_is_what_is_written_by_default() -> None:
    """Byte for byte, and nothing else; `modelmetry grafana export --force` mends it."""
    found = {
        path.relative_to(SHIPPED).as_posix(): path.read_text()
        for path in SHIPPED.rglob("*")
        if path.is_file()
    }
    assert found == files(Choices())


def panels(name: str = DASHBOARD, **choices: Any) -> list[dict[str, Any]]:
    """Panels of the dashboard, without rows."""
    document = json.loads(files(Choices(**choices))[name])
    return [one for one in document["panels"] if one["type"] != "row"]


def test_panels_have_descriptions() -> None:
    """For who reads them for the first time."""
    for one in panels():
        assert one["description"].endswith(".")


def test_counters_are_never_shown_as_they_are() -> None:
    """They start again at 0 with the process: what they grew is what counts."""
    raw = re.compile(r"_(total|seconds_count|confidence_count|sum|bucket)(\{[^}]*\})?(?![\[{\w])")
    assert raw.search("sum(shop_orders_total) or x")
    assert not raw.search('sum(rate(shop_orders_total{job="a"}[5m]))')
    for one in panels():
        for target in one["targets"]:
            assert not raw.search(target["expr"]), target["expr"]


def test_grafana_asks_for_a_datasource_where_one_imports_by_hand() -> None:
    """And finds the same panels as in the file for provisioning."""
    document = json.loads(files(Choices())[IMPORT])
    assert [one["type"] for one in document["__inputs"]] == ["datasource"]
    assert document["templating"]["list"][0]["current"]["value"] == "${DS_PROMETHEUS}"
    assert document["uid"] == "modelmetry"
    assert document["schemaVersion"] >= 36
    assert panels(IMPORT) == panels()
    assert "__inputs" not in files(Choices())[DASHBOARD]


def test_choices_reach_the_files() -> None:
    """Jobs as a pattern, the objective as a share, the budget as it is."""
    choices = Choices(jobs=("a.b", "c"), slo=99, monthly_budget=50, scrape_interval="30s")
    made = files(choices)
    told = made["prometheus/rules/modelmetry.alerts.yml"]
    assert 'job=~"a\\\\.b|c"' in yaml.safe_load(told)["groups"][0]["rules"][0]["expr"]
    assert "> 0.144 and" in told
    assert "cloud_cost_usd:month_projected > 50" in told
    assert {one["interval"] for one in panels(scrape_interval="30s")} == {"30s"}
    jobs = [
        one["job_name"]
        for one in yaml.safe_load(made["prometheus/prometheus.yml"])["scrape_configs"]
    ]
    assert jobs == ["a.b", "c", "modelmetry"]


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        ({"jobs": ('a"b',)}, "cannot be the name of a job"),
        ({"jobs": ("",)}, "cannot be the name of a job"),
        ({"jobs": ("a",), "server_job": "a b"}, "cannot be the name of a job"),
        ({"runbooks": "dashboards.md"}, "must begin with http"),
        ({"runbooks": ""}, "must begin with http"),
        ({"runbooks": "https://a.example/{{ $value }}"}, "not 'https://a.example/"),
        ({"runbooks": "https://a.example/x#y"}, "is put behind it"),
        ({"runbooks": "javascript:alert(1)"}, "must begin with http"),
        ({"slo": 100.0}, "at least 95 and below 100"),
        ({"slo": 99.99999999999}, "the most, 99.9999"),
        ({"slo": 90.0}, "not 90"),
        ({"slo": float("nan")}, "not nan"),
        ({"monthly_budget": 0.0}, "more than 0 USD"),
        ({"monthly_budget": float("inf")}, "more than 0 USD"),
        ({"scrape_interval": "often"}, "15s, 1m, 500ms"),
        ({"scrape_interval": "\u0661\u0665s"}, "no interval"),
        ({"scrape_interval": ""}, "no interval"),
        ({"scrape_interval": "2m"}, "at most 75 seconds"),
        ({"scrape_interval": "0s"}, "more than 0"),
    ],
)
def test_a_choice_that_cannot_be_is_refused(choice: Mapping[str, Any], said: str) -> None:
    """With the value and what would do."""
    with pytest.raises(InvalidValueError, match=said):
        files(Choices(**choice))


def test_spans_are_read_as_prometheus_reads_them() -> None:
    """Also those of several units."""
    assert [seconds(one) for one in ("15s", "1m", "1m10s", "500ms")] == [15, 60, 70, 0.5]


def test_a_job_that_is_given_twice_is_one() -> None:
    """Prometheus refuses a configuration that names it twice."""
    assert files(Choices(jobs=("a", "b", "a"))) == files(Choices(jobs=("a", "b")))
    made = files(Choices(jobs=("modelmetry", "a")))["prometheus/prometheus.yml"]
    jobs = [one["job_name"] for one in yaml.safe_load(made)["scrape_configs"]]
    assert jobs == ["a", "modelmetry"]


def test_a_folder_in_the_place_of_a_file_is_said_before_anything_is_written(tmp_path: Path) -> None:
    """Also where files are to be replaced."""
    (tmp_path / "prometheus/prometheus.yml").mkdir(parents=True)
    with pytest.raises(InvalidValueError, match="these are folders"):
        export(tmp_path, Choices(), force=True)
    assert not (tmp_path / DASHBOARD).exists()


def test_what_looks_days_back_is_computed_seldom() -> None:
    """As often as it takes for Prometheus not to forget it, at any interval of scrapes."""
    for interval, seldom in (("15s", "60s"), ("500ms", "2s"), ("75s", "120s"), ("333ms", "1332ms")):
        made = files(Choices(scrape_interval=interval))["prometheus/rules/modelmetry.rules.yml"]
        groups = yaml.safe_load(made)["groups"]
        far = re.compile(r"\[(6h|1d|3d)\]")
        told = [one for one in groups if one["name"] == "modelmetry_http_long"]
        assert [one["interval"] for one in told] == [seldom]
        assert all(far.search(rule["expr"]) for rule in told[0]["rules"])
        (often,) = (one for one in groups if one["name"] == "modelmetry_http")
        assert not any(far.search(rule["expr"]) for rule in often["rules"])


def test_signals_that_are_left_out_on_purpose_are_not_lost() -> None:
    """By the word that the client has for them."""
    from modelmetry.delivery.receipt import SAMPLED_OUT  # noqa: PLC0415

    made = files(Choices())["prometheus/rules/modelmetry.alerts.yml"]
    assert f'outcome!~"delivered|{SAMPLED_OUT}"' in made


def test_nothing_is_replaced_that_somebody_changed(tmp_path: Path) -> None:
    """And nothing at all is written then; what is the same is left alone."""
    export(tmp_path, Choices())
    assert not any(is_new for _, is_new in export(tmp_path, Choices()))
    changed = tmp_path / DASHBOARD
    changed.write_text("{}")
    (tmp_path / IMPORT).unlink()
    with pytest.raises(InvalidValueError, match="--force"):
        export(tmp_path, Choices())
    assert not (tmp_path / IMPORT).exists()
    export(tmp_path, Choices(), force=True)
    assert changed.read_text() == files(Choices())[DASHBOARD]


scalars = st.text() | st.integers(-(10**6), 10**6) | st.booleans() | st.none()
plain = st.recursive(
    scalars,
    lambda inner: (
        st.dictionaries(st.text(), inner)
        | st.lists(scalars | st.dictionaries(st.text(), inner), max_size=4)
    ),
)


@given(st.dictionaries(st.text(), plain))
def test_yaml_is_read_back_as_it_was(document: dict[str, Any]) -> None:
    """Whatever the texts look like."""
    assert (yaml.safe_load(written(document)) or {}) == document


def test_each_alert_has_a_runbook() -> None:
    """A section of the document to which it leads."""
    text = (ROOT / "docs/dashboards.md").read_text()
    told = yaml.safe_load(files(Choices())["prometheus/rules/modelmetry.alerts.yml"])
    for group in told["groups"]:
        for rule in group["rules"]:
            assert f"\n### {rule['alert']}\n" in text
            assert rule["annotations"].keys() == {"summary", "description"}


def test_alerts_lead_to_a_runbook_where_there_is_one() -> None:
    """No address of somebody else is made up; the one that is given gets the name of the alert."""
    where = "https://wiki.example.org/x/dashboards.md"
    told = yaml.safe_load(files(Choices(runbooks=where))["prometheus/rules/modelmetry.alerts.yml"])
    for group in told["groups"]:
        for rule in group["rules"]:
            assert rule["annotations"]["runbook_url"] == f"{where}#{rule['alert'].lower()}"


def test_no_file_names_an_address_of_anybody() -> None:
    """But of the machine itself, which who installs it replaces."""
    for name, text in files(Choices()).items():
        assert set(re.findall(r"https?://([\w.-]+)", text)) <= {"localhost"}, name


def test_rules_for_some_jobs_look_at_the_server_as_well() -> None:
    """It alone knows what the cloud costs, and what it refuses; requests are those of the jobs."""
    made = files(Choices(jobs=("shop",), server_job="own"))
    rules = made["prometheus/rules/modelmetry.rules.yml"]
    alerts = made["prometheus/rules/modelmetry.alerts.yml"]
    jobs = {
        'modelmetry_cloud_cost_usd{job=~"own"': rules,
        'http_server_request_duration_seconds_count{job=~"shop"': rules,
        'modelmetry_server_waiting_batches{job=~"own"': alerts,
        'up{job=~"shop|own"} == 0': alerts,
        'absent(up{job="shop"})': alerts,
        'system_filesystem_limit_bytes{job=~"shop|own"': alerts,
    }
    for part, text in jobs.items():
        assert part in text.replace('\\"', '"'), part


def test_resources_have_the_names_that_are_told() -> None:
    """Each that a panel shows is one of the table."""
    from modelmetry.grafana.names import resource  # noqa: PLC0415

    assert resource("hw.energy") == "hw_energy_joules_total"
    assert all(resource(name) for name in TABLE)


def test_resources_that_this_machine_lacks_are_shown_or_it_is_said_why_not() -> None:
    """Such as those of a GPU; what is told here is looked at by the proof on Prometheus."""
    from modelmetry.grafana.names import resource  # noqa: PLC0415

    document = (ROOT / "docs/dashboards.md").read_text()
    known = files(Choices())[DASHBOARD]
    known += document[document.index("## What is told and not shown") :]
    for name in TABLE:
        assert re.search(rf"\b{resource(name)}\b", known), name
