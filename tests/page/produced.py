"""A made-up month of production, as processes would have told it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from math import pi, sin
from typing import Any, Final

from modelmetry.store import production_names as names
from modelmetry.store.protocol import Store

DAYS: Final = 60
SECONDS: Final = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
LONG: Final = (0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24)
HOUR: Final = timedelta(hours=1)
Item = dict[str, Any]


def record_month(
    store: Store, now: datetime, *, services: tuple[str, ...] = ("shop", "api"), days: int = DAYS
) -> None:
    """Fill a store with hours of the last days, busy by day and quiet by night."""
    end = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    for service in services:
        items = list(_hours(end, service, days, 1.0 if service == services[0] else 0.4))
        for first in range(0, len(items), 500):
            store.ingest("local", {"MetricIntervals": items[first : first + 500]})


def _hours(end: datetime, service: str, days: int, size: float) -> Iterator[Item]:
    for number in range(days * 24, 0, -1):
        start = end - number * HOUR
        if number in range(400, 403):
            continue  # three hours in which nothing ran
        yield {
            "XID": f"{service}-{number}",
            "Process": f"{service}-1",
            "Service": service,
            "Start": start.isoformat(),
            "End": (start + HOUR).isoformat(),
            "Series": list(_series(start, number, size)),
        }


def _series(start: datetime, number: int, size: float) -> Iterator[Item]:
    day = 0.5 - 0.45 * sin(2 * pi * (start.hour + 2) / 24)
    week = 0.6 if start.weekday() >= 5 else 1.0
    load = round(160 * size * day * week * (1 - number / 6_000) + number * 37 % 11)
    failed = load // 90 + (9 if number % 131 == 0 else 0)
    yield _seen(names.HTTP_DURATION, SECONDS, load, number, {names.HTTP_STATUS: "200"})
    yield _seen(names.HTTP_DURATION, SECONDS, load // 40, number, {names.HTTP_STATUS: "404"})
    yield _seen(names.HTTP_DURATION, SECONDS, failed, number, {names.HTTP_STATUS: "500"})
    for model, share in (("churn", 0.5), ("ranking", 0.2), ("fraud", 0.1)):
        of = {"model.name": model}
        many = round(load * share)
        yield _grown(names.PREDICTIONS, "{prediction}", many, of | {names.OUTCOME: "ok"})
        yield _seen(names.PREDICTION_DURATION, (0.001, 0.005, 0.01, 0.05, 0.1), many, number, of)
        yield _grown(names.GROUND_TRUTHS, "{truth}", many // 4 + 1, of | {names.RESULT: "correct"})
        yield _grown(names.GROUND_TRUTHS, "{truth}", many // 50, of | {names.RESULT: "wrong"})
    for model, share, price in (("gpt-4o-mini", 0.2, 2e-7), ("claude-haiku", 0.08, 8e-7)):
        of = {"gen_ai.request.model": model}
        calls = round(load * share)
        yield _seen(names.LLM_DURATIONS[0], LONG, calls, number, of)
        yield _grown(names.LLM_TOKENS, "{token}", calls * 410, of | {names.TOKEN_TYPE: "input"})
        yield _grown(names.LLM_TOKENS, "{token}", calls * 120, of | {names.TOKEN_TYPE: "output"})
        yield _grown(names.LLM_COST, "USD", calls * 530 * price, of)
    yield _looked(names.CPU_UTILIZATION, 0.12 + 0.4 * day * week * size)
    yield _looked(names.MEMORY_UTILIZATION, 0.48 + 0.1 * day)
    yield _looked(names.PROCESS_UPTIME, (DAYS * 24 - number + 1) * 3_600.0)


def _grown(name: str, unit: str, by: float, of: dict[str, str]) -> Item:
    return {"Kind": "counter", "Name": name, "Unit": unit, "Attributes": of, "Sum": by}


def _seen(
    name: str, bounds: tuple[float, ...], count: int, number: int, of: dict[str, str]
) -> Item:
    """Measurements around the middle of the buckets, slower ones now and then."""
    shares = [1, 6, 8, 4, 2, 1, 0, 0] if number % 29 else [0, 2, 5, 6, 5, 3, 1, 0]
    shares = shares[: len(bounds) + 1]
    counts = [count * share // sum(shares) for share in shares]
    counts[2] += count - sum(counts)
    middles = (*((low + high) / 2 for low, high in zip((0.0, *bounds), bounds, strict=False)), 0.0)
    total = sum(one * middle for one, middle in zip(counts, middles, strict=False))
    shape = {"Kind": "histogram", "Name": name, "Unit": "s", "Attributes": of, "Sum": total}
    return {**shape, "Bounds": list(bounds), "Counts": counts}


def _looked(name: str, value: float) -> Item:
    highest = value if name == names.PROCESS_UPTIME else value * 1.3
    figures = {"Sum": value * 60, "Count": 60, "Min": value * 0.8, "Max": highest}
    unit = "s" if name == names.PROCESS_UPTIME else "1"
    shape: Item = {"Kind": "gauge", "Name": name, "Unit": unit, "Attributes": {}}
    return {**shape, **figures, "Last": value}
