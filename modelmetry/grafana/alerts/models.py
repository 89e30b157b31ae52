"""Alerts about models and language models: what fails, begins late, or has no price."""

from __future__ import annotations

from typing import Final

from modelmetry.grafana import names
from modelmetry.grafana.alerts.alert import Alert, matching
from modelmetry.grafana.choices import Choices
from modelmetry.grafana.queries import Source, grown
from modelmetry.grafana.rules import source

SLOW_FIRST_CHUNK: Final = 5.12
"""Seconds until 95 of 100 streamed answers have begun; a bound of the histogram's buckets."""

MANY_LLM_ERRORS, MANY_MODEL_ERRORS = 0.05, 0.05

_LLM: Final = ("job", names.PROVIDER, names.LLM_MODEL)


def model_alerts(choices: Choices) -> tuple[Alert, ...]:
    """That predictions and calls fail, and that what calls cost is not known."""
    found = source(choices)
    return (_failing_models(found), *_calls(found), _unpriced(found))


def _failing_models(found: Source) -> Alert:
    job = matching(found)
    return Alert(
        name="ModelmetryPredictionsFailing",
        expr=f"job_model_version:errors_per_prediction:ratio_rate5m{job} > {MANY_MODEL_ERRORS:g}",
        wait="10m",
        severity="ticket",
        summary=(
            "{{ $labels.model_name }} {{ $labels.model_version }}: "
            "{{ $value | humanizePercentage }} of the predictions fail"
        ),
        description=(
            "See the types of errors on the dashboard, row Models. If one version fails and the "
            "other does not, go back to the other."
        ),
    )


def _calls(found: Source) -> list[Alert]:
    job = matching(found)
    return [
        Alert(
            name="ModelmetryLlmErrors",
            expr=f"job_provider_model:llm_errors_per_call:ratio_rate5m{job} > {MANY_LLM_ERRORS:g}",
            wait="10m",
            severity="page",
            summary=(
                "{{ $labels.gen_ai_provider_name }} {{ $labels.gen_ai_request_model }}: "
                "{{ $value | humanizePercentage }} of the calls fail"
            ),
            description=(
                "See the types of errors on the dashboard, row Language models: limits of rates "
                "ask for fewer calls, time-outs and 5xx for the provider's status page and another "
                "model."
            ),
        ),
        Alert(
            name="ModelmetryFirstTokenSlow",
            expr=(
                f"job_provider_model:llm_time_to_first_chunk_seconds:p95_rate5m{job} "
                f"> {SLOW_FIRST_CHUNK:g}"
            ),
            wait="10m",
            severity="ticket",
            summary=(
                "{{ $labels.gen_ai_provider_name }} {{ $labels.gen_ai_request_model }}: 5% of the "
                'answers begin after more than {{ $value | printf "%.2f" }} s'
            ),
            description=(
                "Compare the models on the dashboard, row Language models. If the tokens of a call "
                "have grown as well, shorten the prompt or use the provider's cache; else the "
                "provider is slow."
            ),
        ),
    ]


def _unpriced(found: Source) -> Alert:
    return Alert(
        name="ModelmetryUnpricedCalls",
        expr=grown(found.over("1h"), names.LLM_UNPRICED, (*_LLM, names.REASON)),
        severity="ticket",
        summary=(
            "{{ $labels.gen_ai_provider_name }} {{ $labels.gen_ai_request_model }}: what calls "
            "cost is not known ({{ $labels.reason }})"
        ),
        description=(
            "The cost on the dashboard is too low. Run `modelmetry prices show MODEL`, upgrade "
            "modelmetry[prices], or state the price in the file that MODELMETRY_PRICES names; "
            "for no_usage record the usage of the call."
        ),
    )
