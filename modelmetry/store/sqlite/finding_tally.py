"""What series and histograms know of findings: counted, merged, kept by the hour."""

from __future__ import annotations

import math
from itertools import chain
from typing import Any, Final

import msgspec
from modelmetry_api.models import ValueShare

from modelmetry.store.sqlite.encode import LAST_NUMBER, Kind
from modelmetry.store.sqlite.spread import Spread

_MOST_SHARES: Final = 20
_MOST_LABELS: Final = 200
# An hour in which there are more is kept as a whole only.
_MOST_GROUPS: Final = 100

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


class _Gathered:
    """Findings of the same names, not yet summed up."""

    __slots__ = ("booleans", "labels", "numbers")

    def __init__(self) -> None:
        self.numbers: list[float] = []
        self.booleans = [0, 0]
        self.labels: dict[str, int] = {}

    def tally(self) -> FindingTally:
        """The sum, its numbers in buckets."""
        spread = Spread()
        spread.extend(self.numbers)
        spread.condense()
        labelled = sum(self.labels.values())
        count = len(self.numbers) + sum(self.booleans) + labelled
        return FindingTally(count, spread, self.booleans, self.labels, labelled)


class HourInTheMaking:
    """An hour that findings are added to.

    Each is added to the group of its three names alone; the rest is summed up from the groups.
    """

    def __init__(self) -> None:
        self.whole = FindingTally()
        self._by_name: tuple[dict[int, FindingTally], ...] = ({}, {}, {})
        self._gathered: dict[Names, _Gathered] = {}
        self._too_many = False

    def add(self, kind: int, value: Any, names: Names) -> None:
        """Add one finding."""
        group = self._gathered.get(names)
        if group is None:
            if len(self._gathered) == _MOST_GROUPS:
                self._too_many = True
                self._make_room()
            group = self._gathered[names] = _Gathered()
        if kind <= LAST_NUMBER:
            group.numbers.append(value)
        elif kind == Kind.BOOLEAN:
            group.booleans[value] += 1
        else:
            group.labels[value] = group.labels.get(value, 0) + 1

    def encode(self) -> bytes:
        """The hour as it is kept; `whole` is known now."""
        groups = self._take()
        for group in groups:
            self.whole.merge(group.tally)
        by_name = [self._by_name_of(place, groups) for place in range(len(self._by_name))]
        kept = chain.from_iterable(some.values() for some in by_name)
        for tally in (self.whole, *kept, *(group.tally for group in groups)):
            tally.condense()
        few = [some if len(some) <= _MOST_GROUPS else None for some in by_name]
        return _encoder.encode((self.whole, few, None if self._too_many else groups))

    def _by_name_of(self, place: int, groups: list[Group]) -> dict[int, FindingTally]:
        """The tallies of the names at a place, which often are those of the groups or the whole."""
        found = self._by_name[place]
        names = {group.names[place] for group in groups}
        if found or 1 < len(names) < len(groups):
            _add(found, place, groups)
        elif len(names) == 1:
            found[names.pop()] = self.whole
        else:
            found.update((group.names[place], group.tally) for group in groups)
        return found

    def _make_room(self) -> None:
        groups = self._take()
        for group in groups:
            self.whole.merge(group.tally)
        for place, found in enumerate(self._by_name):
            _add(found, place, groups)

    def _take(self) -> list[Group]:
        groups = [Group(names, one.tally()) for names, one in sorted(self._gathered.items())]
        self._gathered.clear()
        return groups


def _add(tallies: dict[int, FindingTally], place: int, groups: list[Group]) -> None:
    """Add groups to the tallies of their names; with too many of them they are not kept anyhow."""
    for group in groups:
        if len(tallies) <= _MOST_GROUPS:
            tallies.setdefault(group.names[place], FindingTally()).merge(group.tally)


def decode_hour(data: bytes) -> FindingHour:
    """An hour that was kept."""
    return _decoder.decode(data)
