"""Cases of alerts about metrics themselves."""

from __future__ import annotations

from collections.abc import Iterable

from modelmetry.grafana import names
from modelmetry.grafana.choices import Choices
from modelmetry.grafana.rule_tests.alerting.case import AlertCase, growing
from modelmetry.grafana.rule_tests.series import Counter, Level


def metrics_cases(choices: Choices, job: str, target: str) -> Iterable[AlertCase]:
    """All of them."""
    yield from _targets(choices, job, target)
    yield from _left_out(job, target)


def _targets(choices: Choices, job: str, target: str) -> Iterable[AlertCase]:
    """Another job of the same Prometheus is down, which is not for us to say."""
    ours = {f"{names.FAILED_COLLECTIONS}{{{target}}}": Level(0)}
    other = {'up{job="of somebody else",instance="i"}': Level(0)}
    up = {f'up{{job="{one}",instance="i"}}': Level(1) for one in (*choices.jobs, job)}
    yield AlertCase(
        alert="ModelmetryTargetDown",
        labels={"job": job, "instance": "i"},
        above={**ours, **up, f"up{{{target}}}": Level(0)},
        below={**ours, **up, **other},
    )
    yield AlertCase(
        alert="ModelmetryTargetsMissing",
        title="if only others are there",
        labels={},
        above={},
        below={**ours, **up, **other},
    )


def _left_out(job: str, target: str) -> Iterable[AlertCase]:
    refused = f'{names.REFUSED}{{{target},metric="m",reason="nan"}}'
    labels = {"job": job, "metric": "m"}
    yield from growing("ModelmetryMeasurementsRefused", refused, {**labels, "reason": "nan"})
    folded = f'{names.OVERFLOWED}{{{target},metric="m"}}'
    yield from growing("ModelmetryMeasurementsOverflowing", folded, labels)
    lost = f'{names.SIGNALS}{{{target},{names.OUTCOME}="buffer_full"}}'
    yield from growing("ModelmetrySignalsLost", lost, {"job": job, names.OUTCOME: "buffer_full"})
    sampled = f"{names.SIGNALS}{{{target},{names.OUTCOME}="
    yield AlertCase(
        alert="ModelmetrySignalsLost",
        title="by what was left out on purpose",
        minutes=90,
        labels={},
        above={},
        below={f'{sampled}"sampled_out"}}': Counter(60), f'{sampled}"delivered"}}': Counter(60)},
    )
    for alert, metric in (
        ("ModelmetryCollectionFailing", names.FAILED_COLLECTIONS),
        ("ModelmetryWorkersUnreadable", names.UNREADABLE_SNAPSHOTS),
    ):
        series = f"{metric}{{{target}}}"
        yield AlertCase(
            alert=alert,
            labels={"job": job},
            above={series: Counter(1)},
            below={series: Level(3, falls=True)},
        )
