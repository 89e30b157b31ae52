"""Foreign text where it must stay text: in Markdown, in HTML, in a terminal."""

from __future__ import annotations

import re
from html import escape
from itertools import accumulate
from typing import Final
from unicodedata import east_asian_width

LONGEST: Final = 120
"""Of a name so many characters are shown."""

# C0 and C1 control characters, and the marks that reorder text.
_UNSAFE: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
_MARKS: Final = re.compile(r"([\\`*_\[\]!|<>~&$])")
# Autolinks of GitHub: a name must not become a link that somebody follows, nor call a person.
_LINKS: Final = re.compile(r"(?i)(https?|ftp|www)(?=[:.])|@")


def plain(text: str, longest: int = LONGEST) -> str:
    """`text` on one line, cut, with everything that could steer a reader's program left out."""
    joined = " ".join(_UNSAFE.sub(" ", text[: longest * 4]).split())
    return joined if len(joined) <= longest else f"{joined[: longest - 1]}…"


def fitting(text: str, room: int) -> str:
    """`text` in so many letters of usual width, without its middle: names often begin alike.

    Args:
        text: of a stranger.
        room: how many; those of East Asia take two.
    """
    shown = plain(text)
    if sum(map(_width, shown)) <= room:
        return shown
    half = (room - 1) // 2
    return f"{_first(shown, room - 1 - half)}…{_first(shown[::-1], half)[::-1]}"


def _first(text: str, room: int) -> str:
    widths = accumulate(map(_width, text))
    return text[: sum(width <= room for width in widths)]


def _width(letter: str) -> int:
    return 2 if east_asian_width(letter) in "WF" else 1


def in_html(text: str, longest: int = LONGEST) -> str:
    """`text` for content and for attributes in double quotes."""
    return escape(plain(text, longest), quote=True)


def in_markdown(text: str, longest: int = LONGEST) -> str:
    """`text` in which nothing is Markdown, HTML or a link."""
    marked = _MARKS.sub(r"\\\1", plain(text, longest))
    return _LINKS.sub(lambda found: f"{found[0]}\u2060", marked)
