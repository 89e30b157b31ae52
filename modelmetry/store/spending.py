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
_CLOUD, _LLM = "the cloud", "language models"


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
    """What was spent in a window, for the comparison with another one.

    Attributes:
        llm: the cost of language models.
        llm_days: over how many days that is.
        cloud: the cost of the cloud per day.
        cloud_days: how many days of it are known.
    """

    llm: Reading
    llm_days: float
    cloud: Reading
    cloud_days: int

    def of(self, kind: str) -> tuple[float, str, float] | None:
        """Per day, its currency, and over how many days; None where it is not known."""
        if kind == _CLOUD:
            known = self.cloud.value
            return None if known is None else (known, self.cloud.unit, self.cloud_days)
        if self.llm.value is None or self.llm_days <= 0:
            return None
        return self.llm.value / self.llm_days, self.llm.unit, self.llm_days


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
    """What was spent in a window.

    Args:
        readings: of `cloud_readings`.
        llm: the cost of language models.
        days: over how many days that is; 0 where that is not known. Those that have not come, and
            those before anything was measured, are not among them.
    """
    cloud = readings["cloud_daily"]
    return Spend(llm, days, cloud, cloud.samples)


def savings(now: Spend, then: Spend | None) -> Reading:
    """What was saved against the baseline; see `CostFigures` of the contract.

    It says what was compared, and rests on the days of the shorter side. Currencies are never
    added up.
    """
    if then is None:
        return absent("1", "no baseline was named")
    found = {kind: (now.of(kind), then.of(kind)) for kind in (_CLOUD, _LLM)}
    pairs = {
        kind: (one, other)
        for kind, (one, other) in found.items()
        if one is not None and other is not None
    }
    currencies = sorted({unit for both in pairs.values() for _, unit, _ in both})
    if len(currencies) > 1:
        return absent("1", f"costs are in {', '.join(currencies)}, which cannot be added up")
    before = fsum(other for _, (other, _, _) in pairs.values())
    if before <= 0:
        return absent("1", "nothing was spent that is known in both windows")
    after = fsum(one for (one, _, _), _ in pairs.values())
    days = min(days for both in pairs.values() for _, _, days in both)
    missing = [kind for kind, both in found.items() if kind not in pairs and any(both)]
    said = [f"{after:.4g} {currencies[0]} a day against {before:.4g}: {' and '.join(pairs)}"]
    said += [f"the cost of {kind} is not known in both windows" for kind in missing]
    estimated = any(one.estimated for one in (now.cloud, then.cloud) if _CLOUD in pairs)
    return measured(
        1 - after / before,
        "1",
        max(1, round(days)),
        source="costs" if _CLOUD in pairs else now.llm.source,
        note="; ".join(said),
        estimated=estimated,
    )
