"""What was laid down on the application's path becomes what travels, in the background."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import isfinite
from typing import Any

from attrs import define

from modelmetry.client.recorder import Recorder
from modelmetry.client.tree import Tree
from modelmetry.signals import ids
from modelmetry.signals.families import Message, Role, TextPart
from modelmetry.signals.records import EventRecord, FindingRecord, FindingValue, Signal, Source
from modelmetry.signals.values import NotFiniteError, finding_value

FindingFact = tuple[str, FindingValue, int]
"""Name, value, and when by the monotonic clock of the tree; nothing was looked at yet."""

EventFact = tuple[ids.Number, str, dict[str, Any], int]
"""Number, name, metadata that were copied, and when by the monotonic clock of the tree."""

Said = tuple[Role, str]
"""A message that is nothing but a text."""


@define(weakref_slot=False)
class DescribedFinding:
    """A finding of which more was said than its value."""

    name: str
    value: FindingValue
    at: int
    unit: str | None
    comment: str | None
    description: str | None
    source: Source
    metadata: dict[str, Any] | None


Fact = FindingFact | DescribedFinding | EventFact


class Again:
    """A signal that is sent once more, with the trace to which it belongs."""

    __slots__ = ("_signal", "_tree")

    def __init__(self, signal: Signal, tree: Tree) -> None:
        self._signal = signal
        self._tree = tree

    @property
    def sampled(self) -> bool | None:
        """Whether another process keeps the trace; `None` when that is decided here."""
        return self._tree.sampled

    def take(self) -> tuple[Signal]:
        """The signal."""
        return (self._signal,)


def is_event(fact: Fact) -> bool:
    """Whether it is an event."""
    return type(fact) is tuple and len(fact) == 4  # noqa: PLR2004 - how the tuples differ


def facts(
    said: Iterable[Fact], tree: Tree, span_xid: str | None, label: Callable[[], str]
) -> tuple[list[FindingRecord], list[EventRecord]]:
    """What travels of facts: findings, without those whose number is none, and events.

    Most of what is ever recorded goes through here, so its common case is written out.
    """
    recorder, prefix, anchor = tree.recorder, tree.prefix, tree.anchor
    trace_xid, draw, text, new_id = tree.trace_xid, recorder.draw, recorder.text, recorder.new_id
    findings: list[FindingRecord] = []
    events: list[EventRecord] = []
    for fact in said:
        if isinstance(fact, DescribedFinding):
            findings.append(_described(fact, tree, span_xid))
        elif len(fact) == 4:  # noqa: PLR2004 - as in `is_event`
            events.append(event(fact, tree, span_xid))
        else:
            name, value, at = fact
            plain = _plain_value(recorder, name, value, label)
            if plain is not None:
                xid = f"{prefix}{draw():x}" if new_id is None else new_id()
                name = text(name, "finding name")
                findings.append(FindingRecord(xid, trace_xid, span_xid, name, plain, anchor + at))
    return findings, events


def _plain_value(
    recorder: Recorder, name: str, value: FindingValue, label: Callable[[], str]
) -> FindingValue | None:
    kind = type(value)
    if kind is bool or (kind is float and isfinite(value)):  # type: ignore[arg-type]
        return value
    try:
        return finding_value(value, recorder.text_limit)
    except NotFiniteError:
        recorder.refuse(f"finding {name!r} on {label()}", value)
        return None


def _described(fact: DescribedFinding, tree: Tree, span_xid: str | None) -> FindingRecord:
    metadata = None if fact.metadata is None else tree.recorder.plain(fact.metadata)
    return FindingRecord(
        tree.xid(tree.recorder.draw()),
        tree.trace_xid,
        span_xid,
        fact.name,
        fact.value,
        tree.anchor + fact.at,
        fact.unit,
        fact.comment,
        fact.description,
        fact.source,
        metadata,
    )


def event(fact: EventFact, tree: Tree, span_xid: str | None) -> EventRecord:
    """What travels of an event."""
    number, name, metadata, at = fact
    recorder = tree.recorder
    return EventRecord(
        tree.xid(number),
        tree.trace_xid,
        span_xid,
        recorder.text(name, "event name"),
        tree.anchor + at,
        recorder.plain(metadata),
    )


def messages(said: Iterable[Message | Said], recorder: Recorder) -> list[Message]:
    """What travels of messages."""
    return [
        message
        if isinstance(message, Message)
        else Message(message[0], [TextPart(recorder.text(message[1], "content"))])
        for message in said
    ]
