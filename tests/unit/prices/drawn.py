"""What Hypothesis draws about prices: models of the list, usages that can be, moments."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from itertools import chain
from typing import Any

import genai_prices
from genai_prices.data_snapshot import get_snapshot
from hypothesis import strategies as st

from modelmetry.prices import Usage
from modelmetry.prices.catalogue import Model
from modelmetry.prices.snapshot import shipped

# What may follow where a rule says only how a name begins.
_TAILS = st.sampled_from(["", "-latest", "-20251211", "-2025-12-11", "-v1:0", "@20250514", ":free"])
_COUNTS = st.one_of(
    st.integers(0, 10),
    st.integers(0, 2_000_000),
    st.sampled_from([0, 100_000, 128_000, 128_001, 200_000, 200_001, 256_000, 272_001]),
)
_OFFSETS = st.integers(-14, 14).map(lambda hours: timezone(timedelta(hours=hours)))
_FIRST, _LAST = datetime(2023, 1, 1), datetime(2027, 3, 1)  # noqa: DTZ001 - offsets are drawn

moments: st.SearchStrategy[datetime] = st.one_of(
    st.datetimes(_FIRST, _LAST), st.datetimes(_FIRST, _LAST, timezones=_OFFSETS)
)
"""Moments before, among and after the dates of the list."""


@st.composite
def usages(draw: st.DrawFn) -> Usage:
    """Counts that do not contradict each other; each may be the whole of what it is part of."""
    cached, written, plain, said, thought = (draw(_COUNTS) for _ in range(5))
    return Usage(
        input=plain + cached + written,
        cached_input=cached,
        cache_write=written,
        cache_write_1h=draw(st.integers(0, written)),
        output=said + thought,
        reasoning=thought,
    )


@st.composite
def references(draw: st.DrawFn) -> tuple[str, str]:
    """A name that a rule of the list was made for, and its provider."""
    provider = draw(st.sampled_from(list(shipped())))
    model = draw(st.sampled_from(provider.models))
    return draw(st.sampled_from(_names(model))) + draw(_TAILS), provider.id


def _names(model: Model) -> list[str]:
    conditions = chain.from_iterable(
        [one] if isinstance(one, str) else one for one in model.rule or ()
    )
    return [model.id, *(text[1:] for text in conditions if text[0] != "~")]


def by_the_library(
    model: str, provider: str | None, usage: Usage, at: datetime
) -> genai_prices.types.PriceCalculation | None:
    """What genai-prices itself says; `None` where it does not know the model."""
    counts: dict[str, Any] = {
        "input_tokens": usage.input,
        "cache_read_tokens": usage.cached_input,
        "cache_write_tokens": usage.cache_write,
        "cache_write_1h_tokens": usage.cache_write_1h,
        "output_tokens": usage.output,
        "output_reasoning_tokens": usage.reasoning,
    }
    try:
        found, _ = get_snapshot().find_provider_model(model, None, provider, None)
    except LookupError:
        return None
    return genai_prices.calc_price(
        genai_prices.Usage(**counts), model, provider_id=found.id, genai_request_timestamp=at
    )
