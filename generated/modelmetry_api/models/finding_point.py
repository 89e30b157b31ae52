"""FindingPoint. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.distribution import Distribution
from modelmetry_api.models.value_share import ValueShare
from modelmetry_api.wire import UNSET, DateTime, Unset, member, wire_model


@wire_model
class FindingPoint:
    """One stretch of time. The number members are absent when no number was recorded in it."""

    start: DateTime = member("Start")

    count: int = member("Count")
    """Findings of any type."""

    shares: list[ValueShare] = member("Shares")
    """Booleans and the 20 most frequent labels, by their share of the booleans and labels of the
    stretch.
    """

    numbers: Distribution | Unset = member("Numbers", default=UNSET)
    """How numbers are distributed. Percentiles are of the nearest rank."""
