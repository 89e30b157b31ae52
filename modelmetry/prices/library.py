"""The prices of genai-prices, where it is installed: `pip install "modelmetry[prices]"`."""

from __future__ import annotations

import logging
from datetime import UTC, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from modelmetry.prices.catalogue import Catalogue, Model, Provider
from modelmetry.prices.charging import EXACT
from modelmetry.prices.rules import Condition, Rule
from modelmetry.prices.terms import Rate, Terms, Tiered

if TYPE_CHECKING:
    from genai_prices import types as theirs
    from genai_prices.data_snapshot import DataSnapshot

logger: Final = logging.getLogger("modelmetry.prices")

_RATES: Final = {
    "input": "input_mtok",
    "cached_input": "cache_read_mtok",
    "cache_write": "cache_write_mtok",
    "cache_write_1h": "cache_write_1h_mtok",
    "output": "output_mtok",
    "reasoning": "output_reasoning_mtok",
}
_OTHER_MEDIA: Final = ("output_audio_mtok", "output_image_mtok", "output_video_mtok")
_FREE: Final = Terms(input=Decimal(0), output=Decimal(0))
_SIGNS: Final = {
    "starts_with": "^",
    "ends_with": "$",
    "contains": "*",
    "regex": "~",
    "equals": "=",
}


class Library:
    """What genai-prices knows now: its own data, or newer ones that `UpdatePrices` brought."""

    def __init__(self) -> None:
        self._usable = True
        self._read: tuple[object, Catalogue] | None = None

    def catalogue(self) -> Catalogue | None:
        """Its list; `None` where it is not installed or cannot be understood."""
        if not self._usable:
            return None
        try:
            return self._current()
        except ImportError:
            self._usable = False
        except Exception:  # of another version, and a price must never raise
            logger.warning(
                "genai-prices cannot be read, its prices are not used; "
                "run: pip install --upgrade 'modelmetry[prices]'",
                exc_info=True,
            )
            self._usable = False
        return None

    def _current(self) -> Catalogue:
        from genai_prices import __version__  # noqa: PLC0415 - an optional extra, and slow
        from genai_prices.data_snapshot import get_snapshot  # noqa: PLC0415

        data = get_snapshot()
        if self._read is None or self._read[0] is not data:
            updated = f", updated {data.timestamp:%Y-%m-%d}" if data.from_auto_update else ""
            source = f"genai-prices {__version__}{updated}"
            self._read = data, Catalogue(providers_of(data), source)
        return self._read[1]


def providers_of(data: DataSnapshot) -> list[Provider]:
    """Providers of genai-prices as ours."""
    return [
        Provider(
            id=one.id,
            models=tuple(_model(model) for model in one.models),
            own=None if one.model_match is None else _rule(one.model_match),
            aliases=None if one.provider_match is None else _rule(one.provider_match),
            others=tuple(one.fallback_model_providers or ()),
        )
        for one in data.providers
    ]


def _model(model: theirs.ModelInfo) -> Model:
    rule = _rule(model.match)
    own = rule == (f"={model.id.lower()}",)
    prices = model.prices if isinstance(model.prices, list) else [model]
    terms = tuple(_terms(one.prices, getattr(one, "constraint", None)) for one in prices)
    if terms == (Terms(),):  # nothing costs anything, or nobody knows: only a name tells
        terms = (_FREE,) if model.id.endswith(":free") else ()
    return Model(model.id, terms, None if own else rule)


def _terms(prices: Any, constraint: Any) -> Terms:
    """What is charged, on or at what the constraint names."""
    rates = {name: _rate(getattr(prices, key)) for name, key in _RATES.items()}
    fee = prices.requests_kcount  # for a thousand
    request = None if fee is None else fee.scaleb(-3, context=EXACT)
    since, daily = getattr(constraint, "start_date", None), None
    if hasattr(constraint, "start_time"):
        daily = _of_day(constraint.start_time), _of_day(constraint.end_time)
    elif constraint is not None and since is None:
        raise TypeError(f"{constraint!r} is a constraint that is not known")
    return Terms(
        **rates,
        request=request,
        other_media=any(getattr(prices, key) is not None for key in _OTHER_MEDIA),
        since=since,
        daily=daily,
    )


def _of_day(moment: time) -> time:
    """A time in UTC, without saying so."""
    if moment.tzinfo not in {None, UTC}:
        raise ValueError(f"{moment!r} is not a time in UTC")
    return moment.replace(tzinfo=None)


def _rate(price: Any) -> Rate | None:
    if price is None or isinstance(price, Decimal):
        return price
    return Tiered(price.base, tuple((tier.start, tier.price) for tier in price.tiers))


def _rule(match: theirs.MatchLogic) -> Rule:
    """A rule of genai-prices, which nests, as any of all of conditions."""
    found = _any_of(match)
    return tuple(one[0] if len(one) == 1 else one for one in found)


def _any_of(match: Any) -> list[tuple[Condition, ...]]:
    if hasattr(match, "or_"):
        return [each for part in match.or_ for each in _any_of(part)]
    if hasattr(match, "and_"):
        sets: list[tuple[Condition, ...]] = [()]
        for part in match.and_:
            sets = [(*one, *other) for one in sets for other in _any_of(part)]
        return sets
    for name, sign in _SIGNS.items():
        text = getattr(match, name, None)
        if text is not None:
            return [(sign + (text if sign == "~" else text.lower()),)]
    raise TypeError(f"{match!r} is a rule that is not known")
