"""What Cost Explorer answers, as rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from msgspec.structs import replace

from modelmetry.costs.amounts import amount_of
from modelmetry.costs.explorer_question import BILLED, Metric
from modelmetry.costs.rows import CostRow, Tags, day_row
from modelmetry.errors import CostSourceError

# Where nothing was spent the API may name no currency.
_NO_CURRENCY: Final = "N/A"
_CATEGORIES: Final[Mapping[str, str]] = {
    "Tax": "Tax",
    "Credit": "Credit",
    "Refund": "Adjustment",
    "Fee": "Purchase",
    "Recurring": "Purchase",
    "RIFee": "Purchase",
    "SavingsPlanRecurringFee": "Purchase",
    "SavingsPlanUpfrontFee": "Purchase",
    "Upfront": "Purchase",
}
_OTHERS_ADJUST: Final = ("discount", "negation", "adjustment", "out-of-cycle")


def rows_of(
    page: Mapping[str, Any], *, metric: Metric, second: str | None, start: date, end: date
) -> Iterator[CostRow]:
    """Give the rows of one page, also several with the same key.

    Args:
        page: an answer of GetCostAndUsage, by day and group.
        metric: what counts as effective cost.
        second: by what it is grouped beside the service.
        start: the first day that was asked for.
        end: the day after the last one.

    Raises:
        CostSourceError: the answer has another shape, or is about other days.
    """
    try:
        for result in page["ResultsByTime"]:
            day = date.fromisoformat(result["TimePeriod"]["Start"])
            if not start <= day < end:
                raise CostSourceError(
                    f"Cost Explorer answered with {day}, which is not within {start} to {end}"
                )
            estimated = bool(result.get("Estimated", False))
            for group in result["Groups"]:
                yield from _group_rows(day, group, metric, second, estimated=estimated)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise CostSourceError(f"Cost Explorer's answer cannot be understood: {error!r}") from error


def _group_rows(
    day: date, group: Mapping[str, Any], metric: Metric, second: str | None, *, estimated: bool
) -> Iterator[CostRow]:
    service, *more = group["Keys"]
    billed, currency = _amount(group, BILLED)
    effective, other = _amount(group, metric)
    if currency == _NO_CURRENCY:
        currency = other
    if currency == _NO_CURRENCY:
        if billed or effective:
            raise ValueError(f"{billed} of no currency for {service!r}")
        return  # nothing was spent, in no currency
    if other not in {currency, _NO_CURRENCY}:
        raise ValueError(f"{currency} and {other} for {service!r}")
    row = day_row(day, service, billed, currency, effective)
    category, account, tags = _parted(second, more[0] if second else "")
    yield replace(
        row, charge_category=category, sub_account_id=account, tags=tags, estimated=estimated
    )


def _amount(group: Mapping[str, Any], metric: str) -> tuple[Decimal, str]:
    told = group["Metrics"][metric]
    return amount_of(told["Amount"], metric), str(told["Unit"])


def _parted(second: str | None, key: str) -> tuple[str | None, str | None, Tags]:
    """Give category, account and tags as far as the second dimension parts them."""
    if second is None:
        return None, None, ()
    if second == "RECORD_TYPE":
        return category_of(key), None, ()
    if second == "LINKED_ACCOUNT":
        return None, key, ()
    if second.startswith("tag:"):
        name, _, value = key.partition("$")  # the API says "team$search", and "team$" for none
        return None, None, ((name, value),) if value else ()
    return None, None, ((second, key),)


def category_of(record_type: str) -> str:
    """Give FOCUS's charge category of a type of records: `Usage` unless it is known otherwise."""
    known = _CATEGORIES.get(record_type.replace(" ", ""))
    if known is not None:
        return known
    lowered = record_type.lower()
    return "Adjustment" if any(word in lowered for word in _OTHERS_ADJUST) else "Usage"
