"""What each day cost: rows added up."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, Literal

from msgspec import Struct

from modelmetry.costs.amounts import EXACT, ZERO, total_of
from modelmetry.costs.rows import CostRow, one_currency
from modelmetry.errors import InvalidValueError

Basis = Literal["billed", "effective"]
"""Which amount of a row counts."""

_DAY: Final = timedelta(days=1)


class DayTotal(Struct, frozen=True):
    """What one day cost.

    Attributes:
        day: of UTC.
        amount: in the currency.
        currency: such as `USD`; `None` where no row says it, because nothing was spent.
        estimated: whether it may still change.
    """

    day: date
    amount: Decimal
    currency: str | None
    estimated: bool = False


def daily_totals(
    rows: Iterable[CostRow],
    start: date,
    end: date,
    *,
    basis: Basis = "billed",
    services: Collection[str] | None = None,
    without: Collection[str] = (),
) -> list[DayTotal]:
    """Add up rows by the day on which their period starts; a day without rows costs 0.

    Args:
        rows: of these days; others are passed over.
        start: the first day that is known.
        end: the day after the last one; days that were not polled must not be among them.
        basis: which amount counts.
        services: names of those that count; all unless given.
        without: charge categories that do not count, such as `("Tax", "Credit")`.

    Raises:
        CostCurrencyError: rows that count are in several currencies.
        InvalidValueError: the basis is unknown.
    """
    if basis not in {"billed", "effective"}:
        raise InvalidValueError(f"basis must be 'billed' or 'effective', not {basis!r}")
    amounts: dict[date, Decimal] = {}
    currencies, estimated = set[str](), set[date]()
    for row in rows:
        unwanted = services is not None and row.service_name not in services
        if unwanted or row.charge_category in without or not start <= row.day < end:
            continue
        amount = row.billed_cost if basis == "billed" else row.effective_cost
        amounts[row.day] = EXACT.add(amounts.get(row.day, ZERO), amount)
        currencies.add(row.billing_currency)
        if row.estimated:
            estimated.add(row.day)
    currency = one_currency(currencies)
    days = (start + _DAY * place for place in range((end - start).days))
    return [DayTotal(day, amounts.get(day, ZERO), currency, day in estimated) for day in days]


def by_service(rows: Iterable[CostRow], *, basis: Basis = "billed") -> dict[str, Decimal]:
    """Add up rows by service, the most expensive first.

    Args:
        rows: any.
        basis: which amount counts.

    Raises:
        CostCurrencyError: they are in several currencies.
    """
    found: dict[str, Decimal] = {}
    currencies = set[str]()
    for row in rows:
        amount = row.billed_cost if basis == "billed" else row.effective_cost
        found[row.service_name] = EXACT.add(found.get(row.service_name, ZERO), amount)
        currencies.add(row.billing_currency)
    one_currency(currencies)
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


class Span(Struct, frozen=True):
    """What some days in a row cost together.

    Attributes:
        start: the first day.
        end: the day after the last one.
        amount: of all days; `None` if one of them is not known.
        currency: such as `USD`, or `None` where nothing says it.
        missing: how many days are not known.
        estimated: how many may still change.
    """

    start: date
    end: date
    amount: Decimal | None
    currency: str | None
    missing: int
    estimated: int


def span(totals: Sequence[DayTotal], start: date, end: date) -> Span:
    """Add up days; one that is not among the totals is missing.

    Args:
        totals: of `daily_totals`, in any order, no day twice.
        start: the first day.
        end: the day after the last one.

    Raises:
        CostCurrencyError: they are in several currencies.
        InvalidValueError: the end is not after the start, or a day is there twice.
    """
    if end <= start:
        raise InvalidValueError(f"the end of a span must be after its start: {start} to {end}")
    known = {total.day: total for total in totals}
    if len(known) != len(totals):
        raise InvalidValueError("a day is there twice among the totals; merge its rows first")
    found = [total for day, total in known.items() if start <= day < end]
    missing = (end - start).days - len(found)
    return Span(
        start,
        end,
        None if missing else total_of(total.amount for total in found),
        one_currency(total.currency for total in found if total.currency is not None),
        missing,
        sum(total.estimated for total in found),
    )
