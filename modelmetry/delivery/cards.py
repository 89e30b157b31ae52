"""Numbers of payment cards: 13 to 19 digits whose last one fits the others (ISO/IEC 7812)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

MASKED_CARD: Final = "<masked card>"

_FEWEST, _MOST = 13, 19
_DIGITS: Final = re.compile(r"[0-9]+")
# Digits with one separator between two of them at most, enough for a card.
_RUN: Final = re.compile(r"[0-9](?:[ \u00a0-]?[0-9]){12,}")
# A card is written in groups; shorter ones are lists of small numbers.
_SHORTEST_GROUP: Final = 3
_DOUBLED: Final = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)

Group = tuple[int, int]
"""Where digits that stand together begin and end."""


def mask_cards(text: str) -> str:
    """`text` without numbers of cards, written in one piece or in groups."""
    return _RUN.sub(_without_cards, text) if len(text) >= _FEWEST else text


def _without_cards(found: re.Match[str]) -> str:
    run = found[0]
    kept: list[str] = []
    done = 0
    for begin, end in _cards(run):
        kept.append(run[done:begin])
        kept.append(MASKED_CARD)
        done = end
    return "".join((*kept, run[done:])) if kept else run


def _cards(run: str) -> Iterator[Group]:
    """Where cards are, one after the other; they begin and end where groups do."""
    groups = [found.span() for found in _DIGITS.finditer(run)]
    if _is_card(_digits(run, groups)):  # whatever its groups
        yield groups[0][0], groups[-1][1]
        return
    place = 0
    while place < len(groups):
        after = _end_of_card(run, groups, place)
        if after is None:
            place += 1
        else:
            yield groups[place][0], groups[after - 1][1]
            place = after


def _end_of_card(run: str, groups: list[Group], first: int) -> int | None:
    """The group after the longest card that begins with group `first`."""
    digits, best = 0, None
    for place in range(first, len(groups)):
        begin, end = groups[place]
        digits += end - begin
        if digits > _MOST:
            break
        if digits >= _FEWEST and _is_card(_digits(run, groups[first : place + 1])):
            best = place + 1
        if end - begin < _SHORTEST_GROUP:  # only the last group of a card may be short
            break
    return best


def _digits(run: str, groups: list[Group]) -> str:
    return "".join(run[begin:end] for begin, end in groups)


def _is_card(digits: str) -> bool:
    if not _FEWEST <= len(digits) <= _MOST or digits.count(digits[0]) == len(digits):
        return False
    backwards = digits[::-1]
    plain = sum(map(int, backwards[::2]))
    return (plain + sum(_DOUBLED[int(digit)] for digit in backwards[1::2])) % 10 == 0
