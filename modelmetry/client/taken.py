"""What was laid down on the application's path becomes what travels, in the background."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import isfinite
from typing import Any, cast

from msgspec import Struct

from modelmetry.client.recorder import Recorder
from modelmetry.client.tree import Tree
from modelmetry.signals import ids
from modelmetry.signals.families import Message, Said
from modelmetry.signals.records import FindingValue, Source
from modelmetry.signals.values import (
    LARGEST_INTEGER,
    SMALLEST_INTEGER,
    NotFiniteError,
    finding_value,
)
from modelmetry.signals.writer import SignalWriter

FindingFact = tuple[str, FindingValue, int]
"""Name, value, and when by the monotonic clock of the tree; nothing was looked at yet."""

EventFact = tuple[ids.Number, str, dict[str, Any], int]
"""Number, name, metadata that were copied, and when by the monotonic clock of the tree."""


class DescribedFinding(Struct):
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
    """An event that is sent once more, because its metadata were altered."""

    __slots__ = ("_event", "_span_xid", "_tree")

    def __init__(self, event: EventFact, tree: Tree, span_xid: str | None) -> None:
        self._event = event
        self._tree = tree
        self._span_xid = span_xid

    @property
    def sampled(self) -> bool | None:
        """Whether another process keeps the trace; `None` when that is decided here."""
        return self._tree.sampled

    def meet(self) -> None:
        """It counts nowhere."""

    def tell_again(self) -> None:
        """It is told each time."""

    def write_to(self, writer: SignalWriter) -> None:
        """Tell the event."""
        tell_facts([self._event], self._tree, self._span_xid, str, writer)


def is_event(fact: Fact) -> bool:
    """Whether it is an event."""
    return type(fact) is tuple and len(fact) == 4  # noqa: PLR2004 - how the tuples differ


def tell_facts(
    said: Iterable[Fact],
    tree: Tree,
    span_xid: str | None,
    label: Callable[[], str],
    writer: SignalWriter,
) -> None:
    """Tell findings, without those whose number is none, and events.

    Most of what is ever recorded goes through here, so its common case is written out.
    """
    recorder, anchor = tree.recorder, tree.anchor
    draw, good = recorder.draw, recorder.names
    writer.facts_of(tree.trace_xid, span_xid, tree.prefix)
    for fact in said:
        if type(fact) is not tuple:
            _tell_described(cast("DescribedFinding", fact), tree, writer)
        elif len(fact) == 4:  # noqa: PLR2004 - as in `is_event`
            number, name, metadata, at = fact
            if name not in good:
                name = recorder.name(name, "event name")
            writer.event(number, name, anchor + at, recorder.plain(metadata))
        else:
            name, value, at = fact
            kind = type(value)
            if (
                not (kind is float and isfinite(value))  # type: ignore[arg-type]
                and not (kind is int and SMALLEST_INTEGER <= value < LARGEST_INTEGER)  # type: ignore[operator]
                and kind is not bool
            ):
                plain = _plain_value(recorder, name, value, label)
                if plain is None:
                    continue
                value = plain
            if name not in good:
                name = recorder.name(name, "finding name")
            writer.finding(draw(), name, value, anchor + at)


def _plain_value(
    recorder: Recorder, name: str, value: FindingValue, label: Callable[[], str]
) -> FindingValue | None:
    try:
        return finding_value(value, recorder.text_limit)
    except NotFiniteError:
        recorder.refuse(f"finding {name!r} on {label()}", value)
        return None


def _tell_described(fact: DescribedFinding, tree: Tree, writer: SignalWriter) -> None:
    writer.described_finding(
        tree.recorder.draw(),
        fact.name,
        fact.value,
        tree.anchor + fact.at,
        fact.unit,
        fact.comment,
        fact.description,
        fact.source,
        None if fact.metadata is None else tree.recorder.plain(fact.metadata),
    )


def messages(said: Iterable[Message | Said], recorder: Recorder) -> list[Message | Said]:
    """What travels of messages."""
    return [
        message
        if isinstance(message, Message)
        else (message[0], recorder.text(message[1], "content"))
        for message in said
    ]
