"""What production metrics say of one window, for the figures of the report."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from modelmetry.store.figures import Reading, absent, measured, of_quantile
from modelmetry.store.production_names import OF_REPORT
from modelmetry.store.sqlite.encode import Micros
from modelmetry.store.sqlite.production_parts import Cell
from modelmetry.store.sqlite.production_series import REBUCKETED
from modelmetry.store.sqlite.production_sums import (
    Series,
    Total,
    find_series,
    of_last_kind,
    sums,
    total,
)
from modelmetry.store.sqlite.production_windows import Span

Part = tuple[Series, Cell]
"""A series, and what it adds up to."""


class Measured:
    """All that the report needs of a window, read at once.

    Args:
        connection: to read from.
        tenant: its number; 0 when nothing was ever stored for it.
        service: only of this one.
        span: the window.
        now: microseconds since 1970.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        tenant: int,
        service: str | None,
        span: Span,
        now: Micros,
    ) -> None:
        self.connection = connection
        self.tenant = tenant
        self.service = service
        self.span = span
        self.now = now
        series = {
            one.id: one
            for name in OF_REPORT
            for one in of_last_kind(find_series(connection, tenant, name, service))
        }
        self._parts: dict[str, list[Part]] = {}
        for number, cell in sums(connection, series, span.stretches()).items():
            one = series[number]
            self._parts.setdefault(one.name, []).append((one, cell))

    def parts(self, name: str) -> list[Part]:
        """Each series of a metric that was measured, with what it adds up to."""
        return self._parts.get(name, [])

    def total(self, name: str, wanted: Callable[[Series], bool] | None = None) -> Total | None:
        """All series of a metric as one, or those that are wanted; None without any."""
        parts = self.parts(name)
        return total(parts if wanted is None else [one for one in parts if wanted(one[0])])

    def by(self, name: str, attribute: str) -> dict[str, Total]:
        """The series of a metric by the values of an attribute."""
        groups: dict[str, list[Part]] = {}
        for series, cell in self.parts(name):
            groups.setdefault(series.attributes.get(attribute, ""), []).append((series, cell))
        found = ((value, total(parts)) for value, parts in groups.items())
        return {value: whole for value, whole in found if whole is not None}


def mean_of(whole: Total | None, unit: str, why: str) -> Reading:
    """The mean of a histogram or a gauge."""
    if whole is None or whole.mean is None:
        return absent(unit, why)
    return measured(whole.mean, unit, whole.count)


def quantile_of(whole: Total | None, rank: float, unit: str, why: str) -> Reading:
    """A quantile of a histogram."""
    found = None if whole is None else whole.quantile(rank)
    if whole is None or not whole.count:
        return absent(unit, why)
    if found is None:
        return absent(unit, "the bounds of its buckets have nothing in common")
    note = REBUCKETED.format(len(whole.bounds)) if whole.differed else ""
    return of_quantile(found, unit, whole.count, note)
