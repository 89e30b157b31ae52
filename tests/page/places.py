"""Every page there is, by name and address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tests.page.cast import Cast

PLACES: Final[dict[str, Callable[[Cast], str]]] = {
    "overview": lambda _: "/ui/overview?last=30d",
    "traces": lambda _: "/ui/traces",
    "traces-filtered": lambda _: "/ui/traces?failed=true&name=known.failed",
    "traces-no-match": lambda _: "/ui/traces?name=no.such.name",
    "traces-wrong": lambda _: "/ui/traces?failed=maybe&last=99y&name=known.slow",
    "trace": lambda cast: f"/ui/traces/{cast.spoken}",
    "trace-failed": lambda cast: f"/ui/traces/{cast.failed}",
    "trace-conversation": lambda cast: f"/ui/traces/{cast.turns[1]}",
    "trace-thread": lambda cast: f"/ui/traces/{cast.turns[1]}?view=conversation",
    "trace-large": lambda cast: f"/ui/traces/{cast.large}",
    "trace-missing": lambda _: "/ui/traces/no-such-trace",
    "compare": lambda cast: f"/ui/compare?a={cast.turns[0]}&b={cast.turns[1]}",
    "sessions": lambda _: "/ui/sessions",
    "session": lambda cast: f"/ui/sessions/{cast.session}",
    "findings": lambda _: "/ui/findings?last=30d",
    "finding-number": lambda _: "/ui/findings/response_safe_score?last=30d",
    "finding-boolean": lambda _: "/ui/findings/grounded?last=30d",
    "finding-label": lambda _: "/ui/findings/language?last=30d",
    "nowhere": lambda _: "/ui/nowhere",
}
"""Address of each page that the server of the cast has."""

WORKPLACES: Final[dict[str, str]] = {
    "executions": "/ui/executions",
    "executions-no-match": "/ui/executions?pipeline=none",
    "executions-wrong": "/ui/executions?status=stuck",
    "execution": "/ui/executions/train-long",
    "execution-failed": "/ui/executions/train-failed",
    "execution-running": "/ui/executions/train-running",
    "execution-traces": "/ui/executions/train-long?tab=traces",
    "execution-telemetry": "/ui/executions/train-long?tab=telemetry",
    "execution-missing": "/ui/executions/nobody",
    "compared": "/ui/compare-executions?execution=train-long&execution=train-failed"
    "&execution=train-running&execution=evaluate-one&high=val/accuracy",
    "compared-none": "/ui/compare-executions",
    "telemetry": "/ui/telemetry",
    "telemetry-run": "/ui/telemetry/job-one",
    "telemetry-crashed": "/ui/telemetry/job-crashed?readings=true",
    "telemetry-missing": "/ui/telemetry/nobody",
}
"""Address of each page of executions and telemetry."""

BUSINESSPLACES: Final[dict[str, str]] = {
    "production": "/ui/production?last=7d",
    "production-month": "/ui/production?last=30d&baseline=none",
    "production-service": "/ui/production?last=7d&service=billing",
    "production-none": "/ui/production?last=7d&service=nobody",
    "production-wrong": "/ui/production?baseline=yesterday",
    "production-overview": "/ui/overview?last=7d",
}
"""Address of each page of production metrics."""
