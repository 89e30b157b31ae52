"""What can be read of production metrics."""

from __future__ import annotations

from modelmetry_api.models import ProductionMetricList, ProductionSeries, ProductionSummary

from modelmetry.store.production import USUAL, ProductionSeriesQuery, Window
from modelmetry.store.sqlite import production_report, production_series
from modelmetry.store.sqlite.connected import Connected


class ReadingProduction(Connected):
    """A `ProductionStore`."""

    def production_metrics(
        self, tenant: str, service: str | None = None, prefix: str = ""
    ) -> ProductionMetricList:
        """What was measured, by name."""
        with self._read() as connection:
            return production_series.list_metrics(connection, tenant, service, prefix)

    def production_series(self, tenant: str, query: ProductionSeriesQuery) -> ProductionSeries:
        """One metric over time."""
        with self._read() as connection:
            return production_series.series_over_time(connection, tenant, query, self._clock())

    def production_summary(
        self,
        tenant: str,
        window: Window = USUAL,
        baseline: Window | None = None,
        service: str | None = None,
    ) -> ProductionSummary:
        """The report."""
        with self._read() as connection:
            return production_report.summary(
                connection,
                tenant,
                self._clock(),
                window=window,
                baseline=baseline,
                service=service,
            )
