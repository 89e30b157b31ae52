"""Executions and their metrics of a batch on their way into rows; nothing here is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import IntEnum
from typing import Any, Final, NamedTuple

from modelmetry.store.sqlite.encode import Micros, XidKey, as_json, to_micros
from modelmetry.store.sqlite.packed_values import Packed, pack

EXECUTION_LISTS: Final = ("Executions", "MetricValues", "MetricLists")
"""Members of a batch."""


class MetricKind(IntEnum):
    """Whether a metric is a value or a list; an execution may have both under one name."""

    VALUE = 0
    LIST = 1


class ExecutionPart(NamedTuple):
    """An execution as sent; None means "not sent"."""

    pipeline: str | None = None
    deployment: str | None = None
    status: str | None = None
    start: Micros | None = None
    end: Micros | None = None
    message: str | None = None
    trace: XidKey | None = None
    metadata: bytes | None = None

    @property
    def weight(self) -> int:
        """About how many bytes of memory its message and metadata take."""
        return len(self.message or "") + len(self.metadata or b"")


class MetricPart(NamedTuple):
    """What one call recorded; `place` is its place in its list of the batch."""

    execution: XidKey
    kind: MetricKind
    name: str
    xid: XidKey
    at: Micros | None
    packed: Packed
    place: int | None = None


class Recorded:
    """Executions and parts of metrics of a batch, in the order in which they were sent."""

    __slots__ = ("executions", "parts")

    def __init__(self) -> None:
        self.executions: list[tuple[XidKey, ExecutionPart]] = []
        self.parts: list[MetricPart] = []

    @property
    def weight(self) -> int:
        """About how many bytes of memory its values, messages and metadata take."""
        values = sum(len(part.packed.data) for part in self.parts)
        return values + sum(part.weight for _, part in self.executions)


def read_recorded(body: Mapping[str, Any], key: Callable[[str], XidKey]) -> Recorded:
    """Read a validated batch.

    Args:
        body: the batch.
        key: gives keys for XIDs.

    Raises:
        InvalidValueError: text or a time that cannot be stored.
    """
    recorded = Recorded()
    for item in body.get("Executions") or ():
        recorded.executions.append((key(item["XID"]), execution_part(item, key)))
    for kind, members in ((MetricKind.VALUE, "MetricValues"), (MetricKind.LIST, "MetricLists")):
        for place, item in enumerate(body.get(members) or ()):
            execution, xid = key(item["ExecutionID"]), key(item["XID"])
            recorded.parts.append(metric_part(item, kind, execution, xid)._replace(place=place))
    return recorded


def execution_part(item: Mapping[str, Any], key: Callable[[str], XidKey]) -> ExecutionPart:
    """Read an execution. Raises `InvalidValueError`."""
    trace, metadata = item.get("TraceID"), item.get("Metadata")
    return ExecutionPart(
        item.get("PipelineName") or None,
        item.get("DeploymentName") or None,
        item.get("Status"),
        _time(item.get("Start")),
        _time(item.get("End")),
        item.get("Message"),
        None if trace is None else key(trace),
        None if metadata is None else as_json(metadata),
    )


def metric_part(
    item: Mapping[str, Any], kind: MetricKind, execution: XidKey, xid: XidKey
) -> MetricPart:
    """Read a value or values of a list. Raises `InvalidValueError`."""
    numbers = item["Values"] if kind == MetricKind.LIST else (item["Value"],)
    return MetricPart(execution, kind, item["Name"], xid, _time(item.get("At")), pack(numbers))


def _time(time: str | datetime | None) -> Micros | None:
    return None if time is None else to_micros(time)
