"""Signals as they travel: the JSON of each list of a body, ready to be joined, split and kept."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, Self, cast

import msgspec
from msgspec import Struct

from modelmetry.delivery.shortening import SHORT, shortened_text

TRACED: Final = ("Sessions", "Traces", "Spans", "Events", "Findings")
"""The lists of a body that hold traces and what belongs to them."""

KINDS: Final = (
    *TRACED,
    "Executions",
    "MetricValues",
    "MetricLists",
    "TelemetryRuns",
    "TelemetryRecords",
    "MetricIntervals",
)
"""The lists of a body, in the order in which they are kept."""

_NAMES: Final = tuple(kind.encode() for kind in KINDS)

Item = tuple[int, bytes]
"""One signal: the index of its kind, and its JSON."""

_FASTEST: Final = 1  # at level 6 it takes five times as long for a few percent
_RAWS: Final = msgspec.json.Decoder(list[msgspec.Raw])
_MEMBERS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])


class Packed(Struct, frozen=True):
    """Signals that travel together.

    Attributes:
        lists: for each of `KINDS` the JSON of its signals, joined by commas.
        signal_count: how many signals these are.
    """

    lists: tuple[bytes, ...]
    signal_count: int

    @classmethod
    def of(cls, items: Iterable[Item]) -> Self:
        """The signals of `items`."""
        lists: list[list[bytes]] = [[] for _ in KINDS]
        for kind, item in items:
            lists[kind].append(item)
        return cls(tuple(map(b",".join, lists)), sum(map(len, lists)))

    @classmethod
    def joined(cls, parts: Sequence[Packed]) -> Self:
        """Several as one, in their order."""
        columns = zip(*(part.lists for part in parts), strict=True)
        lists = tuple(b",".join(filter(None, column)) for column in columns)
        return cls(lists, sum(part.signal_count for part in parts))

    @property
    def approximate_bytes(self) -> int:
        """How many bytes the body takes, but for the names of its lists."""
        return sum(map(len, self.lists))

    def body(self) -> bytes:
        """The body of a request."""
        pieces: list[bytes] = []  # megabytes: they are copied once
        for name, items in zip(KINDS, self.lists, strict=True):
            if items:
                pieces += (b'],"%s":[' % name.encode(), items)
        return b"".join((b"{", pieces[0][2:], *pieces[1:], b"]}")) if pieces else b"{}"

    def items(self) -> Iterator[Item]:
        """Each signal on its own."""
        for kind, joined in enumerate(self.lists):
            for item in _RAWS.decode(b"[%s]" % joined):
                yield kind, bytes(item)

    def halves(self) -> tuple[Packed, Packed]:
        """Two parts of about as many bytes; a single signal is not split.

        Raises:
            ValueError: there is only one signal.
        """
        items = list(self.items())
        if len(items) < 2:  # noqa: PLR2004 - a half needs one
            raise ValueError("one signal cannot be split")
        half, size, place = self.approximate_bytes / 2, 0, 0
        while place < len(items) - 1 and (place == 0 or size + len(items[place][1]) <= half):
            size += len(items[place][1])
            place += 1
        return Packed.of(items[:place]), Packed.of(items[place:])

    def split_by(self, belongs: Callable[[int, int], bool]) -> tuple[Packed, Packed]:
        """The signals of which `belongs(kind, place in its list)` is true, and the others."""
        sides: tuple[list[Item], list[Item]] = ([], [])
        places = [0] * len(KINDS)
        for kind, item in self.items():
            sides[0 if belongs(kind, places[kind]) else 1].append((kind, item))
            places[kind] += 1
        return Packed.of(sides[0]), Packed.of(sides[1])

    def has(self, member: str) -> bool:
        """Whether some signal may have `member`; one that has not is seldom taken for one."""
        name = b'"%s":' % member.encode()
        return any(name in items for items in self.lists)

    def without(self, *members: str) -> Packed:
        """The same signals, each without `members` of its own."""
        return Packed.of((kind, _without(item, members)) for kind, item in self.items())

    def split_largest(self) -> tuple[Packed, Packed]:
        """The largest signal, and the others."""
        items = list(self.items())
        largest = max(range(len(items)), key=lambda place: len(items[place][1]))
        rest = [item for place, item in enumerate(items) if place != largest]
        return Packed.of([items[largest]]), Packed.of(rest)

    def cut(self, most: int) -> Packed:
        """The same signals, each with its long texts shortened until it takes `most` bytes.

        A text that was shortened ends with its length and the SHA-256 of what it was.
        """
        return Packed.of((kind, _cut(item, most)) for kind, item in self.items())


class Squeezed(Struct, frozen=True):
    """Packed signals that wait in memory for long, compressed.

    Attributes:
        lists: as those of `Packed`, each compressed on its own.
        signal_count: how many signals these are.
    """

    lists: tuple[bytes, ...]
    signal_count: int

    @classmethod
    def of(cls, packed: Packed) -> Self:
        """`packed` in a sixth of its bytes, or so."""
        lists = (zlib.compress(items, _FASTEST) if items else b"" for items in packed.lists)
        return cls(tuple(lists), packed.signal_count)

    @property
    def approximate_bytes(self) -> int:
        """How many bytes it takes."""
        return sum(map(len, self.lists))

    def unpacked(self) -> Packed:
        """The signals as they travel."""
        lists = (zlib.decompress(items) if items else b"" for items in self.lists)
        return Packed(tuple(lists), self.signal_count)


def _without(item: bytes, names: Sequence[str]) -> bytes:
    members = _MEMBERS.decode(item)
    if not any(name in members for name in names):
        return item
    kept = {name: member for name, member in members.items() if name not in names}
    return msgspec.json.encode(kept)


def _cut(item: bytes, most: int) -> bytes:
    value, keep = msgspec.json.decode(item), most
    while len(item) > most and keep >= SHORT:
        keep //= 2
        item = msgspec.json.encode(_shortened(value, keep))
    return item


def _shortened(value: object, keep: int) -> object:
    if isinstance(value, str):
        return shortened_text(value, keep) if len(value) > max(keep, SHORT) else value
    if isinstance(value, list):
        return [_shortened(item, keep) for item in cast("list[object]", value)]
    if isinstance(value, dict):
        members = cast("dict[str, object]", value)
        return {name: _shortened(member, keep) for name, member in members.items()}
    return value
