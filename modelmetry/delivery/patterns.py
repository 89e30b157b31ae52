"""Secrets that can be told by their shape: keys, e-mail addresses, numbers of payment cards.

Each search takes time in proportion to the text, whatever the text: a pattern begins where a
search for a few letters found something, and what follows is bounded, or is consumed when the
pattern fits. Nothing is looked for twice in the same characters.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Final

from modelmetry.delivery.cards import mask_cards
from modelmetry.delivery.secret_names import is_secret

MASKED_KEY: Final = "<masked key>"
MASKED_EMAIL: Final = "<masked email>"

# Shorter texts hold none of the shapes below, but for e-mail addresses.
_SHORTEST: Final = 12
# Texts up to this length, such as names, come again and again: what was found is remembered.
_SHORT: Final = 48
_MOST_REMEMBERED: Final = 1_024

Search = Callable[[str], str]
Shape = tuple[tuple[str, ...], re.Pattern[str], str]

# What must be in a text for the pattern to be tried; the pattern; what takes the place.
_SHAPES: Final[tuple[Shape, ...]] = (
    (  # The end may have been cut off: then all of the rest is the key.
        ("PRIVATE KEY",),
        re.compile(
            r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----.*?"
            r"(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|\Z)",
            re.DOTALL,
        ),
        MASKED_KEY,
    ),
    # OpenAI, Anthropic, Stripe and others.
    (("sk-",), re.compile(r"(?<![A-Za-z0-9])sk-[A-Za-z0-9_-]{16,}"), MASKED_KEY),
    (
        ("k_live_", "k_test_"),
        re.compile(r"(?<![A-Za-z0-9])[rs]k_(?:live|test)_[A-Za-z0-9]{10,}"),
        MASKED_KEY,
    ),
    # GitHub and GitLab.
    (
        ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"),
        re.compile(r"gh[pousr]_[A-Za-z0-9]{20,}"),
        MASKED_KEY,
    ),
    (("github_pat_",), re.compile(r"github_pat_[A-Za-z0-9_]{20,}"), MASKED_KEY),
    (("glpat-",), re.compile(r"glpat-[A-Za-z0-9_-]{16,}"), MASKED_KEY),
    # Amazon, Google.
    (("AKIA", "ASIA"), re.compile(r"(?<![A-Za-z0-9])A[KS]IA[A-Z0-9]{16,}"), MASKED_KEY),
    (("AIza",), re.compile(r"AIza[A-Za-z0-9_-]{30,}"), MASKED_KEY),
    # Slack, Hugging Face, Groq, NVIDIA, xAI.
    (("xox",), re.compile(r"xox[abeoprs]-[A-Za-z0-9-]{10,}"), MASKED_KEY),
    (
        ("hf_", "gsk_", "nvapi-", "xai-"),
        re.compile(r"(?<![A-Za-z0-9])(?:hf_|gsk_|nvapi-|xai-)[A-Za-z0-9_-]{20,}"),
        MASKED_KEY,
    ),
    # Our own.
    (("mm_",), re.compile(r"(?<![A-Za-z0-9])mm_[A-Za-z0-9_-]{16,}"), MASKED_KEY),
    (
        ("earer", "EARER"),
        re.compile(r"\b([Bb]earer|BEARER)[ \t]{1,8}[A-Za-z0-9._~+/=-]{8,}"),
        rf"\1 {MASKED_KEY}",
    ),
    # The password of an address.
    (
        ("://",),
        re.compile(r"(://[^\s/@:]{0,256}:)[^\s/@]{1,256}@"),
        rf"\1{MASKED_KEY}@",
    ),
)

# Words joined by dots, of which a JSON Web Token is one. It begins only where a word does, so
# that a long word is read once.
_DOTTED: Final = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+){2,}")
_BEGINS: Final = "eyJ"  # the base64 of `{"`
_LEAST_DOTS: Final = 2

# `"password": "..."` and `password=...` inside of a text: JSON, a repr, a query, a shell. A name
# begins only where a word does; a value that was cut off ends with the text.
_JSON_NAME: Final = r"{q}(?P<name>[^\s\"'\\=:]{{1,64}}){q}\s{{0,8}}:\s{{0,8}}"
_WORD: Final = r"(?<![\w-])(?P<name>[A-Za-z][\w-]{1,63})="
_IN_QUOTES: Final = r"(?P<value>[^{q}\\]*(?:\\.[^{q}\\]*)*)(?P<tail>{q}|\\?\Z)"
_NAMED: Final = tuple(
    (needle, re.compile(f"(?P<head>{before}{quote}){_IN_QUOTES.format(q=quote)}", re.DOTALL))
    for quote in "\"'"
    for needle, before in ((":", _JSON_NAME.format(q=quote)), ("=", _WORD))
)
_ASSIGNED: Final = re.compile(rf"(?P<head>{_WORD})(?P<value>[^\s\"'&;,)]+)(?P<tail>)")

_DOMAIN: Final = re.compile(r"@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,63}")
_LOCAL: Final = re.compile(r"[\w.%+'-]*\Z")
_LONGEST_LOCAL: Final = 256


def mask_keys(text: str) -> str:
    """`text` without keys, tokens and what stands beside the name of a secret."""
    if len(text) < _SHORTEST:
        return text
    for needles, pattern, instead in _SHAPES:
        if any(needle in text for needle in needles):
            text = pattern.sub(instead, text)
    if _BEGINS in text:
        text = _DOTTED.sub(_without_token, text)
    return _mask_named(text)


def _without_token(found: re.Match[str]) -> str:
    begin = found[0].find(_BEGINS)
    is_token = begin >= 0 and found[0].count(".", begin) >= _LEAST_DOTS
    return f"{found[0][:begin]}{MASKED_KEY}" if is_token else found[0]


def _mask_named(text: str) -> str:
    for needle, pattern in _NAMED:
        if needle in text:
            text = pattern.sub(_without_named, text)
    return _ASSIGNED.sub(_without_named, text) if "=" in text else text


def _without_named(found: re.Match[str]) -> str:
    value = found["value"]
    if is_secret(found["name"], value):
        return f"{found['head']}{MASKED_KEY}{found['tail']}"
    return f"{found['head']}{_inside(value)}{found['tail']}" if '\\"' in value else found[0]


def _inside(value: str) -> str:
    """`value`, the inside of a JSON string, which is JSON itself: arguments of a tool often are."""
    try:
        text: str = json.loads(f'"{value}"', strict=False)
    except ValueError:
        return value
    masked = _mask_named(text)
    return value if masked == text else json.dumps(masked, ensure_ascii=False)[1:-1]


def mask_emails(text: str) -> str:
    """`text` without e-mail addresses."""
    if "@" not in text:
        return text
    kept: list[str] = []
    done = 0
    for found in _DOMAIN.finditer(text):
        before = text[max(done, found.start() - _LONGEST_LOCAL) : found.start()]
        local = _LOCAL.search(before)
        if local is not None and local[0]:
            kept.append(text[done : found.start() - len(local[0])])
            kept.append(MASKED_EMAIL)
            done = found.end()
    return "".join((*kept, text[done:])) if kept else text


SEARCHES: Final[dict[str, Search]] = {
    "keys": mask_keys,
    "emails": mask_emails,
    "cards": mask_cards,
}
"""What can be switched on, in the order in which it is looked for."""


class Patterns:
    """Several searches, one after the other.

    Args:
        names: of `SEARCHES`.

    Attributes:
        by_name: whether values under names such as `password` are secrets.
    """

    def __init__(self, names: Iterable[str]) -> None:
        chosen = frozenset(names)
        self.by_name: bool = "keys" in chosen
        self._searches = tuple(search for name, search in SEARCHES.items() if name in chosen)
        self._remembered = lru_cache(_MOST_REMEMBERED)(self._masked)

    def __call__(self, text: str) -> str:
        """`text` without what was looked for."""
        return self._remembered(text) if len(text) <= _SHORT else self._masked(text)

    def _masked(self, text: str) -> str:
        for search in self._searches:
            text = search(text)
        return text
