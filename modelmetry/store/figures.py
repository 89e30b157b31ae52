"""Figures of the report: a value with all that is needed to believe it, beside its baseline."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Final, Literal

from attrs import frozen
from modelmetry_api.models import BaselineFigure, Figure, FigureBucket, ProductionWindow

from modelmetry.store.buckets import Quantile

Source = Literal["metrics", "traces", "costs", "prometheus", "none"]

INTERPOLATED: Final = "interpolated inside of its bucket, as histogram_quantile of Prometheus does"
ABOVE_ALL: Final = "it lies above the last bound of the histogram: it is that or more"


@frozen(kw_only=True)
class Reading:
    """A figure in one window; see `Figure` of the contract for the members."""

    value: float | None = None
    unit: str
    samples: int = 0
    source: Source = "none"
    note: str = ""
    estimated: bool = False
    bucket: Quantile | None = None


Readings = Mapping[str, Reading]
"""Figures of a part of the report, by the names of its attributes."""


def measured(
    value: float,
    unit: str,
    samples: float,
    *,
    source: Source = "metrics",
    note: str = "",
    estimated: bool = False,
) -> Reading:
    """A figure that is known; a number that is none after all is not."""
    if not isfinite(value):
        return absent(unit, "the numbers are too large to be summed up")
    return Reading(
        value=value,
        unit=unit,
        samples=int(samples),
        source=source,
        note=note,
        estimated=estimated,
    )


def absent(unit: str, why: str) -> Reading:
    """A figure that was not measured, and why."""
    return Reading(unit=unit, note=f"not measured: {why}")


def of_quantile(found: Quantile, unit: str, samples: int, note: str = "") -> Reading:
    """A quantile of a histogram."""
    said = ABOVE_ALL if found.up_to is None else INTERPOLATED
    return Reading(
        value=found.value,
        unit=unit,
        samples=samples,
        source="metrics",
        note="; ".join(filter(None, (said, note))),
        estimated=True,
        bucket=found,
    )


def figure(
    reading: Reading,
    window: ProductionWindow,
    baseline: tuple[Reading, ProductionWindow] | None,
) -> Figure:
    """A figure as it is answered."""
    bucket = reading.bucket
    return Figure(
        value=reading.value,
        unit=reading.unit,
        window=window,
        samples=reading.samples,
        source=reading.source,
        note=reading.note,
        estimated=reading.estimated,
        bucket=None if bucket is None else FigureBucket(above=bucket.above, up_to=bucket.up_to),
        baseline=None if baseline is None else _baseline(*baseline),
        change=None if baseline is None else _change(reading, baseline[0]),
    )


def _baseline(reading: Reading, window: ProductionWindow) -> BaselineFigure:
    return BaselineFigure(
        value=reading.value,
        window=window,
        samples=reading.samples,
        source=reading.source,
        note=reading.note,
        estimated=reading.estimated,
    )


def _change(now: Reading, then: Reading) -> float | None:
    if now.value is None or not then.value or now.unit != then.unit:
        return None
    change = (now.value - then.value) / abs(then.value)
    return change if isfinite(change) else None
