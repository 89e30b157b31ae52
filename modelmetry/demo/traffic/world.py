"""What the invented shop runs: its models, its releases, its customers, its busy hours."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from itertools import accumulate
from typing import Final

from attrs import frozen

from modelmetry.demo.traffic.chance import Chance

DAYS: Final = 30
HOURS: Final = DAYS * 24
SECOND: Final = 1_000_000  # all times here are microseconds since 1970
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE

CHANNELS: Final = ("web", "app", "phone")
USERS: Final = 5_000
# How much of the day's traffic falls into each hour of it, and how much of the week's on each day.
_HOURS: Final = (1, 1, 1, 1, 1, 2, 4, 7, 11, 13, 13, 12, 11, 12, 13, 12, 11, 10, 9, 8, 6, 4, 3, 2)
_WEEKDAYS: Final = (10, 11, 11, 10, 10, 6, 5)
_OUTAGE: Final = (11 * 24 + 9, 11 * 24 + 11)  # hours of the month in which a provider is away


@frozen
class Model:
    """A model: its price for a million tokens, and how quick it is.

    Attributes:
        first_token: seconds until the first token, in most cases.
        rate: tokens per second after that.
        share: how often it is asked, beside the others.
    """

    name: str
    provider: str
    input_price: float
    output_price: float
    first_token: float
    rate: float
    share: int
    currency: str = "USD"


MODELS: Final = (
    Model("gpt-4o", "openai", 2.5, 10.0, 0.45, 80, 40),
    Model("gpt-4o-mini", "openai", 0.15, 0.6, 0.3, 110, 30),
    Model("claude-3-5-sonnet", "anthropic", 3.0, 15.0, 0.7, 65, 15),
    Model("llama3-70b", "groq", 0.59, 0.79, 0.15, 280, 10),
    Model("mistral-large", "mistral", 1.8, 5.4, 0.4, 70, 5, "EUR"),
)
SMALL: Final = MODELS[1]
EMBEDDER: Final = Model("text-embedding-3-small", "openai", 0.02, 0.0, 0.05, 90_000, 0)
_MODEL_SHARES: Final = tuple(model.share for model in MODELS)


@frozen
class Release:
    """A version of the shop's software: since when it ran, and how slow and faulty it was."""

    name: str
    since: float
    slowness: float = 1.0
    faults: float = 0.026


RELEASES: Final = (
    Release("2.3.0", 0.0),
    Release("2.4.0", 0.3, slowness=0.9),
    Release("2.5.0", 0.62, slowness=1.5, faults=0.1),  # the one that a person should find
    Release("2.5.1", 0.7, slowness=0.9, faults=0.024),
)


def release_at(share: float) -> Release:
    """The release that ran when a share of the month was over."""
    return next(found for found in reversed(RELEASES) if found.since <= share)


def any_model(chance: Chance) -> Model:
    """One of the models, the usual ones more often."""
    return chance.choices(MODELS, _MODEL_SHARES)[0]


def is_outage(micros: int, begin: int) -> bool:
    """Whether the provider `openai` was away then."""
    return _OUTAGE[0] <= (micros - begin) // HOUR < _OUTAGE[1]


def arrivals(chance: Chance, count: int, begin: int) -> Sequence[int]:
    """Times at which customers come, in order, from `begin` on for a month.

    More come by day than by night, and on working days than at weekends.
    """
    weights = [busy(begin + hour * HOUR) for hour in range(HOURS)]
    edges = list(accumulate(weights, initial=0))
    times: list[int] = []
    for n in range(count):
        at = (n + chance.random()) / count * edges[-1]
        hour = min(bisect(edges, at) - 1, HOURS - 1)
        within = (at - edges[hour]) / weights[hour]
        times.append(begin + int((hour + within) * HOUR))
    return times


def busy(micros: int) -> int:
    """How much happens in the hour of a moment, beside other hours."""
    hours = micros // HOUR
    weekday = (hours // 24 + 3) % 7  # 1970 began on a Thursday
    return _HOURS[hours % 24] * _WEEKDAYS[weekday]
