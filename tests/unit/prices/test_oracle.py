"""Ours against genai-prices: the same list, another way to compute."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from modelmetry.prices import Price, Prices, Unpriced, Usage
from tests.strategies import texts
from tests.unit.prices.drawn import by_the_library, moments, references, usages

BOOKS = {"genai-prices": Prices(), "snapshot": Prices(library=False)}
ALL = pytest.mark.parametrize("book", BOOKS.values(), ids=BOOKS)
NAMES_BEDROCK = re.compile(r"([a-z-]+\.)+[a-z]")  # us.anthropic.claude
MORE_THAN_THEIRS = ("text-embedding-", "ft:gpt-", "chatgpt-")
MANY = settings(max_examples=2 * settings().max_examples)


@ALL
@MANY
@given(references(), usages(), moments)
def test_prices_are_those_of_genai_prices(
    book: Prices, reference: tuple[str, str], usage: Usage, at: datetime
) -> None:
    """For any model, usage and date: the same model, and the same money to the last figure."""
    model, provider = reference
    theirs = by_the_library(model, provider, usage, at)
    assume(theirs is not None)
    assert theirs is not None
    ours = book.price(model, provider=provider, usage=usage, at=at)
    if isinstance(ours, Unpriced):
        listed = theirs.model_price
        assert ours.reason == "no_price"
        assert listed.input_mtok is None or listed.output_mtok is None
        return
    assert ours.model == theirs.model.id
    assert ours.input + ours.cache_read + ours.cache_write == theirs.input_price
    assert ours.output == theirs.output_price
    assert ours.total == theirs.total_price


@ALL
@MANY
@given(references(), usages(), moments)
def test_a_provider_that_was_not_said_is_guessed_as_genai_prices_does(
    book: Prices, reference: tuple[str, str], usage: Usage, at: datetime
) -> None:
    """Where nothing in the name says more; and then the price says that something was assumed."""
    model, _ = reference
    assume("/" not in model and not NAMES_BEDROCK.match(model))
    theirs = by_the_library(model, None, usage, at)
    ours = book.price(model, usage=usage, at=at)
    if theirs is None and not model.startswith(MORE_THAN_THEIRS):
        assert isinstance(ours, Unpriced)
        assert ours.reason == "unknown_model"
    elif theirs is not None and isinstance(ours, Price):
        assert (ours.provider, ours.model) == (theirs.provider.id, theirs.model.id)
        assert (ours.total, ours.confidence) == (theirs.total_price, "assumed")


@ALL
@MANY
@given(references(), usages(), moments)
def test_parts_add_up_to_the_total(
    book: Prices, reference: tuple[str, str], usage: Usage, at: datetime
) -> None:
    """Exactly, and none is negative."""
    model, provider = reference
    price = book.price(model, provider=provider, usage=usage, at=at)
    if isinstance(price, Price):
        parts = (price.input, price.cache_read, price.cache_write, price.output, price.other)
        assert sum(parts) == price.total
        assert min(parts) >= 0


@MANY
@given(
    references(),
    usages(),
    moments,
    st.sampled_from(
        [
            ("input",),
            ("input", "cached_input"),
            ("input", "cache_write"),
            ("input", "cache_write", "cache_write_1h"),
            ("output",),
            ("output", "reasoning"),
        ]
    ),
    st.integers(1, 1_000_000),
)
def test_more_tokens_never_cost_less(
    reference: tuple[str, str], usage: Usage, at: datetime, kinds: tuple[str, ...], more: int
) -> None:
    """Of whatever kind they are; a kind that is part of another is added to both."""
    model, provider = reference
    added = replace(usage, **{kind: getattr(usage, kind) + more for kind in kinds})
    book = BOOKS["snapshot"]
    before = book.price(model, provider=provider, usage=usage, at=at)
    after = book.price(model, provider=provider, usage=added, at=at)
    if isinstance(before, Price) and isinstance(after, Price):
        assert after.total >= before.total


@MANY
@given(
    st.one_of(texts, references().map(lambda one: one[0])),
    st.one_of(st.none(), texts, st.sampled_from(["openai", "aws.bedrock", "openrouter"])),
    st.dictionaries(
        st.sampled_from(Usage.__struct_fields__),
        st.one_of(st.none(), st.integers(), st.just(10**5000), st.floats(), texts, st.booleans()),
    ),
    st.datetimes(timezones=st.timezones()),
)
def test_nothing_that_a_call_brings_along_raises(
    model: str, provider: str | None, counts: dict[str, Any], at: datetime
) -> None:
    """Who asks while recording has nothing to catch."""
    answer = BOOKS["snapshot"].price(model, provider=provider, usage=Usage(**counts), at=at)
    assert isinstance(answer, Price | Unpriced)


@MANY
@given(references(), usages(), moments)
def test_no_token_is_charged_twice(reference: tuple[str, str], usage: Usage, at: datetime) -> None:
    """Tokens that were cached cost nothing as input, those that were thought nothing as speech."""
    model, provider = reference
    book = BOOKS["snapshot"]
    from_cache = Usage(input=usage.input, cached_input=usage.input, output=0)
    price = book.price(model, provider=provider, usage=from_cache, at=at)
    if isinstance(price, Price):
        assert [price.input, price.cache_write, price.output] == [0, 0, 0]
        assert price.total == price.cache_read + price.other
    thought = Usage(input=0, output=usage.output, reasoning=usage.output)
    listing = book.listing(model, provider=provider, at=at)
    if not isinstance(listing, Unpriced) and listing.terms.reasoning is None:
        said = book.price(model, provider=provider, usage=replace(thought, reasoning=0), at=at)
        assert book.price(model, provider=provider, usage=thought, at=at) == said
