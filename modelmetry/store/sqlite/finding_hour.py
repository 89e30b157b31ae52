"""An hour of the findings of one name, as it is kept: by names, and by what their traces have."""

from __future__ import annotations

from itertools import chain
from typing import Any, Final

import msgspec

from modelmetry.store.sqlite.finding_tally import FindingTally, Gathered
from modelmetry.store.sqlite.finding_terms import KeptTerms, TermsInTheMaking

# An hour in which there are more is kept as a whole only.
_MOST_GROUPS: Final = 100

Names = tuple[int, int, int]
"""Numbers of the names of a finding's trace and span, and of the span's model; 0 without one."""


class Group(msgspec.Struct, array_like=True):
    """The findings of an hour whose trace, span and model are of the same names."""

    names: Names
    tally: FindingTally


class FindingHour(msgspec.Struct, array_like=True):
    """The findings of an hour: all, by one name (of trace, span and model), by all three, by term.

    None in place of what would be too much. Read part by part: most questions need one tally.
    """

    whole: msgspec.Raw
    by_name: tuple[msgspec.Raw, msgspec.Raw, msgspec.Raw]
    groups: msgspec.Raw
    terms: msgspec.Raw

    def of(self, wanted: tuple[int | None, ...], term: int | None = None) -> FindingTally | None:
        """The findings of these names, or of traces with a term; None when that is not known.

        None in place of a name stands for any.
        """
        given = [place for place, name in enumerate(wanted) if name is not None]
        if term is not None:
            return None if given else _terms_decoder.decode(self.terms).of(term, self.whole)
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
_terms_decoder = msgspec.msgpack.Decoder(KeptTerms)
_groups_decoder = msgspec.msgpack.Decoder(list[Group] | None)
_NOTHING: Final = msgspec.Raw(_encoder.encode(FindingTally()))


class HourInTheMaking:
    """An hour that findings are added to.

    Each is added to the group of its three names, and to that of the terms of its trace; the rest
    is summed up from the groups.
    """

    def __init__(self) -> None:
        self.whole: FindingTally = FindingTally()
        self._by_name: tuple[dict[int, FindingTally], ...] = ({}, {}, {})
        self._gathered: dict[Names, Gathered] = {}
        self._too_many = False
        self._terms = TermsInTheMaking()

    def add(self, kind: int, value: Any, names: Names, terms: bytes) -> None:
        """Add one finding; `terms` are those kept with its trace."""
        self._terms.add(kind, value, terms)
        group = self._gathered.get(names)
        if group is None:
            if len(self._gathered) == _MOST_GROUPS:
                self._too_many = True
                self._make_room()
            group = self._gathered[names] = Gathered()
        group.add(kind, value)

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
        terms = self._terms.kept()
        return _encoder.encode((self.whole, few, None if self._too_many else groups, terms))

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
