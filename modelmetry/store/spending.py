"""Costs of the cloud by days as figures of the report, and what was saved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from math import fsum
from typing import Final

from attrs import frozen

from modelmetry.store.figures import Reading, Readings, absent, measured

_NO_DAYS: Final = "no costs of the cloud are known in this window"
_MONTH: Final = 30


@frozen
class CostDay:
    """What the cloud cost on one day, UTC.

    Attributes:
        day: which one.
        amount: of money.
        currency: by ISO 4217.
        estimated: whether it is not final yet.
    """

    day: date
    amount: float
    currency: str = "USD"
    estimated: bool = False


@frozen
class Spend:
    """What was spent per day, for the comparison of two windows; None where it is not known."""

    llm: float | None
    cloud: float | None


def cloud_readings(
    days: Sequence[CostDay], predictions: Reading, calls: Reading, note: str = ""
) -> Readings:
    """Figures of the cloud, from the days of the window that are known.

    Args:
        days: each once.
        predictions: in the same days.
        calls: of language models, likewise.
        note: what one should know of the costs of units.
    """
    currencies = sorted({one.currency for one in days})
    names = (
        "cloud_total",
        "cloud_daily",
        "cloud_monthly",
        "cloud_per_prediction",
        "cloud_per_llm_call",
    )
    if len(currencies) != 1:
        why = f"costs are in {', '.join(currencies)}" if currencies else _NO_DAYS
        return dict.fromkeys(names, absent("USD", why))
    (unit,) = currencies
    number, all_ = len(days), fsum(one.amount for one in days)
    estimated = any(one.estimated for one in days)
    values = (all_, all_ / number, all_ / number * _MONTH)
    found = {
        name: measured(value, unit, number, source="costs", estimated=estimated)
        for name, value in zip(names, values, strict=False)
    }
    for name, per in (("cloud_per_prediction", predictions), ("cloud_per_llm_call", calls)):
        found[name] = (
            measured(
                all_ / per.value,
                unit,
                per.samples,
                source="costs",
                note=note,
                estimated=estimated,
            )
            # A count of a sample is too low, and what one costs by it too high.
            if per.value and not per.estimated
            else absent(unit, per.note.removeprefix("not measured: ") or "there were none")
        )
    return found


def spend(readings: Readings, llm: Reading, days: float) -> Spend:
    """What was spent per day in a window.

    Args:
        readings: of `cloud_readings`.
        llm: the cost of language models.
        days: how long the window is.
    """
    return Spend(None if llm.value is None else llm.value / days, readings["cloud_daily"].value)


def savings(now: Spend, then: Spend | None) -> Reading:
    """What was saved against the baseline; see `CostFigures` of the contract."""
    if then is None:
        return absent("1", "no baseline was named")
    pairs = [
        (one, other)
        for one, other in ((now.llm, then.llm), (now.cloud, then.cloud))
        if one is not None and other is not None
    ]
    before = sum(other for _, other in pairs)
    if before <= 0:
        return absent("1", "nothing was spent that is known in both windows")
    return measured(1 - sum(one for one, _ in pairs) / before, "1", len(pairs), source="costs")
