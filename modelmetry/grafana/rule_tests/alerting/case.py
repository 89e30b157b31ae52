"""One test of an alert."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from modelmetry.grafana.rule_tests.series import Counter, Given, Level

MORE, LESS = 1.1, 0.9
"""Times a threshold: above it, and below."""


class AlertCase(Struct, frozen=True, kw_only=True):
    """One alert, once as it fires and once as it does not.

    Attributes:
        alert: its name.
        title: what this case is about, where there are several.
        minutes: after which one looks.
        labels: what it fires with, besides its own.
        shown: the value, as its summary has it.
        above: series with which it fires.
        below: series with which it does not.
        fires: how many of the alerts of this name fire, the last ones.
        resets: whether the same is tried after a restart.
    """

    alert: str
    title: str = ""
    minutes: int = 30
    labels: dict[str, str]
    shown: str = ""
    above: Given
    below: Given
    fires: int = 1
    resets: bool = True


def growing(alert: str, series: str, labels: dict[str, str]) -> Iterable[AlertCase]:
    """A counter that grows, and one that was not there before: its first value counts as well."""
    old = {series: Level(7, falls=True)}
    for above in (Counter(1), Level(1, begins=85)):
        yield AlertCase(alert=alert, minutes=90, labels=labels, above={series: above}, below=old)


def percent(share: float) -> str:
    """A share as `humanizePercentage` writes it."""
    return f"{float(f'{share * 100:.4g}'):.10g}%"
