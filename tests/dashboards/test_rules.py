"""What promtool says of the rules that we ship, and of those made for other choices."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from msgspec import json

from modelmetry.grafana.alerts import alerts
from modelmetry.grafana.choices import Choices
from modelmetry.grafana.files import export
from modelmetry.grafana.rules import recordings
from tests.dashboards.breaking_rules import (
    Mistake,
    other_metric,
    other_window,
    too_lax,
    too_strict,
    without_by,
)
from tests.dashboards.processes import ROOT, program

SHIPPED = ROOT / "dashboards/prometheus"
TESTS = ("tests/modelmetry.tests.yml", "tests/modelmetry.long.tests.yml")


@pytest.fixture(autouse=True)
def _promtool() -> None:
    if shutil.which("promtool") is None:
        pytest.skip("there is no promtool on PATH; run: nox -s dashboards")


def promtool(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run it."""
    return subprocess.run(
        [program("promtool"), *words], cwd=folder, check=False, capture_output=True, text=True
    )


def test_the_shipped_configuration_and_rules_can_be_read() -> None:
    """With all files that it names."""
    checked = promtool(SHIPPED, "check", "config", "prometheus.yml")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_tests_that_are_shipped_pass() -> None:
    """Each alert fires and does not, also after a restart; each rule has its value."""
    tested = promtool(SHIPPED, "test", "rules", *TESTS)
    assert tested.returncode == 0, tested.stdout + tested.stderr


def test_those_for_other_choices_pass_as_well(tmp_path: Path) -> None:
    """For the worst objective, a small budget, and a job with odd signs in its name."""
    choices = Choices(jobs=("shop.api/v2",), slo=95, monthly_budget=12.5, scrape_interval="1m")
    export(tmp_path, choices)
    tested = promtool(tmp_path / "prometheus", "test", "rules", *TESTS)
    assert tested.returncode == 0, tested.stdout + tested.stderr


def test_no_rule_and_no_alert_is_without_a_test() -> None:
    """That it fires, that it does not, both also after a restart."""
    text = "".join((SHIPPED / one).read_text() for one in TESTS)
    for group in alerts(Choices()):
        for one in group.alerts:
            if one.name == "ModelmetryTargetsMissing":  # fires without any series, else never
                assert f"alertname: {one.name}" in text
                continue
            for said in (r"fires \(\d\)", "is silent"):
                for restart in ("", ", after a restart"):
                    assert re.search(rf'{one.name} {said}{restart}[;"]', text), one.name
    for rules in recordings(Choices()):
        for rule in rules.rules:
            assert f"round({rule.record}, " in text, rule.record


ALERTS = "rules/modelmetry.alerts.yml"
RULES = "rules/modelmetry.rules.yml"
EVERY_ALERT = {one.name for group in alerts(Choices()) for one in group.alerts}
EVERY_RULE = {rule.record for rules in recordings(Choices()) for rule in rules.rules}
STEADY = {one for one in EVERY_RULE if not re.search(r"errors_per_request|cost_usd:r|:incr", one)}


@pytest.mark.parametrize(
    ("file", "mistake", "caught"),
    [
        (ALERTS, too_strict, EVERY_ALERT),
        (ALERTS, too_lax, EVERY_ALERT),
        (RULES, without_by, EVERY_RULE),
        (RULES, other_metric, EVERY_RULE),
        # what the others compute is the same over a longer time, as long as nothing changes
        (RULES, other_window, EVERY_RULE - STEADY),
    ],
)
def test_each_that_is_broken_is_found_out(
    tmp_path: Path, file: str, mistake: Mistake, caught: set[str]
) -> None:
    """By a test of its own: all are broken, and all of them fail."""
    for part, told in read().items():
        if part == file:
            told["groups"] = [broken(group, mistake) for group in told["groups"]]
        if part in TESTS:
            told["tests"] = [one for one in told["tests"] if is_wanted(one, file)]
        (tmp_path / part).parent.mkdir(exist_ok=True)
        (tmp_path / part).write_bytes(json.encode(told))  # which is YAML as well

    failed = promtool(tmp_path, "test", "rules", *TESTS)
    assert failed.returncode != 0
    pattern = r"alertname: ?(\w+)," if file == ALERTS else r'expr: "round\(([\w:]+), '
    found = set(re.findall(pattern, failed.stdout + failed.stderr))
    assert caught - found == set()


def read() -> dict[str, Any]:
    """All files of rules and tests."""
    return {
        part: yaml.load((SHIPPED / part).read_bytes(), yaml.CSafeLoader)
        for part in (ALERTS, RULES, *TESTS)
    }


def broken(group: dict[str, Any], mistake: Mistake) -> dict[str, Any]:
    """A group in which all have the same mistake."""
    for one in group["rules"]:
        changed = mistake(one["expr"])
        assert changed != one["expr"] or one.get("record") in STEADY, one
        one["expr"] = changed
    return group


def is_wanted(test: dict[str, Any], file: str) -> bool:
    """Whether it looks at what is broken; not once more after a restart."""
    kind = "alert_rule_test" if file == ALERTS else "promql_expr_test"
    return kind in test and "after a restart" not in test["name"]
