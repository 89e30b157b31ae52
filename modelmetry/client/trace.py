"""Traces, the roots of spans."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from modelmetry.client.facts import Tree
from modelmetry.client.node import Node
from modelmetry.client.recorder import Recorder
from modelmetry.client.spans import Branch
from modelmetry.signals.records import EventRecord, FindingRecord, TraceRecord

if TYPE_CHECKING:
    from modelmetry.client.client import Client


class Trace(Branch["Client"]):
    """One run of a piece of an application, for example a turn of a conversation."""

    __slots__ = ("_session_xid",)

    def __init__(
        self,
        client: Client,
        recorder: Recorder,
        name: str,
        *,
        session_xid: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        start: datetime | None = None,
    ) -> None:
        clock = recorder.clock
        now = clock.time_ns()
        self.xid = recorder.new_xid()
        self._span_xid = None
        self._tree = Tree(recorder, self.xid, now - clock.monotonic_ns(), clock.monotonic_ns)
        self._parent = client
        self._name = recorder.text(name, "trace name")
        self._metadata = recorder.trace_metadata
        if metadata is not None:
            self._metadata = {**self._metadata, **recorder.metadata(metadata)}
        self._severity = self._message = self._above = self._open = self.end_ns = None
        self._findings = []
        self._events = []
        self._sent_findings = self._sent_events = 0
        self._unsent = True
        self._start = self._latest = now if start is None else recorder.nanoseconds(start, "start")
        self._session_xid = session_xid
        if not self._ends_with_child:
            recorder.remember_open(self)

    @property
    def session_xid(self) -> str | None:
        """XID of its session, if it has one."""
        return self._session_xid

    def _label(self) -> str:
        return f"trace {self._name!r}"

    def _record(self, findings: list[FindingRecord], events: list[EventRecord]) -> TraceRecord:
        return TraceRecord(
            self.xid,
            self._name,
            self._start,
            self.end_ns,
            self._session_xid,
            self._metadata,
            self._severity,
            self._message,
            findings,
            events,
        )


class SurroundingTrace(Trace):
    """A trace that begins and ends with the span that needed one."""

    __slots__ = ()

    _ends_with_child: ClassVar[bool] = True

    def _take(self, child: Node[Any]) -> None:
        self._tree.recorder.remember_open(self)  # not before: the child may be refused
        super()._take(child)
