"""What can be done with costs of the cloud."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from datetime import date
from typing import Any

from modelmetry_api.models import CostDayList, CostDaysReplaced, CostSourceList, CostTrend

from modelmetry.costs.days import midnight
from modelmetry.store.costs import CostQuery, CostTrendQuery
from modelmetry.store.sqlite import cost_rows, cost_trends, production_costs, read_costs
from modelmetry.store.sqlite.connected import Connected
from modelmetry.store.sqlite.cost_ledger import SqliteCostLedger
from modelmetry.store.sqlite.cost_parts import cost_part
from modelmetry.store.sqlite.encode import from_micros, to_micros
from modelmetry.store.sqlite.production_windows import Span
from modelmetry.store.sqlite.writer import Work


class CostRoom(Connected):
    """A `CostStore`."""

    def cost_ledger(self, tenant: str) -> SqliteCostLedger:
        """Where polls of this tenant are kept; see `CostStore`."""
        return SqliteCostLedger(tenant, self._read, self._write)

    def replace_cost_days(self, tenant: str, body: Mapping[str, Any]) -> Future[CostDaysReplaced]:
        """State what some days cost; see `CostStore`."""
        part = cost_part(body)

        def write(work: Work) -> CostDaysReplaced:
            days = part.source, part.start, part.end
            changed = cost_rows.replace(work, tenant, *days, part.rows, whole=True)
            return CostDaysReplaced(
                source=part.source,
                from_=part.start,
                to=part.end,
                rows=len(part.rows),
                changed=changed,
            )

        self._here()
        return self.writer.submit(write, part.weight)

    def list_cost_days(self, tenant: str, query: CostQuery) -> CostDayList:
        """What was spent; see `CostStore`."""
        with self._read() as connection:
            return read_costs.list_days(connection, tenant, query, from_micros(self._clock()))

    def list_cost_sources(self, tenant: str) -> CostSourceList:
        """Where costs come from."""
        with self._read() as connection:
            return read_costs.list_sources(connection, tenant)

    def cost_trend(self, tenant: str, query: CostTrendQuery) -> CostTrend:
        """How costs change; see `CostStore`."""
        with self._read() as connection:

            def counts_of(start: date, end: date) -> cost_trends.Counts:
                span = Span(to_micros(midnight(start)), to_micros(midnight(end)))
                return production_costs.counts(connection, tenant, span, self._clock())

            now = from_micros(self._clock())
            return cost_trends.cost_trend(connection, tenant, query, now, counts_of)
