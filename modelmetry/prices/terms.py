"""What a provider charges for a model, from when on, and at which hours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal

from msgspec import Struct

from modelmetry.prices.answers import Confidence


class Tiered(Struct, frozen=True, array_like=True):
    """USD per million tokens, which depend on how long the whole input is.

    The price of a tier holds for all tokens of the call, not only for those beyond its start.

    Attributes:
        base: up to the first tier.
        tiers: tokens of input and the price beyond them, in rising order.
    """

    base: Decimal
    tiers: tuple[tuple[int, Decimal], ...]


Rate = Decimal | Tiered
"""USD per million tokens."""


class Terms(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is charged; a kind without a rate has none of its own.

    Attributes:
        input: for tokens of the input.
        cached_input: for those that were read from the cache.
        cache_write: for those that were written to it.
        cache_write_1h: for those that are kept for an hour.
        output: for tokens of the output.
        reasoning: for those that the model thought; they are output too.
        request: USD for the call itself.
        other_media: whether output other than text costs something else, which counts of tokens
            do not tell apart.
        since: the first day, in UTC, on which these terms hold.
        daily: the hours, in UTC, at which they hold; to before the second.
    """

    input: Rate | None = None
    cached_input: Rate | None = None
    cache_write: Rate | None = None
    cache_write_1h: Rate | None = None
    output: Rate | None = None
    reasoning: Rate | None = None
    request: Decimal | None = None
    other_media: bool = False
    since: date | None = None
    daily: tuple[time, time] | None = None

    def hold(self, moment: datetime) -> bool:
        """Whether a call at a moment in UTC is charged so."""
        if self.since is not None and moment.date() < self.since:
            return False
        if self.daily is None:
            return True
        begin, end = self.daily
        now = moment.time()
        return begin <= now < end if begin <= end else now >= begin or now < end


class Listing(Struct, frozen=True, kw_only=True):
    """Terms that a source has for a call, and how it came to them.

    Attributes:
        model: as the source calls it.
        provider: as the source calls it; `None` when an override is for any.
        source: `override`, `genai-prices` with its version, or `snapshot` with its date.
        confidence: how well it is known that they are those of this call.
        terms: what is charged.
    """

    model: str
    provider: str | None
    source: str
    confidence: Confidence
    terms: Terms


def in_force(terms: Sequence[Terms], moment: datetime) -> Terms | None:
    """Those that hold at a moment in UTC, of several the last."""
    for one in reversed(terms):
        if one.hold(moment):
            return one
    return None


def utc(at: datetime | None) -> datetime:
    """A moment in UTC, without saying so; now by default."""
    if at is None:
        at = datetime.now(UTC)
    try:
        return at if at.tzinfo is None else at.astimezone(UTC).replace(tzinfo=None)
    except OverflowError:  # at an end of the calendar
        return at.replace(tzinfo=None)
