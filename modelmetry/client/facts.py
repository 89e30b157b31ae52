"""What can be said of any trace and span: findings, events, metadata, failures.

These words run on the application's own path: they check types, copy what may change, and lay
the rest down as it is. What arrives is made of it in the background (`taken.py`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self, cast, overload

from modelmetry.client import taken
from modelmetry.client.described import WORDS, described_finding
from modelmetry.client.events import Event, member
from modelmetry.client.failure import describe
from modelmetry.client.taken import EventFact, Fact, is_event
from modelmetry.client.tree import Tree
from modelmetry.errors import InvalidTypeError
from modelmetry.signals import ids
from modelmetry.signals.findings import FindingType, ValueT
from modelmetry.signals.records import UNSAID, Source
from modelmetry.signals.values import FindingInput, is_a
from modelmetry.signals.writer import SignalWriter

ERROR = "error"
WARNING = "warning"
_PLAIN = frozenset({bool, int, float, str})


class Facts(ABC):
    """Something of which facts are recorded; every word here stays and returns the receiver."""

    __slots__ = (
        "_census",
        "_changed",
        "_facts",
        "_failure",
        "_metadata",
        "_name",
        "_number",
        "_taken",
        "_tree",
        "ended_at",
    )

    # Assigned by the constructors of traces and spans, flat: they run on the application's path.
    _tree: Tree
    _number: ids.Number
    _name: str
    _metadata: dict[str, Any]
    # Severity and message.
    _failure: tuple[str, str] | None
    _facts: list[Fact]
    # How many of them the background has taken.
    _taken: int
    # Whether there is more to say of it than was taken, facts apart.
    _changed: bool
    # By the monotonic clock of the tree, in nanoseconds; `None` while it is open.
    ended_at: int | None

    @property
    def xid(self) -> str:
        """Its identity."""
        number = self._number
        if type(number) is not str:  # written once: children and facts ask again
            number = self._number = f"{self._tree.prefix}{number:x}"
        return number

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
    def finding(  # noqa: D417 - the rest is in the overloads
        self, name: str | FindingType[Any], value: Any, **described: Any
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
        # Described in the overloads, and here one mapping: absent arguments cost nothing.
        if described or type(name) is not str or type(value) not in _PLAIN:
            return self._described_finding(name, value, **described)
        recorder = self._tree.recorder
        if recorder.off:
            return self
        self._facts.append((name, value, recorder.monotonic_ns()))
        # Asked after the append: another thread may just have ended this node.
        if self.ended_at is not None:
            recorder.inbox.put(self)
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
        recorder = self._tree.recorder
        if recorder.off:
            return self
        if type(name) is not str:
            name = recorder.text(name, "event name")
        self._facts.append(
            (
                recorder.draw(),
                name,
                UNSAID if metadata is None else recorder.copied(metadata),
                recorder.monotonic_ns() if at is None else self._tree.moment(at),
            )
        )
        if self.ended_at is not None:  # as with findings
            recorder.inbox.put(self)
        return self

    def rename(self, name: str) -> Self:
        """Give it the name by which it is to be known, and stay here.

        For what has no good name when it begins, such as a request before its route is found.

        Raises:
            InvalidTypeError: `name` is no str.
        """
        self._name = self._tree.recorder.text(name, "name")
        return self._said()

    def metadata(self, mapping: Mapping[str, Any] | None = None, /, **members: Any) -> Self:
        """Merge members into the metadata, and stay here.

        Raises:
            InvalidTypeError: `mapping` is not a mapping.
        """
        return self._describe({**self._metadata, **self.members(mapping, members)})

    def set_metadata(self, key: str, value: Any) -> Self:
        """Set one member of the metadata, whatever its key, and stay here."""
        return self._describe({**self._metadata, **self.members(None, member(key, value))})

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
        if is_a(error, BaseException):
            failure = describe(cast("BaseException", error))
            message = recorder.text(failure.message, "message")
            self.event("exception", failure.metadata())
        else:
            message = recorder.text(error, "error message")
        self._failure = recorder.text(severity, "severity"), message
        return self._said()

    @property
    def events(self) -> list[Event]:
        """What was recorded with `event`, so that its metadata can be altered."""
        return [Event(self, place) for place, fact in enumerate(self._facts) if is_event(fact)]

    def event_at(self, place: int) -> EventFact:
        """The event that is fact number `place`, from 0."""
        return cast("EventFact", self._facts[place])

    def event_xid(self, place: int) -> str:
        """The identity of that event."""
        return self._tree.xid(self.event_at(place)[0])

    def describe_event(self, place: int, metadata: dict[str, Any]) -> None:
        """Replace the metadata of an event; if it was sent it is sent again."""
        number, name, _, at = self.event_at(place)
        event = number, name, metadata, at
        self._facts[place] = event
        if place < self._taken:
            tree = self._tree
            tree.recorder.inbox.put(taken.Again(event, tree, self._span_xid))

    def members(
        self, mapping: Mapping[str, Any] | None, members: Mapping[str, Any]
    ) -> dict[str, Any]:
        """A copy of metadata given in either way."""
        copied = self._tree.recorder.copied
        return copied(members) if mapping is None else {**copied(mapping), **copied(members)}

    def _described_finding(
        self, name: str | FindingType[Any], value: object, **described: Any
    ) -> Self:
        recorder = self._tree.recorder
        if recorder.off:
            return self
        for word in described.keys() - WORDS:
            raise InvalidTypeError(f"finding() knows no {word!r}; it knows {', '.join(WORDS)}")
        fact = described_finding(name, value, tree=self._tree, label=self._label, **described)
        if fact is not None:
            self._facts.append(fact)
            if self.ended_at is not None:  # as with findings
                recorder.inbox.put(self)
        return self

    def _describe(self, metadata: dict[str, Any]) -> Self:
        # A new dict each time: the old one may be on its way to an encoder.
        self._metadata = metadata
        return self._said()

    def _said(self) -> Self:
        """After a change: what was sent as ended is sent again, without its facts."""
        self._changed = True
        if self.ended_at is not None:
            self._tree.recorder.inbox.put(self)
        return self

    # -- in the background ---------------------------------------------------------------

    @property
    def sampled(self) -> bool | None:
        """Whether another process keeps the trace; `None` when that is decided here."""
        return self._tree.sampled

    def write_to(self, writer: SignalWriter) -> None:
        """Tell `writer` what travels: all that there is to say and was not taken before."""
        # Moved on before the list is read: what changes after that is sent again.
        first, self._taken = self._taken, len(self._facts)
        changed, self._changed = self._changed, False
        said = self._facts[first : self._taken]
        try:
            if said:
                taken.tell_facts(said, self._tree, self._span_xid, self._label, writer)
            if changed:
                self._tell(writer)
        except Exception:
            raise
        except BaseException:  # Ctrl-C: all of it is told again
            self._taken, self._changed = first, changed or self._changed
            raise

    def has_news(self) -> bool:
        """Whether there is something that was not taken yet."""
        return self._changed or len(self._facts) > self._taken

    def tell_again(self) -> None:
        """Let all of it be told once more, facts apart."""
        self._changed = True

    @abstractmethod
    def meet(self) -> Facts | None:
        """Count it among those of its trace, if it is new; what is to be told again by that."""

    @property
    @abstractmethod
    def _span_xid(self) -> str | None:
        """The span that its facts belong to; `None` when they are those of the trace itself."""

    @abstractmethod
    def _label(self) -> str:
        """What it is, for a message."""

    @abstractmethod
    def _tell(self, writer: SignalWriter) -> None:
        """Tell everything that is known, facts apart."""
