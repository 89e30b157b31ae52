"""How a list tells which model a name means.

A rule is a sequence of which any has to fit; each is a condition, or conditions that all have to.
A condition is a sign and a text: `=` is it, `^` begins so, `$` ends so, `*` holds it, `~` is found
as a regular expression. Names are in small letters.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

Condition = str
Rule = tuple[Condition | tuple[Condition, ...], ...]


def _is(name: str, text: str) -> bool:
    return name == text


def _holds(name: str, text: str) -> bool:
    return text in name


def _found(name: str, pattern: str) -> bool:
    return re.search(pattern, name) is not None


_TESTS: Final[dict[str, Callable[[str, str], bool]]] = {
    "=": _is,
    "^": str.startswith,
    "$": str.endswith,
    "*": _holds,
    "~": _found,
}


def fits(rule: Rule, name: str) -> bool:
    """Whether a name in small letters is meant by a rule."""
    for one in rule:
        if isinstance(one, str):
            if _TESTS[one[0]](name, one[1:]):
                return True
        elif all(_TESTS[each[0]](name, each[1:]) for each in one):
            return True
    return False
