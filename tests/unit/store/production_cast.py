"""What processes measured, on the made-up day; every member that a test does not name is plain."""

from __future__ import annotations

from itertools import count
from typing import Any

from tests.unit.store.cast import Item, at

_numbers = count(1)


def interval(*series: Item, start: float = 0, seconds: float = 60, **members: Any) -> Item:
    """A minute of a process, beginning so many seconds after noon."""
    sent: Item = {"XID": f"i{next(_numbers)}", "Process": "p1", "Service": "shop"}
    times = {"Start": at(start), "End": at(start + seconds)}
    return {**sent, **times, "Series": list(series), **members}


def counter(name: str = "orders", value: float = 1, **attributes: str) -> Item:
    """What grew."""
    of = {name.replace("__", "."): text for name, text in attributes.items()}
    return {"Kind": "counter", "Name": name, "Unit": "1", "Attributes": of, "Sum": value}


def gauge(name: str = "load", *values: float, **attributes: str) -> Item:
    """What was looked at."""
    of = {name.replace("__", "."): text for name, text in attributes.items()}
    seen = values or (0.5,)
    figures = {"Sum": sum(seen), "Count": len(seen), "Min": min(seen), "Max": max(seen)}
    shape = {"Kind": "gauge", "Name": name, "Unit": "1", "Attributes": of}
    return {**shape, **figures, "Last": seen[-1]}


def histogram(
    name: str = "duration",
    counts: tuple[int, ...] = (1, 1, 0),
    bounds: tuple[float, ...] = (1, 2),
    total: float = 2,
    **attributes: str,
) -> Item:
    """A distribution in seconds."""
    of = {name.replace("__", "."): text for name, text in attributes.items()}
    shape = {"Kind": "histogram", "Name": name, "Unit": "s", "Attributes": of, "Sum": total}
    return {**shape, "Bounds": list(bounds), "Counts": list(counts)}


def intervals(*items: Item) -> dict[str, list[Item]]:
    """A request body with intervals."""
    return {"MetricIntervals": list(items)}
