"""Alerts: what somebody has to do something about, when, and what to do first."""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct

from modelmetry.grafana import names
from modelmetry.grafana.choices import MONTH_SECONDS, Choices
from modelmetry.grafana.queries import Source, grown, largest, share, total
from modelmetry.grafana.rules import error_ratio, source

RUNBOOK: Final = "https://github.com/modelmetry/modelmetry/blob/main/docs/dashboards.md"
"""Where each alert has a section of its own, named as the alert is, in small letters."""

Severity = Literal["page", "ticket"]
"""Whether somebody is called now, or looks at it within the next working days."""

SLOW_REQUESTS: Final = 1.0
"""Seconds that 95 of 100 requests may take."""

SLOW_FIRST_CHUNK: Final = 5.12
"""Seconds until 95 of 100 streamed answers have begun; a bound of the histogram's buckets."""

MANY_LLM_ERRORS, MANY_MODEL_ERRORS, MANY_REFUSED = 0.05, 0.05, 0.05

FULL_MEMORY, FULL_DISK = 0.9, 0.95

FAST_SPENDING: Final = 4.0
"""Times the budget's rate: a month's money would be gone within a week."""

STALE_COST: Final = 129_600
"""Seconds: a day and a half, in which four or five polls of three a day failed."""

MANY_WAITING: Final = 100
"""Batches that wait to be written; the server then takes more than it can store."""

BURNS: Final[tuple[tuple[Severity, float, str, str], ...]] = (
    ("page", 14.4, "1h", "5m"),
    ("page", 6.0, "6h", "30m"),
    ("ticket", 3.0, "1d", "2h"),
    ("ticket", 1.0, "3d", "6h"),
)
"""Severity, times the budget's rate, and windows: table 5-8 of The Site Reliability Workbook."""


class Alert(Struct, frozen=True, kw_only=True):
    """What Prometheus tells when something is wrong.

    Attributes:
        name: of the alert.
        expr: answers the series for which it is wrong, and by how much.
        wait: for how long it has to be so, such as `10m`; empty for at once.
        severity: how soon somebody looks.
        labels: further ones.
        summary: one line, with what Prometheus puts in.
        description: the next step.
    """

    name: str
    expr: str
    wait: str = ""
    severity: Severity
    labels: tuple[tuple[str, str], ...] = ()
    summary: str
    description: str

    @property
    def runbook(self) -> str:
        """Where it stands what to do."""
        return f"{RUNBOOK}#{self.name.lower()}"


class AlertGroup(Struct, frozen=True):
    """Alerts about one subject.

    Attributes:
        name: of the group.
        alerts: in their order.
    """

    name: str
    alerts: tuple[Alert, ...]


def alerts(choices: Choices) -> tuple[AlertGroup, ...]:
    """All of them."""
    found = source(choices)
    return (
        AlertGroup("modelmetry_alerts_http", (*_burns(choices), _slow_requests(found))),
        AlertGroup("modelmetry_alerts_models", (_failing_models(found), *_calls(found))),
        AlertGroup("modelmetry_alerts_cost", (*_spending(choices), *_cloud(choices))),
        AlertGroup("modelmetry_alerts_metrics", (*_targets(found), *_left_out(found))),
        AlertGroup("modelmetry_alerts_resources", _resources(found)),
        AlertGroup("modelmetry_alerts_server", _server(found)),
    )


def _burns(choices: Choices) -> list[Alert]:
    job = _matching(source(choices))
    return [
        Alert(
            name="ModelmetryErrorBudgetBurn",
            expr=(
                f"{error_ratio(long)}{job} > {_product(factor, choices.allowed)} and "
                f"{error_ratio(short)}{job} > {_product(factor, choices.allowed)}"
            ),
            severity=severity,
            labels=(("long_window", long), ("short_window", short)),
            summary=(
                f"{{{{ $labels.job }}}}: {{{{ $value | humanizePercentage }}}} of the requests of "
                f"the last {long} failed; at most {100 - choices.slo:.6g}% may"
            ),
            description=(
                f"The error budget burns more than {factor:g} times as fast as it may, over {long} "
                f"and still over {short}. See which routes and which errors on the dashboard, row "
                "HTTP; if a release came before it, take it back first."
            ),
        )
        for severity, factor, long, short in BURNS
    ]


