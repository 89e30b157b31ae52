"""Tokens of one call, by kinds that can be added up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from modelmetry.prices.answers import Usage as PricedUsage
from modelmetry.signals.families import Usage, UsageValue

INPUT: Final = "input"
CACHE_READ: Final = "cache_read"
CACHE_WRITE: Final = "cache_write"
OUTPUT: Final = "output"
REASONING: Final = "reasoning"

_TOKENS: Final = frozenset({"token", "tokens"})


def reported(usage: Usage | None) -> PricedUsage:
    """What the provider reported, as whole tokens; what it counted in another unit is not."""
    if usage is None:
        return PricedUsage()
    return PricedUsage(
        input=_count(usage.input),
        cached_input=_count(usage.cached_input),
        cache_write=_count(usage.cache_write),
        output=_count(usage.output),
        reasoning=_count(usage.reasoning),
    )


def disjoint(usage: PricedUsage) -> Mapping[str, int]:
    """Tokens by kind, each token once: those of a cache are no `input`, thoughts no `output`.

    Kinds of which nothing was said are left out. Parts that are larger than what they are parts
    of are taken as they are, and leave nothing of it.
    """
    found: dict[str, int] = {}
    cached, written = usage.cached_input, usage.cache_write
    if usage.input is not None:
        found[INPUT] = max(0, usage.input - (cached or 0) - (written or 0))
    if cached is not None:
        found[CACHE_READ] = cached
    if written is not None:
        found[CACHE_WRITE] = written
    if usage.output is not None:
        found[OUTPUT] = max(0, usage.output - (usage.reasoning or 0))
    if usage.reasoning is not None:
        found[REASONING] = usage.reasoning
    return found


def _count(used: UsageValue | None) -> int | None:
    if used is None or used.unit.lower() not in _TOKENS or used.amount < 0:
        return None
    return round(used.amount)
