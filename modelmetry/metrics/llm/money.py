"""What one call cost: what the provider said, else what the price book knows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from msgspec import Struct

from modelmetry.client.calls import ModelCall
from modelmetry.prices.answers import Price, PriceBook, Reason, Unpriced, Usage
from modelmetry.prices.charging import fault
from modelmetry.signals.families import Cost, Money

REPORTED: Final = "reported"
"""The source of a cost that the provider said itself."""

NO_USAGE, OTHER_CURRENCY = "no_usage", "other_currency"
IMPOSSIBLE_USAGE: Final[Reason] = "impossible_usage"
INCOMPLETE_USAGE: Final[Reason] = "incomplete_usage"
IMPOSSIBLE_COST, BOOK_FAILED = "impossible_cost", "price_book_failed"
_DOLLAR: Final = "USD"
_MOST: Final = 1e9  # USD; a larger one is a mistake that would drown all others


class Charge(Struct, frozen=True):
    """What a call cost, or why that is not known.

    Attributes:
        parts: USD by component: `input`, `cache_read`, `cache_write`, `output`, `other`.
        source: `reported`, `override`, `genai-prices` or `snapshot`.
        unknown: why there is no cost; empty when there is one.
    """

    parts: Mapping[str, float]
    source: str = ""
    unknown: str = ""


def charge(call: ModelCall, usage: Usage, prices: PriceBook) -> Charge | None:
    """What `call` cost; `None` when nothing was used, as by most calls that failed.

    Of one that failed while its answer came nobody knows, for what had come costs money.
    """
    if call.cost is not None:
        said = _reported(call.cost)
        if said is not None:
            return said
    if usage == Usage():
        return _without_usage(call)
    if fault(usage) is not None:
        return Charge({}, unknown=IMPOSSIBLE_USAGE)
    at = datetime.fromtimestamp(call.start_ns // 1_000_000_000, UTC)
    found = prices.price(call.model, provider=call.provider, usage=usage, at=at)
    return _priced(found)


def _priced(found: Price | Unpriced) -> Charge:
    """What a price book answered; it may be anybody's."""
    if isinstance(found, Unpriced):
        return Charge({}, unknown=found.reason)
    if found.currency != _DOLLAR:
        return Charge({}, unknown=OTHER_CURRENCY)
    parts = _parts(found)
    if not all(map(_possible, parts.values())):
        return Charge({}, unknown=IMPOSSIBLE_COST)
    return Charge(parts, found.source.partition(" ")[0])


def _without_usage(call: ModelCall) -> Charge | None:
    if call.usage is not None and call.usage.total is not None:
        return Charge({}, unknown=INCOMPLETE_USAGE)
    was_refused = call.error_type is not None and call.first_token is None
    return None if was_refused else Charge({}, unknown=NO_USAGE)


def _parts(price: Price) -> dict[str, float]:
    named = {
        "input": price.input,
        "cache_read": price.cache_read,
        "cache_write": price.cache_write,
        "output": price.output,
        "other": price.other,
    }
    return {component: float(amount) for component, amount in named.items() if amount}


def _reported(cost: Cost) -> Charge | None:
    """What the provider said; the total is right, and what its parts do not explain is `other`."""
    said = [one for one in (cost.input, cost.output, cost.total) if one is not None]
    if not said:
        return None
    if any(one.currency != _DOLLAR for one in said):
        return Charge({}, unknown=OTHER_CURRENCY)
    if not all(_possible(one.amount) for one in said):
        return Charge({}, unknown=IMPOSSIBLE_COST)
    parts = {"input": _amount(cost.input), "output": _amount(cost.output)}
    if cost.total is not None:
        rest = cost.total.amount - sum(parts.values())
        parts = {**parts, "other": rest} if rest >= 0 else {"other": cost.total.amount}
    return Charge({component: amount for component, amount in parts.items() if amount}, REPORTED)


def _possible(amount: float) -> bool:
    return 0 <= amount <= _MOST  # NaN is not


def _amount(money: Money | None) -> float:
    return 0.0 if money is None else money.amount
