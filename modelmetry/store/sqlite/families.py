"""What lists and totals need to know of a span's family data.

Family data may be any JSON, so every step looks before it leaps.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple, cast

from modelmetry.store.sqlite.encode import to_float

USAGE_MEMBERS: Final = ("Input", "Output", "Total", "CachedInput", "CacheWrite", "Reasoning")
_WITH_MODEL: Final = frozenset({"completion", "embeddings"})
_SAME_AS_OTHER: Final = frozenset({"", "unset", "other"})
_RANKS: Final = {
    "": 0,
    "unset": 0,
    "trace": 1,
    "debug": 1,
    "info": 2,
    "notice": 2,
    "warn": 3,
    "warning": 3,
    "error": 4,
    "critical": 5,
    "fatal": 5,
    "alert": 6,
    "emergency": 7,
}
_FAILURE: Final = 4


class Figures(NamedTuple):
    """Model, provider, tokens (in the order of `Usage`) and cost of a span."""

    model: str | None
    provider: str | None
    usage: tuple[float | None, ...]
    cost: float | None
    currency: str | None


NO_FIGURES: Final = Figures(None, None, (None,) * len(USAGE_MEMBERS), None, None)


def family_of(sent: str | None) -> str | None:
    """The family that was sent; None for all the ways to send none."""
    return None if sent is None or sent in _SAME_AS_OTHER else sent


def without_secrets(data: Any) -> Any:
    """Family data without the provider's key, which is never stored."""
    options = _object(data, "Options")
    if "APIKey" not in options:
        return data
    rest = {name: value for name, value in options.items() if name != "APIKey"}
    return {**data, "Options": rest}


def figures(family: str | None, data: Any) -> Figures:
    """The figures in the data of a completion or embeddings span; none in any other."""
    if family not in _WITH_MODEL:
        return NO_FIGURES
    options = _object(data, "Options")
    return Figures(
        _text(options, "Model"),
        _text(options, "Provider"),
        _tokens(_object(data, "Usage")),
        *_cost(_object(data, "Cost")),
    )


@lru_cache(maxsize=256)
def severity_rank(severity: str | None) -> int:
    """How grave a severity is; one that we do not know is graver than none."""
    return 0 if severity is None else _RANKS.get(severity.lower(), 1)


def is_failure(severity: str | None) -> bool:
    """Whether a severity means failure: `error` and what is graver."""
    return severity_rank(severity) >= _FAILURE


def _object(parent: Any, name: str) -> Mapping[str, Any]:
    """A member that is an object; empty when it is not, or the parent is none."""
    found = cast("dict[str, Any]", parent).get(name) if isinstance(parent, dict) else None
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def _text(parent: Mapping[str, Any], name: str) -> str | None:
    found = parent.get(name)
    return found if isinstance(found, str) and found else None


def _number(parent: Mapping[str, Any], name: str) -> float | None:
    found = parent.get(name)
    if isinstance(found, bool) or not isinstance(found, int | float):
        return None
    return to_float(found)


def _tokens(usage: Mapping[str, Any]) -> tuple[float | None, ...]:
    if not usage:
        return NO_FIGURES.usage
    found = [_amount(_object(usage, name), "Unit", "tokens") for name in USAGE_MEMBERS]
    if found[2] is None and (found[0] is not None or found[1] is not None):
        found[2] = (found[0] or 0.0) + (found[1] or 0.0)
    return tuple(found)


def _amount(value: Mapping[str, Any], name: str, unit: str) -> float | None:
    return _number(value, "Amount") if value.get(name, unit) == unit else None


def _cost(cost: Mapping[str, Any]) -> tuple[float | None, str | None]:
    """The total, else input and output together, when they have one currency."""
    total = _money(_object(cost, "Total"))
    if total is not None:
        return total
    parts = [money for name in ("Input", "Output") if (money := _money(_object(cost, name)))]
    if not parts or len({currency for _, currency in parts}) > 1:
        return None, None
    return to_float(sum(amount for amount, _ in parts)), parts[0][1]


def _money(money: Mapping[str, Any]) -> tuple[float, str] | None:
    amount, currency = _number(money, "Amount"), _text(money, "Currency")
    return None if amount is None or currency is None else (amount, currency)
