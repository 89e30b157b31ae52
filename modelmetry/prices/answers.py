"""What is asked about a price, and what is answered."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Literal, Protocol

from msgspec import Struct

Confidence = Literal["stated", "listed", "assumed"]
"""How well a price is known.

- `stated`: the user said it, for each kind of token that the call used.
- `listed`: a list names the model and the provider of the call, and such a price for each kind.
- `assumed`: something was taken for granted: which provider it was, that a provider charges what
  the maker of the model does, that a cached token costs as much as any other of the input, or
  that the output is text where sounds or images cost something else.
"""

Reason = Literal[
    "unknown_model", "unknown_provider", "no_price", "incomplete_usage", "impossible_usage"
]
"""Why a call has no price.

- `unknown_model`: no list knows the model, or not at this provider.
- `unknown_provider`: no list knows the provider.
- `no_price`: the model is known, and no price of what the call used.
- `incomplete_usage`: how much was used of something that costs money was not said.
- `impossible_usage`: the counts contradict each other, or are no counts.
"""


class Usage(Struct, frozen=True, kw_only=True):
    """Tokens that one call used, each 0 or more; `None` means not said.

    Attributes:
        input: all of the input, with what was read from the cache and written to it.
        cached_input: what of `input` was read from the provider's cache.
        cache_write: what of `input` was written to it.
        cache_write_1h: what of `cache_write` is kept for an hour instead of five minutes.
        output: all of the output, with `reasoning`.
        reasoning: what of `output` the model thought and did not say.
    """

    input: int | None = None
    cached_input: int | None = None
    cache_write: int | None = None
    cache_write_1h: int | None = None
    output: int | None = None
    reasoning: int | None = None


class Price(Struct, frozen=True, kw_only=True):
    """What one call cost, exactly; the parts are disjoint and add up to `total`.

    Attributes:
        input: of the input that was neither read from the cache nor written to it.
        cache_read: of the input that was read from the cache.
        cache_write: of the input that was written to it.
        output: of the output, with what the model thought.
        other: the fee of some providers for each call.
        total: all of them.
        source: `override`, `genai-prices` with its version, or `snapshot` with its date.
        as_of: the day since which this price holds, if the source names one.
        confidence: how well it is known.
        model: as the source calls it.
        provider: as the source calls it; `None` when an override is for any.
        currency: of ISO 4217.
    """

    input: Decimal
    cache_read: Decimal
    cache_write: Decimal
    output: Decimal
    other: Decimal
    total: Decimal
    source: str
    as_of: date | None
    confidence: Confidence
    model: str
    provider: str | None
    currency: str = "USD"


class Unpriced(Struct, frozen=True):
    """A call whose price is not known, which is not the same as none.

    Attributes:
        reason: countable.
        detail: a sentence with the values.
    """

    reason: Reason
    detail: str


class PriceBook(Protocol):
    """Knows what calls cost.

    Whoever counts calls asks it once for each, in the background: it had better take microseconds.
    """

    def price(
        self,
        model: str | None,
        *,
        provider: str | None = None,
        usage: Usage,
        at: datetime | None = None,
    ) -> Price | Unpriced:
        """Say what a call cost; never raises.

        Args:
            model: as the call or its answer named it, also with a provider before it; `None` when
                it named none.
            provider: who was called, as OpenTelemetry or the price list names it.
            usage: what the provider reported.
            at: when; now by default. Without an offset it is UTC.
        """
        ...
