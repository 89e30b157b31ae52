"""What processes measured in production, as they send it: two weeks of a made-up shop."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx

from tests.page.hostile import TEXTS

Item = dict[str, Any]

DAYS: Final = 14
HOUR: Final = timedelta(hours=1)
SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
LONG: Final = tuple(round(0.01 * 2**power, 2) for power in range(14))
TENTHS: Final = tuple(tenth / 10 for tenth in range(1, 11))
ROUTES: Final = (
    ("GET", "/items/{item_id}", 9),
    ("POST", "/orders", 4),
    ("GET", "/orders/{order_id}", 3),
    ("POST", "/chat", 2),
    ("GET", "/search", 2),
    ("GET", "/healthz", 1),
    ("PUT", "/basket", 1),
    ("DELETE", "/basket", 1),
    ("GET", "/offers", 1),
    ("GET", "/account", 1),
    ("POST", "/login", 1),
    ("GET", "unmatched", 1),
)
"""Methods, routes, and how often each is asked for in an hour, times the hour's busyness."""
BATCH: Final = 24  # intervals in one request


def send(base_url: str, intervals: list[Item]) -> None:
    """What a client does with them."""
    with httpx.Client(base_url=base_url, timeout=60) as http:
        for first in range(0, len(intervals), BATCH):
            body = {"MetricIntervals": intervals[first : first + BATCH]}
            http.post("/signals/ingest/v1", json=body).raise_for_status()


def measure(base_url: str) -> None:
    """Fill a server with two weeks of two services; the latter of them gets quicker."""
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    hours = [now - HOUR * number for number in range(DAYS * 24, 0, -1)]
    send(base_url, [of_hour(start, hours[0]) for start in hours])
    send(base_url, [billing(start) for start in hours[-48:]])


def of_hour(start: datetime, first: datetime) -> Item:
    """An hour of the shop."""
    week = (start - first).days // 7
    busy = 4 + 3 * math.sin(start.hour / 24 * math.tau)
    series = [*requests(busy, week), *predictions(busy, week), *calls(busy), *machine(busy)]
    return interval(f"shop-{start.isoformat()}", start, series)


def interval(xid: str, start: datetime, series: list[Item], **members: Any) -> Item:
    """An hour of a process."""
    times = {"Start": start.isoformat(), "End": (start + HOUR).isoformat()}
    return {"XID": xid, "Process": "p1", "Service": "shop", **times, "Series": series, **members}


