"""What promtool says of the rules that we ship, and of those made for other choices."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from modelmetry.grafana.alerts import alerts
from modelmetry.grafana.choices import Choices
from modelmetry.grafana.files import export
from modelmetry.grafana.rules import recordings
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


@pytest.mark.parametrize(
    ("is_", "becomes", "seen_by"),
    [
        ("> 0.0144", "> 0.0044", TESTS[1]),
        ("> 129600", "> 150000", TESTS[0]),
        ("offset 1h", "offset 5m", TESTS[0]),
        ("== 0", "== 2", TESTS[0]),
    ],
)
def test_a_broken_alert_is_found_out(tmp_path: Path, is_: str, becomes: str, seen_by: str) -> None:
    """By a test that fails."""
    shutil.copytree(SHIPPED, tmp_path / "files")
    path = tmp_path / "files/rules/modelmetry.alerts.yml"
    text = path.read_text()
    assert is_ in text
    path.write_text(text.replace(is_, becomes))
    assert promtool(tmp_path / "files", "test", "rules", seen_by).returncode != 0
