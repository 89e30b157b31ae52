"""All cases of all alerts."""

from __future__ import annotations

from collections.abc import Iterable

from modelmetry.grafana.choices import Choices
from modelmetry.grafana.rule_tests.alerting.case import AlertCase
from modelmetry.grafana.rule_tests.alerting.machines import machine_cases, server_cases
from modelmetry.grafana.rule_tests.alerting.metrics import metrics_cases
from modelmetry.grafana.rule_tests.alerting.models import model_cases
from modelmetry.grafana.rule_tests.alerting.money import money_cases
from modelmetry.grafana.rule_tests.alerting.requests import request_cases


def alert_cases(choices: Choices, job: str) -> Iterable[AlertCase]:
    """All cases, for targets of `job` and of the server's job."""
    target = f'job="{job}",instance="i"'
    yield from request_cases(choices, job, target)
    yield from model_cases(job, target)
    yield from money_cases(choices, job)
    yield from metrics_cases(choices, job, target)
    yield from machine_cases(job, target)
    yield from server_cases(choices)
