"""Figures as people read them: `15,234`, `45 ms`, `99.7 %`, `$0.0023`."""

from __future__ import annotations

import re
from collections.abc import Callable
from math import floor, log10
from typing import Final

MINUS: Final = "\N{MINUS SIGN}"
_SYMBOLS: Final = {"USD": "$", "EUR": "€", "GBP": "£"}
_DIGITS = 3
_MINUTE, _HOUR, _DAY = 60.0, 3_600.0, 86_400.0
_SHORT: Final = ((1e-3, 1e-6, "µs"), (1.0, 1e-3, "ms"), (_MINUTE, 1.0, "s"))
_LONG: Final = ((_HOUR, _MINUTE, "min"), (_DAY, _HOUR, "h"), (float("inf"), _DAY, "days"))
_NOT_IN_UNIT: Final = re.compile(r"[^A-Za-z0-9%/.]")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_LONGEST_UNIT: Final = 20
_MANY_TIMES: Final = 10.0
_VAST: Final = 1e15


def amount(value: float, unit: str) -> str:
    """A value in its unit.

    Args:
        value: finite.
        unit: by UCUM, as figures of the contract have it: `1` is a ratio, `s` are seconds, `d`
            days, three capital letters a currency, `{request}` things that are counted.
    """
    known = _OF_UNITS.get(unit)
    if known is not None:
        return known(value)
    if _CURRENCY.fullmatch(unit):
        return money(value, unit)
    if unit.endswith("/s"):
        return f"{rounded(value)} per second"
    if unit.startswith("{"):
        return count(value)
    return f"{rounded(value)} {_NOT_IN_UNIT.sub('', unit)[:_LONGEST_UNIT]}".rstrip()


def count(value: float) -> str:
    """A number of things: `15,234`; what was extrapolated is rounded to whole ones."""
    if abs(value) >= _VAST:
        return f"{value:.3g}"
    return _signed(value, f"{abs(value):,.0f}")


def rounded(value: float, digits: int = _DIGITS) -> str:
    """A number with so many digits that count, and all of those before the point."""
    if value == 0:
        return "0"
    size = abs(value)
    if size >= _VAST or size < 1e-6:  # noqa: PLR2004 - more zeros than anybody counts
        return _signed(value, f"{size:.{digits}g}")
    places = max(0, digits - 1 - floor(log10(size)))
    text = f"{size:,.{places}f}"
    return _signed(value, text.rstrip("0").rstrip(".") if "." in text else text)


def duration(seconds: float) -> str:
    """How long something took: `45 ms`, `1.25 s`, `3 min`, `12.5 h`, `30 days`."""
    if seconds == 0:
        return "0 ms"
    size = abs(seconds)
    for below, one, name in (*_SHORT, *_LONG):
        # Rounded before the unit is chosen: 999.9 ms is 1 s and not 1,000 ms.
        if float(f"{size / one:.{_DIGITS}g}") * one < below:
            text = rounded(size / one)
            return _signed(seconds, f"{text} {'day' if (text, name) == ('1', 'days') else name}")
    return count(seconds)


def ratio(value: float) -> str:
    """A share: `99.7 %`; what is not whole is never shown as 0 % or 100 %."""
    percent = value * 100
    if value in {0, 1}:
        return f"{percent:.0f} %"
    if 99 < percent < 100:  # noqa: PLR2004 - of what is missing one digit more than is known
        places = min(6, max(1, -floor(log10(100 - percent)) + 1))
        text = f"{percent:.{places}f}".rstrip("0").rstrip(".")
        return "> 99.999999 %" if float(text) >= 100 else f"{text} %"  # noqa: PLR2004
    return f"{rounded(percent)} %"


def money(value: float, currency: str = "USD") -> str:
    """An amount: `$35.04`, `$1,234.50`, `$0.0023`; below 1 with up to three digits that count."""
    size = abs(value)
    text = f"{size:,.2f}" if size >= 1 or size == 0 else rounded(size)
    if "e" not in text:
        whole, _, cents = text.partition(".")
        text = f"{whole}.{cents.ljust(2, '0')}"
    symbol = _SYMBOLS.get(currency)
    return _signed(value, f"{symbol}{text}" if symbol else f"{text} {currency}")


def change(value: float) -> str:
    """By how much something is more or less, with its sign: `+12 %`; from ten times on: times."""
    if value >= _MANY_TIMES:
        return f"\N{MULTIPLICATION SIGN}{rounded(value + 1)}"
    text = f"{abs(value) * 100:,.1f}".removesuffix(".0")
    sign = "±" if text == "0" else "+" if value > 0 else MINUS
    return f"{sign}{text} %"


def _signed(value: float, text: str) -> str:
    return f"{MINUS}{text}" if value < 0 and text.strip("0.,") else text


_OF_UNITS: Final[dict[str, Callable[[float], str]]] = {
    "1": ratio,
    "s": duration,
    "d": lambda days: duration(days * _DAY),
}
