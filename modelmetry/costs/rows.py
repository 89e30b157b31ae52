"""One line of what was spent, in the terms of FOCUS."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256

from msgspec import Struct
from msgspec.structs import replace

from modelmetry.costs.amounts import EXACT
from modelmetry.costs.days import midnight
from modelmetry.errors import CostCurrencyError, InvalidValueError

Tags = tuple[tuple[str, str], ...]
"""Names and values, sorted."""

Key = tuple[datetime, datetime, str, str | None, str | None, Tags]
"""What tells the rows of one source apart."""


class CostRow(Struct, frozen=True, kw_only=True):
    """What one service cost in one period; the columns of FOCUS 1.0 to 1.3, in Python's spelling.

    Attributes:
        charge_period_start: UTC, inclusive.
        charge_period_end: UTC, exclusive.
        billed_cost: what is invoiced, without spreading what is paid in advance.
        effective_cost: what was used, with discounts, and with what is paid in advance spread
            over what it is for.
        list_cost: without any discount; `None` where it is not known.
        billing_currency: of all amounts, such as `USD`.
        service_name: as the provider calls it.
        charge_category: `Usage`, `Purchase`, `Tax`, `Credit` or `Adjustment`; `None` where the
            source does not part them.
        sub_account_id: the account, subscription or project; `None` where they are not parted.
        tags: those that the source was told to keep, sorted by name.
        estimated: whether the provider may still change it.

    Raises:
        InvalidValueError: a moment is not in UTC, the period is empty, an amount is not finite, or
            there is no currency.
    """

    charge_period_start: datetime
    charge_period_end: datetime
    billed_cost: Decimal
    effective_cost: Decimal
    list_cost: Decimal | None = None
    billing_currency: str
    service_name: str
    charge_category: str | None = None
    sub_account_id: str | None = None
    tags: Tags = ()
    estimated: bool = False

    def __post_init__(self) -> None:
        """Refuse what no source may give."""
        for moment in (self.charge_period_start, self.charge_period_end):
            if moment.utcoffset() != timedelta(0):
                raise InvalidValueError(f"a period of costs must be in UTC, not {moment!r}")
        if self.charge_period_end <= self.charge_period_start:
            start, end = self.charge_period_start, self.charge_period_end
            raise InvalidValueError(f"a period of costs must not be empty: {start} to {end}")
        amounts = (self.billed_cost, self.effective_cost, self.list_cost)
        if not all(amount is None or amount.is_finite() for amount in amounts):
            raise InvalidValueError(f"a cost must be a finite amount, not one of {amounts}")
        if not self.billing_currency:
            raise InvalidValueError(f"the cost of {self.service_name!r} names no currency")

    @property
    def day(self) -> date:
        """The day of UTC on which the period starts."""
        return self.charge_period_start.date()

    @property
    def key(self) -> Key:
        """What tells this row from the others of its source: period, service, account and so on."""
        return (
            self.charge_period_start,
            self.charge_period_end,
            self.service_name,
            self.charge_category,
            self.sub_account_id,
            self.tags,
        )

    def identity(self, source: str) -> str:
        """Give a text of 64 characters that is the same whenever this row is read again.

        Args:
            source: the name of the source that gave the row.
        """
        start, end, *others = self.key
        told = json.dumps([source, start.isoformat(), end.isoformat(), *others])
        return sha256(told.encode()).hexdigest()


def day_row(
    day: date, service: str, billed: Decimal, currency: str, effective: Decimal | None = None
) -> CostRow:
    """Make the row of a whole day of UTC; what else it has is added by `msgspec.structs.replace`.

    Args:
        day: in UTC.
        service: its name.
        billed: the billed cost.
        currency: such as `USD`.
        effective: the effective cost; the billed cost unless given.
    """
    start = midnight(day)
    return CostRow(
        charge_period_start=start,
        charge_period_end=start + timedelta(days=1),
        billed_cost=billed,
        effective_cost=billed if effective is None else effective,
        billing_currency=currency,
        service_name=service,
    )


def merged(rows: Iterable[CostRow]) -> list[CostRow]:
    """Add up the rows of one source that have the same key; sorted by period and service.

    Raises:
        CostCurrencyError: they are in several currencies.
    """
    found: dict[Key, CostRow] = {}
    currencies: set[str] = set()
    for row in rows:
        before = found.get(row.key)
        found[row.key] = row if before is None else _sum(before, row)
        currencies.add(row.billing_currency)
    one_currency(currencies)
    return sorted(found.values(), key=_order)


def one_currency(currencies: Iterable[str]) -> str | None:
    """Give the currency of amounts that are about to be added, or `None` if there are none.

    Raises:
        CostCurrencyError: there are several.
    """
    several = sorted(set(currencies))
    if len(several) > 1:
        raise CostCurrencyError(
            f"costs in {' and '.join(several)} cannot be added; read each currency as a source "
            "of its own"
        )
    return several[0] if several else None


def _sum(one: CostRow, other: CostRow) -> CostRow:
    one_currency((one.billing_currency, other.billing_currency))
    mine, others = one.list_cost, other.list_cost
    return replace(
        one,
        billed_cost=EXACT.add(one.billed_cost, other.billed_cost),
        effective_cost=EXACT.add(one.effective_cost, other.effective_cost),
        # A sum of those that are known would look like a discount.
        list_cost=None if mine is None or others is None else EXACT.add(mine, others),
        estimated=one.estimated or other.estimated,
    )


def _order(row: CostRow) -> tuple[datetime, str, str, str, Tags]:
    category, account = row.charge_category or "", row.sub_account_id or ""
    return row.charge_period_start, row.service_name, category, account, row.tags
