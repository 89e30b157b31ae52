"""Alerts about requests: how fast the error budget burns, and how long answers take."""

from __future__ import annotations

from typing import Final

from modelmetry.grafana.alerts.alert import Alert, Severity, matching
from modelmetry.grafana.choices import Choices
from modelmetry.grafana.queries import Source
from modelmetry.grafana.rules import error_ratio, failed_requests, source

SLOW_REQUESTS: Final = 1.0
"""Seconds that 95 of 100 requests may take."""

BURNS: Final[tuple[tuple[Severity, float, str, str], ...]] = (
    ("page", 14.4, "1h", "5m"),
    ("page", 6.0, "6h", "30m"),
    ("ticket", 3.0, "1d", "2h"),
    ("ticket", 1.0, "3d", "6h"),
)
"""Severity, times the budget's rate, and windows (The Site Reliability Workbook, chapter 5).

Of a budget for 30 days 2, 5, 10 and 10 % are then gone. The third is in the expression that follows
table 5-8 there, and not in the table itself.
"""

LEAST_FAILED: Final = 5
"""Requests that failed within the long window: fewer are no reason to call somebody.

Where little is asked, one failure is already many times the budget ("Low-Traffic Services and
Error Budget Alerting", the same chapter); a service that fails all the time is told by a longer
window then.
"""


def request_alerts(choices: Choices) -> tuple[Alert, ...]:
    """That too many fail, and that they take too long."""
    return (*_burns(choices), _slow_requests(source(choices)))


def _burns(choices: Choices) -> list[Alert]:
    job = matching(source(choices))
    return [
        Alert(
            name="ModelmetryErrorBudgetBurn",
            expr=(
                f"{error_ratio(long)}{job} > {_product(factor, choices.allowed)} and "
                f"{error_ratio(short)}{job} > {_product(factor, choices.allowed)} and "
                f"{failed_requests(long)}{job} >= {LEAST_FAILED}"
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
    job = matching(found)
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
