"""Expressions of PromQL: the few shapes that are right, each made in one place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

Names = str | Iterable[str]
"""A metric, or one that has another name in each generation of conventions."""


class Source(Struct, frozen=True):
    """Which series are looked at, and over which span.

    Attributes:
        matchers: of all metrics, such as `job=~"$job"`.
        window: such as `5m` or `$__rate_interval`.
    """

    matchers: tuple[str, ...]
    window: str

    def over(self, window: str) -> Source:
        """The same over another span."""
        return Source(self.matchers, window)

    def of(self, metric: str, *more: str) -> str:
        """The series of a metric, those that match `more` as well."""
        matchers = ",".join((*self.matchers, *more))
        return f"{metric}{{{matchers}}}" if matchers else metric

    def rate(self, metric: Names, *more: str) -> str:
        """How fast a counter grows, each second."""
        return self._ranged("rate", metric, more)

    def increase(self, metric: Names, *more: str) -> str:
        """By how much a counter grew."""
        return self._ranged("increase", metric, more)

    def _ranged(self, function: str, metric: Names, more: tuple[str, ...]) -> str:
        # Where both generations are told, `or` takes of series that are alike the first alone.
        known = [metric] if isinstance(metric, str) else metric
        return " or ".join(f"{function}({self.of(one, *more)}[{self.window}])" for one in known)

    def quantile(self, q: float, histogram: Names, by: Iterable[str] = (), *more: str) -> str:
        """The value below which a share `q` of all measurements lies, by its bucket."""
        rates = self.rate(_with(histogram, "bucket"), *more)
        return f"histogram_quantile({q:g}, {total(rates, ('le', *by))})"

    def mean(self, histogram: Names, by: Iterable[str] = (), *more: str) -> str:
        """The mean of all measurements; nothing where there is none."""
        above = total(self.rate(_with(histogram, "sum"), *more), by)
        below = total(self.rate(_with(histogram, "count"), *more), by)
        return f"{above} / ({below} > 0)"


def total(expression: str, by: Iterable[str] = ()) -> str:
    """The sum of all series, or of those with the same labels `by`."""
    return f"{_aggregated('sum', by)}({expression})"


def largest(expression: str, by: Iterable[str] = ()) -> str:
    """The largest series, or the one of those with the same labels `by`."""
    return f"{_aggregated('max', by)}({expression})"


def share(part: str, whole: str, by: Iterable[str] = ()) -> str:
    """How much `part` is of `whole`: 0 where there is no part, nothing where there is no whole."""
    by = tuple(by)
    none = f"0 * {total(whole, by)}" if by else "vector(0)"
    return f"({total(part, by)} or {none}) / ({total(whole, by)} > 0)"


def grown(source: Source, counter: str, by: Iterable[str], *more: str) -> str:
    """By how much a counter grew, if it did, also when it is new: it then began at 0 unseen."""
    by = tuple(by)
    now = total(source.of(counter, *more), by)
    before = total(f"{source.of(counter, *more)} offset {source.window}", by)
    return f"{total(source.increase(counter, *more), by)} > 0 or ({now} unless {before}) > 0"


def _aggregated(operator: str, by: Iterable[str]) -> str:
    names = ", ".join(by)
    return f"{operator} by ({names}) " if names else operator


def _with(histogram: Names, suffix: str) -> Names:
    if isinstance(histogram, str):
        return f"{histogram}_{suffix}"
    return [f"{one}_{suffix}" for one in histogram]


SERVER_ERRORS: Final = '=~"5.."'
CLIENT_ERRORS: Final = '=~"4.."'
GOOD: Final = '=~"[123].."'
