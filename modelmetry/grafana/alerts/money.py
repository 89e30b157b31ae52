"""Alerts about money: what calls cost, what the cloud costs, and whether that is known."""

from __future__ import annotations

from typing import Final

from modelmetry.grafana import names
from modelmetry.grafana.alerts.alert import Alert, matching
from modelmetry.grafana.choices import MONTH_SECONDS, Choices
from modelmetry.grafana.queries import Source, largest, total
from modelmetry.grafana.rules import server, source

FAST_SPENDING: Final = 4.0
"""Times the budget's rate: a month's money would be gone within a week."""

STALE_COST: Final = 129_600
"""Seconds: a day and a half, in which four or five polls of three a day failed."""

MANY_FAILED_POLLS: Final = 2
"""Within a day; a failure is tried again within the hours that follow."""

_DAY: Final = 86_400
_SOURCE: Final = ("job", names.SOURCE)


def money_alerts(choices: Choices) -> tuple[Alert, ...]:
    """That it is spent too fast, and that what the cloud costs is not known."""
    found = server(choices)
    return (*_spending(choices), _cloud_budget(choices), _stale(found), _failing(found))


def _spending(choices: Choices) -> list[Alert]:
    job, budget = matching(source(choices)), f"{choices.monthly_budget:.10g}"
    month = f"{MONTH_SECONDS}"
    fast = f"{FAST_SPENDING:g} * {budget}"
    return [
        Alert(
            name="ModelmetryLlmSpendingFast",
            expr=(
                f"sum(job:llm_cost_usd:rate1h{job}) * {month} > {fast} and "
                f"sum(job:llm_cost_usd:rate6h{job}) * {month} > {fast}"
            ),
            severity="page",
            summary=(
                'Calls of language models cost {{ $value | printf "%.0f" }} USD a month at the '
                f"rate of the last hour; the budget is {budget}"
            ),
            description=(
                "A month's budget would be gone within a week. See on the dashboard, row Language "
                "models, which model it is and whether calls or tokens for each call have grown; a "
                "loop of an agent looks like this."
            ),
        ),
        Alert(
            name="ModelmetryLlmBudget",
            expr=f"sum(job:llm_cost_usd:rate1d{job}) * {month} > {budget}",
            wait="1h",
            severity="ticket",
            summary=(
                'Calls of language models cost {{ $value | printf "%.0f" }} USD a month at the '
                f"rate of the last day; the budget is {budget}"
            ),
            description=(
                "Compare the cost by model and by component on the dashboard, row Language models: "
                "a cheaper model, a cache for what is asked again, or a larger budget."
            ),
        ),
    ]


def _cloud_budget(choices: Choices) -> Alert:
    budget = f"{choices.monthly_budget:.10g}"
    return Alert(
        name="ModelmetryCloudBudget",
        expr=f"cloud_cost_usd:month_projected > {budget}",
        wait="1h",
        severity="ticket",
        summary=(
            'The cloud will have cost {{ $value | printf "%.0f" }} USD at the end of the '
            f"month; the budget is {budget}"
        ),
        description=(
            "See on the dashboard, row Cloud cost, which service costs more than before. The "
            "projection takes the last whole day for each day that is left."
        ),
    )


def _stale(found: Source) -> Alert:
    last = largest(found.of(names.CLOUD_COST_LAST_SUCCESS), _SOURCE)
    return Alert(
        name="ModelmetryCloudCostStale",
        expr=f"time() - {last} > {STALE_COST}",
        severity="ticket",
        summary=(
            "{{ $labels.job }}: the cost of the cloud ({{ $labels.source }}) was read "
            "{{ $value | humanizeDuration }} ago"
        ),
        description=(
            "What the dashboard shows of the cloud is old. `modelmetry costs sources` says "
            "what went wrong, such as credentials that have expired."
        ),
    )


def _failing(found: Source) -> Alert:
    failures = total(found.over("1d").increase(names.CLOUD_COST_FAILURES), ("job",))
    last = largest(found.of(names.CLOUD_COST_LAST_SUCCESS), ("job",))
    return Alert(
        name="ModelmetryCloudCostFailing",
        expr=f"{failures} > {MANY_FAILED_POLLS} unless {last} > time() - {_DAY}",
        severity="ticket",
        summary=(
            '{{ $labels.job }}: {{ $value | printf "%.0f" }} polls of the cost of the cloud failed '
            "within a day, and none succeeded"
        ),
        description=(
            "What the cloud costs is not known. `modelmetry costs sources` and the log of the "
            "server say why: credentials, a permission, or a file that cannot be read."
        ),
    )
