"""One report of two: what one does not know is taken from the other, figure by figure."""

from __future__ import annotations

from typing import Any, Final

from attrs import fields
from modelmetry_api.models import Figure, ProductionSummary

from modelmetry.reports.amounts import amount, change

TOLERANCE: Final = 0.05
"""Where both know a figure and differ by more than this share of the first, the note says so."""
_PARTS: Final = ("requests", "predictions", "llm", "costs", "runtime")


def of_both(first: ProductionSummary, second: ProductionSummary) -> ProductionSummary:
    """`first` with what it lacks from `second`.

    Args:
        first: the store's.
        second: that of Prometheus, of the same window.
    """
    parts = {name: _part(getattr(first, name), getattr(second, name)) for name in _PARTS}
    return ProductionSummary(
        service=first.service, window=first.window, baseline=first.baseline, **parts
    )


def _part(first: Any, second: Any) -> Any:
    chosen = {
        field.name: _figure(getattr(first, field.name), getattr(second, field.name))
        for field in fields(type(first))
    }
    return type(first)(**chosen)


def _figure(first: Figure, second: Figure) -> Figure:
    if first.value is None:
        return first if second.value is None else second
    if second.value is None or first.unit != second.unit:
        return first
    apart = second.value - first.value
    if abs(apart) <= TOLERANCE * max(abs(first.value), abs(second.value)):
        return first
    said = f"Prometheus says {amount(second.value, second.unit)}"
    if first.value:
        said += f" ({change(apart / abs(first.value))})"
    return Figure(
        value=first.value,
        unit=first.unit,
        window=first.window,
        samples=first.samples,
        source=first.source,
        note="; ".join(filter(None, (first.note, said))),
        estimated=first.estimated,
        bucket=first.bucket,
        baseline=first.baseline,
        change=first.change,
    )
