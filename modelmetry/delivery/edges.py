"""Texts that were cut before they are masked: at the cut, half a secret looks like none.

The guards at the door cut long texts. Where something is masked they leave `MARGIN` characters
more than the limit. A mask so sees every secret whole that begins before the limit and is
shorter than the margin; then the text is cut at the limit, and what the first cut may have left
of a secret is behind that.
"""

from __future__ import annotations

import re
from itertools import takewhile
from operator import eq
from typing import Final

from msgspec import Struct

MARGIN: Final = 16_384
"""Characters beyond the limit that a mask looks at: more than any key or token has."""

_MARK: Final = re.compile(r"\[\.\.\. (\d{1,18}) more characters\]>?\Z")
ENDINGS: Final = (" more characters]", " more characters]>")
"""How texts end that were cut."""

_LONGEST_MARK: Final = 50
_HALF: Final = "<withheld: cut here>"
_LONGEST_WORD: Final = 1_024
_OF_NUMBERS: Final = "0123456789 -\u00a0"


class Piece(Struct, frozen=True):
    """A text, as far as it is there.

    Attributes:
        body: what is there of it, and is to be masked.
        mark: what stands behind it; empty when it is whole.
        more: how many characters are missing, when the guards at the door cut it.
    """

    body: str
    mark: str = ""
    more: int | None = None


def pieces(text: str, limit: int) -> Piece:
    """`text` without the mark of a cut, and without half a secret where nothing else helps."""
    found = _MARK.search(text, len(text) - _LONGEST_MARK) if text.endswith(ENDINGS) else None
    if found is None:
        return Piece(text)
    if len(text) > limit + MARGIN:
        return Piece(text[: found.start()], found[0], int(found[1]))
    # Cut by somebody else, or the repr of an object: there is no margin.
    return Piece(text[: _last_word(text, found.start())], f"{_HALF}{found[0]}")


def _last_word(text: str, end: int) -> int:
    """Where the last word before `end` begins, which may be half a secret; numbers have spaces."""
    least = max(0, end - _LONGEST_WORD)
    while end > least and not text[end - 1].isspace():
        end -= 1
    while end > least and text[end - 1] in _OF_NUMBERS:
        end -= 1
    return end


def fitted(masked: str, piece: Piece, limit: int) -> str:
    """What was made of `piece.body`, cut at `limit` if it is longer, with the mark of a cut."""
    if piece.more is None:
        return f"{masked}{piece.mark}"
    # The end that is as it was is where half a secret may be, unmasked.
    kept = min(limit, len(masked) - _same_end(masked, piece.body))
    return f"{masked[:kept]}[... {len(masked) - kept + piece.more} more characters]"


def _same_end(one: str, other: str) -> int:
    """How many of the last characters are the same, of `MARGIN` at most."""
    ends = map(eq, one[: -MARGIN - 1 : -1], other[: -MARGIN - 1 : -1])
    return sum(1 for _ in takewhile(bool, ends))
