"""A known load, measured as an application does it, and the truth of it, computed plainly."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import fmean
from typing import Final

from modelmetry.metrics import semantic
from modelmetry.metrics.instruments import Counter, Gauge, Histogram
from modelmetry.metrics.registry import Registry
from modelmetry.store import production_names as names

REQUESTS: Final = 400
PREDICTIONS: Final = 120
CALLS: Final = 50
LONG: Final = semantic.LONG_SECONDS


def requests() -> Iterator[tuple[str, float]]:
    """Statuses and seconds."""
    for number in range(REQUESTS):
        status = "500" if number % 100 == 0 else "404" if number % 40 == 1 else "200"
        yield status, (number % 20 + 1) / 100


def predictions() -> Iterator[tuple[str, float, float]]:
    """Outcomes, seconds and confidences."""
    for number in range(PREDICTIONS):
        yield "error" if number % 60 == 7 else "ok", (number % 5 + 1) / 1_000, 0.5 + number / 240


def calls() -> Iterator[tuple[str, float, int, int, float]]:
    """Models, seconds, tokens in and out, and costs."""
    for number in range(CALLS):
        model = "gpt-4o-mini" if number % 5 else "claude-haiku"
        yield model, 0.4 + number % 7 / 10, 100 + number, 40, 0.0001 * (number % 3 + 1)


class Instruments:
    """What the application measures with."""

    def __init__(self, registry: Registry) -> None:
        of_status, of_model = [names.HTTP_STATUS], [semantic.MODEL_NAME]
        of_call = [semantic.REQUEST_MODEL]
        self.http: Histogram = Histogram(
            names.HTTP_DURATION, unit="s", attributes=of_status, registry=registry
        )
        self.predictions: Counter = Counter(
            names.PREDICTIONS,
            unit="{prediction}",
            attributes=[*of_model, names.OUTCOME],
            registry=registry,
        )
        self.inference: Histogram = Histogram(
            names.PREDICTION_DURATION, unit="s", attributes=of_model, registry=registry
        )
        self.confidence: Histogram = Histogram(
            names.PREDICTION_CONFIDENCE,
            unit="1",
            attributes=of_model,
            bounds=(0.25, 0.5, 0.75, 0.9),
            registry=registry,
        )
        self.truths: Counter = Counter(
            names.GROUND_TRUTHS, attributes=[*of_model, names.RESULT], registry=registry
        )
        self.llm: Histogram = Histogram(
            names.LLM_DURATIONS[0], unit="s", attributes=of_call, bounds=LONG, registry=registry
        )
        self.tokens: Counter = Counter(
            names.LLM_TOKENS,
            unit="{token}",
            attributes=[*of_call, names.TOKEN_TYPE],
            registry=registry,
        )
        self.cost: Counter = Counter(
            names.LLM_COST, unit="USD", attributes=of_call, registry=registry
        )
        self.cpu: Gauge = Gauge(names.CPU_UTILIZATION, unit="1", registry=registry)
        self.memory: Gauge = Gauge(names.MEMORY_UTILIZATION, unit="1", registry=registry)

    def measure(self) -> None:
        """The whole load once."""
        for status, seconds in requests():
            self.http.record(seconds, {names.HTTP_STATUS: status})
        for outcome, seconds, confidence in predictions():
            of = {semantic.MODEL_NAME: "churn"}
            self.predictions.add(1, of | {names.OUTCOME: outcome})
            self.inference.record(seconds, of)
            self.confidence.record(confidence, of)
        self.truths.add(45, {semantic.MODEL_NAME: "churn", names.RESULT: "correct"})
        self.truths.add(5, {semantic.MODEL_NAME: "churn", names.RESULT: "wrong"})
        for model, seconds, used, made, cost in calls():
            of = {semantic.REQUEST_MODEL: model}
            self.llm.record(seconds, of)
            self.tokens.add(used, of | {names.TOKEN_TYPE: "input"})
            self.tokens.add(made, of | {names.TOKEN_TYPE: "output"})
            self.cost.add(cost, of)
        self.cpu.set(0.25)
        self.memory.set(0.5)


def truth() -> dict[str, float]:
    """Figures by their places in the summary: sums, means and shares of what is above."""
    served = list(requests())
    failed = [status for status, _ in served if status == "500"]
    refused = [status for status, _ in served if status == "404"]
    guesses = list(predictions())
    asked = list(calls())
    cost = sum(one[4] for one in asked)
    return {
        "requests.count": len(served),
        "requests.latency_mean": fmean(seconds for _, seconds in served),
        "requests.success_rate": 1 - (len(failed) + len(refused)) / len(served),
        "requests.client_error_rate": len(refused) / len(served),
        "requests.server_error_rate": len(failed) / len(served),
        "predictions.count": len(guesses),
        "predictions.failed": sum(outcome == "error" for outcome, _, _ in guesses),
        "predictions.duration_mean": fmean(seconds for _, seconds, _ in guesses),
        "predictions.confidence_mean": fmean(sure for _, _, sure in guesses),
        "predictions.accuracy": 45 / 50,
        "llm.calls": len(asked),
        "llm.errors": 0,
        "llm.input_tokens": sum(one[2] for one in asked),
        "llm.output_tokens": sum(one[3] for one in asked),
        "llm.cost": cost,
        "llm.cost_per_call": cost / len(asked),
        "llm.unpriced_calls": 0,
        "llm.latency_mean": fmean(one[1] for one in asked),
        "runtime.cpu_mean": 0.25,
        "runtime.cpu_max": 0.25,
        "runtime.memory_mean": 0.5,
    }


def quantiles() -> dict[str, tuple[float, float]]:
    """Bounds of the buckets in which the quantiles lie, from the sorted values themselves."""
    served = sorted(seconds for _, seconds in requests())
    asked = sorted(one[1] for one in calls())
    return {
        "requests.latency_p50": _around(served, 0.5, SECONDS),
        "requests.latency_p95": _around(served, 0.95, SECONDS),
        "requests.latency_p99": _around(served, 0.99, SECONDS),
        "llm.latency_p95": _around(asked, 0.95, LONG),
    }


SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)


def _around(ordered: list[float], rank: float, bounds: tuple[float, ...]) -> tuple[float, float]:
    exact = ordered[int(rank * len(ordered)) - 1]
    above = next(place for place, bound in enumerate(bounds) if exact <= bound)
    return (bounds[above - 1] if above else 0.0), bounds[above]
