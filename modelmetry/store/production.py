"""What a store can do with production metrics, and what can be asked of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from attrs import frozen
from modelmetry_api.models import ProductionMetricList, ProductionSeries, ProductionSummary

from modelmetry.errors import StoreQueryError

LONGEST_WINDOW: Final = timedelta(days=400)
"""How long a window is at most."""
USUAL_WINDOW: Final = timedelta(days=30)
"""How long it is when nothing else is said."""
FINE_WINDOW: Final = timedelta(days=14)
"""For so long points of 5 minutes are kept; hours are kept until they are pruned."""
MOST_SERIES: Final = 20_000
"""So many series a tenant has at most; a batch with more is refused."""
MOST_POINTS: Final = 300
"""So many points a group of a series has at most."""
MOST_GROUPS: Final = 50
"""So many groups of a series are answered, those with the most measurements."""
MOST_CELLS: Final = 2_000_000
"""So many points of single series are read for one answer; they take some seconds."""
SERVICE: Final = "service"
"""Splits series by who measured them, as an attribute does."""


@frozen
class Window:
    """From `start` to before `end`; where one is not given, the usual window ends or begins."""

    start: datetime | None = None
    end: datetime | None = None

    def bounds(self, now: datetime) -> tuple[datetime, datetime]:
        """Both ends.

        Raises:
            StoreQueryError: the window is empty, or longer than `LONGEST_WINDOW`.
        """
        start, end = self.start, self.end
        if end is None:
            end = now
        if start is None:
            end = min(max(end, _EARLIEST), _LATEST)
            start = end - USUAL_WINDOW
        if start >= end:
            raise StoreQueryError(
                f"the window from {start.isoformat()} to {end.isoformat()} is empty; "
                "let it end after it begins"
            )
        if end - start > LONGEST_WINDOW:
            raise StoreQueryError(
                f"the window from {start.isoformat()} to {end.isoformat()} is longer than "
                f"{LONGEST_WINDOW.days} days; ask for less"
            )
        return start, end

    def baseline(self, length: timedelta) -> Window | None:
        """The same with both ends, the missing one so far away; None when neither is given."""
        start, end = self.start, self.end
        if start is None and end is None:
            return None
        if start is None:
            end = min(max(end or _EARLIEST, _EARLIEST), _LATEST)
            return Window(end - length, end)
        if end is None:
            start = min(max(start, _EARLIEST), _LATEST)
            return Window(start, start + length)
        return self


# Of what a window is added to or taken from, so that it stays within the years that there are.
_EARLIEST: Final = datetime(3, 1, 1, tzinfo=UTC)
_LATEST: Final = datetime(9997, 1, 1, tzinfo=UTC)


USUAL: Final = Window()
"""The last 30 days."""


@frozen(kw_only=True)
class ProductionSeriesQuery:
    """One metric over time.

    Attributes:
        name: of the metric.
        service: only of this one.
        group_by: attributes by which it is split, `SERVICE` among them.
        attributes: only series with these values.
        quantiles: of a histogram.
        points: whether what was measured is told over time as well, and not only in all.
        window: when it was measured.
    """

    name: str
    service: str | None = None
    group_by: tuple[str, ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()
    quantiles: tuple[float, ...] = ()
    points: bool = True
    window: Window = USUAL


class ProductionStore(Protocol):
    """Where production metrics rest; see `Store` for what holds of every method.

    They are written by `Store.ingest`, as `MetricIntervals`.
    """

    def production_metrics(
        self, tenant: str, service: str | None = None, prefix: str = ""
    ) -> ProductionMetricList:
        """What was measured, by name, 1,000 metrics at most."""
        ...

    def production_series(self, tenant: str, query: ProductionSeriesQuery) -> ProductionSeries:
        """One metric over time.

        Raises `StoreQueryError` for a window that cannot be, and for more than `MOST_CELLS`.
        """
        ...

    def production_summary(
        self,
        tenant: str,
        window: Window = USUAL,
        baseline: Window | None = None,
        service: str | None = None,
    ) -> ProductionSummary:
        """The report. Raises `StoreQueryError` likewise."""
        ...
