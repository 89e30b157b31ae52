"""Mistakes that are put into all rules, or all alerts, at once: the tests of each have to fail."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from tests.dashboards.breaking import without_aggregation

Mistake = Callable[[str], str]

_THRESHOLD: Final = re.compile(r"(>=?) (0\.\d+|[1-9][\d.]*( \* [\d.]+)?)(?=$| and| unless)")
_WINDOW: Final = re.compile(r"\[(\w+)\]")
_NEXT: Final = {
    "5m": "30m",
    "30m": "1h",
    "1h": "2h",
    "2h": "6h",
    "6h": "1d",
    "1d": "3d",
    "3d": "1d",
}


def too_strict(expr: str) -> str:
    """An alert that comes too late, or never."""
    expr = _THRESHOLD.sub(lambda found: f"{found[1]} 1.3 * {found[2]}", expr)
    expr = expr.replace("== 0", "== 2").replace("absent(up", "absent(vector(1) or up")
    return expr.replace("> 0", "> 1000")


def too_lax(expr: str) -> str:
    """An alert that comes too early, or always."""
    expr = _THRESHOLD.sub(lambda found: f"{found[1]} 0.7 * {found[2]}", expr)
    expr = expr.replace("== 0", "<= 1").replace("absent(", "(")
    return expr.partition(" unless max")[0].replace("> 0", ">= 0")


def without_by(expr: str) -> str:
    """A rule that makes one of all jobs."""
    return without_aggregation(expr)


def other_window(expr: str) -> str:
    """A rule that looks further back than its name says, or less far."""
    return _WINDOW.sub(lambda found: f"[{_NEXT[found[1]]}]", expr)


def other_metric(expr: str) -> str:
    """A rule that looks at a metric that nobody tells."""
    return re.sub(r"\b([a-z]+_\w+_(?:count|bucket|total|ratio|usd|samples))\b", r"\1s", expr)
