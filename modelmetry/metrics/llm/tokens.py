"""Tokens of one call, by kinds that can be added up."""

from __future__ import annotations

from typing import Final

from modelmetry.prices.answers import Usage as PricedUsage
from modelmetry.prices.charging import MOST_TOKENS
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
        input=_whole(usage.input),
        cached_input=_whole(usage.cached_input),
        cache_write=_whole(usage.cache_write),
        output=_whole(usage.output),
        reasoning=_whole(usage.reasoning),
    )


def countable(usage: PricedUsage) -> PricedUsage:
    """The same without what is no count: a negative one, or one that would drown all others."""
    return PricedUsage(
        input=_possible(usage.input),
        cached_input=_possible(usage.cached_input),
        cache_write=_possible(usage.cache_write),
        output=_possible(usage.output),
        reasoning=_possible(usage.reasoning),
    )


def disjoint(usage: PricedUsage) -> tuple[dict[str, int], dict[str, int]]:
    """Tokens of input and output by kind, each once: those of a cache are no `input`.

    And thoughts are no `output`. Kinds of which nothing was said are left out. Parts that are
    larger than what they are parts of are taken as they are, and leave nothing of it.
    """
    put_in: dict[str, int] = {}
    came_out: dict[str, int] = {}
    cached, written = usage.cached_input, usage.cache_write
    if usage.input is not None:
        put_in[INPUT] = max(0, usage.input - (cached or 0) - (written or 0))
    if cached is not None:
        put_in[CACHE_READ] = cached
    if written is not None:
        put_in[CACHE_WRITE] = written
    if usage.output is not None:
        came_out[OUTPUT] = max(0, usage.output - (usage.reasoning or 0))
    if usage.reasoning is not None:
        came_out[REASONING] = usage.reasoning
    return put_in, came_out


def _whole(used: UsageValue | None) -> int | None:
    return None if used is None or used.unit.lower() not in _TOKENS else round(used.amount)


def _possible(count: int | None) -> int | None:
    return count if count is not None and 0 <= count <= MOST_TOKENS else None
