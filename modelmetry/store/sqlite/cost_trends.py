"""How costs change, what the month will cost, and what one prediction costs."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Context, Decimal
from typing import Final

from attrs import frozen
from modelmetry_api.models import CostForecast, CostSpan, CostTrend, CostUnits

from modelmetry.costs.days import month_of
from modelmetry.costs.forecast import Forecast, forecast
from modelmetry.costs.totals import DayTotal, Span
from modelmetry.costs.trend import Trend, trend
from modelmetry.costs.units import UnitCosts, unit_costs
from modelmetry.errors import CostCurrencyError
from modelmetry.store.costs import CostTrendQuery
from modelmetry.store.sqlite.cost_known import KnownCosts, common_days, known_by, known_costs
from modelmetry.store.sqlite.cost_rows import sources_of, text_of
from modelmetry.store.sqlite.names import tenant_id

_LEARNED: Final = timedelta(weeks=8)
_DAY: Final = timedelta(days=1)
_LATEST: Final = timedelta(days=400)
_FOR_PEOPLE: Final = Decimal(10) ** -10  # the last digit of what is divided or foretold
# Without room for all digits before the point `quantize` raises, as `round` does with the usual 28.
_ROOM: Final = Context(prec=100)


@frozen
class Counts:
    """How many units there were; None where nobody measured them, or only a sample."""

    predictions: int | None
    llm_calls: int | None


CountsOf = Callable[[date, date], Counts]
"""Counts units from the first day to before the last one."""


def cost_trend(
    connection: sqlite3.Connection,
    tenant: str,
    query: CostTrendQuery,
    now: datetime,
    counts_of: CountsOf,
) -> CostTrend:
    """The trend, the forecast and the costs of units.

    Args:
        connection: to read from.
        tenant: whose they are.
        query: which days.
        now: what time it is.
        counts_of: tells how many units there were.
    """
    number = tenant_id(connection, tenant) or 0
    end = query.end or _known_to(connection, number, query.source, now.astimezone(UTC).date())
    begins = min(end - 2 * query.days * _DAY, end - _LEARNED, month_of(end - _DAY))
    known = known_costs(connection, number, begins, end, source=query.source)
    units = counts_of(end - query.days * _DAY, end)
    try:
        totals = known.totals(basis=query.basis, without=query.without)
    except CostCurrencyError:
        said = f"costs are in {' and '.join(known.currencies)}; name a source"
        return _answer(query, known, [], end, units, said)
    return _answer(query, known, totals, end, units)


def _known_to(connection: sqlite3.Connection, tenant: int, source: str | None, today: date) -> date:
    """The day after the last one that is over and known; today when none is."""
    sources = sources_of(connection, tenant, source)
    by_source = known_by(connection, sources, today - _LATEST, today).values()
    return max(common_days(by_source), default=today - _DAY) + _DAY


def _answer(
    query: CostTrendQuery,
    known: KnownCosts,
    totals: list[DayTotal],
    end: date,
    counts: Counts,
    said: str = "",
) -> CostTrend:
    changed, month = trend(totals, end, query.days), forecast(totals, end)
    each = unit_costs(
        totals,
        end - query.days * _DAY,
        end,
        predictions=counts.predictions,
        llm_calls=counts.llm_calls,
    )
    currency = next((total.currency for total in totals if total.currency), None)
    return CostTrend(
        basis=query.basis,
        sources=list(known.sources),
        currency=currency,
        now=_span(changed.now),
        before=_span(changed.before),
        change=_text(changed.change),
        ratio=_ratio(changed),
        reason=said or changed.reason,
        month=_month(month, said),
        units=_units(each, said),
    )


def _ratio(changed: Trend) -> float | None:
    return None if changed.ratio is None else float(changed.ratio)


def _span(found: Span) -> CostSpan:
    return CostSpan(
        from_=found.start,
        to=found.end,
        amount=_text(found.amount),
        missing_days=found.missing,
        estimated_days=found.estimated,
    )


def _month(month: Forecast, said: str) -> CostForecast:
    return CostForecast(
        from_=month.start,
        to=month.end,
        known_to=month.known_to,
        so_far=_text(month.so_far),
        amount=_rounded(month.amount),
        low=_rounded(month.low),
        high=_rounded(month.high),
        level=month.level,
        method=month.method,
        learned_from=month.learned_from,
        estimated_days=month.estimated,
        reason=said or month.reason,
    )


def _units(each: UnitCosts, said: str) -> CostUnits:
    return CostUnits(
        from_=each.costs.start,
        to=each.costs.end,
        predictions=each.predictions,
        llm_calls=each.llm_calls,
        cost_per_prediction=_rounded(each.per_prediction),
        cost_per_llm_call=_rounded(each.per_llm_call),
        reason=said or each.reason,
    )


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else text_of(amount)


def _rounded(amount: Decimal | None) -> str | None:
    return None if amount is None else text_of(amount.quantize(_FOR_PEOPLE, context=_ROOM))
