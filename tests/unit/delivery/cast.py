"""Signals and sinks that play in the tests of delivery."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterable

from modelmetry.delivery.sink import Batch, SinkFailure
from modelmetry.signals.records import (
    UNSAID,
    EventRecord,
    FindingRecord,
    SessionRecord,
    SpanRecord,
    TraceRecord,
)
from modelmetry.signals.writer import SignalWriter

_numbers = itertools.count(1)
# Long enough for a loaded machine; nothing waits this long unless something is broken.
PATIENCE = 30.0


def event(name: str = "llm.tool_chosen", text: str = "") -> EventRecord:
    """An event of a trace that travels alone."""
    return EventRecord(f"event-{next(_numbers)}", "trace-1", None, name, 0, {"text": text})


def finding(name: str = "input_tokens", value: float = 42) -> FindingRecord:
    """A finding of a trace that travels alone."""
    return FindingRecord(f"finding-{next(_numbers)}", "trace-1", None, name, value, 0)


def span(findings: int = 0, events: int = 0) -> SpanRecord:
    """A finished span that carries findings and events."""
    return SpanRecord(
        xid=f"span-{next(_numbers)}",
        trace_xid="trace-1",
        parent_xid=None,
        name="llm.generate",
        family="other",
        start_ns=0,
        end_ns=1,
        severity=None,
        message=None,
        metadata=UNSAID,
        data=None,
        findings=[finding() for _ in range(findings)],
        events=[event() for _ in range(events)],
    )


def trace() -> TraceRecord:
    """A finished trace without spans."""
    return TraceRecord(
        xid=f"trace-{next(_numbers)}",
        name="chatbot.turn",
        start_ns=0,
        end_ns=1,
        session_xid=None,
        metadata=UNSAID,
        severity=None,
        message=None,
        findings=[],
        events=[],
    )


def session() -> SessionRecord:
    """A session."""
    return SessionRecord(f"session-{next(_numbers)}", "chat-42")


class Unreadable:
    """What an application laid down and nobody can read."""

    sampled = None

    def meet(self) -> None:
        """Count it nowhere."""

    def tell_again(self) -> None:
        """Tell nothing again."""

    def write_to(self, writer: SignalWriter) -> None:
        """It cannot be told."""
        raise ZeroDivisionError


class ScriptedSink:
    """Answers each `write` with the next item of a script, then takes everything.

    An item is `None` (taken), an exception (raised) or a function (called first).
    """

    def __init__(self, script: Iterable[BaseException | Callable[[], None] | None] = ()) -> None:
        self._script = iter(script)
        self.tries: list[Batch] = []
        self.taken: list[Batch] = []
        self.closed = 0
        self.forks = 0

    def write(self, batch: Batch) -> None:
        self.tries.append(batch)
        answer = next(self._script, None)
        if isinstance(answer, BaseException):
            raise answer
        if answer is not None:
            answer()
        self.taken.append(batch)

    def close(self) -> None:
        self.closed += 1

    def after_fork(self) -> None:
        self.forks += 1

    @property
    def xids(self) -> list[str]:
        """What was taken, in order."""
        return [signal.xid for batch in self.taken for signal in batch.signals]


class HangingSink:
    """Hangs in every `write` until it is let go; `hangs` says that it does."""

    def __init__(self, then: SinkFailure | None = None) -> None:
        self.hangs = threading.Event()
        self._let_go = threading.Event()
        self._then = then
        self.taken: list[Batch] = []
        self.closed = threading.Event()

    def write(self, batch: Batch) -> None:
        self.hangs.set()
        assert self._let_go.wait(PATIENCE)
        if self._then is not None:
            raise self._then
        self.taken.append(batch)

    def close(self) -> None:
        self.closed.set()

    def let_go(self) -> None:
        """Answer now and from now on."""
        self._let_go.set()


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def busy(reason: str = "http_503", retry_after: float | None = None) -> SinkFailure:
    """A failure after which another try makes sense."""
    return SinkFailure(reason, retry=True, retry_after=retry_after)


def refusal(reason: str = "http_422") -> SinkFailure:
    """A failure after which no other try makes sense."""
    return SinkFailure(reason, retry=False)
