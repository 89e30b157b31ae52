"""From a request body to the telemetry of a batch. Pure: nothing here touches the database."""

from __future__ import annotations

import math
from collections.abc import Mapping
from enum import IntEnum
from typing import Any, Final, NamedTuple

from modelmetry.store.sqlite.encode import (
    Micros,
    XidKey,
    as_json,
    to_float,
    to_micros,
    xid_key,
)


class RecordKind(IntEnum):
    """What a record is; those below `READING` are of jobs."""

    RECORD = 0
    EVENT = 1
    READING = 2


KIND_NAMES: Final = ("record", "event", "reading")
"""The names of the kinds on the wire, in their order."""

# About what a number takes in memory.
_NUMBER_WEIGHT: Final = 100


class RunPart(NamedTuple):
    """A run as sent; None means "not sent", which erases nothing."""

    command: str | None
    start: Micros | None
    system: bytes | None
    execution: XidKey | None


class RecordPart(NamedTuple):
    """A record as sent; `numbers` are those of its metrics that can be summed up."""

    run: XidKey | None
    command: str | None
    at: Micros | None
    kind: RecordKind
    status: str | None
    event: str | None
    message: str | None
    metrics: bytes | None
    numbers: dict[str, float]


class TelemetryParts:
    """The telemetry of a batch, each run and record once.

    `weight` is about the memory that it takes beyond what every signal takes, in bytes.
    """

    __slots__ = ("records", "runs", "weight")

    def __init__(self) -> None:
        self.runs: dict[XidKey, RunPart] = {}
        self.records: dict[XidKey, RecordPart] = {}
        self.weight: int = 0


def read_telemetry(body: Mapping[str, Any]) -> TelemetryParts:
    """Read the telemetry of a validated request body.

    Raises `InvalidValueError` for text that cannot be stored and times that cannot be read.
    """
    parts = TelemetryParts()
    for item in body.get("TelemetryRuns") or ():
        _put_run(parts, xid_key(item["XID"]), _run(item))
    for item in body.get("TelemetryRecords") or ():
        # A record is one recording: the same again says nothing new.
        parts.records.setdefault(xid_key(item["XID"]), _record(item))
    parts.weight = sum(len(part.system or b"") for part in parts.runs.values()) + sum(
        len(part.message or "") + len(part.metrics or b"") + _NUMBER_WEIGHT * len(part.numbers)
        for part in parts.records.values()
    )
    return parts


def numbers_of(metrics: Mapping[str, Any]) -> dict[str, float]:
    """The finite numbers among values; whole numbers of any size become floats."""
    return {
        name: to_float(value)
        for name, value in metrics.items()
        if isinstance(value, int | float)
        and not isinstance(value, bool)
        and (isinstance(value, int) or math.isfinite(value))
    }


def merged_run(old: RunPart, new: RunPart) -> RunPart:
    """The old part with every member that the new one carries."""
    members: list[Any] = [then if now is None else now for then, now in zip(old, new, strict=True)]
    return RunPart(*members)


def _put_run(parts: TelemetryParts, key: XidKey, part: RunPart) -> None:
    if key in parts.runs:
        part = merged_run(parts.runs[key], part)
    parts.runs[key] = part


def _run(item: Mapping[str, Any]) -> RunPart:
    start, system = item.get("Start"), item.get("System")
    return RunPart(
        item.get("Command") or None,
        None if start is None else to_micros(start),
        None if system is None else as_json(system),
        _key(item.get("ExecutionID")),
    )


def _record(item: Mapping[str, Any]) -> RecordPart:
    get = item.get
    at, metrics = get("At"), get("Metrics")
    return RecordPart(
        _key(get("RunID")),
        get("Command") or None,
        None if at is None else to_micros(at),
        RecordKind(KIND_NAMES.index(get("Kind") or "record")),
        get("Status") or None,
        get("Event") or None,
        get("Message") or None,
        as_json(metrics) if metrics else None,
        numbers_of(metrics) if metrics else {},
    )


def _key(xid: str | None) -> XidKey | None:
    return xid_key(xid) if xid else None
