"""What series and histograms know of findings: counted, merged, kept by the hour."""

from __future__ import annotations

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
    """The findings of an hour that are of the same names."""

    names: Names
    tally: FindingTally


class FindingHour(msgspec.Struct, array_like=True):
    """The findings of an hour, whole and by their names; without groups when they are too many."""

    whole: FindingTally = msgspec.field(default_factory=FindingTally)
    groups: list[Group] | None = msgspec.field(default_factory=list[Group])

    def of(self, wanted: tuple[int | None, ...]) -> FindingTally | None:
        """The findings of these names, None standing for any; None when that is not known."""
        if self.groups is None:
            return None
        found = FindingTally()
        for group in self.groups:
            if all(
                name is None or name == own for name, own in zip(wanted, group.names, strict=True)
            ):
                found.merge(group.tally)
        return found


class _Whole(msgspec.Struct, array_like=True):
    """The first of what an hour has, so that the rest is not built."""

    whole: FindingTally


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(FindingHour)
_whole_decoder = msgspec.msgpack.Decoder(_Whole)


class HourInTheMaking:
    """An hour that findings are added to."""

    def __init__(self) -> None:
        self._whole = FindingTally()
        self._groups: dict[Names, FindingTally] = {}

    def add(self, kind: int, value: Any, names: Names) -> None:
        """Add one finding."""
        self._whole.add(kind, value)
        if len(self._groups) <= _MOST_GROUPS:
            self._groups.setdefault(names, FindingTally()).add(kind, value)

    def made(self) -> FindingHour:
        """The hour as it is kept."""
        known = len(self._groups) <= _MOST_GROUPS
        groups = [Group(names, tally) for names, tally in sorted(self._groups.items())]
        hour = FindingHour(self._whole, groups if known else None)
        for tally in (hour.whole, *(group.tally for group in hour.groups or ())):
            tally.condense()
        return hour


def encode_hour(hour: FindingHour) -> bytes:
    """An hour as it is kept."""
    return _encoder.encode(hour)


def decode_hour(data: bytes) -> FindingHour:
    """An hour that was kept."""
    return _decoder.decode(data)


def decode_whole(data: bytes) -> FindingTally:
    """All findings of an hour that was kept."""
    return _whole_decoder.decode(data).whole
