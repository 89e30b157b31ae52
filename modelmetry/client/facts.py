"""What can be said of any trace and span: findings, events, metadata, failures.

These words run on the application's own path, so the common case of each is written out in one
piece: a call of a Python function costs as much as a tenth of recording a finding.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from datetime import datetime
from math import isfinite
from typing import Any, Self, overload

from attrs import define, evolve

from modelmetry.client.failure import describe
from modelmetry.client.recorder import Recorder
from modelmetry.errors import InvalidTypeError, InvalidValueError
from modelmetry.signals.findings import FindingType, ValueT
from modelmetry.signals.records import (
    UNSAID,
    EventRecord,
    FindingRecord,
    FindingValue,
    Source,
    SpanRecord,
    TraceRecord,
)
from modelmetry.signals.values import (
    LARGEST_INTEGER,
    SMALLEST_INTEGER,
    FindingInput,
    NotFiniteError,
    finding_value,
)

SOURCES = ("sdk", "annotation", "evaluator")
ERROR = "error"
WARNING = "warning"


@define(eq=False, weakref_slot=False)
class Tree:
    """What the nodes of one trace share."""

    recorder: Recorder
    xid: str
    # Nanoseconds between the wall clock and the monotonic one, fixed when the trace began.
    anchor: int
    monotonic_ns: Callable[[], int]


class Facts(ABC):
    """Something of which facts are recorded; every word here stays and returns the receiver."""

    __slots__ = (
        "_events",
        "_findings",
        "_message",
        "_metadata",
        "_name",
        "_sent_events",
        "_severity",
        "_span_xid",
        "_tree",
        "_unsent",
        "end_ns",
        "xid",
    )

    # Assigned by the constructors of traces and spans, flat, for the same reason.
    xid: str
    _tree: Tree
    _span_xid: str | None
    _name: str
    _metadata: dict[str, Any]
    _severity: str | None
    _message: str | None
    _findings: list[FindingRecord]
    _events: list[EventRecord]
    _sent_events: int
    # Whether there is more to say of it than was sent while it was open, facts apart.
    _unsent: bool
    # In nanoseconds since the epoch; `None` while it is open.
    end_ns: int | None

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
        if type(name) is not str or not name.isascii() or len(name) > recorder.text_limit:
            if isinstance(name, FindingType):
                if unit is not None or description is not None:
                    raise InvalidValueError(
                        f"the unit and the description of {name.name!r} are declared with it"
                    )
                declared = name
                name, unit, description = declared.name, declared.unit, declared.description
            name = recorder.text(name, "finding name")
        kind = type(value)
        if declared is None and (
            kind is bool
            or (kind is int and SMALLEST_INTEGER <= value < LARGEST_INTEGER)  # type: ignore[operator]
            or (kind is float and isfinite(value))  # type: ignore[arg-type]
        ):
            plain: FindingValue | None = value  # type: ignore[assignment]
        else:
            plain = self._plain_value(name, value, declared)
        if plain is None:
            return self
        finding = FindingRecord(
            recorder.new_xid(),
            tree.xid,
            self._span_xid,
            name,
            plain,
            tree.anchor + tree.monotonic_ns() if at is None else recorder.nanoseconds(at, "at"),
        )
        if unit or comment or description or metadata is not None or source != "sdk":
            _describe_finding(recorder, finding, unit, comment, description, source, metadata)
        # Asked again after the append: another thread may just have ended this node. Then the
        # fact may travel twice under one XID, which a store takes for one, but never not at all.
        open_before = self.end_ns is None
        self._findings.append(finding)
        if not open_before or self.end_ns is not None:
            recorder.put(finding)
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
        if type(name) is not str or not name.isascii() or len(name) > recorder.text_limit:
            name = recorder.text(name, "event name")
        event = EventRecord(
            recorder.new_xid(),
            tree.xid,
            self._span_xid,
            name,
            tree.anchor + tree.monotonic_ns() if at is None else recorder.nanoseconds(at, "at"),
            UNSAID if metadata is None else recorder.metadata(metadata),
        )
        open_before = self.end_ns is None  # as with findings
        self._events.append(event)
        if not open_before or self.end_ns is not None:
            recorder.put(event)
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
        if self.end_ns is not None or place < self._sent_events:
            self._tree.recorder.put(event)

    def members(
        self, mapping: Mapping[str, Any] | None, members: Mapping[str, Any]
    ) -> dict[str, Any]:
        """A copy, as JSON values, of metadata given in either way."""
        taken = self._tree.recorder.metadata
        return taken(members) if mapping is None else {**taken(mapping), **taken(members)}

    def _plain_value(
        self, name: str, value: object, declared: FindingType[Any] | None
    ) -> FindingValue | None:
        recorder = self._tree.recorder
        try:
            plain = finding_value(value, recorder.text_limit)
        except NotFiniteError:
            recorder.refuse(f"finding {name!r} on {self._label()}", value)
            return None
        except InvalidTypeError:
            raise self._wrong_value(name, value) from None
        return plain if declared is None else declared.check(plain)

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
        """After a change: what was sent as ended is sent again, without its facts."""
        self._unsent = True
        if self.end_ns is not None:
            self._tree.recorder.put(self._record([], []))
        return self

    @abstractmethod
    def _label(self) -> str:
        """What it is, for a message."""

    @abstractmethod
    def _record(
        self, findings: list[FindingRecord], events: list[EventRecord]
    ) -> SpanRecord | TraceRecord:
        """Everything that is known, in the shape that travels."""


def _describe_finding(
    recorder: Recorder,
    finding: FindingRecord,
    unit: str | None,
    comment: str | None,
    description: str | None,
    source: Source,
    metadata: Mapping[str, Any] | None,
) -> None:
    finding.unit = recorder.optional_text(unit, "unit")
    finding.comment = recorder.optional_text(comment, "comment")
    finding.description = recorder.optional_text(description, "description")
    finding.source = _known_source(source)
    finding.metadata = None if metadata is None else recorder.metadata(metadata)


def _known_source(source: Source) -> Source:
    if source in SOURCES:
        return source
    raise InvalidValueError(f"finding source must be one of {', '.join(SOURCES)}, not {source!r}")


class Event:
    """An event that was recorded, so that its metadata can be altered; its words stay."""

    __slots__ = ("_owner", "_place")

    def __init__(self, owner: Facts, place: int) -> None:
        self._owner = owner
        self._place = place

    @property
    def xid(self) -> str:
        """Its identity."""
        return self._owner.event_at(self._place).xid

    @property
    def name(self) -> str:
        """What happened."""
        return self._owner.event_at(self._place).name

    def metadata(self, mapping: Mapping[str, Any] | None = None, /, **members: Any) -> Self:
        """Merge members into the metadata, and stay here."""
        known = self._owner.event_at(self._place).metadata
        return self._describe({**known, **self._owner.members(mapping, members)})

    def set_metadata(self, key: str, value: Any) -> Self:
        """Set one member of the metadata, whatever its key, and stay here."""
        return self.metadata({key: value})

    def replace_metadata(self, mapping: Mapping[str, Any] | None = None, /, **members: Any) -> Self:
        """Put these members in the place of all metadata, and stay here."""
        return self._describe(self._owner.members(mapping, members))

    def _describe(self, metadata: dict[str, Any]) -> Self:
        self._owner.describe_event(self._place, metadata)
        return self
