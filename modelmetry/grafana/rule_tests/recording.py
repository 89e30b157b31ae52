"""For each recording rule: series, and what it makes of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from modelmetry.grafana import names
from modelmetry.grafana.choices import Choices
from modelmetry.grafana.rule_tests.alerting.requests import burning, each_minute
from modelmetry.grafana.rule_tests.record_case import RecordCase
from modelmetry.grafana.rule_tests.series import Counter, Level, buckets
from modelmetry.grafana.rule_tests.windows import window_cases
from modelmetry.grafana.rules import (
    BURN_WINDOWS,
    COST_WINDOWS,
    error_ratio,
)

_JANUARY: Final = 31


def record_cases(choices: Choices, job: str) -> Iterable[RecordCase]:
    """All cases, for targets of `job`."""
    yield from _requests(choices, job)
    yield from _models(job)
    yield from _llm(job)
    yield from _money(job, choices.server_job)
    yield from window_cases(job)


def _requests(choices: Choices, job: str) -> Iterable[RecordCase]:
    here = f'{{job="{job}"}}'
    series: dict[str, Counter | Level] = {}
    for instance in ("i", "j"):  # two instances are one job
        series |= burning(10, choices, f'job="{job}",instance="{instance}"')
    yield RecordCase(
        record="job:http_requests:rate5m",
        series=series,
        answers={here: round(2 * each_minute(choices) / 60, 6)},
    )
    for window in BURN_WINDOWS:
        name = error_ratio(window)
        yield RecordCase(record=name, series=series, answers={here: round(10 * choices.allowed, 6)})
    silent = {key: one for key, one in series.items() if '"500"' not in key}
    yield RecordCase(
        record=error_ratio("5m"), title="0 without failures", series=silent, answers={here: 0}
    )
    yield RecordCase(
        record=error_ratio("5m"),
        title="nothing without requests",
        series={key: Level(5, falls=True) for key in series},
        answers={},
    )
    yield from _quantiles(job)


def _quantiles(job: str) -> Iterable[RecordCase]:
    """Of /a 90 of 100 take up to 0.1 s; of /b all of 100 take between 0.1 and 0.25 s."""
    series: dict[str, Counter | Level] = {
        **buckets(
            names.HTTP_DURATION,
            f'job="{job}",instance="i",{names.ROUTE}="/a"',
            {"0.1": 90, "0.25": 100, "+Inf": 100},
        ),
        **buckets(
            names.HTTP_DURATION,
            f'job="{job}",instance="j",{names.ROUTE}="/b"',
            {"0.1": 0, "0.25": 100, "+Inf": 100},
        ),
    }
    here = f'{{job="{job}"}}'
    level = "job:http_request_duration_seconds"
    for name, rank in (("p50", 100), ("p95", 190), ("p99", 198)):
        value = 0.1 + 0.15 * (rank - 90) / 110
        yield RecordCase(
            record=f"{level}:{name}_rate5m", series=series, answers={here: round(value, 6)}
        )
    yield RecordCase(
        record="job_route:http_request_duration_seconds:p95_rate5m",
        series=series,
        answers={
            f'{{{names.ROUTE}="/a", job="{job}"}}': 0.175,
            f'{{{names.ROUTE}="/b", job="{job}"}}': 0.2425,
        },
    )


def _models(job: str) -> Iterable[RecordCase]:
    one = f'{names.MODEL}="churn",{names.VERSION}="3"'
    metric = f'{names.PREDICTIONS}{{job="{job}",instance="i",{one}'
    series = {
        f'{metric},{names.OUTCOME}="ok"}}': Counter(90),
        f'{metric},{names.OUTCOME}="error",{names.ERROR_TYPE}="KeyError"}}': Counter(6),
        f'{metric},{names.OUTCOME}="cancelled"}}': Counter(24),
    }
    here = f'{{job="{job}", {names.MODEL}="churn", {names.VERSION}="3"}}'
    level = "job_model_version"
    yield RecordCase(record=f"{level}:predictions:rate5m", series=series, answers={here: 2})
    yield RecordCase(
        record=f"{level}:errors_per_prediction:ratio_rate5m", series=series, answers={here: 0.05}
    )
    yield RecordCase(
        record=f"{level}:prediction_duration_seconds:p95_rate5m",
        series=buckets(
            names.PREDICTION_DURATION,
            f'job="{job}",instance="i",{one}',
            {"0.1": 90, "0.25": 100, "+Inf": 100},
        ),
        answers={here: 0.175},
    )
    yield _accuracy(job, one)


def _accuracy(job: str, one: str) -> RecordCase:
    """90 % of 100 in one instance and 60 % of 200 in another are 70 %, not 75."""
    told: dict[str, Level] = {}
    for instance, ratio, samples in (("i", 0.9, 100), ("j", 0.6, 200)):
        labels = f'{{job="{job}",instance="{instance}",{one},{names.WINDOW}="24h"}}'
        told[f"{names.MODEL_ACCURACY}{labels}"] = Level(ratio)
        told[f"{names.MODEL_ACCURACY_SAMPLES}{labels}"] = Level(samples)
    here = f'{{job="{job}", {names.MODEL}="churn", {names.VERSION}="3", {names.WINDOW}="24h"}}'
    return RecordCase(
        record="job_model_version_window:model_accuracy:ratio", series=told, answers={here: 0.7}
    )


def _llm(job: str) -> Iterable[RecordCase]:
    one = f'job="{job}",instance="i",{names.PROVIDER}="openai",{names.LLM_MODEL}="gpt"'
    here = f'{{{names.PROVIDER}="openai", {names.LLM_MODEL}="gpt", job="{job}"}}'
    level = "job_provider_model"

    def calls(metric: str) -> dict[str, Counter | Level]:
        return {
            f"{metric}{{{one}}}": Counter(114),
            f'{metric}{{{one},{names.ERROR_TYPE}="TimeoutError"}}': Counter(6),
        }

    def durations(metric: str) -> dict[str, Counter | Level]:
        return {**buckets(metric, one, {"0.64": 90, "1.28": 100, "+Inf": 100})}

    older, newer = names.LLM_CALLS
    told = {
        "conventions 1.41": calls(older),
        "conventions latest": calls(newer),
        "conventions both, counted once": {**calls(older), **calls(newer)},
    }
    for title, series in told.items():
        yield RecordCase(
            record=f"{level}:llm_calls:rate5m", title=title, series=series, answers={here: 2}
        )
        yield RecordCase(
            record=f"{level}:llm_errors_per_call:ratio_rate5m",
            title=title,
            series=series,
            answers={here: 0.05},
        )
    for record, pair in (
        ("llm_duration_seconds", names.LLM_DURATION),
        ("llm_time_to_first_chunk_seconds", names.LLM_FIRST_CHUNK),
    ):
        for metric in pair:
            yield RecordCase(
                record=f"{level}:{record}:p95_rate5m",
                title=metric,
                series=durations(metric),
                answers={here: 0.96},
            )


def _money(job: str, server_job: str) -> Iterable[RecordCase]:
    cost = f'{names.LLM_COST}{{job="{job}",instance="i",{names.LLM_MODEL}="gpt",{names.COMPONENT}='
    series = {f'{cost}"input"}}': Counter(1.5), f'{cost}"output"}}': Counter(4.5)}
    for window in COST_WINDOWS:
        yield RecordCase(
            record=f"job:llm_cost_usd:rate{window}",
            series=series,
            answers={f'{{job="{job}"}}': 0.1},
            minutes=1_500,
        )
    told: dict[str, Level] = {}
    for instance in ("i", "j"):  # both tell the same money
        metric = f'{names.CLOUD_COST}{{job="{server_job}",instance="{instance}",service='
        told |= {
            f'{metric}"ec2",period="day",estimated="true"}}': Level(2),
            f'{metric}"s3",period="day",estimated="true"}}': Level(1),
            f'{metric}"ec2",period="month",estimated="false"}}': Level(10),
            f'{metric}"ec2",period="month",estimated="true"}}': Level(4),
        }
    yield RecordCase(
        record="service:cloud_cost_usd:day",
        series=told,
        answers={'{service="ec2"}': 2, '{service="s3"}': 1},
    )
    yield RecordCase(
        record="service:cloud_cost_usd:month", series=told, answers={'{service="ec2"}': 14}
    )
    yield RecordCase(
        record="cloud_cost_usd:month_projected",
        series=told,
        answers={"{}": 14 + 3 * _JANUARY},
    )