def _product(factor: float, allowed: float) -> str:
    return f"{factor * allowed:.10g}"


def _slow_requests(found: Source) -> Alert:
    job = _matching(found)
    return Alert(
        name="ModelmetryRequestsSlow",
        expr=f"job:http_request_duration_seconds:p95_rate5m{job} > {SLOW_REQUESTS:g}",
        wait="10m",
        severity="ticket",
        summary=(
            '{{ $labels.job }}: 5% of the requests take longer than {{ $value | printf "%.2f" }} s'
        ),
        description=(
            "Find the slow route on the dashboard, row HTTP, and open the trace of one of its "
            "exemplars; compare with the rows of models and language models, which may be what it "
            "waits for."
        ),
    )


def _failing_models(found: Source) -> Alert:
    job = _matching(found)
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
    job = _matching(found)
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
        Alert(
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
        ),
    ]


_LLM: Final = ("job", names.PROVIDER, names.LLM_MODEL)


def _spending(choices: Choices) -> list[Alert]:
    job, budget = _matching(source(choices)), f"{choices.monthly_budget:.10g}"
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


def _cloud(choices: Choices) -> list[Alert]:
    found, budget = source(choices), f"{choices.monthly_budget:.10g}"
    last = largest(found.of(names.CLOUD_COST_LAST_SUCCESS), ("job",))
    return [
        Alert(
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
                "projection takes yesterday for each day that is left."
            ),
        ),
        Alert(
            name="ModelmetryCloudCostStale",
            expr=f"time() - {last} > {STALE_COST}",
            severity="ticket",
            summary=(
                "{{ $labels.job }}: the cost of the cloud was read "
                "{{ $value | humanizeDuration }} ago"
            ),
            description=(
                "What the dashboard shows of the cloud is old. Look for modelmetry.costs in the "
                "log: credentials that have expired, and permissions that are missing, are named "
                "there."
            ),
        ),
    ]


def _targets(found: Source) -> list[Alert]:
    matchers = found.matchers or ('job=~".+"',)
    up = f"up{{{','.join(matchers)}}}"
    return [
        Alert(
            name="ModelmetryTargetDown",
            expr=f"{up} == 0",
            wait="2m",
            severity="page",
            summary="{{ $labels.job }} at {{ $labels.instance }} does not answer Prometheus",
            description=(
                "Ask its /metrics yourself: curl says whether the process is gone, whether it "
                "answers 401 (the token of metrics) or takes longer than a scrape may."
            ),
        ),
        Alert(
            name="ModelmetryTargetsMissing",
            expr=f"absent({up})",
            wait="5m",
            severity="page",
            summary="Prometheus asks nobody for these metrics",
            description=(
                "No target has the job that these rules were made for. Compare job_name in the "
                "configuration of Prometheus, and what its page Targets shows."
            ),
        ),
    ]


def _left_out(found: Source) -> list[Alert]:
    span = found.over("15m")
    return [
        Alert(
            name="ModelmetryMeasurementsRefused",
            expr=grown(span, names.REFUSED, ("job", names.METRIC, names.REASON)),
            severity="ticket",
            summary="{{ $labels.job }}: {{ $labels.metric }} refuses values ({{ $labels.reason }})",
            description=(
                "These values are missing everywhere. The log of the application names the first "
                "of them: NaN and infinities come from a division by 0 or an empty list."
            ),
        ),
        Alert(
            name="ModelmetryMeasurementsOverflowing",
            expr=grown(span, names.OVERFLOWED, ("job", names.METRIC)),
            severity="ticket",
            summary="{{ $labels.job }}: {{ $labels.metric }} has no room for more series",
            description=(
                "What is new is in the series otel_metric_overflow and can no longer be told "
                "apart. Find the attribute with too many values (topk by its label), and record it "
                "on traces instead."
            ),
        ),
        Alert(
            name="ModelmetrySignalsLost",
            expr=grown(
                span, names.SIGNALS, ("job", names.OUTCOME), f'{names.OUTCOME}!="delivered"'
            ),
            severity="ticket",
            summary="{{ $labels.job }}: recorded signals are lost ({{ $labels.outcome }})",
            description=(
                "Traces of this application have gaps. `modelmetry losses` says which clients lost "
                "what and when; see docs/losses.md for what each reason asks for."
            ),
        ),
        Alert(
            name="ModelmetryCollectionFailing",
            expr=f"{total(span.increase(names.FAILED_COLLECTIONS), ('job',))} > 0",
            severity="ticket",
            summary="{{ $labels.job }}: some metrics could not be collected",
            description=(
                "The log of the application has the exception of the collector; what it would have "
                "told is missing on the dashboard."
            ),
        ),
        Alert(
            name="ModelmetryWorkersUnreadable",
            expr=f"{total(span.increase(names.UNREADABLE_SNAPSHOTS), ('job',))} > 0",
            severity="ticket",
            summary="{{ $labels.job }}: the metrics of some workers could not be read",
            description=(
                "What these workers counted is missing. The log of the application names the file; "
                "see whether its disk is full, or whether workers of two versions share a folder."
            ),
        ),
    ]


