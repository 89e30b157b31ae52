"""Findings of an hour by the terms of their traces: metadata pairs, models, severities."""

from __future__ import annotations

import struct
from collections import defaultdict
from typing import Any, Final

import msgspec

from modelmetry.store.sqlite.finding_tally import FindingTally, Gathered
from modelmetry.store.sqlite.terms import decode_terms

# A term is kept that so many findings have, and so large a share of them; at most so many terms.
_FEWEST: Final = 4
_SHARE: Final = 1 / 50
_MOST_TERMS: Final = 40
# Findings of so many different traces are gathered at once.
_MOST_GATHERED: Final = 2_000
# With more other terms than that nothing is said of what was not kept.
_MOST_PRINTS: Final = 2_000
_PRINT: Final = 0xFFFF


class KeptTerms(msgspec.Struct, array_like=True):
    """Frequent terms: those that all findings have, and tallies of the others.

    `rare` are the lowest 16 bits of all other terms: who looks for a term that is not among them
    knows that no finding has it. None when there are too many.
    """

    everywhere: list[int]
    tallies: dict[int, msgspec.Raw]
    rare: bytes | None

    def of(self, term: int, whole: msgspec.Raw) -> FindingTally | None:
        """The findings whose traces have a term, of all in `whole`; None when that is not known."""
        found = whole if term in self.everywhere else self.tallies.get(term)
        if found is not None:
            return _tally_decoder.decode(found)
        if self.rare is None or term & _PRINT in _unpacked(self.rare):
            return None
        return FindingTally()


_encoder = msgspec.msgpack.Encoder()
_tally_decoder = msgspec.msgpack.Decoder(FindingTally)


class TermsInTheMaking:
    """Findings that are gathered by the terms of their traces.

    An hour may have any number of traces: when they are too many, the terms that are frequent so
    far are summed up, and of all others no more is known than that they are there.
    """

    def __init__(self) -> None:
        self._count = 0
        self._gathered: dict[bytes, Gathered] = {}
        self._sums: dict[int, FindingTally] | None = None
        self._rare: set[int] = set()

    def add(self, kind: int, value: Any, terms: bytes) -> None:
        """Add one finding; `terms` are those kept with its trace."""
        group = self._gathered.get(terms)
        if group is None:
            if len(self._gathered) == _MOST_GATHERED:
                self._sum_up()
            group = self._gathered[terms] = Gathered()
        group.add(kind, value)

    def kept(self) -> KeptTerms:
        """What is kept of them."""
        sums = self._sum_up()
        for tally in sums.values():
            tally.condense()
        return KeptTerms(
            [term for term, tally in sums.items() if tally.count == self._count],
            {
                term: msgspec.Raw(_encoder.encode(tally))
                for term, tally in sums.items()
                if tally.count < self._count
            },
            _prints(self._rare),
        )

    def _sum_up(self) -> dict[int, FindingTally]:
        if self._sums is None:
            self._sums = {term: FindingTally() for term in self._frequent()}
        sums: dict[int, Gathered] = {}
        for terms, found in self._gathered.items():
            self._count += len(found)
            for term in decode_terms(terms):
                if term in self._sums:
                    sums.setdefault(term, Gathered()).merge(found)
                else:
                    self._rare.add(term & _PRINT)
        for term, found in sums.items():
            self._sums[term].merge(found.tally())
        self._gathered.clear()
        return self._sums

    def _frequent(self) -> list[int]:
        counts: defaultdict[int, int] = defaultdict(int)
        for terms, found in self._gathered.items():
            times = len(found)
            for term in decode_terms(terms):
                counts[term] += times
        whole = sum(map(len, self._gathered.values()))
        least = max(_FEWEST, whole * _SHARE)
        often = [term for term, times in counts.items() if times >= least]
        return sorted(often, key=lambda term: (-counts[term], term))[:_MOST_TERMS]


def _prints(rare: set[int]) -> bytes | None:
    return None if len(rare) > _MOST_PRINTS else struct.pack(f"<{len(rare)}H", *sorted(rare))


def _unpacked(prints: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(prints) // 2}H", prints)
