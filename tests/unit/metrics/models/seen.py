"""What a registry shows of models, as short as a test can say it."""

from __future__ import annotations

from modelmetry.metrics.families import Family, Point
from modelmetry.metrics.registry import Registry


def family(registry: Registry, name: str) -> Family:
    """The one of this name, below `modelmetry.model.`."""
    (found,) = [one for one in registry.collect() if one.name == f"modelmetry.model.{name}"]
    return found


def values(registry: Registry, name: str) -> dict[tuple[str, ...], float]:
    """Its values by their attributes."""
    return {point.attributes: point.value for point in family(registry, name).points}


def counts(registry: Registry, name: str) -> dict[tuple[str, ...], int]:
    """How many measurements each of its series has."""
    return {point.attributes: point.count for point in family(registry, name).points}


def refused(registry: Registry) -> dict[tuple[str, ...], float]:
    """What was refused, by metric and reason."""
    points: list[Point] = [
        point
        for one in registry.collect()
        if one.name == "modelmetry.metrics.refused_measurements"
        for point in one.points
    ]
    return {point.attributes: point.value for point in points}
