"""What Prometheus reads: rules, alerts, and a configuration to begin with."""

from __future__ import annotations

from collections.abc import Mapping

from modelmetry.grafana.alerts import Alert, alerts
from modelmetry.grafana.choices import Choices, seconds
from modelmetry.grafana.rules import recordings
from modelmetry.grafana.yaml import Plain, written

RULES, ALERTS = "modelmetry.rules.yml", "modelmetry.alerts.yml"

_MADE = "Made by `modelmetry grafana export`; make it again instead of changing it here."


def rules_file(choices: Choices) -> str:
    """The recording rules."""
    groups: list[Plain] = [
        {
            "name": group.name,
            **({"interval": seldom(choices)} if group.seldom else {}),
            "rules": [{"record": rule.record, "expr": rule.expr} for rule in group.rules],
        }
        for group in recordings(choices)
    ]
    return written({"groups": groups}, f"Recording rules. {_MADE}")


def seldom(choices: Choices) -> str:
    """How often rules that look far back are computed: at every fourth scrape.

    At least every two minutes, for Prometheus forgets what was not told for five.
    """
    thousandths = round(min(4 * seconds(choices.scrape_interval), 120) * 1_000)
    return f"{thousandths}ms" if thousandths % 1_000 else f"{thousandths // 1_000}s"


def alerts_file(choices: Choices) -> str:
    """The alerts; most of them look at what the recording rules compute."""
    groups: list[Plain] = [
        {"name": group.name, "rules": [_alert(one, choices) for one in group.alerts]}
        for group in alerts(choices)
    ]
    head = f"Alerts; they need {RULES} as well. {_MADE}"
    return written({"groups": groups}, head)


def notes(alert: Alert, choices: Choices) -> Mapping[str, str]:
    """What is told to whoever is called; where the runbook is only if somebody said that."""
    where = choices.runbooks
    runbook = {"runbook_url": f"{where}#{alert.section}"} if where is not None else {}
    return {"summary": alert.summary, "description": alert.description, **runbook}


def _alert(alert: Alert, choices: Choices) -> Plain:
    wait: dict[str, Plain] = {"for": alert.wait} if alert.wait else {}
    return {
        "alert": alert.name,
        "expr": alert.expr,
        **wait,
        "labels": {"severity": alert.severity, **dict(alert.labels)},
        "annotations": notes(alert, choices),
    }


def configuration(choices: Choices) -> str:
    """A configuration of Prometheus that asks the jobs, at addresses to be replaced."""
    jobs = [job for job in choices.jobs if job != choices.server_job] or ["application"]
    scrapes: list[Plain] = [
        {"job_name": job, "static_configs": [{"targets": [f"localhost:{8000 + number}"]}]}
        for number, job in enumerate(jobs)
    ]
    own: Plain = [{"targets": ["localhost:8420"]}]
    scrapes.append({"job_name": choices.server_job, "static_configs": own})
    head = (
        "A Prometheus to begin with: put your own addresses in, and start it with\n"
        "  prometheus --config.file=prometheus.yml --enable-feature=exemplar-storage\n"
        "Where metrics need a token, add to the job:\n"
        "  authorization: {credentials_file: /path/to/the/token}"
    )
    told: dict[str, Plain] = {
        "global": {
            "scrape_interval": choices.scrape_interval,
            "evaluation_interval": choices.scrape_interval,
        },
        "rule_files": [f"rules/{RULES}", f"rules/{ALERTS}"],
        "scrape_configs": scrapes,
    }
    return written(told, head)
