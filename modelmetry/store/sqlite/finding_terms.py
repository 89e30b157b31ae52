"""Findings of an hour by the terms of their traces: metadata pairs, models, severities."""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Final

import msgspec

from modelmetry.store.sqlite.finding_tally import FindingTally, Gathered
from modelmetry.store.sqlite.terms import decode_terms

# A term is kept that so many findings have, and so large a share of them; at most so many terms.
_FEWEST: Final = 4
_SHARE: Final = 1 / 50
_MOST_TERMS: Final = 40
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
    """Findings that are gathered by the terms of their traces."""

    def __init__(self) -> None:
        self._gathered: dict[bytes, Gathered] = {}

    def add(self, kind: int, value: Any, terms: bytes) -> None:
        """Add one finding; `terms` are those kept with its trace."""
        group = self._gathered.get(terms)
        if group is None:
            group = self._gathered[terms] = Gathered()
        group.add(kind, value)

    def kept(self, count: int) -> KeptTerms:
        """What is kept of them; `count` is that of all findings of the hour."""
        groups = [(decode_terms(terms), found) for terms, found in self._gathered.items()]
        counts: defaultdict[int, int] = defaultdict(int)
        for terms, found in groups:
            times = len(found)
            for term in terms:
                counts[term] += times
        least = max(_FEWEST, count * _SHARE)
        often = [term for term, times in counts.items() if times >= least]
        most = sorted(often, key=lambda term: (-counts[term], term))[:_MOST_TERMS]
        sums = {term: Gathered() for term in most if counts[term] < count}
        for terms, found in groups:
            for term in terms:
                if term in sums:
                    sums[term].merge(found)
        return KeptTerms(
            [term for term in most if term not in sums],
            {term: msgspec.Raw(_encoder.encode(found.tally())) for term, found in sums.items()},
            _prints(counts.keys() - most),
        )


def _prints(terms: Iterable[int]) -> bytes | None:
    prints = sorted({term & _PRINT for term in terms})
    return None if len(prints) > _MOST_PRINTS else struct.pack(f"<{len(prints)}H", *prints)


def _unpacked(prints: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(prints) // 2}H", prints)
