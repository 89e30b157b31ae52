"""What travels beside traces: executions with their metrics, telemetry, production metrics.

Times are integer nanoseconds since the epoch, UTC.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, Literal, TypedDict

from msgspec import Struct

Status = Literal["running", "completed", "failed", "cancelled"]
TelemetryKind = Literal["record", "event", "reading"]
SeriesKind = Literal["counter", "gauge", "histogram"]

MOST_LIST_VALUES: Final = 50_000
"""How many values a list of an execution holds at most."""


class ExecutionRecord(Struct):
    """What is to be said of an execution; `None` says nothing.

    `trace_xid`: one more trace of what it did.
    """

    xid: str
    pipeline: str | None = None
    deployment: str | None = None
    status: Status | None = None
    start_ns: int | None = None
    end_ns: int | None = None
    message: str | None = None
    trace_xid: str | None = None
    metadata: dict[str, Any] | None = None


class MetricValueRecord(Struct):
    """A value of a metric; `xid` is that of this recording."""

    xid: str
    execution_xid: str
    name: str
    value: float
    at_ns: int


class MetricListRecord(Struct):
    """Values that follow those which a list has; `xid` is that of this recording."""

    xid: str
    execution_xid: str
    name: str
    values: list[float]
    at_ns: int


class TelemetryRunRecord(Struct):
    """A run of something that sends telemetry, and what is known of its machine."""

    xid: str
    command: str
    start_ns: int
    system: dict[str, Any]
    execution_xid: str | None = None


class TelemetryRecord(Struct):
    """What a job, or the machine on which it runs, reports of itself."""

    xid: str
    run_xid: str | None
    command: str
    at_ns: int
    kind: TelemetryKind = "record"
    status: str | None = None
    event: str | None = None
    metrics: dict[str, Any] = {}
    message: str | None = None


class SeriesRecord(Struct):
    """What was added to one series in an interval, or how it was.

    Attributes:
        name: as OpenTelemetry writes it.
        kind: of metric; it tells which of the others are sent.
        unit: by UCUM.
        attributes: values by name.
        sum: by how much a counter grew; of a histogram or gauge all that was measured.
        bounds: of a histogram: upper, inclusive bounds of its buckets, ascending.
        counts: of a histogram: measurements in each bucket, one more than there are bounds.
        count: of a gauge: how often it was looked at.
        low: of a gauge: the smallest.
        high: of a gauge: the largest.
        last: of a gauge: what was seen last.
        last_at_ns: when that was; `None` for the end of the interval.
    """

    name: str
    kind: SeriesKind
    unit: str
    attributes: dict[str, str]
    sum: float
    bounds: tuple[float, ...] = ()
    counts: tuple[int, ...] = ()
    count: int = 1
    low: float = 0.0
    high: float = 0.0
    last: float = 0.0
    last_at_ns: int | None = None


class MetricIntervalRecord(Struct):
    """What one process measured in a stretch of time; without series, that it was there."""

    xid: str
    process_xid: str
    start_ns: int
    end_ns: int
    series: list[SeriesRecord]
    service: str | None = None
    environment: str | None = None
    release: str | None = None


class MetricRow(TypedDict):
    """A metric of an execution with its last value; names that were not given are empty."""

    name: str
    value: float
    created_at: datetime
    execution_id: str
    pipeline_name: str
    deployment_name: str


class MetricListRow(TypedDict):
    """A list of an execution with all its values; names that were not given are empty."""

    name: str
    values: list[float]
    created_at: datetime
    execution_id: str
    pipeline_name: str
    deployment_name: str


Measurement = (
    ExecutionRecord
    | MetricValueRecord
    | MetricListRecord
    | TelemetryRunRecord
    | TelemetryRecord
    | MetricIntervalRecord
)
MEASUREMENTS: Final = (
    ExecutionRecord,
    MetricValueRecord,
    MetricListRecord,
    TelemetryRunRecord,
    TelemetryRecord,
    MetricIntervalRecord,
)
