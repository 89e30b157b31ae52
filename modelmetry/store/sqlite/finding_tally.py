"""What series and histograms know of findings: counted, merged, kept by the hour."""

from __future__ import annotations

import math
from typing import Any, Final, TypeVar

import msgspec
from modelmetry_api.models import ValueShare

from modelmetry.store.sqlite.encode import LAST_NUMBER, Kind
from modelmetry.store.sqlite.spread import Spread

_MOST_SHARES: Final = 20
_MOST_LABELS: Final = 200
# An hour in which there are more is kept as a whole only.
_MOST_GROUPS: Final = 100

K = TypeVar("K", int, tuple[int, int, int])
Names = tuple[int, int, int]
"""Numbers of the names of a finding's trace and span, and of the span's model; 0 without one."""


class FindingTally(msgspec.Struct, array_like=True):
    """Findings of one name in a stretch; of labels the most frequent, and how many in all."""

    count: int = 0
    numbers: Spread = msgspec.field(default_factory=Spread)
    booleans: list[int] = msgspec.field(default_factory=lambda: [0, 0])
    labels: dict[str, int] = msgspec.field(default_factory=dict[str, int])
    labelled: int = 0

    def add(self, kind: int, value: Any) -> None:
        """Add one finding."""
        self.count += 1
        if kind <= LAST_NUMBER:
            self.numbers.add(value)
        elif kind == Kind.BOOLEAN:
            self.booleans[value] += 1
        else:
            self.labelled += 1
            self.labels[value] = self.labels.get(value, 0) + 1

    def merge(self, other: FindingTally) -> None:
        """Add all that another has."""
        self.count += other.count
        self.labelled += other.labelled
        self.numbers.merge(other.numbers)
        self.booleans = [
            mine + more for mine, more in zip(self.booleans, other.booleans, strict=True)
        ]
        for label, count in other.labels.items():
            self.labels[label] = self.labels.get(label, 0) + count

    def bounds(self) -> tuple[float | None, float | None, int, int, int]:
        """Numbers below and above all numbers, and how many are false, true, labels."""
        low = high = None
        if self.numbers.count:
            # Outwards: an integer beyond 53 bits may lie on either side of its float.
            low = math.nextafter(self.numbers.low, -math.inf)
            high = math.nextafter(self.numbers.high, math.inf)
        falses, trues = self.booleans
        return low, high, falses, trues, self.labelled

    def largest(self, most: int) -> list[tuple[str, int]]:
        """The most frequent labels."""
        return sorted(self.labels.items(), key=lambda item: (-item[1], item[0]))[:most]

    def shares(self) -> list[ValueShare]:
        """Booleans, then labels, by their share of both."""
        whole = self.labelled + sum(self.booleans)
        counts: list[tuple[bool | str, int]] = [
            (value, self.booleans[value]) for value in (True, False) if self.booleans[value]
        ]
        counts += self.largest(_MOST_SHARES)
        return [
            ValueShare(value=value, count=count, share=count / whole) for value, count in counts
        ]

    def condense(self) -> None:
        """Keep buckets in place of numbers, and the most frequent labels."""
        self.numbers.condense()
        self.labels = dict(self.largest(_MOST_LABELS))


class Group(msgspec.Struct, array_like=True):
    """The findings of an hour whose trace, span and model are of the same names."""

    names: Names
    tally: FindingTally


class FindingHour(msgspec.Struct, array_like=True):
    """The findings of an hour: all, by one name (of trace, span and model), by all three.

    None in place of what would be too much. Read part by part: most questions need one tally.
    """

    whole: msgspec.Raw
    by_name: tuple[msgspec.Raw, msgspec.Raw, msgspec.Raw]
    groups: msgspec.Raw

    def of(self, wanted: tuple[int | None, ...]) -> FindingTally | None:
        """The findings of these names, None standing for any; None when that is not known."""
        given = [place for place, name in enumerate(wanted) if name is not None]
        if not given:
            return _tally_decoder.decode(self.whole)
        if len(given) == 1:
            known = _by_name_decoder.decode(self.by_name[given[0]])
            one = None if known is None else known.get(wanted[given[0]] or 0, _NOTHING)
            return None if one is None else _tally_decoder.decode(one)
        groups = _groups_decoder.decode(self.groups)
        if groups is None:
            return None
        found = FindingTally()
        for group in groups:
            if all(wanted[place] == group.names[place] for place in given):
                found.merge(group.tally)
        return found


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(FindingHour)
_tally_decoder = msgspec.msgpack.Decoder(FindingTally)
_by_name_decoder = msgspec.msgpack.Decoder(dict[int, msgspec.Raw] | None)
_groups_decoder = msgspec.msgpack.Decoder(list[Group] | None)
_NOTHING: Final = msgspec.Raw(_encoder.encode(FindingTally()))


class HourInTheMaking:
    """An hour that findings are added to."""

    def __init__(self) -> None:
        self.whole = FindingTally()
        self._by_name: tuple[dict[int, FindingTally], ...] = ({}, {}, {})
        self._groups: dict[Names, FindingTally] = {}

    def add(self, kind: int, value: Any, names: Names) -> None:
        """Add one finding."""
        self.whole.add(kind, value)
        for of_name, name in zip(self._by_name, names, strict=True):
            _add(of_name, name, kind, value)
        _add(self._groups, names, kind, value)

    def encode(self) -> bytes:
        """The hour as it is kept."""
        groups = [Group(names, tally) for names, tally in sorted(self._groups.items())]
        kept = [tally for some in self._by_name for tally in some.values()]
        for tally in (self.whole, *kept, *self._groups.values()):
            tally.condense()
        by_name = [some if len(some) <= _MOST_GROUPS else None for some in self._by_name]
        known = groups if len(groups) <= _MOST_GROUPS else None
        return _encoder.encode((self.whole, by_name, known))


def _add(groups: dict[K, FindingTally], key: K, kind: int, value: Any) -> None:
    """Add to a group; with too many of them they are not kept anyhow."""
    if len(groups) <= _MOST_GROUPS:
        if key not in groups:
            groups[key] = FindingTally()
        groups[key].add(kind, value)


def decode_hour(data: bytes) -> FindingHour:
    """An hour that was kept."""
    return _decoder.decode(data)
