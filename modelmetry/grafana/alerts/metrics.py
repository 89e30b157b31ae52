"""Alerts about metrics themselves: targets that are silent, and what was left out."""

from __future__ import annotations

from typing import Final

from modelmetry.grafana import names
from modelmetry.grafana.alerts.alert import Alert
from modelmetry.grafana.choices import Choices
from modelmetry.grafana.queries import Source, grown, total
from modelmetry.grafana.rules import everything

_OURS: Final = f"count by (job) (last_over_time({names.FAILED_COLLECTIONS}[1d]))"
"""Jobs that told within a day what each exposition of ours tells; longer is more to read."""


def metrics_alerts(choices: Choices) -> tuple[Alert, ...]:
    """Who is silent, and what is missing in what the others tell."""
    return (*_targets(choices), *_left_out(everything(choices)))


def _targets(choices: Choices) -> list[Alert]:
    who = "of the job {{ $labels.job }}" if choices.jobs else "with metrics of modelmetry"
    return [
        Alert(
            name="ModelmetryTargetDown",
            expr=_down(choices),
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
            expr=_missing(choices),
            wait="5m",
            severity="page",
            summary=f"Prometheus knows no target {who}",
            description=(
                "Nobody tells what these rules look at. Compare job_name in the configuration of "
                "Prometheus, and what its page Targets shows."
            ),
        ),
    ]


def _down(choices: Choices) -> str:
    """Targets of the chosen jobs; else of those that have told metrics of ours.

    A Prometheus asks others as well, of which nobody wants to hear from us.
    """
    if choices.jobs:
        return f"{everything(choices).of('up')} == 0"
    return f"up == 0 and on (job) {_OURS}"


def _missing(choices: Choices) -> str:
    """Each of the chosen jobs; `absent` tells the labels that it was asked for by `=`."""
    if choices.jobs:
        return " or ".join(f'absent(up{{job="{job}"}})' for job in choices.jobs)
    return f"absent(up and on (job) {_OURS})"


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
            expr=grown(span, names.SIGNALS, ("job", names.OUTCOME), names.LOST_OUTCOMES),
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
