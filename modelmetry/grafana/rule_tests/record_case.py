"""One test of a recording rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from modelmetry.grafana.rule_tests.series import Given

PRECISION: Final = "0.000001"
"""To which answers are rounded: promtool compares every digit."""


class RecordCase(Struct, frozen=True, kw_only=True):
    """One recording rule.

    Attributes:
        record: what it is called.
        title: what this case is about.
        series: what is there.
        answers: values by their labels, as promtool writes them.
        minutes: after which one looks.
        resets: whether the same is tried after a restart.
    """

    record: str
    title: str = ""
    series: Given
    answers: Mapping[str, float]
    minutes: int = 30
    resets: bool = True
