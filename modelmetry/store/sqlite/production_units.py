"""Series of metrics in the units that the report has, whichever those of their senders are."""

from __future__ import annotations

from typing import Final

from attrs import evolve

from modelmetry.store.production_names import UNITS
from modelmetry.store.sqlite.production_parts import Cell
from modelmetry.store.sqlite.production_sums import Series

Part = tuple[Series, Cell]
"""A series, and what it adds up to."""

_TIMES: Final = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "min": 60.0, "h": 3_600.0, "d": 86_400.0}
_FACTORS: Final = {("s", unit): factor for unit, factor in _TIMES.items()} | {("1", "%"): 0.01}
_DIGITS: Final = 12  # of bounds, so that 250 ms and 0.25 s are one bound


def in_unit(part: Part) -> Part:
    """A series and its sum in the unit of the report; a unit that is not known is taken as that."""
    series, cell = part
    by = _FACTORS.get((UNITS.get(series.name, ""), series.unit), 1.0)
    if by == 1:
        return part
    bounds = tuple(float(f"{bound * by:.{_DIGITS}g}") for bound in series.bounds)
    low, high, last = (
        None if one is None else one * by for one in (cell.low, cell.high, cell.last)
    )
    return (
        evolve(series, unit=UNITS[series.name], bounds=bounds),
        cell._replace(sum=cell.sum * by, low=low, high=high, last=last),
    )
