"""From a request body to what days cost. Pure: nothing here touches the database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from attrs import frozen

from modelmetry.costs.amounts import amount_of
from modelmetry.costs.rows import CostRow
from modelmetry.errors import StoreRefusedError
from modelmetry.store.costs import MOST_DAYS, checked_days, day_of
from modelmetry.store.sqlite.encode import from_micros, to_micros

MEMBER: Final = "Rows"
_MOST_NAMED: Final = 20
_ROW_WEIGHT: Final = 700  # about what a row takes in memory, in bytes


@frozen
class CostPart:
    """What a source says of some days."""

    source: str
    start: date
    end: date
    currency: str
    rows: list[CostRow]

    @property
    def weight(self) -> int:
        """About how many bytes it takes in memory."""
        return _ROW_WEIGHT * (len(self.rows) + (self.end - self.start).days)


def cost_part(body: Mapping[str, Any]) -> CostPart:
    """Read a validated request body.

    Raises:
        StoreQueryError: the days cannot be.
        StoreRefusedError: rows do not belong to them, or are there twice.
        InvalidValueError: a time cannot be read.
    """
    start, end = checked_days(day_of(body["From"], "From"), day_of(body["To"], "To"))
    source, currency = body["Source"], body["Currency"]
    rows, faults = list[CostRow](), list[tuple[int, str, str]]()
    seen: dict[str, int] = {}
    for place, item in enumerate(body[MEMBER]):
        found = list(_contradictions(item, start, end))
        if not found:
            row = _row(item, currency)
            twin = seen.setdefault(row.identity(source), place)
            if twin != place:
                found = [
                    ("", f"has the period, service, category, account and tags of {MEMBER}[{twin}]")
                ]
            rows.append(row)
        faults += [(place, inside, said) for inside, said in found]
        if len(faults) >= _MOST_NAMED:
            break
    if faults:
        place, inside, said = faults[0]
        raise StoreRefusedError(
            f"{MEMBER}[{place}]{inside} {said}; nothing is stored of this request",
            member=MEMBER,
            faults=faults[:_MOST_NAMED],
        )
    return CostPart(source, start, end, currency, rows)


def _contradictions(item: Mapping[str, Any], start: date, end: date) -> Iterator[tuple[str, str]]:
    """What is wrong with a row that the schema cannot say: where, and what."""
    begins, ends = (from_micros(to_micros(item[f"ChargePeriod{one}"])) for one in ("Start", "End"))
    if not start <= begins.date() < end:
        yield ".ChargePeriodStart", f"is not on one of the days from {start} to before {end} (UTC)"
    if ends <= begins:
        yield ".ChargePeriodEnd", "is not after ChargePeriodStart"
    elif ends - begins > timedelta(days=MOST_DAYS):
        yield ".ChargePeriodEnd", f"is more than {MOST_DAYS} days after ChargePeriodStart"
    for name in ("BilledCost", "EffectiveCost", "ListCost"):
        try:
            _amount(item.get(name))
        except ValueError as error:
            yield f".{name}", str(error).removeprefix("amount ")


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else amount_of(text)


def _row(item: Mapping[str, Any], currency: str) -> CostRow:
    tags: Mapping[str, str] = item.get("Tags") or {}
    return CostRow(
        charge_period_start=from_micros(to_micros(item["ChargePeriodStart"])),
        charge_period_end=from_micros(to_micros(item["ChargePeriodEnd"])),
        billed_cost=amount_of(item["BilledCost"]),
        effective_cost=amount_of(item["EffectiveCost"]),
        list_cost=_amount(item.get("ListCost")),
        billing_currency=currency,
        service_name=item["ServiceName"],
        charge_category=item.get("ChargeCategory"),
        sub_account_id=item.get("SubAccountId"),
        tags=tuple(sorted(tags.items())),
        estimated=bool(item.get("Estimated")),
    )
