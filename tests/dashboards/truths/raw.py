"""What a target told, reckoned here and not by Prometheus: the truth of what nobody can plan."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from attrs import frozen

from tests.dashboards.judging import Labels, Range, exactly, near
from tests.dashboards.load import Driven
from tests.dashboards.processes import Live
from tests.dashboards.substitution import SECONDS, WINDOW

Values = Mapping[Labels, float]


@frozen
class Raw:
    """Samples as they were scraped."""

    live: Live
    driven: Driven
    job: str = "application"

    def levels(self, metric: str, **labels: str) -> Values:
        """The last value of each series."""
        found = self.live.ask("query", query=self._series(metric, labels), time=self._time)
        return {_labels(one["metric"]): float(one["value"][1]) for one in found["result"]}

    def growth(self, metric: str, **labels: str) -> Values:
        """By how much each series grew, from its first sample to its last."""
        query = f"{self._series(metric, labels)}[{WINDOW}]"
        found = self.live.ask("query", query=query, time=self._time)
        return {
            _labels(one["metric"]): sum(
                max(float(after[1]) - float(before[1]), 0)
                for before, after in pairwise(one["values"])
            )
            for one in found["result"]
        }

    @property
    def _time(self) -> str:
        return str(self.driven.at)

    def _series(self, metric: str, labels: Mapping[str, str]) -> str:
        asked = {"job": self.job, **labels}
        matchers = ",".join(f'{name}="{value}"' for name, value in asked.items())
        return f"{metric}{{{matchers}}}"


def _labels(metric: Mapping[str, str]) -> Labels:
    return frozenset((name, value) for name, value in metric.items() if name != "__name__")


def summed(values: Values, *names: str) -> dict[Labels, float]:
    """The sum of those with the same labels of these names."""
    found: dict[Labels, float] = {}
    for labels, value in values.items():
        kept = frozenset((name, text) for name, text in labels if name in names)
        found[kept] = found.get(kept, 0) + value
    return found


def divided(above: Values, below: Values) -> dict[Labels, Range]:
    """One by the other."""
    return {labels: exactly(value / below[labels]) for labels, value in above.items()}


def same(values: Values) -> dict[Labels, Range]:
    """As they are."""
    return {labels: exactly(value) for labels, value in values.items()}


def rates(values: Values) -> dict[Labels, Range]:
    """What grew, for each second."""
    return {labels: near(value / SECONDS) for labels, value in values.items()}
