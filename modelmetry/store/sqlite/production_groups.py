"""Series of a metric by groups: what each group adds up to, and over time."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence

from attrs import field, frozen

from modelmetry.errors import StoreQueryError
from modelmetry.store.buckets import Bounds
from modelmetry.store.production import MOST_CELLS, MOST_GROUPS, SERVICE, ProductionSeriesQuery
from modelmetry.store.sqlite.encode import Micros
from modelmetry.store.sqlite.production_parts import Cell
from modelmetry.store.sqlite.production_rows import WIDTHS
from modelmetry.store.sqlite.production_sums import (
    Growing,
    Series,
    Total,
    holds_more,
    rows,
    sums,
    total,
)
from modelmetry.store.sqlite.production_windows import Span, Stretch, points_of

Group = tuple[tuple[str, str], ...]
"""Attributes and their values."""
Part = tuple[Series, Cell]
"""A series, and what it and those like it add up to in a stretch of time."""


@frozen
class Found:
    """What belongs together; without points where nobody asked for them."""

    group: Group
    whole: Total
    points: Sequence[tuple[Micros, Total]] = field(default=())


def groups_of(
    connection: sqlite3.Connection,
    chosen: Sequence[Series],
    query: ProductionSeriesQuery,
    span: Span,
    step: Micros,
) -> tuple[list[Found], int]:
    """The groups with the most measurements, these first, and how many groups there are.

    Args:
        connection: to read from.
        chosen: the series, all of one kind.
        query: by what they are split, and whether points are wanted.
        span: the window, in whole points.
        step: how wide points are, microseconds.

    Raises:
        StoreQueryError: there is too much to read.
    """
    split: dict[Group, list[Series]] = {}
    for one in chosen:
        split.setdefault(_group(one, query.group_by), []).append(one)
    if query.points and len(split) <= MOST_GROUPS:
        found = _over_time(connection, split, query.name, span, step)
        return _largest(found), len(found)
    # Points of groups that nobody will see would be read and added up in vain.
    wholes = _totals(connection, split, query.name, span)
    largest = _largest(Found(group, whole) for group, whole in wholes.items())
    if query.points:
        seen = {one.group: split[one.group] for one in largest}
        largest = _largest(_over_time(connection, seen, query.name, span, step))
    return largest, len(wholes)


def _group(series: Series, names: Sequence[str]) -> Group:
    of = {**series.attributes, SERVICE: series.service} if SERVICE in names else series.attributes
    return tuple((name, of.get(name, "")) for name in dict.fromkeys(names))


def _largest(found: Iterable[Found]) -> list[Found]:
    def order(one: Found) -> tuple[float, Group]:
        return -(one.whole.count or abs(one.whole.cell.sum)), one.group

    return sorted(found, key=order)[:MOST_GROUPS]


def _totals(
    connection: sqlite3.Connection,
    split: Mapping[Group, Sequence[Series]],
    name: str,
    span: Span,
) -> dict[Group, Total]:
    """What each group adds up to, from hours as far as these go."""
    stretches = span.stretches()
    numbers = [one.id for series in split.values() for one in series]
    _check(connection, numbers, stretches, name)
    cells = sums(connection, numbers, stretches)
    found = (
        (group, total((one, cells[one.id]) for one in series if one.id in cells))
        for group, series in split.items()
    )
    return {group: whole for group, whole in found if whole is not None}


def _over_time(
    connection: sqlite3.Connection,
    split: Mapping[Group, Sequence[Series]],
    name: str,
    span: Span,
    step: Micros,
) -> list[Found]:
    """The points of each group that has any, and what they add up to."""
    stretch = points_of(span, step)
    # Series of a group with the same bounds grow the same cells, by their place in time.
    shared: dict[tuple[Group, Bounds], tuple[Series, dict[int, Growing]]] = {}
    cells_of = {
        one.id: shared.setdefault((group, one.bounds), (one, {}))[1]
        for group, series in split.items()
        for one in series
    }
    _check(connection, cells_of, [stretch], name)
    slots_of_step = step // WIDTHS[stretch.table]
    for row in rows(connection, cells_of, stretch):
        cells, place = cells_of[row[1]], row[0] // slots_of_step
        growing = cells.get(place)
        if growing is None:
            growing = cells[place] = Growing()
        growing.add(row)
    parts: dict[Group, dict[int, list[Part]]] = {}
    for (group, _), (one, cells) in shared.items():
        for place, growing in cells.items():
            parts.setdefault(group, {}).setdefault(place, []).append((one, growing.cell()))
    return [_found(group, some, step) for group, some in parts.items()]


def _found(group: Group, parts: Mapping[int, list[Part]], step: Micros) -> Found:
    whole = total(part for some in parts.values() for part in some)
    points = [(place * step, total(parts[place])) for place in sorted(parts)]
    known = [(at, one) for at, one in points if one is not None]
    return Found(group, whole or Total(Cell(0.0)), known)


def _check(
    connection: sqlite3.Connection, series: Collection[int], stretches: Sequence[Stretch], name: str
) -> None:
    if any(holds_more(connection, series, one, MOST_CELLS) for one in stretches):
        raise StoreQueryError(
            f"{name!r} has {len(series):,} series with more than {MOST_CELLS:,} points in "
            "this window; ask for a service, for attributes, or for a shorter window"
        )
