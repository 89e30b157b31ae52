"""FindingHistogram. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.distribution import Distribution
from modelmetry_api.models.histogram_bin import HistogramBin
from modelmetry_api.models.value_share import ValueShare
from modelmetry_api.wire import UNSET, Unset, member, wire_model


@wire_model
class FindingHistogram:
    """How the values of a finding are spread."""

    name: str = member("Name")

    unit: str = member("Unit")
    """Its latest unit; empty when there is none."""

    count: int = member("Count")
    """Findings of any type."""

    bins: list[HistogramBin] = member("Bins")
    """In order, each beginning where the one before ends. They hold all numbers."""

    shares: list[ValueShare] = member("Shares")
    """Booleans and the 20 most frequent labels, by their share of the booleans and labels."""

    approximate: bool = member("Approximate")

    relative_error: int | float = member("RelativeError")
    """Largest relative error of percentiles; 0 when they are exact."""

    numbers: Distribution | Unset = member("Numbers", default=UNSET)
    """How numbers are distributed. Percentiles are of the nearest rank."""
