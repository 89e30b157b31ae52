"""Terms and counts become money."""

from __future__ import annotations

from decimal import Context, Decimal, localcontext
from typing import Final

from modelmetry.prices.answers import Confidence, Price, Unpriced, Usage
from modelmetry.prices.terms import Listing, Rate, Tiered

# Counts of 15 digits at a million dollars with 18 decimals have 40 figures: nothing is rounded,
# whatever the program's own context of decimals is.
EXACT: Final = Context(prec=60)
MOST_TOKENS: Final = 10**15
_MILLION: Final = -6
_NOTHING: Final = Decimal(0)


def fault(usage: Usage) -> str | None:
    """What is wrong with counts, if they cannot be those of a call."""
    for name in usage.__struct_fields__:
        count = getattr(usage, name)
        if count is None or (type(count) is int and 0 <= count <= MOST_TOKENS):
            continue
        return f"{name} is {_shown(count)}; expected a whole number of tokens, 0 to {MOST_TOKENS:,}"
    cached, written = usage.cached_input or 0, usage.cache_write or 0
    if cached + written > (usage.input or 0):
        of = usage.input if usage.input is not None else "not said"
        return f"cached_input {cached} and cache_write {written} are part of input, which is {of}"
    if (usage.cache_write_1h or 0) > written:
        return f"cache_write_1h {usage.cache_write_1h} is part of cache_write, which is {written}"
    if (usage.reasoning or 0) > (usage.output or 0):
        of = usage.output if usage.output is not None else "not said"
        return f"reasoning {usage.reasoning} is part of output, which is {of}"
    return None


def _shown(count: object) -> str:
    """What was given for a count, if that is short for sure."""
    if isinstance(count, int) and abs(count) > MOST_TOKENS:
        return "beyond any count"
    return repr(count) if isinstance(count, int | float) else f"a {type(count).__name__}"


def charge(listing: Listing, usage: Usage) -> Price | Unpriced:
    """What a possible usage costs under the terms of a listing."""
    missing = _untold(listing, usage) or _unlisted(listing, usage)
    if missing is not None:
        return missing
    terms, length = listing.terms, usage.input or 0
    cached, written = usage.cached_input or 0, usage.cache_write or 0
    hour, thought = usage.cache_write_1h or 0, usage.reasoning or 0
    written_rate = terms.input if terms.cache_write is None else terms.cache_write
    with localcontext(EXACT):
        plain = _cost(terms.input, length - cached - written, length)
        read = _cost(_either(terms.cached_input, terms.input), cached, length)
        write = _cost(written_rate, written - hour, length)
        if hour:
            write += _cost(_either(terms.cache_write_1h, written_rate), hour, length)
        said = _cost(terms.output, (usage.output or 0) - thought, length)
        if thought:
            said += _cost(_either(terms.reasoning, terms.output), thought, length)
        other = terms.request or _NOTHING
        total = plain + read + write + said + other
    return Price(
        input=plain,
        cache_read=read,
        cache_write=write,
        output=said,
        other=other,
        total=total,
        source=listing.source,
        as_of=terms.since,
        confidence=_confidence(listing, cached, written - hour, hour),
        model=listing.model,
        provider=listing.provider,
    )


def _cost(rate: Rate | None, tokens: int, length: int) -> Decimal:
    """What tokens cost in a call with an input of so many."""
    if not tokens or rate is None:
        return _NOTHING
    if isinstance(rate, Tiered):
        rate = next((price for start, price in reversed(rate.tiers) if length > start), rate.base)
    return (rate * tokens).scaleb(_MILLION)


def _either(rate: Rate | None, instead: Rate | None) -> Rate | None:
    return instead if rate is None else rate


def _untold(listing: Listing, usage: Usage) -> Unpriced | None:
    """What costs money and was not counted."""
    for name in ("input", "output"):
        rate = getattr(listing.terms, name)
        if getattr(usage, name) is None and rate is not None and rate != _NOTHING:
            detail = f"{name} tokens of {listing.model} cost money, and their count was not said"
            return Unpriced("incomplete_usage", detail)
    return None


def _unlisted(listing: Listing, usage: Usage) -> Unpriced | None:
    """What was counted and has no rate."""
    terms, where = listing.terms, f"{listing.model} ({listing.source})"
    if terms.input is None and terms.output is None:
        return Unpriced("no_price", f"there is no price of tokens of {where}")
    for name, rate in (("input", terms.input), ("output", terms.output)):
        if rate is None and getattr(usage, name):
            return Unpriced("no_price", f"there is no price of {name} tokens of {where}")
    return None


def _confidence(listing: Listing, cached: int, written: int, hour: int) -> Confidence:
    """Lower than that of the listing where a token of the cache was taken for another."""
    terms = listing.terms
    if terms.input == _NOTHING:
        return listing.confidence
    instead = (
        (cached and terms.cached_input is None)
        or (written and terms.cache_write is None)
        or (hour and terms.cache_write_1h is None)
        or terms.other_media
    )
    return "assumed" if instead else listing.confidence
