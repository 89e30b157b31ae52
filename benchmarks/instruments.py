"""What a measurement costs the caller, and what it costs in all.

Claim: to count and to record take less than prometheus_client's `labels().inc()` and
`labels().observe()`, with the same attributes, and so does all of it together with reading.
Rounds take turns; the floor is a dict of floats by a tuple, without any thread's safety.

Run as `nox -s bench -- instruments`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import Final

import prometheus_client

from modelmetry.metrics import Counter, Histogram, Registry

TIMES: Final = 100_000
ROUNDS: Final = 7
SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)

Measure = Callable[[], None]


def main() -> None:
    """Measure and print a table."""
    kinds = {"floor": _floor(), "modelmetry": _ours(), "prometheus_client": _theirs()}
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in kinds}
    for _ in range(ROUNDS):
        for name, (counting, recording) in kinds.items():
            found[name].append((_took(counting), _took(recording)))
    print(f"{'':20}{'count':>10}{'record':>10}   us of CPU, reading included")
    for name, rounds in found.items():
        count, record = (median(one[place] for one in rounds) for place in (0, 1))
        print(f"{name:20}{count:10.2f}{record:10.2f}")


def _took(measure: Measure) -> float:
    began = time.process_time()
    for _ in range(TIMES):
        measure()
    return (time.process_time() - began) / TIMES * 1e6


def _floor() -> tuple[Measure, Measure]:
    sums: dict[tuple[str, str], float] = {}

    def count() -> None:
        key = ("GET", "200")
        sums[key] = sums.get(key, 0) + 1

    return count, count


def _ours() -> tuple[Measure, Measure]:
    registry = Registry()
    names = ("method", "status")
    counter = Counter("requests", attributes=names, registry=registry)
    histogram = Histogram("seconds", attributes=names, bounds=SECONDS, registry=registry)
    return (
        lambda: counter.add(1, method="GET", status="200"),
        lambda: histogram.record(0.03, method="GET", status="200"),
    )


def _theirs() -> tuple[Measure, Measure]:
    registry = prometheus_client.CollectorRegistry()
    names = ("method", "status")
    counter = prometheus_client.Counter("requests", "x", names, registry=registry)
    histogram = prometheus_client.Histogram(
        "seconds", "x", names, buckets=SECONDS, registry=registry
    )
    return (
        lambda: counter.labels("GET", "200").inc(),
        lambda: histogram.labels("GET", "200").observe(0.03),
    )


if __name__ == "__main__":
    main()
