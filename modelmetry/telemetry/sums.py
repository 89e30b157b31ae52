"""Sums over records, by the definitions of the server's summary and aggregate."""

from __future__ import annotations

import math
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any, Final, Literal

from msgspec import Struct

from modelmetry.errors import InvalidValueError

Group = Literal["none", "command", "status", "run"]

_MEMBERS: Final[Mapping[str, str]] = {"command": "command", "status": "status", "run": "run_id"}
_ENDS: Final = ("completed", "failed", "cancelled")
_MOST: Final = 100


class Count(Struct, frozen=True):
    """How often something occurs."""

    name: str
    count: int


class CommandSums(Struct, frozen=True):
    """Sums over one command; `success_rate` is `None` while no job has ended."""

    name: str
    record_count: int
    completed: int
    failed: int
    cancelled: int
    success_rate: float | None


class Summary(Struct, frozen=True, kw_only=True):
    """Sums over records and events; readings of machines are not counted.

    Attributes:
        record_count: records and events.
        run_count: runs that sent them.
        finished_count: jobs that ended: completed, failed and cancelled ones.
        success_rate: completed ones among those that ended; `None` while none has.
        statuses: by how often they occur.
        events: the 100 most frequent ones.
        commands: the 100 most frequent ones.
        metrics: names of numbers, the 100 most frequent ones.
    """

    record_count: int
    run_count: int
    finished_count: int
    success_rate: float | None
    statuses: list[Count]
    events: list[Count]
    commands: list[CommandSums]
    metrics: list[Count]


class Distribution(Struct, frozen=True):
    """How numbers are distributed; percentiles are of the nearest rank."""

    count: int
    min: float
    max: float
    mean: float
    p50: float
    p95: float
    p99: float


class GroupSums(Struct, frozen=True):
    """One number in one group, whose name is empty when nothing is split or nothing was said."""

    group: str
    numbers: Distribution


def summary(records: Iterable[Mapping[str, Any]]) -> Summary:
    """Count records, and how jobs ended, as `get-telemetry-summary` does."""
    total = 0
    runs: set[str] = set()
    statuses: Counter[str] = Counter()
    events: Counter[str] = Counter()
    metrics: Counter[str] = Counter()
    commands: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for record in records:
        if record.get("kind") == "reading":
            continue
        total += 1
        runs.add(record.get("run_id") or "")
        statuses[record.get("status") or ""] += 1
        events[record.get("event") or ""] += 1
        metrics.update(name for name, _ in _numbers(record))
        said = commands[record.get("command") or ""]
        said[record.get("status") or ""] += 1
    finished = sum(statuses[end] for end in _ENDS)
    totals = sorted(commands.items(), key=lambda pair: (-pair[1].total(), pair[0]))
    return Summary(
        record_count=total,
        run_count=len(runs - {""}),
        finished_count=finished,
        success_rate=_rate(statuses),
        statuses=_counts(statuses, None),
        events=_counts(events, _MOST),
        commands=[_command(name, said) for name, said in totals[:_MOST]],
        metrics=_counts(metrics, _MOST),
    )


def aggregate(
    records: Iterable[Mapping[str, Any]], metric: str, group_by: Group = "none"
) -> list[GroupSums]:
    """How the values of one number are distributed, as `get-telemetry-aggregate` does.

    Returns:
        the 100 groups with the most values, by how many they have.

    Raises:
        InvalidValueError: `group_by` is none of the four words.
    """
    if group_by != "none" and group_by not in _MEMBERS:
        raise InvalidValueError(f"group_by is {group_by!r}; expected none, command, status or run")
    member = _MEMBERS.get(group_by, "")
    found: defaultdict[str, list[float]] = defaultdict(list)
    for record in records:
        for name, value in _numbers(record):
            if name == metric:
                found[(record.get(member) or "") if member else ""].append(value)
    groups = sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    return [GroupSums(group, distribution(values)) for group, values in groups[:_MOST]]


def distribution(values: Iterable[float]) -> Distribution:
    """Count, bounds, mean and percentiles of at least one value."""
    ordered = sorted(values)
    return Distribution(
        count=len(ordered),
        min=ordered[0],
        max=ordered[-1],
        mean=_mean(ordered),
        p50=_ranked(ordered, 50),
        p95=_ranked(ordered, 95),
        p99=_ranked(ordered, 99),
    )


def _mean(values: list[float]) -> float:
    try:
        return math.fsum(values) / len(values)
    except OverflowError:  # their sum is larger than any float, which their mean is not
        return float(sum(map(Fraction, values)) / len(values))


def _ranked(ordered: list[float], percent: int) -> float:
    return ordered[math.ceil(percent * len(ordered) / 100) - 1]


def _numbers(record: Mapping[str, Any]) -> Iterable[tuple[str, float]]:
    """The numbers of a record; booleans are none, nor is what no float holds, such as NaN."""
    metrics: Mapping[str, Any] = record.get("metrics") or {}
    for name, value in metrics.items():
        if type(value) in (int, float) and abs(value) <= sys.float_info.max:
            yield name, float(value)


def _rate(statuses: Counter[str]) -> float | None:
    finished = sum(statuses[end] for end in _ENDS)
    return statuses["completed"] / finished if finished else None


def _command(name: str, statuses: Counter[str]) -> CommandSums:
    completed, failed, cancelled = (statuses[end] for end in _ENDS)
    return CommandSums(name, statuses.total(), completed, failed, cancelled, _rate(statuses))


def _counts(counter: Counter[str], most: int | None) -> list[Count]:
    named = ((name, number) for name, number in counter.items() if name and number)
    ordered = sorted(named, key=lambda pair: (-pair[1], pair[0]))
    return [Count(name, number) for name, number in ordered[:most]]
