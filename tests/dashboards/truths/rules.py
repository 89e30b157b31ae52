"""What is true of recording rules."""

from __future__ import annotations

from collections.abc import Iterable

from modelmetry.grafana.rules import BURN_WINDOWS, LONG_WINDOWS, error_ratio, failed_requests
from tests.dashboards import facts
from tests.dashboards.judging import Truth, exactly, near
from tests.dashboards.load import Driven
from tests.dashboards.truths.cloud import month_end, so_far
from tests.dashboards.truths.counts import (
    BAD,
    CALM,
    COST,
    FAILED,
    KNOWN,
    LOAD,
    MODEL,
    OTHER,
    PREDICTED,
    REQUESTS,
    UNKNOWN,
    by,
    each,
    rate,
)
from tests.dashboards.truths.durations import (
    call_range,
    first_range,
    latencies,
    overall,
    prediction_range,
)
from tests.dashboards.truths.models import right

HERE = by(job="application")


def rules(driven: Driven) -> Iterable[tuple[str, Truth]]:
    """Recording rules."""
    yield from of_requests(driven)
    yield from of_models(driven)
    yield from of_calls(driven)
    yield from of_cloud(driven)


def of_requests(driven: Driven) -> Iterable[tuple[str, Truth]]:
    """Of requests."""
    yield "job:http_requests:rate5m", {HERE: rate(REQUESTS)}
    for name, one in (("p50", (0.5, 0.1)), ("p95", (0.95, 1)), ("p99", (0.99, 1))):
        yield f"job:http_request_duration_seconds:{name}_rate5m", {HERE: overall(driven, *one)}
    routed = {by(job="application", http_route=k): v for k, v in latencies(driven).items()}
    yield "job_route:http_request_duration_seconds:p95_rate5m", routed
    for window in BURN_WINDOWS:
        yield error_ratio(window), {HERE: near(LOAD["/crash"] / REQUESTS)}
    for window in LONG_WINDOWS:
        yield failed_requests(window), {HERE: near(LOAD["/crash"])}


def of_models(driven: Driven) -> Iterable[tuple[str, Truth]]:
    """Of predictions."""
    churn, fraud = (by(job="application", **one) for one in (MODEL, CALM))
    level = "job_model_version"
    yield (
        f"{level}:predictions:rate5m",
        {churn: rate(PREDICTED + BAD), fraud: rate(OTHER)},
    )
    yield (
        f"{level}:errors_per_prediction:ratio_rate5m",
        {churn: near(BAD / (PREDICTED + BAD)), fraud: exactly(0)},
    )
    yield (
        f"{level}:prediction_duration_seconds:p95_rate5m",
        dict.fromkeys((churn, fraud), prediction_range(driven)),
    )
    yield f"{level}_window:model_accuracy:ratio", right(job="application")


def of_calls(driven: Driven) -> Iterable[tuple[str, Truth]]:
    """Of calls of language models, and of what they cost."""
    known, unknown = (
        by(job="application", gen_ai_provider_name="openai", gen_ai_request_model=name)
        for name in (facts.KNOWN, facts.UNKNOWN)
    )
    level = "job_provider_model"
    yield f"{level}:llm_calls:rate5m", {known: rate(KNOWN + FAILED), unknown: rate(UNKNOWN)}
    yield (
        f"{level}:llm_errors_per_call:ratio_rate5m",
        {known: near(FAILED / (KNOWN + FAILED)), unknown: exactly(0)},
    )
    yield (
        f"{level}:llm_duration_seconds:p95_rate5m",
        dict.fromkeys((known, unknown), call_range(driven)),
    )
    yield (
        f"{level}:llm_time_to_first_chunk_seconds:p95_rate5m",
        {known: first_range(driven)},
    )
    for window, seconds in (("1h", 3_600), ("6h", 21_600), ("1d", 86_400)):
        yield f"job:llm_cost_usd:rate{window}", {HERE: near(COST / seconds)}


def of_cloud(driven: Driven) -> Iterable[tuple[str, Truth]]:
    """Of what the cloud costs."""
    yield (
        "service:cloud_cost_usd:day",
        each("service", {k: exactly(v) for k, v in facts.CLOUD.items()}),
    )
    yield (
        "service:cloud_cost_usd:month",
        each("service", {k: exactly(v) for k, v in so_far(driven).items()}),
    )
    yield "cloud_cost_usd:month_projected", month_end(driven)
