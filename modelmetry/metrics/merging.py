"""One set of metrics made of those of several processes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce

from msgspec.structs import replace

from modelmetry.metrics.families import Across, Exemplar, Family, Point
from modelmetry.metrics.naming import prometheus_name


def merged(processes: Iterable[Sequence[Family]]) -> list[Family]:
    """All families of all processes, each once.

    Counters and histograms are added up, gauges as their families say. A family that another
    process declares in another way, as in the middle of a deployment, is left out there.
    """
    found: dict[str, Family] = {}
    for families in processes:
        for family in families:
            name = prometheus_name(family.name, family.kind, family.unit)
            known = found.get(name)
            if known is None:
                found[name] = replace(family, points=list(family.points))
            elif _is_alike(known, family):
                found[name] = _family(known, family)
    return list(found.values())


def bounded(families: Iterable[Family], most: int) -> list[Family]:
    """The same with so many series of each family; what is more is told in that of no room.

    Args:
        families: whose first series are kept.
        most: series of each, the one of what has no room included.
    """
    return [
        one if len(one.points) <= most else replace(one, points=_with_overflow(one, most))
        for one in families
    ]


def _with_overflow(family: Family, most: int) -> list[Point]:
    own = [point for point in family.points if point.attributes]
    kept, rest = own[: most - 1], own[most - 1 :]
    overflow = [point for point in family.points if not point.attributes]
    folded = [replace(point, attributes=()) for point in rest]
    return [*kept, reduce(lambda a, b: _one(a, b, family.across), [*overflow, *folded])]


def _is_alike(one: Family, other: Family) -> bool:
    return (one.kind, one.attributes, one.bounds, one.across) == (
        other.kind,
        other.attributes,
        other.bounds,
        other.across,
    )


def _family(one: Family, other: Family) -> Family:
    if one.across == "host":
        return max(one, other, key=_read_at)
    return replace(one, points=_points(one, other))


def _read_at(family: Family) -> float:
    return max((point.at for point in family.points), default=0.0)


def _points(one: Family, other: Family) -> list[Point]:
    points = {point.attributes: point for point in one.points}
    for point in other.points:
        known = points.get(point.attributes)
        points[point.attributes] = point if known is None else _one(known, point, one.across)
    return list(points.values())


def _one(known: Point, more: Point, across: Across) -> Point:
    if across == "latest":
        return max(known, more, key=lambda point: point.at)
    if across in {"max", "min"}:
        smallest_first = sorted((known, more), key=lambda point: point.value)
        return smallest_first[0 if across == "min" else 1]
    counts = tuple(a + b for a, b in zip(known.counts, more.counts, strict=True))
    is_ratio = across == "ratio" and counts[1]
    return Point(
        known.attributes,
        counts[0] / counts[1] if is_ratio else known.value + more.value,
        counts,
        _latest(known.exemplars, more.exemplars),
        max(known.at, more.at),
    )


def _latest(
    known: Sequence[Exemplar | None], more: Sequence[Exemplar | None]
) -> tuple[Exemplar | None, ...]:
    if not known or not more:
        return tuple(known or more)
    return tuple(
        max((a, b), key=lambda one: 0.0 if one is None else one.at)
        for a, b in zip(known, more, strict=True)
    )
