"""Which figures a report has, under which headings, and what to do where one was not measured."""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter
from typing import Final, Literal

from attrs import frozen
from modelmetry_api.models import Figure, ProductionSummary

Better = Literal["more", "less", "neither"]

_REQUESTS: Final = "measure requests: `app.add_middleware(MetricsMiddleware)`"
_PREDICTIONS: Final = 'measure predictions: `@model_metrics("churn", version="3")`'
_TRUTH: Final = "tell what was right: `ground_truth(prediction_id, truth)`"
_CONFIDENCE: Final = "tell the confidence with each prediction: `confidence=`"
_CALLS: Final = "record calls of models as completion spans with their usage"
_KINDS: Final = (
    "tell them with the usage, where the provider does: "
    "`usage(cached_input=, cache_write=, reasoning=)`"
)
_STREAMED: Final = "let the span watch a streamed answer: `for part in call.stream(parts)`"
_CONTAINER: Final = "show metrics, or say `observe()`, in a container with processes of its own"
_PRICES: Final = (
    "show metrics, or say `observe()`, which price each call by its usage, or tell what a call "
    "cost: `cost(total=)`"
)
CLOUD: Final = (
    "bring costs of the cloud into the store: `modelmetry costs poll` asks AWS, "
    "`modelmetry costs import FILE` reads a FOCUS file"
)
"""What to do where costs of the cloud are missing."""
_BASELINE: Final = "name a baseline: `--baseline FROM..TO`"
_PROCESS: Final = "show metrics, or say `observe()`, in a process with an open client"
_ALIVE: Final = f"{_PROCESS}; the last three minutes before now are not judged"
_UNITS: Final = "have costs of the cloud and {} of the same days in one store"
_MACHINE: Final = "show metrics, or say `observe()`, which tells of the machine too"


@frozen
class Row:
    """A figure of the report.

    Attributes:
        label: what it is called.
        place: where it stands in the summary, such as `requests.count`.
        advice: what to do where it was not measured.
        better: whether more of it is better.
        beside: rows that are told on the same line where there is one line for each, after a word.
    """

    label: str
    place: str
    advice: str
    better: Better = "neither"
    beside: tuple[tuple[str, str], ...] = ()

    def figure(self, summary: ProductionSummary) -> Figure:
        """The figure itself."""
        return _figure(summary, self.place)

    def figures_beside(self, summary: ProductionSummary) -> Iterator[tuple[str, Figure]]:
        """Those beside it that were measured, each with its word."""
        for word, place in self.beside:
            figure = _figure(summary, place)
            if figure.value is not None:
                yield word, figure


@frozen
class Section:
    """Figures under one heading.

    Attributes:
        title: the heading.
        name: of the section, for links.
        rows: its figures, all of them.
    """

    title: str
    name: str
    rows: tuple[Row, ...]

    def lines(self) -> Iterator[Row]:
        """Its rows, without those that stand beside another one."""
        beside = {place for row in self.rows for _, place in row.beside}
        return (row for row in self.rows if row.place not in beside)


def _figure(summary: ProductionSummary, place: str) -> Figure:
    found: Figure = attrgetter(place)(summary)
    return found


_P95: Final = "p95"

