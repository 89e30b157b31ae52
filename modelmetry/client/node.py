"""What traces and spans have in common: facts, failures, ends, blocks."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from types import TracebackType
from typing import Any, Generic, Self, TypeVar, overload

from attrs import define, evolve

from modelmetry.client import current
from modelmetry.client.failure import describe
from modelmetry.client.recorder import Recorder
from modelmetry.errors import InvalidTypeError, InvalidValueError
from modelmetry.signals.findings import FindingType, ValueT
from modelmetry.signals.records import (
    EventRecord,
    FindingRecord,
    Source,
    SpanRecord,
    TraceRecord,
)
from modelmetry.signals.values import FindingInput, NotFiniteError, finding_value

Parent_co = TypeVar("Parent_co", covariant=True)

SOURCES = ("sdk", "annotation", "evaluator")
ERROR = "error"


@define(eq=False, weakref_slot=False)
class Tree:
    """What the nodes of one trace share."""

    recorder: Recorder
    xid: str
    # Nanoseconds between the wall clock and the monotonic one, fixed when the trace began.
    anchor: int
    monotonic_ns: Callable[[], int]


class Node(ABC, Generic[Parent_co]):
    """A trace or a span.

    One rule for all words: a noun (`span`, `completion`) goes *down* and returns the child, a
    fact (`finding`, `event`, `metadata`) *stays* and returns the receiver, `end` goes *up* and
    returns the parent. As a block (`with` or `async with`) it is the current span inside, ends
    at the end of the block, and records an exception that leaves it.

    Only a mistake in an argument raises. What is said after the end still arrives.
    """

    __slots__ = (
        "_end",
        "_events",
        "_findings",
        "_latest",
        "_message",
        "_metadata",
        "_name",
        "_open",
        "_parent",
        "_sent_events",
        "_sent_findings",
        "_severity",
        "_start",
        "_tree",
        "xid",
    )

    def __init__(
        self,
        tree: Tree,
        parent: Parent_co,
        xid: str,
        name: str,
        metadata: dict[str, Any],
        start: int,
    ) -> None:
        self.xid = xid
        self._tree = tree
        self._parent = parent
        self._name = name
        self._metadata = metadata
        self._start = self._latest = start
        self._end: int | None = None
        self._severity: str | None = None
        self._message: str | None = None
        self._findings: list[FindingRecord] = []
        self._events: list[EventRecord] = []
        self._open: dict[Node[Any], None] | None = None
        self._sent_findings = self._sent_events = 0

    # -- facts: they stay ----------------------------------------------------------------

    @overload
    def finding(
        self,
        name: str,
        value: FindingInput,
        *,
        unit: str | None = None,
        comment: str | None = None,
        description: str | None = None,
        source: Source = "sdk",
        metadata: Mapping[str, Any] | None = None,
        at: datetime | None = None,
    ) -> Self: ...
    @overload
    def finding(
        self,
        name: FindingType[ValueT],
        value: ValueT,
        *,
        comment: str | None = None,
        source: Source = "sdk",
        metadata: Mapping[str, Any] | None = None,
        at: datetime | None = None,
    ) -> Self: ...
    def finding(
        self,
        name: str | FindingType[Any],
        value: FindingInput,
        *,
        unit: str | None = None,
        comment: str | None = None,
        description: str | None = None,
        source: Source = "sdk",
        metadata: Mapping[str, Any] | None = None,
        at: datetime | None = None,
    ) -> Self:
        """Record a value that was found out, and stay here.

        Args:
            name: what the value means, or a `FindingType` that was declared once.
            value: a number, a bool or a string; scalars of numpy, decimals and fractions are
                numbers. NaN and infinities are dropped and counted as `invalid_value`.
            unit: what a number counts, for example `tokens` or `s`.
            comment: a remark on this value.
            description: what such values mean.
            source: who found out: `sdk`, `annotation` (a person) or `evaluator`.
            metadata: anything else, as JSON values.
            at: when; now by default. Without a time zone it is taken as UTC.

        Raises:
            InvalidTypeError: an argument has a type that cannot be recorded.
            InvalidValueError: `source` is unknown.
        """
        tree = self._tree
        recorder = tree.recorder
        if recorder.off:
            return self
        declared = None
        if isinstance(name, FindingType):
            declared = name
            name, unit, description = declared.name, declared.unit, declared.description
        name = recorder.text(name, "finding name")
        try:
            plain = finding_value(value, recorder.text_limit)
        except NotFiniteError:
            recorder.refuse(f"finding {name!r} on {self._label()}", value)
            return self
        except InvalidTypeError:
            raise self._wrong_value(name, value) from None
        finding = FindingRecord(
            recorder.new_xid(),
            tree.xid,
            self._span_xid(),
            name,
            plain if declared is None else declared.check(plain),
            tree.anchor + tree.monotonic_ns() if at is None else recorder.nanoseconds(at, "at"),
        )
        if unit is not None:
            finding.unit = recorder.text(unit, "unit")
        if comment is not None:
            finding.comment = recorder.text(comment, "comment")
        if description is not None:
            finding.description = recorder.text(description, "description")
        if source != "sdk":
            finding.source = _known_source(source)
        if metadata is not None:
            finding.metadata = recorder.metadata(metadata)
        self._keep(self._findings, finding)
        return self

    def event(
        self,
        name: str,
        metadata: Mapping[str, Any] | None = None,
        *,
        at: datetime | None = None,
    ) -> Self:
        """Record that something happened, and stay here.

        Args:
            name: what happened.
            metadata: what is known about it, as JSON values; `events` lets it be altered.
            at: when; now by default. Without a time zone it is taken as UTC.

        Raises:
            InvalidTypeError: an argument has a type that cannot be recorded.
        """
        tree = self._tree
        recorder = tree.recorder
        if recorder.off:
            return self
        event = EventRecord(
            recorder.new_xid(),
            tree.xid,
            self._span_xid(),
            recorder.text(name, "event name"),
            tree.anchor + tree.monotonic_ns() if at is None else recorder.nanoseconds(at, "at"),
            recorder.metadata(metadata),
        )
        self._keep(self._events, event)
        return self

    def metadata(self, mapping: Mapping[str, Any] | None = None, /, **members: Any) -> Self:
        """Merge members into the metadata, and stay here.

        Raises:
            InvalidTypeError: `mapping` is not a mapping.
        """
        return self._describe({**self._metadata, **self.members(mapping, members)})

    def set_metadata(self, key: str, value: Any) -> Self:
        """Set one member of the metadata, whatever its key, and stay here."""
        return self._describe({**self._metadata, **self.members(None, {key: value})})

    def replace_metadata(self, mapping: Mapping[str, Any] | None = None, /, **members: Any) -> Self:
        """Put these members in the place of all metadata, and stay here.

        Raises:
            InvalidTypeError: `mapping` is not a mapping.
        """
        return self._describe(self.members(mapping, members))

    def fail(self, error: BaseException | str, *, severity: str = ERROR) -> Self:
        """Mark as failed, and stay here.

        Args:
            error: an exception, whose type, text and stack become an event `exception`, or a
                message.
            severity: how bad it is; `error` counts as a failure of the whole trace.

        Raises:
            InvalidTypeError: `error` is neither an exception nor a str.
        """
        recorder = self._tree.recorder
        if recorder.off:
            return self
        if isinstance(error, BaseException):
            failure = describe(error)
            self._message = recorder.text(failure.message, "message")
            self.event("exception", failure.metadata())
        else:
            self._message = recorder.text(error, "error message")
        self._severity = recorder.text(severity, "severity")
        return self._said()

    # -- ends: they go up ----------------------------------------------------------------

    def end(self, at: datetime | None = None) -> Parent_co:
        """End this and everything open in it, and go up to the parent.

        A parent ends no earlier than its children, and nothing ends before it starts. Ending
        again changes nothing.

        Args:
            at: when; now by default. Without a time zone it is taken as UTC.

        Raises:
            InvalidTypeError: `at` is not a datetime.
        """
        if self._end is None:
            tree = self._tree
            end = tree.anchor + tree.monotonic_ns()
            if at is not None:
                end = tree.recorder.nanoseconds(at, "at")
            if self._open:
                for node in reversed(self._open_below()):
                    node._finish(end)  # noqa: SLF001 - one of us
            self._finish(end)
        return self._parent

    def conclude(self, error: BaseException | None) -> None:
        """End, and fail first if it was left by `error`."""
        # A generator that is left early is closed with GeneratorExit: that is no failure.
        if error is not None and not isinstance(error, GeneratorExit):
            self.fail(error)
        self.end()

    @property
    def ended(self) -> bool:
        """Whether it has ended."""
        return self._end is not None

    # -- blocks --------------------------------------------------------------------------

    def __enter__(self) -> Self:
        current.enter(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.conclude(error)
        current.leave_ended()

    async def __aenter__(self) -> Self:
        return self.__enter__()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.__exit__(kind, error, traceback)

    def as_current(self) -> AbstractContextManager[None]:
        """A block in which this is the current span, and which does not end it.

        For work that is handed to another thread: `with span.as_current(): ...` there.
        """
        return current.attached(self)

    # -- reading -------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """Its name."""
        return self._name

    @property
    def start_ns(self) -> int:
        """When it began, in nanoseconds since the epoch, UTC."""
        return self._start

    def now(self) -> int:
        """The time of its trace, in nanoseconds since the epoch, UTC."""
        return self._tree.anchor + self._tree.monotonic_ns()

    @property
    def trace_xid(self) -> str:
        """XID of the trace to which it belongs."""
        return self._tree.xid

    @property
    def events(self) -> list[Event]:
        """What was recorded with `event`, so that its metadata can be altered."""
        return [Event(self, place) for place in range(len(self._events))]

    def event_at(self, place: int) -> EventRecord:
        """The event that was recorded as number `place`, from 0."""
        return self._events[place]

    def describe_event(self, place: int, metadata: dict[str, Any]) -> None:
        """Replace the metadata of an event; if it was sent it is sent again."""
        event = evolve(self._events[place], metadata=metadata)
        self._events[place] = event
        if self._end is not None or place < self._sent_events:
            self._tree.recorder.put(event)

    def members(
        self, mapping: Mapping[str, Any] | None, members: Mapping[str, Any]
    ) -> dict[str, Any]:
        """A copy, as JSON values, of metadata given in either way."""
        taken = self._tree.recorder.metadata
        return taken(members) if mapping is None else {**taken(mapping), **taken(members)}

    def belongs_to(self, recorder: Recorder) -> bool:
        """Whether it was made by the client that owns `recorder`."""
        return self._tree.recorder is recorder

    def send_open(self) -> None:
        """Send what it and the open spans in it hold so far, without an end."""
        for node in [self, *self._open_below()]:
            if node._end is None:  # noqa: SLF001 - one of us
                node._send()  # noqa: SLF001 - one of us

    # -- machinery -----------------------------------------------------------------------

    def _span_xid(self) -> str | None:
        return self.xid

    def _label(self) -> str:
        return f"span {self._name!r}"

    def _wrong_value(self, name: str, value: object) -> InvalidTypeError:
        many = isinstance(value, (list, tuple, set))
        advice = "record one finding per item" if many else "give its text or a number"
        return InvalidTypeError(
            f"finding value must be a number, bool or str, not {type(value).__name__} "
            f"(finding {name!r} on {self._label()}); {advice}",
        )

    def _describe(self, metadata: dict[str, Any]) -> Self:
        # A new dict each time: the old one may be on its way to an encoder.
        self._metadata = metadata
        return self._said()

    def _said(self) -> Self:
        """After a change: a node that was sent as ended is sent again, without its facts."""
        if self._end is not None:
            self._tree.recorder.put(self._record([], []))
        return self

    def _keep(self, kept: list[Any], fact: FindingRecord | EventRecord) -> None:
        # Asked again after the append: another thread may just have ended this node. Then the
        # fact may travel twice under one XID, which a store takes for one, but never not at all.
        open_before = self._end is None
        kept.append(fact)
        if not (open_before and self._end is None):
            self._tree.recorder.put(fact)

    def _send(self) -> None:
        """Send it with the facts that were not sent yet."""
        findings = self._findings[self._sent_findings :]
        events = self._events[self._sent_events :]
        self._sent_findings += len(findings)
        self._sent_events += len(events)
        self._tree.recorder.put(self._record(findings, events))

    def _finish(self, end: int) -> None:
        if self._end is None:
            self._end = end = max(end, self._latest)
            self._send()
            self._left(end)

    def _child_left(self, child: Node[Any], end: int) -> None:
        if self._open is not None:
            self._open.pop(child, None)
        if end > self._latest:
            self._latest = end
            if self._end is not None and end > self._end:
                # A child came after the end: the end moves, here and further up.
                self._end = end
                self._said()
                self._left(end)

    def _child_came(self, child: Node[Any]) -> None:
        if self._open is None:
            self._open = {}
        self._open[child] = None

    def _open_below(self) -> list[Node[Any]]:
        """Open nodes under this one, parents before children, without recursion."""
        found: list[Node[Any]] = []
        waiting: list[Node[Any]] = [self]
        while waiting:
            below = waiting.pop()._open  # noqa: SLF001 - one of us
            if below:
                children = list(below)
                found.extend(children)
                waiting.extend(children)
        return found

    @abstractmethod
    def _record(
        self, findings: list[FindingRecord], events: list[EventRecord]
    ) -> SpanRecord | TraceRecord:
        """Everything that is known, in the shape that travels."""

    @abstractmethod
    def _left(self, end: int) -> None:
        """Tell whoever is above that this has ended, or ends later than it said."""


def _known_source(source: Source) -> Source:
    if source in SOURCES:
        return source
    raise InvalidValueError(f"finding source must be one of {', '.join(SOURCES)}, not {source!r}")


class Event:
    """An event that was recorded, so that its metadata can be altered; its words stay."""

    __slots__ = ("_node", "_place")

    def __init__(self, node: Node[Any], place: int) -> None:
        self._node = node
        self._place = place

    @property
    def xid(self) -> str:
        """Its identity."""
        return self._node.event_at(self._place).xid

    @property
    def name(self) -> str:
        """What happened."""
        return self._node.event_at(self._place).name

    def metadata(self, mapping: Mapping[str, Any] | None = None, /, **members: Any) -> Self:
        """Merge members into the metadata, and stay here."""
        known = self._node.event_at(self._place).metadata
        return self._describe({**known, **self._node.members(mapping, members)})

    def set_metadata(self, key: str, value: Any) -> Self:
        """Set one member of the metadata, whatever its key, and stay here."""
        return self.metadata({key: value})

    def replace_metadata(self, mapping: Mapping[str, Any] | None = None, /, **members: Any) -> Self:
        """Put these members in the place of all metadata, and stay here."""
        return self._describe(self._node.members(mapping, members))

    def _describe(self, metadata: dict[str, Any]) -> Self:
        self._node.describe_event(self._place, metadata)
        return self
