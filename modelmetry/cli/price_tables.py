"""Prices as tables and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from rich.table import Table

from modelmetry.cli.screen import Column, table
from modelmetry.cli.tables import RIGHT
from modelmetry.prices import Listing, Price, Terms, Usage
from modelmetry.prices.terms import Rate

# Kinds of tokens: the title, the member, the part of a price that it goes into.
KINDS: Final = (
    ("Input", "input", "input"),
    ("Cached input", "cached_input", "cache_read"),
    ("Cache write", "cache_write", "cache_write"),
    ("Cache write, 1 h", "cache_write_1h", None),
    ("Output", "output", "output"),
    ("Reasoning", "reasoning", None),
)
_INSTEAD: Final = {
    "cached_input": "as input",
    "cache_write": "as input",
    "cache_write_1h": "as cache write",
    "reasoning": "as output",
}
_MEANING: Final = {
    "stated": "stated by you",
    "listed": "listed for this model at this provider",
}
_OF_LISTING: Final = "assumed: which provider it is, or that it charges what others do"
_OF_PRICE: Final = "assumed: that tokens of the cache cost as others, or that all output is text"


def amount(money: Decimal) -> str:
    """US dollars, exactly, with two decimals at least."""
    whole, _, part = f"{money:f}".partition(".")
    return f"{whole}.{part.rstrip('0'):0<2}"


def listing_lines(listing: Listing, price: Price | None) -> Iterator[str]:
    """What was found, where, and how well it is known."""
    terms = listing.terms
    at = f" at {listing.provider}" if listing.provider else ""
    yield f"{listing.model}{at}, USD per million tokens"
    yield f"Source: {listing.source}" + (f", since {terms.since}" if terms.since else "")
    yield f"Confidence: {meaning(listing, price)}"
    if terms.daily is not None:
        begin, end = terms.daily
        yield f"Hours: {begin:%H:%M} to {end:%H:%M} UTC"
    if terms.request is not None:
        yield f"Each call: {amount(terms.request)} USD"


def meaning(listing: Listing, price: Price | None) -> str:
    """How well it is known, and if something was taken for granted what that is."""
    if listing.confidence == "assumed":
        return _OF_LISTING
    if price is not None and price.confidence == "assumed":
        return _OF_PRICE
    return _MEANING[listing.confidence]


def listing_table(listing: Listing, usage: Usage | None, price: Price | None) -> Table:
    """The price of each kind, and what the tokens asked about cost."""
    columns: list[Column] = [("Tokens of", {"no_wrap": True}), ("USD per million", RIGHT)]
    if price is None or usage is None:
        return table(columns, (rate_row(listing.terms, *kind[:2]) for kind in KINDS))
    columns += [("Tokens", RIGHT), ("Cost, USD", RIGHT)]
    rows = [
        [
            *rate_row(listing.terms, title, name),
            f"{counted(usage, name):,}",
            amount(getattr(price, part)) if part else "",
        ]
        for title, name, part in KINDS
    ]
    if price.other:
        rows.append(["Each call", "", "", amount(price.other)])
    return table(columns, [*rows, ["Total", "", "", amount(price.total)]])


def counted(usage: Usage, name: str) -> int:
    """Tokens of a kind; of the input those that the cache has nothing to do with."""
    count: int = getattr(usage, name) or 0
    return (
        count - (usage.cached_input or 0) - (usage.cache_write or 0) if name == "input" else count
    )


def rate_row(terms: Terms, title: str, name: str) -> list[str]:
    """A kind of tokens and its price."""
    rate: Rate | None = getattr(terms, name)
    if rate is None:
        return [title, _INSTEAD.get(name, "-")]
    if isinstance(rate, Decimal):
        return [title, amount(rate)]
    steps = [f"{amount(price)} beyond {start:,} of input" for start, price in rate.tiers]
    return [title, "; ".join([amount(rate.base), *steps])]


def document(listing: Listing, usage: Usage | None, price: Price | None) -> dict[str, Any]:
    """The same as JSON; exact decimals are texts."""
    terms = listing.terms
    found: dict[str, Any] = {
        "Model": listing.model,
        "Provider": listing.provider,
        "Source": listing.source,
        "AsOf": terms.since,
        "Confidence": listing.confidence if price is None else price.confidence,
        "Currency": "USD",
        "PerMillion": {
            wire(name): steps(getattr(terms, name))
            for _, name, _ in KINDS
            if getattr(terms, name) is not None
        },
        "PerCall": None if terms.request is None else amount(terms.request),
    }
    if price is not None and usage is not None:
        found["Usage"] = {wire(name): getattr(usage, name) for _, name, _ in KINDS}
        parts = ("input", "cache_read", "cache_write", "output", "other", "total")
        found["Cost"] = {wire(part): amount(getattr(price, part)) for part in parts}
    return found


def steps(rate: Rate) -> list[dict[str, Any]]:
    """A price, and those of longer inputs."""
    tiers = ((0, rate),) if isinstance(rate, Decimal) else ((0, rate.base), *rate.tiers)
    return [{"InputBeyond": start, "Price": amount(price)} for start, price in tiers]


def wire(name: str) -> str:
    """A member as the API writes members: `cache_write` is `CacheWrite`."""
    return "".join(part.capitalize() for part in name.split("_"))
