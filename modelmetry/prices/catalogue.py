"""A list of what models cost at providers, and how a call finds its place in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from difflib import get_close_matches
from functools import lru_cache
from typing import Final

from msgspec import Struct

from modelmetry.prices.answers import Unpriced
from modelmetry.prices.names import provider_called, readings
from modelmetry.prices.rules import Rule, fits
from modelmetry.prices.terms import Listing, Terms, in_force

# Names of models come from requests, so the memory for them has an end.
_REMEMBERED: Final = 4096
# What genai-prices leaves out of what it knows makers by.
_ALSO_OWN: Final[dict[str, Rule]] = {"openai": ("^text-embedding-", "^ft:gpt-", "^chatgpt-")}
_COMPACT_DATE: Final = re.compile(r"-(20\d{2})(\d{2})(\d{2})(?=-|:|$)")


class Model(Struct, frozen=True, array_like=True):
    """A model at a provider.

    Attributes:
        id: its name in the list.
        terms: what was charged over time, later ones after earlier ones; none: no price is known.
        rule: which names mean it; `None`: only its own.
    """

    id: str
    terms: tuple[Terms, ...] = ()
    rule: Rule | None = None

    def called(self, name: str) -> bool:
        """Whether a name in small letters means it."""
        return fits(self.rule, name) if self.rule is not None else name == self.id.lower()


class Provider(Struct, frozen=True, omit_defaults=True):
    """Who offers models.

    Attributes:
        id: its name in the list.
        models: of which the first that fits is meant.
        own: which names of models mean this provider where none is said.
        aliases: which names mean this provider.
        others: whose models it offers for the same price.
    """

    id: str
    models: tuple[Model, ...]
    own: Rule | None = None
    aliases: Rule | None = None
    others: tuple[str, ...] = ()


class Found(Struct, frozen=True):
    """A model, where it was found, and whether nothing was guessed."""

    provider: str
    model: Model
    sure: bool


class Catalogue:
    """Models by what calls name them.

    Args:
        providers: in the order in which they are asked whose model it is.
        source: what answers say of where they come from.
    """

    def __init__(self, providers: Iterable[Provider], source: str) -> None:
        self.source = source
        self._providers = {one.id: one for one in providers}
        self._found = lru_cache(_REMEMBERED)(self._search)

    def listing(self, model: str, provider: str | None, moment: datetime) -> Listing | Unpriced:
        """What is charged for a call at a moment in UTC, or why that is not known."""
        found = self._found(model, provider)
        if isinstance(found, Unpriced):
            return found
        terms = in_force(found.model.terms, moment)
        if terms is None:
            told = f"there is no price of {found.model.id} at {found.provider} ({self.source})"
            return Unpriced("no_price", told)
        return Listing(
            model=found.model.id,
            provider=found.provider,
            source=self.source,
            confidence="listed" if found.sure else "assumed",
            terms=terms,
        )

    def alike(self, model: str, provider: str | None = None, most: int = 3) -> list[str]:
        """Names of models that look like one, nearest first; of a provider if it is known."""
        where = self._provider(provider_called(provider))
        asked = [where[0]] if where else self._providers.values()
        names = {one.id.lower(): one.id for each in asked for one in each.models}
        tails = [name for _, name in readings(model, None)]
        found = [near for tail in tails for near in get_close_matches(tail, names, most)]
        return [names[near] for near in dict.fromkeys(found)][:most]

    def __iter__(self) -> Iterator[Provider]:
        """Providers in order."""
        return iter(self._providers.values())

    def _search(self, model: str, provider: str | None) -> Found | Unpriced:
        """Find a model; the answer is remembered."""
        called = provider_called(provider)
        told = self._provider(called)
        if called is not None and told is None:
            return Unpriced("unknown_provider", f"provider {provider!r} is not in {self.source}")
        for wanted, name in readings(model, told[0].id if told else None):
            at = told or self._provider(wanted)
            found = self._at(name, *at) if at else self._guess(name) if wanted is None else None
            if found is not None:
                return found
        where = f" at {told[0].id}" if told else ""
        return Unpriced("unknown_model", f"model {model!r}{where} is not in {self.source}")

    def _provider(self, called: str | None) -> tuple[Provider, bool] | None:
        """A provider, and whether its very name was said."""
        if called is None:
            return None
        if called in self._providers:
            return self._providers[called], True
        for one in self._providers.values():
            if one.aliases is not None and fits(one.aliases, called):
                return one, False
        return None

    def _guess(self, name: str) -> Found | None:
        """A model by its name alone, at who makes it."""
        for one in self._providers.values():
            if fits((*(one.own or ()), *_ALSO_OWN.get(one.id, ())), name):
                return self._at(name, one, sure=False)
        return None

    def _at(self, name: str, provider: Provider, sure: bool) -> Found | None:
        """A model at a provider, or else at those whose prices it takes."""
        for written in dict.fromkeys((name, _with_dashes(name))):
            if found := _first(provider.models, written):
                return Found(provider.id, found, sure)
            for other in provider.others:
                if found := _first(self._providers[other].models, written):
                    return Found(provider.id, found, sure=False)
        return None


def _first(models: Sequence[Model], name: str) -> Model | None:
    return next((one for one in models if one.called(name)), None)


def _with_dashes(name: str) -> str:
    """A date at the end of a name, as `-20251211`, in its other form: `-2025-12-11`."""

    def dashed(found: re.Match[str]) -> str:
        try:
            return f"-{date(*map(int, found.groups())).isoformat()}"
        except ValueError:  # of no calendar
            return found[0]

    return _COMPACT_DATE.sub(dashed, name)
