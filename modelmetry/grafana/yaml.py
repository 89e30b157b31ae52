"""Plain data as YAML, in the few forms that our files need."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from msgspec import json

Plain = str | int | float | bool | None | Mapping[str, "Plain"] | Sequence["Plain"]
"""What is written."""

# Of what is left, nothing is read as something else than a text.
_BARE: Final = re.compile(r"[A-Za-z/][A-Za-z0-9_./:@-]*[A-Za-z0-9_]")
_NO_TEXTS: Final = frozenset({"true", "false", "yes", "no", "on", "off", "null"})


def written(document: Mapping[str, Plain], head: str = "") -> str:
    """A document, below a comment."""
    comment = [f"# {line}".rstrip() for line in head.splitlines()]
    return "\n".join([*comment, *_mapping(document), ""])


def _mapping(mapping: Mapping[str, Plain]) -> Iterable[str]:
    for key, value in mapping.items():
        name = _text(key)
        if isinstance(value, Mapping) and value:
            yield f"{name}:"
            yield from (f"  {line}" for line in _mapping(value))
        elif isinstance(value, Sequence) and not isinstance(value, str) and value:
            yield f"{name}:"
            yield from (f"  {line}" for line in _sequence(value))
        else:
            yield f"{name}: {_scalar(value)}"


def _sequence(sequence: Sequence[Plain]) -> Iterable[str]:
    for value in sequence:
        lines = [_scalar(value)]
        if isinstance(value, Mapping) and value:
            lines = list(_mapping(value))
        for number, line in enumerate(lines):
            yield f"{'- ' if number == 0 else '  '}{line}"


def _scalar(value: Plain) -> str:
    return _text(value) if isinstance(value, str) else json.encode(value).decode()


def _text(text: str) -> str:
    """A text, between quotes where it could be something else."""
    if _BARE.fullmatch(text) and text.lower() not in _NO_TEXTS:
        return text
    if '"' in text and text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    return '"' + "".join(map(_character, text)) + '"'


def _character(one: str) -> str:
    if one in {'"', "\\"}:
        return f"\\{one}"
    return one if one.isprintable() else f"\\U{ord(one):08x}"
