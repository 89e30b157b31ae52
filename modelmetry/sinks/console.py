"""Signals as a readable tree in the terminal."""

from __future__ import annotations

import sys
from collections import OrderedDict
from collections.abc import Iterable
from typing import TextIO

from modelmetry.delivery.sink import Batch
from modelmetry.signals.measurements import MEASUREMENTS
from modelmetry.signals.records import (
    EventRecord,
    FindingRecord,
    SessionRecord,
    Signal,
    SpanRecord,
    TraceRecord,
)
from modelmetry.sinks.outline import Parts, fact_line, measurement_line, outline

# How much is remembered of traces that have not ended, that were printed, and of sessions.
_MOST_REMEMBERED = 1_000
_TO_ASCII = str.maketrans({"│": "|", "├": "+", "└": "`", "─": "-", "µ": "u"})


class ConsoleSink:
    """Prints each trace once it has ended, and single lines for what comes later.

    Args:
        stream: where to; standard error by default, so that a program's own output stays clean.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream
        self._open: OrderedDict[str, Parts] = OrderedDict()
        self._printed: OrderedDict[str, str] = OrderedDict()
        self._sessions: OrderedDict[str, str] = OrderedDict()

    def write(self, batch: Batch) -> None:
        """Print the traces that end with `batch`."""
        for signal in batch.signals:
            self._take(signal)
        while len(self._open) > _MOST_REMEMBERED:
            self._print_trace(*self._open.popitem(last=False))
        _forget_oldest(self._printed)
        _forget_oldest(self._sessions)

    def close(self) -> None:
        """Print what is known of traces that never ended; the stream stays open."""
        while self._open:
            self._print_trace(*self._open.popitem(last=False))

    def _take(self, signal: Signal) -> None:
        if isinstance(signal, SessionRecord):
            self._sessions[signal.xid] = signal.name or signal.xid
        elif isinstance(signal, MEASUREMENTS):
            self._print([measurement_line(signal)])
        elif isinstance(signal, TraceRecord):
            self._take_trace(signal)
        elif signal.trace_xid in self._printed:
            self._print_late(signal)
        else:
            self._remember(signal)

    def _take_trace(self, trace: TraceRecord) -> None:
        parts = self._open.setdefault(trace.xid, Parts())
        parts.trace = trace
        if trace.end_ns is not None:
            self._print_trace(trace.xid, self._open.pop(trace.xid))

    def _remember(self, signal: SpanRecord | FindingRecord | EventRecord) -> None:
        parts = self._open.setdefault(signal.trace_xid, Parts())
        if isinstance(signal, SpanRecord):
            parts.spans[signal.xid] = signal
        elif isinstance(signal, FindingRecord):
            parts.findings.append(signal)
        else:
            parts.events.append(signal)

    def _print_trace(self, xid: str, parts: Parts) -> None:
        session = parts.trace.session_xid if parts.trace else None
        named = self._sessions.get(session, session) if session else None
        self._print(outline(xid, parts, named))
        self._printed[xid] = parts.trace.name if parts.trace else xid

    def _print_late(self, signal: SpanRecord | FindingRecord | EventRecord) -> None:
        what = f"span {signal.name}" if isinstance(signal, SpanRecord) else fact_line(signal)
        self._print([f"{self._printed[signal.trace_xid]}  (later)  {what}"])

    def _print(self, lines: Iterable[str]) -> None:
        stream = self._stream or sys.stderr
        text = "".join(f"{line}\n" for line in lines)
        encoding = stream.encoding or "utf-8"
        try:
            text.encode(encoding)
        except UnicodeError:
            text = text.translate(_TO_ASCII).encode(encoding, "replace").decode(encoding)
        # One call, so that lines of other threads do not get between.
        stream.write(text)
        stream.flush()


def _forget_oldest(remembered: OrderedDict[str, str]) -> None:
    while len(remembered) > _MOST_REMEMBERED:
        remembered.popitem(last=False)
