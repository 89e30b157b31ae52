"""What is true of the row of models."""

from __future__ import annotations

from collections.abc import Iterable

from modelmetry.grafana import names
from tests.dashboards import facts
from tests.dashboards.judging import Labels, Range, Truth, exactly, near
from tests.dashboards.load import Driven
from tests.dashboards.truths.counts import (
    ASKED,
    BAD,
    CALM,
    GOOD,
    MODEL,
    OTHER,
    PREDICTED,
    WARM,
    WRONG,
    by,
    each,
    rate,
)
from tests.dashboards.truths.durations import prediction_range

WINDOWS = ("24h", "last_1000")


def models(driven: Driven) -> Iterable[tuple[str, Truth]]:
    """The row of models."""
    churn, fraud = by(**MODEL), by(**CALM)
    yield "Predictions / A", near(PREDICTED + OTHER)
    yield "Failed predictions / A", near(BAD / ASKED)
    yield "Waiting for truth / A", near(facts.WORKERS * facts.WAITING, 0.01)
    yield (
        "Predictions by model / A",
        {
            **each(names.OUTCOME, {"ok": rate(PREDICTED), "error": rate(BAD)}, **MODEL),
            by(outcome="ok", **CALM): rate(OTHER),
        },
    )
    yield (
        "Failed predictions by model / A",
        {churn: near(BAD / (PREDICTED + BAD)), fraud: exactly(0)},
    )
    for letter in "AB":
        times = dict.fromkeys((churn, fraud), prediction_range(driven))
        yield f"Inference time / {letter}", times
    sure = Range(0.9, 0.95)
    yield "Confidence / A", {churn: sure, fraud: sure}
    yield "Confidence / B", {churn: Range(0.4, 0.5), fraud: sure}
    yield "Unsure predictions / A", {churn: near(WRONG / PREDICTED), fraud: exactly(0)}
    yield from accuracy()
    yield (
        "Truths / A",
        each(names.RESULT, {"correct": rate(GOOD + OTHER), "wrong": rate(WRONG)}),
    )
    yield "Versions in use / A", dict.fromkeys((churn, fraud), exactly(1))


def accuracy() -> Iterable[tuple[str, Truth]]:
    """What was right, of all whose truth is known, those before the load included."""
    yield "Accuracy / A", right()
    yield "Samples of the accuracy / A", judged()


def right(**more: str) -> dict[Labels, Range]:
    """The accuracy by model and window."""
    return {
        by(window=window, **which, **more): exactly(ratio)
        for window in WINDOWS
        for which, ratio in ((MODEL, (GOOD + WARM) / (PREDICTED + 2 * WARM)), (CALM, 1.0))
    }


def judged() -> dict[Labels, Range]:
    """How many that is made of."""
    return {
        by(window=window, **which): exactly(number)
        for window in WINDOWS
        for which, number in ((MODEL, PREDICTED + 2 * WARM), (CALM, OTHER + WARM))
    }
