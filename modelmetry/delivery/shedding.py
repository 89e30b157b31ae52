"""What is given up first when there is no room: payloads, then healthy leaves, last what matters.

Roots, failures and findings are worth most, because they say that something happened and how
well; the text of a message is worth least, because its length and digest still tell it apart.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, Final, TypeVar, cast

from msgspec import Struct
from msgspec.structs import replace

from modelmetry.delivery.shortening import SHORT, shortened_text
from modelmetry.delivery.size import approximate_bytes
from modelmetry.delivery.undecided import Weighed
from modelmetry.signals.families import DataPart, TextPart
from modelmetry.signals.records import (
    ON_THEIR_OWN,
    EventRecord,
    Signal,
    SpanRecord,
    TraceRecord,
)

LEAF: Final = 0
INNER: Final = 1
MOST: Final = 2
# How much a signal is worth: a healthy leaf, another healthy span or an event, the rest.

_HEALTHY: Final = frozenset({None, "unset", "debug", "info"})
# The part of what waits that goes beyond what is needed, so that nobody asks so soon.
_SLACK: Final = 0.05
# Spans of which children came lately: children end before their parents.
_MOST_PARENTS: Final = 20_000
T = TypeVar("T")


class Shedding:
    """Knows what signals are worth, and what can be taken from them.

    Args:
        cuts: whether texts are cut before whole signals go. Not where they are masked later: half
            a secret looks like none.

    Attributes:
        is_all_cut: whether no payload is left in what waits.
    """

    def __init__(self, *, cuts: bool = True) -> None:
        self._cuts = cuts
        self._parents: dict[str, None] = {}
        # No more signals and bytes than these wait that are leaves, and that are inner spans.
        self._at_most = [[0, 0], [0, 0]]
        self.is_all_cut: bool = True

    def worth(self, signal: Signal) -> int:
        """How much `signal` is worth; to be asked of each signal once, children first."""
        if isinstance(signal, EventRecord):
            return INNER
        if not isinstance(signal, SpanRecord):
            return MOST
        if signal.parent_xid is not None:
            self._parents[signal.parent_xid] = None
            if len(self._parents) > _MOST_PARENTS:
                del self._parents[next(iter(self._parents))]
        if signal.findings or signal.severity not in _HEALTHY:
            return MOST
        return INNER if signal.xid in self._parents else LEAF

    def cut(self, entry: Weighed) -> None:
        """Take the payload from `entry`, once."""
        if not self._cuts:
            entry.is_cut = True
        if not entry.is_cut:
            entry.is_cut = True
            entry.signal = without_payload(entry.signal)
            entry.bytes = approximate_bytes(entry.signal)

    def cut_all(self, queue: Iterable[Weighed]) -> None:
        """Take the payloads from all that waits."""
        for entry in queue:
            self.cut(entry)
        self.is_all_cut = True

    def waits(self, entry: Weighed) -> None:
        """Take note that `entry` waits now."""
        self.is_all_cut = self.is_all_cut and entry.is_cut
        if entry.worth < MOST:
            at_most = self._at_most[entry.worth]
            at_most[0] += entry.count
            at_most[1] += entry.bytes

    def least(
        self, queue: Collection[Weighed], *, signals: int, size: int, below: int
    ) -> list[Weighed]:
        """What is to go: what is worth least, the oldest first.

        Where all that is worth less would not make room enough, it stays. Who asks again and
        again while that is so gets the answer without a search.

        Args:
            queue: what waits, the oldest first.
            signals: how many signals are too many.
            size: how many bytes are too many.
            below: only what is worth less may go.
        """
        if (signals <= 0 and size <= 0) or not self._is_enough(signals, size, below):
            return []
        less = sorted((one for one in queue if one.worth < below), key=lambda one: one.worth)
        self._count(less, below)
        if not self._is_enough(signals, size, below):
            return []
        more = int(len(queue) * _SLACK)
        gone: list[Weighed] = []
        for entry in less:
            if signals <= 0 and size <= 0:
                more -= 1
                if more < 0:
                    break
            gone.append(entry)
            signals, size = signals - entry.count, size - entry.bytes
        return gone

    def _is_enough(self, signals: int, size: int, below: int) -> bool:
        """Whether what is worth less may make that much room: what leaves is counted until then."""
        there = self._at_most[:below]
        return sum(one[0] for one in there) >= signals and sum(one[1] for one in there) >= size

    def _count(self, less: Iterable[Weighed], below: int) -> None:
        counted = [[0, 0] for _ in range(below)]
        for entry in less:
            counted[entry.worth][0] += entry.count
            counted[entry.worth][1] += entry.bytes
        self._at_most[:below] = counted


def without_payload(signal: Signal) -> Signal:
    """`signal` with long texts cut to their beginning, length and SHA-256."""
    if isinstance(signal, ON_THEIR_OWN):
        return signal
    if isinstance(signal, (SpanRecord, TraceRecord)):
        events = [_shortened(event) for event in signal.events]
        changed: dict[str, Any] = {"events": events, "metadata": _shortened(signal.metadata)}
        if isinstance(signal, SpanRecord):
            changed["data"] = _shortened(signal.data)
        return replace(signal, **changed)
    return _shortened(signal)


def _shortened(value: T) -> T:
    return cast("T", _shorter(value))


def _shorter(value: object) -> Any:
    if isinstance(value, str):
        return shortened_text(value, SHORT) if len(value) > SHORT else value
    if isinstance(value, DataPart) and len(value.data) > SHORT:
        return TextPart(f"[{value.mime_type}] {shortened_text(value.data, 0)}")
    if isinstance(value, list):
        return [_shorter(item) for item in cast("list[object]", value)]
    if isinstance(value, dict):
        members = cast("dict[str, object]", value)
        # The same when nothing is cut: what was not said is told by identity.
        return {key: _shorter(member) for key, member in members.items()} if members else members
    if isinstance(value, Struct):
        members = {name: _shorter(getattr(value, name)) for name in value.__struct_fields__}
        return replace(value, **members)
    return value
