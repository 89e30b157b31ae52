"""What is true of the row of requests."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf
from statistics import mean

from modelmetry.grafana import names
from modelmetry.metrics.instruments import SECONDS as SECONDS_BOUNDS
from tests.dashboards import facts
from tests.dashboards.judging import Range, Truth, exactly, near
from tests.dashboards.load import Driven
from tests.dashboards.processes import CHOICES
from tests.dashboards.truths.counts import LOAD, OK, REQUESTS, SOCKETS, by, each, rate
from tests.dashboards.truths.durations import latencies, overall, routes, slept


def http(driven: Driven) -> Iterable[tuple[str, Truth]]:
    """The row of requests."""
    failed, refused = LOAD["/crash"], LOAD["/teapot"] + LOAD["/nowhere"]
    yield "Requests / A", near(REQUESTS)
    yield "Requests per second / A", rate(REQUESTS)
    yield "Latency p95 / A", overall(driven, 0.95, 1)
    yield "Failed / A", near(failed / REQUESTS)
    yield "Successful / A", near(OK / REQUESTS, 0.02)
    yield "In flight / A", exactly(facts.HELD)
    yield "Latency / A", overall(driven, 0.5, 0.1)
    yield "Latency / B", overall(driven, 0.95, 1)
    yield "Latency / C", overall(driven, 0.99, 1)
    # Who waits for an answer waits longer than the answer takes; websockets take no time.
    yield "Latency / D", Range(mean_slept() * 0.95, mean(driven.all) * 1.05)
    yield "Latency p95 by route / A", each(names.ROUTE, latencies(driven))
    yield (
        "Latency distribution / A",
        {by(le=bound): one for bound, one in distribution(driven).items()},
    )
    yield "Time to first byte / A", overall(driven, 0.5, 0.1)
    yield "Time to first byte / B", overall(driven, 0.95, 1)
    yield (
        "Requests by route / A",
        each(names.ROUTE, {route: rate(number) for route, number in routes().items()}),
    )
    statuses = {"200": OK - SOCKETS, "101": SOCKETS, "500": failed, "418": 10, "404": 10}
    yield (
        "Requests by status / A",
        each(names.STATUS, {status: rate(number) for status, number in statuses.items()}),
    )
    yield "Failed requests / A", near(refused / REQUESTS)
    yield "Failed requests / B", near(failed / REQUESTS)
    yield "Errors by type / A", each(names.ERROR_TYPE, {"LookupError": rate(failed)})
    for letter in "ABCD":
        burned = failed / REQUESTS / CHOICES.allowed
        yield f"Burn of the error budget / {letter}", near(burned)
    yield "Open websockets / A", exactly(facts.WORKERS)
    yield "Websockets by route / A", each(names.ROUTE, {"/socket": rate(SOCKETS)})


def mean_slept() -> float:
    """Seconds that the answers took at least, on average."""
    return sum(seconds * LOAD[path] for path, seconds in slept().items()) / REQUESTS


def distribution(driven: Driven) -> dict[str, Range]:
    """Requests up to each bound: those waited for so long, and not those that slept longer."""
    found: dict[str, Range] = {}
    for bound in (*SECONDS_BOUNDS, inf):
        sure = sum(one <= bound for one in driven.all)
        possible = sum(LOAD[path] for path, seconds in slept().items() if seconds < bound)
        name = "+Inf" if bound == inf else str(bound)
        found[name] = Range(sure, (possible + SOCKETS + facts.WORKERS) * 1.15)
    return found
