"""What Grafana puts in for its variables."""

from __future__ import annotations

from tests.dashboards.processes import Live

WINDOW = "5m"
"""Longer than the proof takes: rates see all of the load, and divide by this."""

SECONDS = 300


def substituted(live: Live, expr: str) -> str:
    """An expression as Grafana would send it."""
    instance = live.application.removeprefix("http://")
    values = {
        "$__rate_interval": WINDOW,
        "$__range": WINDOW,
        "$job": "application",
        "$instance": instance,
        "$model": ".*",
        "$server": "modelmetry",
    }
    for name, value in values.items():
        expr = expr.replace(name, value)
    return expr
