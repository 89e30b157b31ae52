"""Foreign text where it must stay text: in Markdown, in HTML, in a terminal."""

from __future__ import annotations

import re
from html import escape
from typing import Final

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


def in_html(text: str, longest: int = LONGEST) -> str:
    """`text` for content and for attributes in double quotes."""
    return escape(plain(text, longest), quote=True)


def in_markdown(text: str, longest: int = LONGEST) -> str:
    """`text` in which nothing is Markdown, HTML or a link."""
    marked = _MARKS.sub(r"\\\1", plain(text, longest))
    return _LINKS.sub(lambda found: f"{found[0]}\u2060", marked)