def _resources(found: Source) -> tuple[Alert, ...]:
    by = ("job", "instance")
    working = total(found.of(names.resource("container.memory.working_set")), by)
    limit = total(found.of(names.resource("modelmetry.container.memory.limit")), by)
    mount = (*by, names.MOUNT)
    used = found.of(names.resource("system.filesystem.usage"), f'{names.FILE_SYSTEM_STATE}="used"')
    room = found.of(names.resource("system.filesystem.limit"))
    return (
        Alert(
            name="ModelmetryContainerMemory",
            expr=f"{working} / {limit} > {FULL_MEMORY:g}",
            wait="10m",
            severity="ticket",
            summary=(
                "{{ $labels.job }} at {{ $labels.instance }}: its container uses "
                "{{ $value | humanizePercentage }} of its memory"
            ),
            description=(
                "At 100% a process is killed. If the memory of the application only grows on the "
                "dashboard, row Resources, it leaks; else give it more, or fewer workers."
            ),
        ),
        Alert(
            name="ModelmetryDiskFull",
            expr=f"{total(used, mount)} / {total(room, mount)} > {FULL_DISK:g}",
            wait="10m",
            severity="ticket",
            summary=(
                "{{ $labels.job }} at {{ $labels.instance }}: "
                "{{ $labels.system_filesystem_mountpoint }} is "
                "{{ $value | humanizePercentage }} full"
            ),
            description=(
                "Spools and stores can write no more when it is full. `modelmetry store prune` and "
                "`modelmetry spool ls` show what of it is ours."
            ),
        ),
    )


def _server(found: Source) -> tuple[Alert, ...]:
    # Jobs that have requests of a server of ours: `and` keeps those of the others out.
    refused = found.rate(names.SERVER_REFUSED)
    requests = f"{found.rate(names.HTTP_REQUESTS)} and on (job, instance) {_is_server(found)}"
    return (
        Alert(
            name="ModelmetryServerRefusing",
            expr=f"{share(refused, requests, ('job',))} > {MANY_REFUSED:g}",
            wait="10m",
            severity="ticket",
            summary=(
                "{{ $labels.job }}: the server refuses {{ $value | humanizePercentage }} of its "
                "requests"
            ),
            description=(
                "See the reasons on the dashboard, row The modelmetry server. Keys that are not "
                "valid or lack a scope: `modelmetry keys ls`; what does not fit the "
                "specification comes from a client that is too old."
            ),
        ),
        Alert(
            name="ModelmetryServerQueueing",
            expr=f"{largest(found.of(names.SERVER_WAITING), ('job', 'instance'))} > {MANY_WAITING}",
            wait="5m",
            severity="ticket",
            summary=(
                "{{ $labels.job }} at {{ $labels.instance }}: {{ $value }} batches wait to be "
                "written"
            ),
            description=(
                "The disk is slower than what arrives. See the time of a transaction on the "
                "dashboard, row The modelmetry server; prune the store, or give it a faster disk. "
                "Clients keep what is not taken in their spools."
            ),
        ),
    )


def _is_server(found: Source) -> str:
    return found.of(names.SERVER_TRANSACTIONS)


def _matching(found: Source) -> str:
    return f"{{{','.join(found.matchers)}}}" if found.matchers else ""
