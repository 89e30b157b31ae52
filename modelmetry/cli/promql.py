"""Expressions of PromQL for a window, with the names that Prometheus has for our metrics."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from attrs import frozen

from modelmetry.metrics.naming import prometheus_label, prometheus_name
from modelmetry.store import production_names as names


def _counter(name: str, unit: str = "{item}") -> str:
    return f"{prometheus_name(name, 'counter', unit)}_total"


def _gauge(name: str, unit: str = "1") -> str:
    return prometheus_name(name, "gauge", unit)


def _histogram(name: str, unit: str = "s") -> str:
    return prometheus_name(name, "histogram", unit)


HTTP: Final = (_histogram(names.HTTP_DURATION),)
STATUS: Final = prometheus_label(names.HTTP_STATUS)
ERROR_TYPE: Final = prometheus_label(names.ERROR_TYPE)
PREDICTIONS: Final = _counter(names.PREDICTIONS)
INFERENCE: Final = (_histogram(names.PREDICTION_DURATION),)
CONFIDENCE: Final = (_histogram(names.PREDICTION_CONFIDENCE, "1"),)
TRUTHS: Final = _counter(names.GROUND_TRUTHS)
OUTCOME: Final = prometheus_label(names.OUTCOME)
RESULT: Final = prometheus_label(names.RESULT)
LLM: Final = tuple(_histogram(one) for one in names.LLM_DURATIONS)
FIRST_CHUNK: Final = tuple(_histogram(one) for one in names.LLM_FIRST_CHUNKS)
TOKENS: Final = _counter(names.LLM_TOKENS)
TOKEN_TYPE: Final = prometheus_label(names.TOKEN_TYPE)
COST: Final = _counter(names.LLM_COST, "USD")
UNPRICED: Final = _counter(names.LLM_UNPRICED)
CPU: Final = _gauge(names.CPU_UTILIZATION)
MEMORY: Final = _gauge(names.MEMORY_UTILIZATION)
MEMORY_USAGE: Final = _gauge(names.MEMORY_USAGE, "By")
MEMORY_LIMIT: Final = _gauge(names.MEMORY_LIMIT, "By")
MEMORY_STATE: Final = prometheus_label(names.MEMORY_STATE)
PROCESS_UPTIME: Final = _gauge(names.PROCESS_UPTIME, "s")
CONTAINER_UPTIME: Final = _gauge(names.CONTAINER_UPTIME, "s")
CLOUD_COST: Final = _gauge("modelmetry.cloud.cost", "USD")

OURS: Final = (
    *(f"{one}_count" for one in (*HTTP, *INFERENCE, *LLM)),
    PREDICTIONS,
    TOKENS,
    CPU,
    PROCESS_UPTIME,
)
"""Metrics by which a job is known to be one of ours."""


@frozen
class Scope:
    """Series of a window.

    Attributes:
        window: seconds, such as `3600s`.
        job: only of this one.
    """

    window: str
    job: str | None = None

    def of(self, metric: str, *matchers: str) -> str:
        """The series of a metric."""
        told = [f"job={quoted(self.job)}"] if self.job is not None else []
        return f"{metric}{{{','.join((*told, *matchers))}}}"

    def grown(self, metrics: str | Iterable[str], *matchers: str) -> str:
        """By how much counters grew, of each series."""
        known = [metrics] if isinstance(metrics, str) else metrics
        # Where both generations of conventions are told, `or` takes the first of like series.
        return " or ".join(f"increase({self.of(one, *matchers)}[{self.window}])" for one in known)

    def total(self, metrics: str | Iterable[str], *matchers: str) -> str:
        """The same of all series."""
        return f"sum({self.grown(metrics, *matchers)})"

    def count(self, histogram: Iterable[str], *matchers: str) -> str:
        """How many measurements a histogram got."""
        return self.total([f"{one}_count" for one in histogram], *matchers)

    def mean(self, histogram: tuple[str, ...]) -> str:
        """The mean of its measurements."""
        sums = self.total([f"{one}_sum" for one in histogram])
        return f"{sums} / ({self.count(histogram)} > 0)"

    def quantile(self, rank: float, histogram: tuple[str, ...]) -> str:
        """What a share of its measurements does not exceed."""
        grown = self.grown([f"{one}_bucket" for one in histogram])
        return f"histogram_quantile({rank:g}, sum by (le) ({grown}))"

    def looks(self, gauge: str, *matchers: str) -> str:
        """How often a gauge was looked at."""
        return f"sum(count_over_time({self.of(gauge, *matchers)}[{self.window}]))"

    def average(self, gauge: str, *matchers: str) -> str:
        """The mean of all looks at it."""
        sums = f"sum(sum_over_time({self.of(gauge, *matchers)}[{self.window}]))"
        return f"{sums} / {self.looks(gauge, *matchers)}"

    def highest(self, gauge: str, *matchers: str) -> str:
        """The largest look at it."""
        return f"max(max_over_time({self.of(gauge, *matchers)}[{self.window}]))"

    def lasting(self, expression: str, how: str, step: int) -> str:
        """`avg` or `count` of an expression, looked at each `step` seconds."""
        return f"{how}_over_time(({expression})[{self.window}:{step}s])"


def quoted(text: str) -> str:
    """A text as PromQL has it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
