"""Cases of alerts about models and calls of language models."""

from __future__ import annotations

from collections.abc import Iterable

from modelmetry.grafana import names
from modelmetry.grafana.rule_tests.alerting.case import AlertCase, growing
from modelmetry.grafana.rule_tests.series import Counter, Given, buckets


def model_cases(job: str, target: str) -> Iterable[AlertCase]:
    """All of them."""
    yield from _models(job, target)
    yield from _llm(job, target)


def _models(job: str, target: str) -> Iterable[AlertCase]:
    def predictions(failed: float) -> Given:
        metric = f'{names.PREDICTIONS}{{{target},{names.MODEL}="churn",{names.VERSION}="3"'
        return {
            f'{metric},{names.OUTCOME}="ok"}}': Counter(100 - failed),
            f'{metric},{names.OUTCOME}="error",{names.ERROR_TYPE}="KeyError"}}': Counter(failed),
        }

    yield AlertCase(
        alert="ModelmetryPredictionsFailing",
        labels={"job": job, names.MODEL: "churn", names.VERSION: "3"},
        shown="5.5%",
        above=predictions(5.5),
        below=predictions(4.5),
    )


def _llm(job: str, target: str) -> Iterable[AlertCase]:
    one = f'{names.PROVIDER}="openai",{names.LLM_MODEL}="gpt"'
    labels = {"job": job, names.PROVIDER: "openai", names.LLM_MODEL: "gpt"}

    def calls(failed: float) -> Given:
        metric = f"{names.LLM_CALLS[0]}{{{target},{one}"
        return {
            f"{metric}}}": Counter(100 - failed),
            f'{metric},{names.ERROR_TYPE}="TimeoutError"}}': Counter(failed),
        }

    def first(slow: float) -> Given:
        counts = {"5.12": 100 - slow, "10.24": 100.0, "+Inf": 100.0}
        return buckets(names.LLM_FIRST_CHUNK[0], f"{target},{one}", counts)

    yield AlertCase(
        alert="ModelmetryLlmErrors",
        labels=labels,
        shown="5.5%",
        above=calls(5.5),
        below=calls(4.5),
    )
    yield AlertCase(
        alert="ModelmetryFirstTokenSlow",
        labels=labels,
        shown="5.97",
        above=first(6),
        below=first(4),
    )
    unpriced = f'{names.LLM_UNPRICED}{{{target},{one},{names.REASON}="unknown_model"}}'
    yield from growing("ModelmetryUnpricedCalls", unpriced, {**labels, "reason": "unknown_model"})
