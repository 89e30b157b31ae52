"""Amounts of money: read without rounding and added without rounding."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Context, Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow
from typing import Final

ZERO: Final = Decimal(0)
_MOST: Final = 30  # digits before the point
_LONGEST: Final = 60  # characters; a cloud writes 20 at most
_LEAST: Final = -60  # as a power of ten

# Room for sums of the longest amounts that are taken; what would be rounded raises.
EXACT: Final = Context(prec=250, traps=[DivisionByZero, Inexact, InvalidOperation, Overflow])

DIVIDING: Final = Context(prec=34, traps=[DivisionByZero, InvalidOperation, Overflow])
"""For what cannot be exact; that of the application may round to three digits, or raise."""


def amount_of(value: object, what: str = "amount") -> Decimal:
    """Read an amount.

    Args:
        value: a `Decimal`, a number, or a text with a point, such as `12.3400000001` or `1e-7`.
        what: what the amount is, for the message.

    Raises:
        ValueError: it is none, not finite, at least 1e30, or longer than 60 characters.
    """
    if isinstance(value, str):
        text = value
    elif isinstance(value, (Decimal, int, float)) and not isinstance(value, bool):
        text = str(value)  # of a float the shortest text that means it, as a file would show it
    else:
        raise ValueError(f"{what} is {value!r}, which is no amount")  # noqa: TRY004 - of a file
    try:
        # Python's own spellings, such as 1_000 and digits of other scripts, are those of no cloud.
        read = Decimal(text if text.isascii() and "_" not in text else "")
    except InvalidOperation:
        raise ValueError(f"{what} is {text[:40]!r}, which is no amount") from None
    if not read.is_finite():
        raise ValueError(f"{what} is {text[:40]!r}, which is no amount of money")
    if not read:
        return ZERO
    if not _LEAST <= read.adjusted() < _MOST or len(text) > _LONGEST:
        raise ValueError(f"{what} is {text[:40]!r}, which is too large or too long")
    return read


def total_of(amounts: Iterable[Decimal]) -> Decimal:
    """Add amounts without rounding, so that their order makes no difference."""
    total = ZERO
    for amount in amounts:
        total = EXACT.add(total, amount)
    return total