def requests(busy: float, week: int) -> Iterator[Item]:
    """Of each route those that were answered, and some that were not."""
    for method, route, often in ROUTES:
        of = {"http.request.method": method, "http.route": route, "url.scheme": "http"}
        count = max(1, round(often * busy * 3))
        mean = (0.02 if method == "GET" else 0.09) * (1 if week else 1.6)
        for status, number in (("200", count), ("404", count // 12), ("500", count // 40)):
            if number:
                told = {**of, "http.response.status_code": status}
                yield histogram("http.server.request.duration", SECONDS, number, mean, told)


def predictions(busy: float, week: int) -> Iterator[Item]:
    """Two versions of a model, the newer one in the second week."""
    of = {"model.name": "churn", "model.version": str(3 + week)}
    good = round(20 * busy)
    yield counter("modelmetry.model.predictions", "{prediction}", good, {**of, "outcome": "ok"})
    bad = {**of, "outcome": "error", "error.type": "ValueError"}
    yield counter("modelmetry.model.predictions", "{prediction}", 1, bad)
    yield histogram("modelmetry.model.prediction.duration", SECONDS, good, 0.03, of)
    confident = histogram("modelmetry.model.prediction.confidence", TENTHS, good, 0.8, of)
    yield {**confident, "Unit": "1"}
    window = {**of, "window": "1h"}
    yield gauge("modelmetry.model.accuracy", "1", 0.91 + 0.02 * week, window)
    yield gauge("modelmetry.model.accuracy.samples", "{sample}", 500, window)


def calls(busy: float) -> Iterator[Item]:
    """Two language models."""
    for model, share, price in (("tiny-1", 5, 0.0004), ("great-2", 1, 0.011)):
        of = {"gen_ai.provider.name": "acme", "gen_ai.request.model": model}
        number = max(1, round(busy * share))
        told = {**of, "gen_ai.operation.name": "chat"}
        yield histogram("gen_ai.client.operation.duration", LONG, number, 1.1, told)
        tokens = {"input": 800, "cache_read": 300, "output": 240, "reasoning": 60}
        for kind, each in tokens.items():
            typed = {**of, "gen_ai.token.type": kind}
            yield counter("modelmetry.llm.tokens", "{token}", each * number, typed)
        yield counter("modelmetry.llm.cost", "USD", price * number, {**of, "component": "output"})


def machine(busy: float) -> Iterator[Item]:
    """A processor, and memory in bytes."""
    yield gauge("system.cpu.utilization", "1", 0.08 * busy, {"modelmetry.scope": "host"})
    used = {"system.memory.state": "used", "modelmetry.scope": "host"}
    yield gauge("system.memory.usage", "By", 6e9 + 2e8 * busy, used)
    free = {**used, "system.memory.state": "free"}
    yield gauge("system.memory.usage", "By", 1e10, free)
    yield gauge("system.memory.limit", "By", 1.6e10, {"modelmetry.scope": "host"})
    yield gauge("process.uptime", "s", 86_400 * 5, {})


def billing(start: datetime) -> Item:
    """A service that does little."""
    of = {"http.request.method": "GET", "http.route": "/invoices"}
    told = {**of, "http.response.status_code": "200"}
    series = [histogram("http.server.request.duration", SECONDS, 5, 0.4, told)]
    named = {"Service": "billing", "Process": "p2"}
    return interval(f"billing-{start.isoformat()}", start, series, **named)


def counter(name: str, unit: str, amount: float, attributes: dict[str, str]) -> Item:
    """What grew."""
    return {"Kind": "counter", "Name": name, "Unit": unit, "Attributes": attributes, "Sum": amount}


def gauge(name: str, unit: str, value: float, attributes: dict[str, str]) -> Item:
    """What was looked at twice, a little apart."""
    low, high = sorted((value * 0.9, value))
    return {
        "Kind": "gauge", "Name": name, "Unit": unit, "Attributes": attributes,
        "Sum": low + high, "Count": 2, "Min": low, "Max": high, "Last": value,
    }  # fmt: skip


def histogram(
    name: str, bounds: tuple[float, ...], number: int, mean: float, attributes: dict[str, str]
) -> Item:
    """Durations around a mean: some half as long, one in twenty three times as long."""
    counts = [0] * (len(bounds) + 1)
    slow = number // 20
    fast = number // 2
    for value, times in ((mean / 2, fast), (mean * 3, slow), (mean, number - fast - slow)):
        counts[sum(bound < value for bound in bounds)] += times
    return {
        "Kind": "histogram", "Name": name, "Unit": "s", "Attributes": attributes,
        "Sum": mean / 2 * fast + mean * 3 * slow + mean * (number - fast - slow),
        "Bounds": list(bounds), "Counts": counts,
    }  # fmt: skip


def hostile_intervals(word: str) -> list[Item]:
    """Texts that mean harm wherever a process can write one."""
    text = TEXTS[word]
    of = text[:200]
    start = datetime.now(UTC) - HOUR * 2
    told = {
        "http.request.method": of, "http.route": of, "http.response.status_code": of,
        "model.name": of, "model.version": of, "outcome": of, "gen_ai.token.type": of,
        "gen_ai.provider.name": of, "gen_ai.request.model": of, of[:128]: of,
    }  # fmt: skip
    series = [
        histogram("http.server.request.duration", SECONDS, 7, 0.1, told),
        counter("modelmetry.model.predictions", "{prediction}", 3, told),
        histogram("gen_ai.client.operation.duration", LONG, 2, 1, told),
        counter("modelmetry.llm.tokens", "{token}", 1e200, told),
        counter("modelmetry.llm.cost", of[:63], 1e-200, told),
        gauge("system.cpu.utilization", of[:63], 4e199, told),
        gauge("system.memory.utilization", "1", -4e199, told),
        counter(text[:255], of[:63], 1, told),
    ]
    return [interval(f"hostile {word}", start, series, Service=of)]


def scanned(routes: int) -> list[Item]:
    """So many routes in one hour, each asked for once more than the one before it."""
    start = datetime.now(UTC) - HOUR * 2
    each = 1000
    of = {"http.request.method": "GET", "http.response.status_code": "500"}
    series = [
        histogram(
            "http.server.request.duration", SECONDS, number + 1, 0.1,
            {**of, "http.route": f"/scan/{number:05}"},
        )
        for number in range(routes)
    ]  # fmt: skip
    return [
        interval(f"scan-{first}", start, series[first : first + each])
        for first in range(0, routes, each)
    ]
