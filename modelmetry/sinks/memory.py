"""Signals kept in memory, for tests."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TypeVar

from modelmetry.delivery.sink import Batch
from modelmetry.signals.measurements import (
    ExecutionRecord,
    MetricIntervalRecord,
    MetricListRecord,
    MetricValueRecord,
    TelemetryRecord,
)
from modelmetry.signals.records import (
    EventRecord,
    FindingRecord,
    FindingValue,
    SessionRecord,
    Signal,
    SpanRecord,
    TraceRecord,
)

Named = TypeVar("Named", TraceRecord, SpanRecord)


class MemorySink:
    """Keeps every batch; the properties answer with what has arrived so far, in order."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._batches: list[Batch] = []
        self.closed: bool = False

    def write(self, batch: Batch) -> None:
        """Keep `batch`."""
        with self._lock:
            self._batches.append(batch)

    def close(self) -> None:
        """Remember having been closed; what arrived stays."""
        self.closed = True

    def clear(self) -> None:
        """Forget everything that arrived."""
        with self._lock:
            self._batches.clear()

    @property
    def batches(self) -> list[Batch]:
        """The batches as they came."""
        with self._lock:
            return list(self._batches)

    @property
    def signals(self) -> list[Signal]:
        """Everything as it travelled: findings and events inside of what carries them."""
        return [signal for batch in self.batches for signal in batch.signals]

    @property
    def sessions(self) -> list[SessionRecord]:
        """The sessions."""
        return [signal for signal in self.signals if isinstance(signal, SessionRecord)]

    @property
    def traces(self) -> list[TraceRecord]:
        """The traces; one that travelled twice is here twice."""
        return [signal for signal in self.signals if isinstance(signal, TraceRecord)]

    @property
    def spans(self) -> list[SpanRecord]:
        """The spans; children come before the span that they are a part of."""
        return [signal for signal in self.signals if isinstance(signal, SpanRecord)]

    @property
    def findings(self) -> list[FindingRecord]:
        """The findings, whether carried by a span or a trace or travelling alone."""
        found: list[FindingRecord] = []
        for signal in self.signals:
            if isinstance(signal, FindingRecord):
                found.append(signal)
            elif isinstance(signal, (TraceRecord, SpanRecord)):
                found.extend(signal.findings)
        return found

    @property
    def events(self) -> list[EventRecord]:
        """The events, whether carried by a span or a trace or travelling alone."""
        found: list[EventRecord] = []
        for signal in self.signals:
            if isinstance(signal, EventRecord):
                found.append(signal)
            elif isinstance(signal, (TraceRecord, SpanRecord)):
                found.extend(signal.events)
        return found

    @property
    def executions(self) -> list[ExecutionRecord]:
        """What was said of executions."""
        return [signal for signal in self.signals if isinstance(signal, ExecutionRecord)]

    @property
    def metric_values(self) -> list[MetricValueRecord]:
        """The single values of metrics."""
        return [signal for signal in self.signals if isinstance(signal, MetricValueRecord)]

    @property
    def metric_lists(self) -> list[MetricListRecord]:
        """The values that were appended to lists, as they travelled."""
        return [signal for signal in self.signals if isinstance(signal, MetricListRecord)]

    @property
    def telemetry(self) -> list[TelemetryRecord]:
        """The telemetry records."""
        return [signal for signal in self.signals if isinstance(signal, TelemetryRecord)]

    @property
    def metric_intervals(self) -> list[MetricIntervalRecord]:
        """What processes measured, in the order of arrival."""
        return [signal for signal in self.signals if isinstance(signal, MetricIntervalRecord)]

    def trace(self, name: str) -> TraceRecord:
        """The last trace of this name.

        Raises:
            LookupError: there is none; the message lists the names that there are.
        """
        return _last(name, self.traces, "trace")

    def span(self, name: str) -> SpanRecord:
        """The last span of this name.

        Raises:
            LookupError: there is none; the message lists the names that there are.
        """
        return _last(name, self.spans, "span")

    def values(self, name: str) -> list[FindingValue]:
        """The values of every finding of this name, in the order in which they arrived."""
        return [finding.value for finding in self.findings if finding.name == name]


def _last(name: str, records: Sequence[Named], kind: str) -> Named:
    for record in reversed(records):
        if record.name == name:
            return record
    known = ", ".join(sorted({record.name for record in records})) or "none at all"
    raise LookupError(f"no {kind} named {name!r} has arrived; there are: {known}")
