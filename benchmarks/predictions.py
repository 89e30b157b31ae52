"""What measuring a prediction costs, beside the two lines that most write with prometheus_client.

    python -m benchmarks.predictions

Microseconds of a call, the best of nine rounds in which all take turns, and the ratio to
`labels().inc()` and `labels().observe()`. Exits with 1 when the decorator costs more than those.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Final

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "generated")]

import prometheus_client  # noqa: E402

from modelmetry.metrics import Registry, ResourceCollector, model_metrics  # noqa: E402

ROUNDS, CALLS = 9, 20_000
LABELS: Final = ("churn", "3", "ok")
REGISTRY: Final = Registry()
THEIRS: Final = prometheus_client.CollectorRegistry()
NAMES: Final = ("model", "version", "outcome")
COUNTER: Final = prometheus_client.Counter("predictions", "Predictions", NAMES, registry=THEIRS)
DURATION: Final = prometheus_client.Histogram("duration", "Seconds", NAMES, registry=THEIRS)
CHURN: Final = model_metrics("churn", version="3", registry=REGISTRY)


def predict(row: int) -> int:
    """Nothing to speak of."""
    return row


def by_hand(row: int) -> int:
    """What most write."""
    began = perf_counter()
    found = predict(row)
    seconds = perf_counter() - began
    COUNTER.labels(*LABELS).inc()
    DURATION.labels(*LABELS).observe(seconds)
    return found


def in_a_block(row: int) -> int:
    """A block of one object."""
    with CHURN:
        return predict(row)


def in_its_own_block(row: int) -> int:
    """A block that names its model each time, with a confidence."""
    with model_metrics("churn", version="3", registry=REGISTRY) as prediction:
        prediction.confidence(0.93)
        return predict(row)


CONTENDERS: Final[dict[str, Callable[[int], int]]] = {
    "nothing": predict,
    "labels().inc(), labels().observe()": by_hand,
    "the decorator": CHURN(predict),
    "a block": in_a_block,
    "a block that names its model, with a confidence": in_its_own_block,
}


def microseconds(call: Callable[[int], int]) -> float:
    """Of one call."""
    began = perf_counter()
    for row in range(CALLS):
        call(row)
    return (perf_counter() - began) / CALLS * 1e6


def main() -> None:
    """Measure, and print."""
    best = dict.fromkeys(CONTENDERS, float("inf"))
    for _ in range(ROUNDS):
        for name, call in CONTENDERS.items():
            best[name] = min(best[name], microseconds(call))
    theirs = best["labels().inc(), labels().observe()"]
    for name, cost in best.items():
        print(f"{name:<50}{cost:8.2f} us{cost / theirs:8.2f} x")
    collector = ResourceCollector()
    collector()
    began = perf_counter()
    for _ in range(100):
        collector()
    print(f"{'a collection of all resources':<50}{(perf_counter() - began) * 1e4:8.0f} us")
    if best["the decorator"] > theirs:
        sys.exit("the decorator costs more than what it replaces")


if __name__ == "__main__":
    main()
