"""The cast of the tests of metrics: a registry of one's own, and what it tells."""

from __future__ import annotations

from modelmetry.metrics.families import Family, Point
from modelmetry.metrics.registry import Registry


def family(registry: Registry, name: str) -> Family:
    """The family of this name."""
    return next(one for one in registry.collect() if one.name == name)


def points(registry: Registry, name: str) -> dict[tuple[str, ...], Point]:
    """The series of a metric, by the values of their attributes."""
    return {point.attributes: point for point in family(registry, name).points}


def values(registry: Registry, name: str) -> dict[tuple[str, ...], float]:
    """The values of a metric, by the values of its attributes."""
    return {attributes: point.value for attributes, point in points(registry, name).items()}
