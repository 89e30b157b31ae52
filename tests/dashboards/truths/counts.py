"""How much of everything the load makes, and how ranges are said of it."""

from __future__ import annotations

from modelmetry.grafana import names
from tests.dashboards import facts
from tests.dashboards.judging import Labels, Range, near
from tests.dashboards.substitution import SECONDS

LOAD = facts.LOAD
SOCKETS = LOAD["/measure"]
REQUESTS = sum(LOAD.values()) + SOCKETS  # a websocket is a request that is answered with 101
OK = REQUESTS - LOAD["/crash"] - LOAD["/teapot"] - LOAD["/nowhere"]
GOOD, WRONG, BAD, OTHER = (LOAD[f"/predict/{how}"] for how in ("good", "wrong", "bad", "other"))
PREDICTED = GOOD + WRONG
"""By the model that also fails; the other one never does."""

ASKED = PREDICTED + BAD + OTHER
KNOWN = LOAD["/call/known"] + LOAD["/stream"]  # with usage and a price
UNKNOWN, FAILED = LOAD["/call/unknown"], LOAD["/call/fail"]
CALLS = KNOWN + UNKNOWN + FAILED
COST = KNOWN * sum(facts.COST.values())
WARM = 1.0

MODEL = {names.MODEL: "churn", names.VERSION: "3"}
CALM = {names.MODEL: "fraud", names.VERSION: "3"}


def by(**labels: str) -> Labels:
    """Labels of a series."""
    return frozenset(labels.items())


def each(name: str, values: dict[str, Range], **more: str) -> dict[Labels, Range]:
    """A series for each value of a label."""
    return {by(**{name: value}, **more): one for value, one in values.items()}


def rate(number: float) -> Range:
    """A second, of so many in all."""
    return near(number / SECONDS)
