"""Lines of FOCUS files, added up by day and service as they are read, so that none is kept."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Final

from msgspec.structs import replace

from modelmetry.costs.amounts import EXACT, ZERO, amount_of
from modelmetry.costs.focus_values import day_of, tags_of
from modelmetry.costs.rows import CostRow, Tags, day_row, merged, one_currency
from modelmetry.errors import CostFileError

_Key = tuple[date, str, str, str, str, Tags]
MOST_ROWS: Final = 500_000
"""So many sums are kept at most, in about 700 MB: those of a year of 1,300 services each day."""
_MOST_REMEMBERED: Final = 100_000

_CURRENCY: Final = re.compile("[A-Z]{3}")
LONGEST: Final = {"ServiceName": 255, "ChargeCategory": 100, "SubAccountId": 255}
"""Characters of a text, as `CostDayRow` of the contract has them."""
NOT_UTF8: Final = "\ufffd"
"""Stands where bytes are no text."""
UNNAMED: Final = "unnamed"
"""The service of charges of which the file names none: their money counts all the same."""


class _Sums:
    """What the lines of one day, service and so on come to."""

    __slots__ = ("billed", "effective", "listed")

    def __init__(self) -> None:
        self.billed = self.effective = ZERO
        self.listed: Decimal | None = ZERO

    def add(self, billed: Decimal, effective: Decimal, listed: Decimal | None) -> None:
        """Add one line, or what another file came to."""
        self.billed = EXACT.add(self.billed, billed)
        self.effective = EXACT.add(self.effective, effective)
        known = self.listed is not None and listed is not None
        self.listed = EXACT.add(self.listed or ZERO, listed or ZERO) if known else None


class Tally:
    """Adds lines up.

    Args:
        start: the first day that counts.
        end: the day after the last one.
        tags: names of those by which lines are parted; all others are added up.
    """

    def __init__(self, start: date, end: date, tags: Collection[str] = ()) -> None:
        self._start = start
        self._end = end
        self._wanted = frozenset(tags)
        self._sums: dict[_Key, _Sums] = {}
        # Files repeat few values in millions of lines: each is looked at once.
        self._days: dict[object, date] = {}
        self._currency: str | None = None
        self._tags: dict[str, Tags] = {}
        self._torn: set[date] = set()

    def add(
        self,
        began: object,
        currency: object,
        service: object,
        category: object,
        billed: object,
        effective: object,
        listed: object = None,
        account: object = None,
        tags: object = None,
    ) -> None:
        """Add one line, whose values are as the file has them; other days are passed over.

        Raises:
            ValueError: a value cannot be understood; nothing of the line counts.
            CostCurrencyError: its currency is another one than that of the lines before.
            CostFileError: there are too many different rows.
        """
        try:
            day = self._days.get(began) or self._day(began)
        except TypeError:  # lists and the like, which Parquet may have
            raise ValueError(f"ChargePeriodStart is {began!r}, which is no moment") from None
        try:
            amounts = (
                amount_of(billed, "BilledCost"),
                amount_of(effective, "EffectiveCost"),
                None if listed is None or listed == "" else amount_of(listed, "ListCost"),
            )
            kept = self._kept(tags) if self._wanted else ()
            if self._start <= day < self._end:
                named = (_text(currency), _text(service), _text(category), _text(account))
                self._sums_of((day, *named, kept)).add(*amounts)
        except ValueError:
            self._torn.add(day)
            raise

    def unread(self) -> list[date]:
        """Days that have lines, of which not one can be read."""
        return sorted(self._torn - {day for day, *_ in self._sums})

    def take(self, other: Tally) -> None:
        """Add what another file came to.

        Raises:
            CostCurrencyError: it is in another currency.
            CostFileError: there are too many different rows.
        """
        self._torn |= other._torn
        for key, sums in other._sums.items():
            self._sums_of(key).add(sums.billed, sums.effective, sums.listed)

    def rows(self, settled: date) -> list[CostRow]:
        """Give what all lines came to, by day and service.

        Args:
            settled: days before it are no longer estimated.
        """
        return merged(_row(key, sums, settled) for key, sums in self._sums.items())

    def _sums_of(self, key: _Key) -> _Sums:
        found = self._sums.get(key)
        if found is None:
            currency = _checked(key)
            if len(self._sums) >= MOST_ROWS:
                raise CostFileError(
                    f"files come to more than {MOST_ROWS:,} rows after adding up: services, "
                    "accounts or tags differ in nearly every line; name fewer tags, or read fewer "
                    "days"
                )
            one_currency({currency, self._currency or currency})
            self._currency = currency
            found = self._sums[key] = _Sums()
        return found

    def _day(self, began: object) -> date:
        if len(self._days) > _MOST_REMEMBERED:
            self._days.clear()
        found = self._days[began] = day_of(began)
        return found

    def _kept(self, tags: object) -> Tags:
        told = tags if isinstance(tags, str) else repr(tags)
        found = self._tags.get(told)
        if found is None:
            if len(self._tags) > _MOST_REMEMBERED:
                self._tags.clear()
            found = self._tags[told] = tags_of(tags, self._wanted)
        return found


def _checked(key: _Key) -> str:
    """Refuse texts that no store takes; gives the currency."""
    _, currency, service, category, account, _ = key
    if not _CURRENCY.fullmatch(currency):
        said = f"{currency[:20]!r}, which is no code of ISO 4217" if currency else "empty"
        raise ValueError(f"BillingCurrency is {said}")
    if any(NOT_UTF8 in text for text in key[1:5]):
        raise ValueError(f"ServiceName {service[:40]!r} or a text beside it is not in UTF-8")
    texts = ("ServiceName", service), ("ChargeCategory", category), ("SubAccountId", account)
    for name, text in texts:
        if len(text) > LONGEST[name]:
            raise ValueError(f"{name} is {text[:40]!r}..., of more than {LONGEST[name]} characters")
    return currency


def _text(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else str(value)


def _row(key: _Key, sums: _Sums, settled: date) -> CostRow:
    day, currency, service, category, account, tags = key
    row = day_row(day, service or UNNAMED, sums.billed, currency, sums.effective)
    return replace(
        row,
        list_cost=sums.listed,
        charge_category=category or None,
        sub_account_id=account or None,
        tags=tags,
        estimated=day >= settled,
    )
