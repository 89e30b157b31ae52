"""The cast of the tests: clients that record into memory, and records with sensible members."""

from __future__ import annotations

from typing import Any

from attrs import define, field

from modelmetry.client.client import Client
from modelmetry.config import Config
from modelmetry.delivery.receipt import Receipt
from modelmetry.signals.ids import new_xid
from modelmetry.signals.measurements import (
    ExecutionRecord,
    Measurement,
    MetricIntervalRecord,
    MetricListRecord,
    MetricValueRecord,
    SeriesRecord,
    TelemetryRecord,
    TelemetryRunRecord,
)
from modelmetry.signals.records import UNSAID, EventRecord, FindingRecord, SpanRecord, TraceRecord
from modelmetry.testing import CountingIds, FixedClock, MemorySink

START_NS = 1_767_225_600_000_000_000
SECOND = 1_000_000_000


@define
class Kit:
    """A client with everything around it under the control of a test."""

    config: Config = field(factory=Config)
    sink: MemorySink = field(factory=MemorySink)
    clock: FixedClock = field(factory=FixedClock)
    client: Client = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.client = Client(
            config=self.config, sink=self.sink, clock=self.clock, new_id=CountingIds()
        )

    def sent(self) -> MemorySink:
        """The sink, after everything collected has arrived there."""
        receipt = self.client.flush_all()
        assert receipt.pending == 0
        return self.sink

    def close(self) -> Receipt:
        """End of the test."""
        return self.client.close()


def a_finding(name: str = "score", value: Any = 1, **members: Any) -> FindingRecord:
    """A finding of a trace that nobody else knows."""
    known: dict[str, Any] = {"trace_xid": new_xid(), "span_xid": None, "at_ns": START_NS}
    known.update(members)
    return FindingRecord(xid=new_xid(), name=name, value=value, **known)


def an_event(name: str = "thinking", **members: Any) -> EventRecord:
    """An event of a trace that nobody else knows."""
    known: dict[str, Any] = {"trace_xid": new_xid(), "span_xid": None, "at_ns": START_NS}
    known.update(metadata=UNSAID, **members)
    return EventRecord(xid=new_xid(), name=name, **known)


def a_span(name: str = "llm.generate", **members: Any) -> SpanRecord:
    """A finished span of one second."""
    known: dict[str, Any] = {
        "xid": new_xid(),
        "trace_xid": new_xid(),
        "parent_xid": None,
        "family": "other",
        "start_ns": START_NS,
        "end_ns": START_NS + SECOND,
        "severity": None,
        "message": None,
        "metadata": UNSAID,
        "data": None,
        "findings": [],
        "events": [],
    }
    return SpanRecord(name=name, **{**known, **members})


def a_trace(name: str = "chatbot.turn", **members: Any) -> TraceRecord:
    """A finished trace of one second."""
    known: dict[str, Any] = {
        "xid": new_xid(),
        "start_ns": START_NS,
        "end_ns": START_NS + SECOND,
        "session_xid": None,
        "metadata": UNSAID,
        "severity": None,
        "message": None,
        "findings": [],
        "events": [],
    }
    return TraceRecord(name=name, **{**known, **members})


def measurements() -> list[Measurement]:
    """One of each kind, with every member."""
    execution, run = new_xid(), new_xid()
    return [
        ExecutionRecord(
            execution,
            pipeline="train",
            deployment="nightly",
            status="failed",
            start_ns=START_NS,
            end_ns=START_NS + SECOND,
            message="out of memory",
            trace_xid=new_xid(),
            metadata={"dataset": "orders"},
        ),
        MetricValueRecord(new_xid(), execution, "accuracy", 0.93, START_NS),
        MetricListRecord(new_xid(), execution, "loss", [0.9, 0.5, 1e-7], START_NS),
        TelemetryRunRecord(run, "train", START_NS, {"host.arch": "x86_64"}, execution),
        TelemetryRecord(
            new_xid(),
            run,
            "train",
            START_NS,
            kind="event",
            status="started",
            event="model_load",
            metrics={"size": 12, "path": "/models"},
            message="loading",
        ),
        an_interval(),
    ]


def an_interval(*series: SeriesRecord, **members: Any) -> MetricIntervalRecord:
    """What a process measured in a minute: three series of its own unless others are given."""
    of = {"model": "gpt-4o"}
    told = series or (
        SeriesRecord("llm.calls", "counter", "{call}", of, 3),
        SeriesRecord(
            "cpu", "gauge", "1", {}, 0.5, low=0.5, high=0.5, last=0.5, last_at_ns=START_NS
        ),
        SeriesRecord("duration", "histogram", "s", of, 1.5, bounds=(0.1, 1.0), counts=(1, 2, 0)),
    )
    known: dict[str, Any] = {
        "xid": new_xid(),
        "process_xid": new_xid(),
        "start_ns": START_NS,
        "end_ns": START_NS + 60 * SECOND,
        "series": list(told),
        "service": "shop",
        "environment": "production",
        "release": "2026.11",
    }
    return MetricIntervalRecord(**(known | members))
