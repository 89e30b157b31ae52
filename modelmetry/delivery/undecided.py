"""Signals of traces of which nobody knows yet whether they are kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import inf
from typing import Final

from msgspec import Struct, field

from modelmetry.delivery.policy import BufferLimits
from modelmetry.signals.records import ON_THEIR_OWN, Signal, TraceRecord

LONGEST_UNDECIDED: Final = 600.0
"""Seconds after which a trace is kept although it has not ended."""

_SHARE: Final = 2  # of the limits: undecided traces may take a half


LEFT_OUT: Final = 0.0
"""The weight of a trace that is not kept."""


def trace_of(signal: Signal) -> str:
    """The trace to which `signal` belongs; a session and a measurement are on their own."""
    if isinstance(signal, (TraceRecord, *ON_THEIR_OWN)):
        return signal.xid
    return signal.trace_xid


class Weighed(Struct, eq=False):
    """A signal in the books: how many it counts for, about how large it is, since when it waits."""

    signal: Signal
    count: int
    bytes: int
    since: float
    worth: int = 0
    is_cut: bool = False
    # Its place among all that came.
    number: int = 0


def _is_end(signal: Signal) -> bool:
    return isinstance(signal, TraceRecord) and signal.end_ns is not None


class HeldTrace(Struct, eq=False):
    """What is held of a trace, and since when."""

    since: float
    entries: list[Weighed] = field(default_factory=list[Weighed])


class Undecided:
    """Traces in the order in which they were first heard of; the caller has the lock.

    Attributes:
        traces: what is held.
        signals: how many signals are held.
        bytes: about how many bytes of JSON they make.
    """

    def __init__(self) -> None:
        self.traces: dict[str, HeldTrace] = {}
        self._ended: dict[str, None] = {}
        self.signals: int = 0
        self.bytes: int = 0

    def place_of(self, entry: Weighed) -> list[Weighed]:
        """Where a signal is held until its trace is decided; `count` it there."""
        xid = trace_of(entry.signal)
        trace = self.traces.get(xid)
        if trace is None:
            trace = self.traces[xid] = HeldTrace(entry.since)
        return trace.entries

    def count(self, entry: Weighed) -> None:
        """`entry` is one of those that are held."""
        self.signals += entry.count
        self.bytes += entry.bytes
        if _is_end(entry.signal):
            self._ended[trace_of(entry.signal)] = None

    def recount(self) -> None:
        """Make the sums anew: somebody may have been interrupted in them."""
        self.signals = self.bytes = 0
        self._ended = {xid: None for xid in self._ended if xid in self.traces}
        for trace in self.traces.values():
            for entry in trace.entries:
                self.count(entry)

    def held(self, xid: str) -> list[Weighed]:
        """What is held of a trace; who takes it out counts it out."""
        trace = self.traces.get(xid)
        return [] if trace is None else trace.entries

    def forget(self, xid: str) -> None:
        """Nothing is held of a trace any more."""
        self.traces.pop(xid, None)
        self._ended.pop(xid, None)

    @property
    def has_ended(self) -> bool:
        """Whether a trace has ended and can be decided."""
        return bool(self._ended)

    def ended(self) -> list[tuple[str, Sequence[Signal]]]:
        """Traces that have ended, each with its signals."""
        return [
            (xid, tuple(entry.signal for entry in self.traces[xid].entries)) for xid in self._ended
        ]

    def expires_in(self, now: float) -> float:
        """Seconds until the oldest cannot be held any more."""
        for trace in self.traces.values():
            return max(0.0, trace.since + LONGEST_UNDECIDED - now)
        return inf

    def due(self, now: float, limits: BufferLimits, *, leaving: bool) -> Iterator[str]:
        """Traces that cannot be held, to be released one by one: the oldest, or those still open.

        Args:
            now: by the clock of the entries.
            limits: those of all that waits.
            leaving: whether the end is near, and no root will end any more.
        """
        while self.traces and (self._is_too_much(limits) or self.expires_in(now) <= 0):
            yield next(iter(self.traces))
        if leaving:
            yield from [xid for xid in self.traces if xid not in self._ended]

    def _is_too_much(self, limits: BufferLimits) -> bool:
        return _SHARE * self.signals > limits.max_signals or _SHARE * self.bytes > limits.max_bytes
