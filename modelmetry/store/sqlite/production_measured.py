"""What production metrics say of one window, for the figures of the report."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from typing import Final

from modelmetry.store.buckets import unpacked
from modelmetry.store.figures import Reading, absent, measured, of_quantile
from modelmetry.store.production_names import OF_REPORT
from modelmetry.store.sqlite.encode import Micros
from modelmetry.store.sqlite.names import NameKind, name_id
from modelmetry.store.sqlite.production_series import REBUCKETED
from modelmetry.store.sqlite.production_sums import (
    Growing,
    Series,
    Total,
    find_series,
    of_last_kind,
    rows,
    sums,
    total,
)
from modelmetry.store.sqlite.production_units import Part, in_unit
from modelmetry.store.sqlite.production_windows import Span

_SINCE: Final = "SELECT min(start) FROM production_process WHERE tenant = ?"


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
        self._series = [
            one
            for name in OF_REPORT
            for one in of_last_kind(find_series(connection, tenant, name, service))
        ]
        series = {one.id: one for one in self._series}
        self._parts: dict[str, list[Part]] = {}
        for number, cell in sums(connection, series, span.stretches()).items():
            one = series[number]
            self._parts.setdefault(one.name, []).append(in_unit((one, cell)))

    def parts(self, name: str) -> list[Part]:
        """Each series of a metric that was measured, with what it adds up to."""
        return self._parts.get(name, [])

    def once(self, told: Sequence[str]) -> list[Part]:
        """Series that are told under several names, as by both generations of a convention.

        In each point the name counts that has more there: of an application that tells both it is
        either, and of one that changed from one to the other it is both, one after the other.
        """
        known = [name for name in told if self._parts.get(name)]
        if len(known) < 2:  # noqa: PLR2004 - there is nothing to choose
            return self.parts(known[0]) if known else []
        series = {one.id: one for one in self._series if one.name in known}
        points: dict[tuple[object, ...], dict[str, tuple[Series, Growing]]] = {}
        for stretch in self.span.stretches():
            for row in rows(self.connection, series, stretch):
                slot, one = row[0], series[row[1]]
                place = stretch.table, slot, one.service, tuple(one.attributes.items()), one.bounds
                of_name = points.setdefault(place, {})
                of_name.setdefault(one.name, (one, Growing()))[1].add(row)
        return [
            _larger([(one, grown.cell()) for one, grown in of.values()]) for of in points.values()
        ]

    def known_since(self) -> Micros | None:
        """When the first process that is known began, whether in the window or before it."""
        sql, values = self.of_service(_SINCE)
        (first,) = self.connection.execute(sql, values).fetchone()
        return None if first is None else int(first)

    def of_service(self, sql: str, *bounds: int) -> tuple[str, tuple[int, ...]]:
        """A statement on a table of services, and its values, the tenant being the first."""
        values = (self.tenant, *bounds)
        if self.service is None:
            return sql, values
        number: int | None = 0
        if self.service:
            number = name_id(self.connection, self.tenant, NameKind.SERVICE, self.service)
        return f"{sql} AND service = ?", (*values, -1 if number is None else number)

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


def _larger(parts: Sequence[Part]) -> Part:
    """The one with the most measurements."""
    return in_unit(max(parts, key=_count))


def _count(part: Part) -> int:
    series, cell = part
    return 0 if cell.counts is None else sum(unpacked(cell.counts, series.bounds))


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
