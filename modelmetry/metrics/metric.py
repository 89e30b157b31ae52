"""What is known of one metric: its shape, and its series, of which there are only so many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from threading import RLock, get_ident
from typing import Any, Final, Generic, TypeVar

from msgspec import Struct

from modelmetry.delivery.log import Log
from modelmetry.metrics.attributes import bounded, series_key
from modelmetry.metrics.families import Across, Family, Kind
from modelmetry.metrics.naming import prometheus_name
from modelmetry.metrics.series import HistogramSeries, LastSeries, Refuse, SumSeries

MOST_SERIES: Final = 2_000
"""Series of one metric, the one of what had no room included (OpenTelemetry's default)."""

SeriesT = TypeVar("SeriesT", bound=SumSeries | HistogramSeries | LastSeries)

_log = Log("modelmetry.metrics")


class Shape(Struct, frozen=True):
    """What two declarations of one metric have to agree in; see `Family` for the members."""

    name: str
    kind: Kind
    unit: str
    attributes: tuple[str, ...]
    bounds: tuple[float, ...]
    across: Across
    monotonic: bool
    most_series: int

    @property
    def prometheus_name(self) -> str:
        """Its name for Prometheus, by which it is told from others."""
        return prometheus_name(self.name, self.kind, self.unit)


class Metric(Generic[SeriesT]):
    """The series of one metric.

    Args:
        shape: of the metric.
        description: one sentence.
        make: a new series of its values.
    """

    def __init__(
        self,
        shape: Shape,
        description: str,
        make: Callable[[tuple[str, ...], Refuse], SeriesT],
    ) -> None:
        self.shape = shape
        self.description = description
        self._make = make
        self.on_new: Callable[[], None] | None = None
        """Called when it has another series."""
        # Reentrant: a handler of signals may measure, too.
        self._growing = RLock()
        self.series: dict[tuple[str, ...], SeriesT] = {}
        self._overflow: SeriesT | None = None
        # Each thread counts for itself: exact without a lock.
        self._folded: dict[int, int] = {}
        self._refused: dict[tuple[int, str], int] = {}

    def begin_anew(self) -> None:
        """In a forked child: everything that was measured is the parent's."""
        self._growing = RLock()
        self.series.clear()
        self._overflow = None
        self._folded.clear()
        self._refused.clear()

    def of(self, given: Mapping[str, Any]) -> SeriesT:
        """The series of these attributes, or the one of what has no room.

        Raises:
            InvalidTypeError: an attribute was not declared, or its value cannot be one.
        """
        key = series_key(self.shape.attributes, given, self.shape.name)
        return self.series.get(key) or self.at(key)

    def of_values(self, values: tuple[str, ...]) -> SeriesT:
        """The series of values that are texts, one for each attribute, in order.

        Raises:
            ValueError: there are too few of them, or too many.
        """
        key = tuple(bounded(text) for _, text in zip(self.shape.attributes, values, strict=True))
        return self.series.get(key) or self.at(key)

    def at(self, key: tuple[str, ...]) -> SeriesT:
        """The series of these values, which is new, or the one of what has no room."""
        room = self.shape.most_series - 1
        if len(self.series) < room:
            with self._growing:
                if len(self.series) < room or key in self.series:
                    made = self.series.setdefault(key, self._make(key, self.refuse))
                    if self.on_new is not None:
                        self.on_new()
                    return made
        thread = get_ident()
        self._folded[thread] = self._folded.get(thread, 0) + 1
        return self._overflowing()

    def _overflowing(self) -> SeriesT:
        with self._growing:
            if self._overflow is None:
                self._overflow = self._make((), self.refuse)
                _log.warning(
                    "metric %r has %d series, the most that it may; what would be another one is "
                    "in the series otel_metric_overflow. Give it fewer attributes, or fewer values",
                    self.shape.name,
                    self.shape.most_series,
                )
            return self._overflow

    def refuse(self, reason: str, number: int) -> None:
        """Count measurements that are none, and say so once."""
        key = get_ident(), reason
        if not any(reason == other for _, other in list(self._refused)):
            _log.warning(
                "a measurement of %r was refused: it is %s; more are counted without a word",
                self.shape.name,
                reason.replace("_", " "),
            )
        self._refused[key] = self._refused.get(key, 0) + number

    @property
    def folded(self) -> int:
        """How many measurements had no series of their own."""
        return sum(list(self._folded.values()))

    @property
    def refused(self) -> Mapping[str, int]:
        """How many measurements were none, by reason."""
        counts = Counter[str]()
        for (_, reason), number in list(self._refused.items()):
            counts[reason] += number
        return counts

    def family(self) -> Family:
        """All of it as plain data."""
        shape = self.shape
        found: list[SeriesT] = list(self.series.values())
        if self._overflow is not None:
            found.append(self._overflow)
        if not found and not shape.attributes:  # 0 from the beginning: its first increase is seen
            found.append(self._make((), self.refuse))
        return Family(
            shape.name,
            shape.kind,
            shape.unit,
            self.description,
            shape.attributes,
            shape.bounds,
            shape.across,
            [point for one in found if (point := one.point()) is not None],
        )
