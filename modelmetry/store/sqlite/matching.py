"""Whether and where a text occurs in another one, capital letters aside."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import accumulate
from typing import Final

from attrs import frozen

from modelmetry.store.sqlite.encode import encode_json

LONGEST_EXCERPT: Final = 120
_LONGEST_CUT: Final = LONGEST_EXCERPT - 2  # an ellipsis on either side
_BEFORE: Final = 40
# Of the text on either side of what was found: white space may take most of it.
_AROUND: Final = 1_000
_CHUNK: Final = 1_000
_ELLIPSIS: Final = "\u2026"
_SPACE: Final = re.compile(r"\s+")
_ASCII: Final = re.compile(r"[\x00-\x7f]+")

# No character from here on changes when capital letters are folded.
LAST_CASED: Final = 0x1F000
# JSON within the text of JSON, where any character may be written with a backslash.
_NESTED: Final = b"\\\\"


@frozen
class Wanted:
    """A text that is looked for."""

    folded: str
    run: bytes
    """Its longest part in ASCII as JSON has it, in small letters."""
    odd: tuple[bytes, ...]
    """How characters begin that may stand for some of that part, such as the sharp s."""
    beyond: tuple[bytes, ...]
    """All ways to write its first character beyond ASCII; none when it has no such."""

    def may_occur(self, lowered: bytes, *, ascii_: bool) -> bool:
        """False when it occurs in no text of this JSON, made of small letters."""
        if ascii_:
            return not self.beyond and self.run in lowered
        return (self.run in lowered or any(one in lowered for one in self.odd)) and (
            not self.beyond or any(one in lowered for one in self.beyond)
        )


def wanted(texts: Iterable[str]) -> tuple[Wanted, ...]:
    """What to look for, each once."""
    return tuple(_wanted(folded) for folded in dict.fromkeys(text.casefold() for text in texts))


def _wanted(folded: str) -> Wanted:
    run = max(_ASCII.findall(folded), key=len, default="")
    odd = {one[:2] for character in set(run) for one in _spellings().get(character, ())}
    rare = next((character for character in folded if not character.isascii()), "")
    beyond = {rare.encode(), *_spellings().get(rare, ())} if rare else set[bytes]()
    return Wanted(folded, encode_json(run)[1:-1].lower(), tuple(odd), tuple(beyond))


@cache
def _spellings() -> Mapping[str, Sequence[bytes]]:
    """By character: the others, beyond ASCII, that fold to a text with it."""
    found: defaultdict[str, list[bytes]] = defaultdict(list)
    for character in map(chr, range(0x80, LAST_CASED)):
        folded = character.casefold()
        if folded != character:
            for one in folded:
                found[one].append(character.encode())
    return found


def possible(all_: Sequence[Wanted], raw: bytes) -> Sequence[Wanted]:
    """Without those that occur in no text of this JSON, which is not read for that."""
    if _NESTED in raw:
        return all_
    lowered, ascii_ = raw.lower(), raw.isascii()
    return [one for one in all_ if one.may_occur(lowered, ascii_=ascii_)]


def excerpt(text: str, folded: str, at: int) -> str:
    """What stands around a place in the folded text, on one line."""
    place = _unfolded(text, folded, at)
    begin, end = max(0, place - _AROUND), place + _AROUND
    before, after = (_SPACE.sub(" ", part) for part in (text[begin:place], text[place:end]))
    if before.endswith(" ") and after.startswith(" "):
        before = before[:-1]
    line, at = before + after, len(before)
    first = max(0, min(at - _BEFORE, len(line) - _LONGEST_CUT))
    last = first + _LONGEST_CUT
    head = _ELLIPSIS if begin or first else ""
    tail = _ELLIPSIS if end < len(text) or last < len(line) else ""
    return f"{head}{line[first:last]}{tail}"


def _unfolded(text: str, folded: str, at: int) -> int:
    """The place in the text of a place in its folded form, which may be longer."""
    if len(text) == len(folded):
        return at
    # No character folds to nothing, and each by itself.
    begin = 0
    while (length := len(text[begin : begin + _CHUNK].casefold())) <= at:
        at -= length
        begin += _CHUNK
    ends = accumulate(len(one.casefold()) for one in text[begin : begin + _CHUNK])
    return begin + next(place for place, end in enumerate(ends) if end > at)
