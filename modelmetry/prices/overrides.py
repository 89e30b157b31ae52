"""Prices that a user states: what was negotiated, what runs at home, what no list has."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NoReturn, cast

from modelmetry.errors import ConfigError
from modelmetry.prices.names import provider_called, readings
from modelmetry.prices.terms import Listing, Terms, in_force

_REMEMBERED: Final = 4096
_RATES: Final = ("input", "cached_input", "cache_write", "cache_write_1h", "output", "reasoning")
_MEMBERS: Final = ("model", "provider", "from", *_RATES)
_MOST: Final = Decimal(1_000_000)
_FINEST: Final = -18  # of the exponent: finer prices would be rounded
_LIST: Final = "prices"
_SHOWN: Final = 60  # characters of a value in a message

Key = tuple[str, str | None]  # a model and its provider, in small letters


class Overrides:
    """A user's own prices; made by `read_overrides` and `overrides_of`.

    Args:
        terms: what is charged over time for a model at a provider, or at any.
    """

    def __init__(self, terms: Mapping[Key, Sequence[Terms]]) -> None:
        self._terms = {
            key: tuple(sorted(all_of_it, key=lambda one: one.since or date.min))
            for key, all_of_it in terms.items()
        }
        self._found = lru_cache(_REMEMBERED)(self._search)

    def listing(self, model: str, provider: str | None, moment: datetime) -> Listing | None:
        """What is charged for a call at a moment in UTC, if the user says something about it."""
        for name, where in self._found(model, provider):
            terms = in_force(self._terms[name, where], moment)
            if terms is not None:
                return Listing(
                    model=name,
                    provider=where,
                    source="override",
                    confidence="stated",
                    terms=terms,
                )
        return None

    def alike(self, model: str) -> list[str]:
        """Names of models that look like one, each with the provider that it is stated for."""
        near = get_close_matches(model.lower(), {name for name, _ in self._terms})
        return [
            name if where is None else f"{name} at {where}"
            for one in near
            for name, where in self._terms
            if name == one
        ]

    def about(self) -> list[Key]:
        """Each model with its provider; `None` where it is any."""
        return list(self._terms)

    def __len__(self) -> int:
        """How many prices there are, each date counted."""
        return sum(map(len, self._terms.values()))

    def _search(self, model: str, provider: str | None) -> tuple[Key, ...]:
        """Entries about a model, those for its provider before those for any."""
        called = provider_called(provider)
        meant = [(called, model.strip().lower()), *readings(model, called)]
        keys = [(name, where) for at, name in meant for where in (at, None)]
        return tuple(key for key in dict.fromkeys(keys) if key in self._terms)


def read_overrides(path: str | Path) -> Overrides:
    """Prices in a file of TOML or JSON, as docs/prices.md shows.

    Raises:
        ConfigError: it cannot be read or used; names the file, the entry, the value and what was
            expected.
    """
    file = Path(path).expanduser()
    try:
        content = file.read_text(encoding="utf-8-sig")  # editors of Windows begin it with a mark
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ConfigError(f"{file}: the prices cannot be read: {reason}") from None
    try:
        document = _parsed(content, json_=file.suffix.lower() == ".json")
    except (ValueError, RecursionError) as error:
        raise ConfigError(
            f"{file}: the prices cannot be read: {error}; expected TOML, or JSON in a file called "
            "*.json"
        ) from None
    return overrides_of(document, str(file))


def overrides_of(document: Mapping[str, Any], where: str = "prices") -> Overrides:
    """Prices in a mapping: `{"prices": [{"model": ..., "input": ..., "output": ...}, ...]}`.

    Args:
        document: what a file would hold.
        where: what messages call it.

    Raises:
        ConfigError: it cannot be used; names the entry, the value and what was expected.
    """
    entries = document.get(_LIST) if isinstance(cast("object", document), Mapping) else None
    if not isinstance(entries, list | tuple) or len(document) != 1:
        raise ConfigError(f"{where}: expected a list called {_LIST!r} and nothing else; {_EXAMPLE}")
    found: dict[Key, list[Terms]] = {}
    for number, entry in enumerate(cast("Sequence[object]", entries), 1):
        key, terms = _Entry(where, number, entry).read()
        same = found.setdefault(key, [])
        if any(one.since == terms.since for one in same):
            at, day = key[1] or "any provider", terms.since or "the beginning"
            _refuse(where, number, key[0], f"is the second one at {at} from {day}; remove one")
        same.append(terms)
    return Overrides(found)


_EXAMPLE: Final = (
    'write [[prices]], model = "gpt-4o", input = "2.50", output = "10.00" (USD per million tokens)'
)


class _Entry:
    """One entry, as it was written.

    Args:
        where: what messages call the document.
        number: its place in the list, from 1.
        members: what it holds.
    """

    def __init__(self, where: str, number: int, members: object) -> None:
        self._where, self._number = where, number
        if not isinstance(members, Mapping):
            _refuse(where, number, None, f"is {_brief(members)}; expected a table; {_EXAMPLE}")
        self._members = cast("Mapping[str, Any]", members)

    def read(self) -> tuple[Key, Terms]:
        """What it is about, and what it says."""
        for name in self._members:
            if name not in _MEMBERS:
                near = get_close_matches(str(name), _MEMBERS, 1)
                meant = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(_MEMBERS)}"
                self._refuse(f"has a member {name!r} that is not known; {meant}")
        model, provider = self._text("model"), self._members.get("provider")
        if provider is not None:
            provider = provider_called(self._text("provider"))
        rates: dict[str, Any] = {name: self._rate(name) for name in _RATES if name in self._members}
        if "input" not in rates:
            self._refuse(f"has no 'input'; {_EXAMPLE}")
        return (model.strip().lower(), provider), Terms(**rates, since=self._since())

    def _text(self, name: str) -> str:
        found = self._members.get(name)
        if not isinstance(found, str) or not found.strip():
            said = f"has {name} = {_brief(found)}" if name in self._members else f"has no {name!r}"
            self._refuse(f"{said}; expected a name in quotes; {_EXAMPLE}")
        return found

    def _rate(self, name: str) -> Decimal:
        """USD per million tokens, without a detour over binary fractions."""
        given = self._members[name]
        fits = isinstance(given, str | int | float | Decimal) and not isinstance(given, bool)
        try:
            rate = Decimal(str(given) if fits else "NaN")
        except InvalidOperation:
            rate = Decimal("NaN")
        exponent = rate.as_tuple().exponent
        if not rate.is_finite() or not 0 <= rate <= _MOST or cast("int", exponent) < _FINEST:
            self._refuse(
                f"has {name} = {_brief(given)}; expected USD per million tokens, from 0 to "
                f'{_MOST:,}, such as "2.50"'
            )
        return rate.copy_abs()  # -0 is 0

    def _since(self) -> date | None:
        """The first day."""
        given = self._members.get("from")
        if given is None or type(given) is date:
            return given
        try:
            return date.fromisoformat(given)
        except (TypeError, ValueError):
            self._refuse(f"has from = {_brief(str(given))}; expected a day, such as 2026-11-01")

    def _refuse(self, what: str) -> NoReturn:
        _refuse(self._where, self._number, self._members.get("model"), what)


def _refuse(where: str, number: int, model: object, what: str) -> NoReturn:
    about = f" ({_cut(model)})" if isinstance(model, str) and model else ""
    raise ConfigError(f"{where}: entry {number}{about} {what}")


def _brief(value: object) -> str:
    return _cut(str(value) if isinstance(value, Decimal) else repr(value))


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _parsed(content: str, *, json_: bool) -> Any:
    """What a file holds, with decimals as they are written."""
    if not json_:
        return tomllib.loads(content, parse_float=Decimal)
    return json.loads(
        content, parse_float=Decimal, parse_constant=Decimal, object_pairs_hook=_members_once
    )


def _members_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON whose members are all different."""
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"an object has two members {twice!r}")
    return found
