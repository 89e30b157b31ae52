"""Cases of alerts about money."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from modelmetry.grafana import names
from modelmetry.grafana.alerts.money import FAST_SPENDING
from modelmetry.grafana.choices import MONTH_SECONDS, Choices
from modelmetry.grafana.rule_tests.alerting.case import LESS, MORE, AlertCase
from modelmetry.grafana.rule_tests.series import Counter, Given, Level

_JANUARY: Final = 31  # promtool's clock begins in 1970


def money_cases(choices: Choices, job: str) -> Iterable[AlertCase]:
    """All of them."""
    yield from _calls(choices, f'job="{job}",instance="i"')
    yield _cloud_budget(choices)
    yield from _polls(choices.server_job)


def _calls(choices: Choices, target: str) -> Iterable[AlertCase]:
    budget = choices.monthly_budget

    def spending(month: float) -> Given:
        cost = f'{names.LLM_COST}{{{target},{names.LLM_MODEL}="gpt",{names.COMPONENT}="input"}}'
        return {cost: Counter(month / MONTH_SECONDS * 60)}

    fast = FAST_SPENDING * budget
    yield AlertCase(
        alert="ModelmetryLlmSpendingFast",
        minutes=420,
        labels={},
        shown=f"{MORE * fast:.0f}",
        above=spending(MORE * fast),
        below=spending(LESS * fast),
    )
    yield AlertCase(
        alert="ModelmetryLlmBudget",
        minutes=1_500,
        labels={},
        shown=f"{MORE * budget:.0f}",
        above=spending(MORE * budget),
        below=spending(LESS * budget),
    )


def _cloud_budget(choices: Choices) -> AlertCase:
    budget = choices.monthly_budget

    def cloud(month: float) -> Given:
        """Half of it is spent; two instances tell the same."""
        told: dict[str, Level] = {}
        for instance in ("i", "j"):
            target = f'job="{choices.server_job}",instance="{instance}"'
            metric = f'{names.CLOUD_COST}{{{target},service="ec2"'
            told[f'{metric},period="day",estimated="true"}}'] = Level(month / 2 / _JANUARY)
            told[f'{metric},period="month",estimated="false"}}'] = Level(month / 2)
        return told

    return AlertCase(
        alert="ModelmetryCloudBudget",
        minutes=90,
        labels={},
        shown=f"{MORE * budget:.0f}",
        above=cloud(MORE * budget),
        below=cloud(LESS * budget),
    )


def _polls(job: str) -> Iterable[AlertCase]:
    """Files were read just now, and Cost Explorer was not; or nothing was read at all."""
    target = f'job="{job}",instance="i"'
    last = f"{names.CLOUD_COST_LAST_SUCCESS}{{{target},{names.SOURCE}="

    def read(ago: float) -> Given:
        return {f'{last}"files"}}': Level(1_800), f'{last}"aws"}}': Level(1_800 - ago)}

    yield AlertCase(
        alert="ModelmetryCloudCostStale",
        labels={"job": job, names.SOURCE: "aws"},
        shown="1d 16h 0m 0s",
        above=read(144_000),
        below=read(115_200),
    )
    failing = {f"{names.CLOUD_COST_FAILURES}{{{target}}}": Counter(1 / 600)}
    yield AlertCase(
        alert="ModelmetryCloudCostFailing",
        minutes=1_500,
        labels={"job": job},
        shown="2",
        above=failing,
        below={**failing, f'{last}"aws"}}': Level(60_000)},
    )
