"""One series of an instrument, found once for many measurements."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Generic, TypeVar

from modelmetry.metrics.metric import Metric
from modelmetry.metrics.series import HistogramSeries, Measured, SumSeries

FoldedT = TypeVar("FoldedT", bound=SumSeries | HistogramSeries)


class Bound(Generic[FoldedT]):
    """Measures into one series; also in a forked child, where all series are new.

    `Counter.bound` and `Histogram.bound` make it, whose `add` and `record` check what they get:
    this one takes a float as it is.

    Args:
        metric: that has the series.
        key: the values of its attributes.
        traced: joins a measurement with the trace in which it is taken.
    """

    __slots__ = ("_key", "_metric", "_traced")

    def __init__(
        self,
        metric: Metric[FoldedT],
        key: tuple[str, ...],
        traced: Callable[[float, None], Measured],
    ) -> None:
        self._metric: Final = metric
        self._key: Final = key
        self._traced: Final = traced

    def put(self, value: float) -> None:
        """Take a measurement."""
        series = self._metric.series.get(self._key) or self._metric.at(self._key)
        series.put(self._traced(value, None))
