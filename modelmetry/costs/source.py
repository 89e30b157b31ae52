"""Where costs come from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Protocol

from msgspec import Struct

from modelmetry.costs.amounts import EXACT
from modelmetry.costs.rows import CostRow


class Spending(Struct, frozen=True):
    """What a source has asked for and what that costs.

    Attributes:
        requests: how many were sent that may be charged.
        price: of one, in US dollars; 0 where nothing is charged.
    """

    requests: int = 0
    price: Decimal = Decimal(0)

    @property
    def amount(self) -> Decimal:
        """US dollars."""
        return EXACT.multiply(Decimal(self.requests), self.price)


class CostSource(Protocol):
    """Knows what was spent; `CostExplorer` and `FocusFiles` are such sources.

    One that can pass over a part of what it reads says in `faults`, a sequence of texts, what did
    not count of the last reading; one that cannot has no such attribute.
    """

    @property
    def name(self) -> str:
        """Tells its rows from those of other sources; another account is another name."""
        ...

    @property
    def spending(self) -> Spending:
        """What asking has cost since this object was made; it only grows."""
        ...

    def rows(self, start: date, end: date) -> Iterator[CostRow]:
        """Give what was spent, no two rows with the same key, all in one currency.

        Either all rows come or an error before the first of them.

        Args:
            start: the first day of UTC.
            end: the day after the last one.

        Raises:
            CostError: it is not known; the message says what to do.
        """
        ...
