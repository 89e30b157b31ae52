"""Costs as tables and lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final

from modelmetry_api.models import (
    CostDayList,
    CostForecast,
    CostSourceState,
    CostSpan,
    CostTrend,
    CostUnits,
)
from rich.table import Table

from modelmetry.cli import wording
from modelmetry.cli.screen import WIDE, Column, table
from modelmetry.cli.tables import RIGHT

_CENT: Final = Decimal("0.01")


def amount(text: str | None, currency: str | None = None) -> str:
    """Money for people: two decimals, or three digits of what is less than a cent."""
    if text is None:
        return "-"
    value = Decimal(text)
    is_small = value and abs(value) < _CENT
    shown = f"{float(value):.3g}" if is_small else f"{value:,.2f}"
    return f"{shown} {currency}" if currency else shown


def sums_table(found: CostDayList, by: str, *, width: int = WIDE) -> Table:
    """Sums, one on a line."""
    title = "Service" if by == "service" else "Day"
    columns: list[Column] = [
        (title, {"overflow": "ellipsis"}),
        ("Billed", RIGHT),
        ("Effective", RIGHT),
        ("Currency", {}),
        ("", {}),
    ]
    rows = [
        [
            wording.plain(one.service or "") if by == "service" else str(one.day),
            amount(one.billed_cost),
            amount(one.effective_cost),
            one.currency,
            "estimated" if one.estimated else "",
        ]
        for one in found.sums
    ]
    return table(columns, rows, width=width)


def total_line(found: CostDayList) -> str:
    """What all of it comes to, and of how many days."""
    by_currency: dict[str, Decimal] = {}
    for one in found.sums:
        before = by_currency.get(one.currency, Decimal(0))
        by_currency[one.currency] = before + Decimal(one.billed_cost)
    totals = " and ".join(
        amount(str(total), currency) for currency, total in sorted(by_currency.items())
    )
    days = (found.to - found.from_).days
    sources = ", ".join(map(wording.plain, found.sources))
    return (
        f"{totals or 'Nothing'} from {found.from_} to before {found.to}, UTC; {found.known_days} "
        f"of {wording.counted(days, 'day')} known, by {sources}"
    )


def sources_table(sources: Iterable[CostSourceState], *, width: int = WIDE) -> Table:
    """Sources with their last polls."""
    columns: list[Column] = [
        ("Source", {"no_wrap": True}),
        ("Days", RIGHT),
        ("From", {"no_wrap": True}),
        ("To before", {"no_wrap": True}),
        ("Last poll", {"no_wrap": True}),
        ("Next", {"no_wrap": True}),
        ("Requests", RIGHT),
        ("USD", RIGHT),
        ("What went wrong", {"overflow": "fold"}),
    ]
    return table(columns, map(_source_row, sources), width=width)


def _source_row(one: CostSourceState) -> list[str]:
    known = [str(one.known_days), str(one.known_from or "-"), str(one.known_to or "-")]
    poll = one.poll
    if poll is None:
        return [wording.plain(one.name), *known, "-", "-", "-", "-", ""]
    return [
        wording.plain(one.name),
        *known,
        wording.local_time(poll.began_at, seconds=False),
        wording.local_time(poll.due_at, seconds=False),
        str(poll.requests),
        amount(poll.spent),
        wording.plain(poll.message),
    ]


def trend_lines(found: CostTrend) -> Iterator[str]:
    """The trend, the forecast and the costs of units as sentences."""
    now, before, currency = found.now, found.before, found.currency
    days = wording.counted((now.to - now.from_).days, "day")
    yield f"{days} to before {now.to}: {_span(now, currency)}"
    yield f"{days} before those: {_span(before, currency)}"
    if found.change is not None:
        ratio = "" if found.ratio is None else f" ({found.ratio:+.1%})"
        more = "" if found.change.startswith("-") else "+"
        yield f"Change: {more}{amount(found.change, currency)}{ratio}"
    if found.reason:
        yield f"Not known: {found.reason}"
    yield from _month_lines(found.month, currency)
    yield from _unit_lines(found.units, currency)


def _span(found: CostSpan, currency: str | None) -> str:
    if found.amount is None:
        return f"not known, {wording.counted(found.missing_days, 'day')} missing"
    estimated = found.estimated_days
    marked = f", {wording.counted(estimated, 'day')} estimated" if estimated else ""
    return amount(found.amount, currency) + marked


def _month_lines(month: CostForecast, currency: str | None) -> Iterator[str]:
    name = f"{month.from_:%Y-%m}"
    yield f"{name} so far: {amount(month.so_far, currency)}"
    if month.amount is None:
        yield f"No forecast of {name}: {month.reason}"
        return
    yield (
        f"{name} expected: {amount(month.amount, currency)}, between {amount(month.low)} and "
        f"{amount(month.high)} in {month.level:.0%} of cases; {month.method}, learned from "
        f"{wording.counted(month.learned_from, 'day')}"
    )


def _unit_lines(units: CostUnits, currency: str | None) -> Iterator[str]:
    for name, count, cost in (
        ("prediction", units.predictions, units.cost_per_prediction),
        ("LLM call", units.llm_calls, units.cost_per_llm_call),
    ):
        if count is None:
            yield f"Each {name}: not known, nobody counted all of these days"
        elif cost is None:
            why = units.reason or "there were none"
            yield f"Each {name}: not known, {why}"
        else:
            yield f"Each {name}: {amount(cost, currency)}, of {count:,}"