SECTIONS: Final = (
    Section(
        "API performance",
        "api",
        (
            Row("Requests", "requests.count", _REQUESTS, "neither", (("", "requests.per_second"),)),
            Row("Requests per second", "requests.per_second", _REQUESTS),
            Row(
                "Average latency",
                "requests.latency_mean",
                _REQUESTS,
                "less",
                ((_P95, "requests.latency_p95"),),
            ),
            Row("Latency, p50", "requests.latency_p50", _REQUESTS, "less"),
            Row("Latency, p95", "requests.latency_p95", _REQUESTS, "less"),
            Row("Latency, p99", "requests.latency_p99", _REQUESTS, "less"),
            Row("Uptime", "runtime.uptime", _ALIVE, "more"),
            Row("Success rate", "requests.success_rate", _REQUESTS, "more"),
            Row("Error rate", "requests.server_error_rate", _REQUESTS, "less"),
            Row("Client error rate", "requests.client_error_rate", _REQUESTS, "less"),
        ),
    ),
    Section(
        "Model performance",
        "models",
        (
            Row("Predictions", "predictions.count", _PREDICTIONS),
            Row("Failed predictions", "predictions.failed", _PREDICTIONS, "less"),
            Row(
                "Average inference time",
                "predictions.duration_mean",
                _PREDICTIONS,
                "less",
                ((_P95, "predictions.duration_p95"),),
            ),
            Row("Inference time, p95", "predictions.duration_p95", _PREDICTIONS, "less"),
            Row("Average confidence", "predictions.confidence_mean", _CONFIDENCE),
            Row("Accuracy", "predictions.accuracy", _TRUTH, "more"),
        ),
    ),
    Section(
        "Cost",
        "cost",
        (
            Row("Cost of the cloud", "costs.cloud_total", CLOUD, "less"),
            Row("Daily cost", "costs.cloud_daily", CLOUD, "less"),
            Row("Monthly cost", "costs.cloud_monthly", CLOUD, "less"),
            Row(
                "Cost per prediction",
                "costs.cloud_per_prediction",
                _UNITS.format("predictions"),
                "less",
            ),
            Row(
                "Cost of the cloud per LLM request",
                "costs.cloud_per_llm_call",
                _UNITS.format("calls of language models"),
                "less",
            ),
            Row("Savings", "costs.savings", _BASELINE, "more"),
        ),
    ),
    Section(
        "Language models",
        "llm",
        (
            Row("LLM requests", "llm.calls", _CALLS),
            Row("Failed LLM requests", "llm.errors", _CALLS, "less"),
            Row("Input tokens", "llm.input_tokens", _CALLS),
            Row("Input tokens read from a cache", "llm.cached_input_tokens", _KINDS),
            Row("Input tokens written to a cache", "llm.cache_write_tokens", _KINDS),
            Row("Output tokens", "llm.output_tokens", _CALLS),
            Row("Output tokens for reasoning", "llm.reasoning_tokens", _KINDS),
            Row("LLM cost", "llm.cost", _PRICES, "less"),
            Row("Cost per LLM request", "llm.cost_per_call", _PRICES, "less"),
            Row("LLM requests without a known price", "llm.unpriced_calls", _PRICES, "less"),
            Row(
                "Average LLM latency",
                "llm.latency_mean",
                _CALLS,
                "less",
                ((_P95, "llm.latency_p95"),),
            ),
            Row("LLM latency, p95", "llm.latency_p95", _CALLS, "less"),
            Row("Time to the first token, p95", "llm.first_token_p95", _STREAMED, "less"),
        ),
    ),
    Section(
        "Resources",
        "resources",
        (
            Row(
                "CPU, average", "runtime.cpu_mean", _MACHINE, "less", (("max", "runtime.cpu_max"),)
            ),
            Row("CPU, highest", "runtime.cpu_max", _MACHINE, "less"),
            Row(
                "Memory, average",
                "runtime.memory_mean",
                _MACHINE,
                "less",
                (("max", "runtime.memory_max"),),
            ),
            Row("Memory, highest", "runtime.memory_max", _MACHINE, "less"),
            Row("Process uptime", "runtime.process_uptime_days", _PROCESS, "more"),
            Row("Container uptime", "runtime.container_uptime_days", _CONTAINER, "more"),
        ),
    ),
)
"""All figures of the summary, each once; a test holds them against the contract."""


def figures(summary: ProductionSummary) -> Iterator[Figure]:
    """All figures of a summary."""
    return (row.figure(summary) for section in SECTIONS for row in section.rows)


HEADLINES: Final = (
    "requests.count",
    "requests.latency_p95",
    "runtime.uptime",
    "requests.server_error_rate",
    "predictions.accuracy",
    "llm.cost",
)
"""Places of the figures that are told first."""
