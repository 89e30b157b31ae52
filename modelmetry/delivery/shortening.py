"""Texts that are too long for where they go: their beginning, their length and their digest."""

from __future__ import annotations

import re
from typing import Final

SHORT: Final = 200
"""Texts up to this length are left alone."""

# How a text ends that was shortened before, and how long such an ending may be.
_ENDING: Final = re.compile(r"\[\.\.\. (\d{1,20}) more characters, sha256 ([0-9a-f]{64})\]\Z")
_LONGEST_ENDING: Final = 128


def shortened_text(text: str, keep: int) -> str:
    """The first `keep` characters of `text`, and what it was; `text` where that is no shorter."""
    import hashlib  # noqa: PLC0415 - it loads a library of a megabyte, and is hardly ever used

    more, known = 0, _ENDING.search(text, max(0, len(text) - _LONGEST_ENDING))
    if known is not None:  # it still says what the text was at first
        digest, more, end = known[2], int(known[1]), known.start()
    else:
        digest, end = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest(), len(text)
    shortened = f"{text[:keep]}[... {end - keep + more} more characters, sha256 {digest}]"
    return shortened if keep < end and len(shortened) < len(text) else text
