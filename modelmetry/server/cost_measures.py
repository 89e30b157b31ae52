"""What Prometheus is told of costs of the cloud."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final

from modelmetry_api.models import CostDayList, CostSourceState, CostSum, Figure

from modelmetry.costs.amounts import EXACT, ZERO
from modelmetry.costs.days import month_of
from modelmetry.metrics import semantic
from modelmetry.metrics.families import Family, Kind, Point
from modelmetry.store.costs import USUAL_DAYS, CostQuery
from modelmetry.store.production import Window
from modelmetry.store.protocol import Store

DAY, MONTH, LAST = "day", "month", "last_30d"
"""Periods: the last day that is known, this month so far, the last 30 days."""
OTHERS: Final = "(others)"
"""The service that stands for those that cost least, of which there are too many."""
MOST_SERVICES: Final = 100
_USD: Final = "USD"
_WHOLE_DAY: Final = timedelta(days=1)

_Key = tuple[str, str, str]


class CostMeasures:
    """Figures of costs as they were when they were last refreshed: a scrape asks nobody.

    Only US dollars are told, for a metric has one unit.

    Args:
        store: knows the costs.
        tenant: whose they are.
    """

    def __init__(self, store: Store, tenant: str) -> None:
        self._store = store
        self._tenant = tenant
        self._failures = 0
        self._families: list[Family] = []

    def note_failure(self) -> None:
        """Count a poll that failed."""
        self._failures += 1

    def collect(self) -> list[Family]:
        """All metrics."""
        failures = _family(
            semantic.CLOUD_COST_FAILURES, "counter", "{poll}", "Polls of costs that failed", ()
        )
        failures.points = [Point((), self._failures)]
        return [*self._families, failures]

    def refresh(self, now: datetime) -> None:
        """Read the figures anew.

        Args:
            now: what time it is, in UTC.

        Raises:
            StoreError: they cannot be read.
        """
        sources = self._store.list_cost_sources(self._tenant).sources
        if not sources:
            return
        today = now.astimezone(UTC).date()
        first = min(month_of(today), today - USUAL_DAYS * _WHOLE_DAY)
        days = (first + _WHOLE_DAY * place for place in range((today - first).days))
        # Day by day, since there may be more sums of all of them than are answered at once.
        costs = _costs([self._of(day) for day in days], today)
        self._families = [costs, *_polls(sources), *self._units(now)]

    def _of(self, day: date) -> CostDayList:
        query = CostQuery(start=day, end=day + _WHOLE_DAY, group_by=("service", "source"))
        return self._store.list_cost_days(self._tenant, query)

    def _units(self, now: datetime) -> list[Family]:
        window = Window(now - USUAL_DAYS * _WHOLE_DAY, now)
        costs = self._store.production_summary(self._tenant, window).costs
        return [
            *_unit(semantic.CLOUD_COST_PER_PREDICTION, "a prediction", costs.cloud_per_prediction),
            *_unit(semantic.CLOUD_COST_PER_LLM_CALL, "a call", costs.cloud_per_llm_call),
        ]


def _costs(days: Sequence[CostDayList], today: date) -> Family:
    """Add up days that are over: a part of one would look as if costs had fallen."""
    last = {source: one.from_ for one in days for source in one.sources}
    wanted = _largest(days)
    found: dict[_Key, Decimal] = {}
    for day, one in _dollars(days):
        service = one.service if one.service in wanted else OTHERS
        estimated = "true" if one.estimated else "false"
        among = {
            DAY: day == last.get(str(one.source)),
            MONTH: day >= month_of(today),
            LAST: day >= today - USUAL_DAYS * _WHOLE_DAY,
        }
        for period, is_in in among.items():
            key = str(service), period, estimated
            amount = Decimal(one.billed_cost) if is_in else ZERO
            found[key] = EXACT.add(found.get(key, ZERO), amount)
    family = _family(
        semantic.CLOUD_COST,
        "gauge",
        _USD,
        "What services of the cloud cost: the last day known, this month so far, 30 days",
        (semantic.SERVICE, semantic.PERIOD, semantic.ESTIMATED),
    )
    family.points = [Point(key, float(amount)) for key, amount in sorted(found.items())]
    return family


def _dollars(days: Iterable[CostDayList]) -> Iterator[tuple[date, CostSum]]:
    return ((day.from_, one) for day in days for one in day.sums if one.currency == _USD)


def _largest(days: Iterable[CostDayList]) -> frozenset[str]:
    """The services that cost most, so many as are told by their names."""
    by_service: dict[str, Decimal] = {}
    for _, one in _dollars(days):
        name = str(one.service)
        by_service[name] = EXACT.add(by_service.get(name, ZERO), Decimal(one.billed_cost))
    ordered = sorted(by_service, key=lambda name: (-by_service[name], name))
    return frozenset(ordered[:MOST_SERVICES])


def _polls(sources: Sequence[CostSourceState]) -> list[Family]:
    succeeded, requests, spend = (
        _family(semantic.CLOUD_COST_LAST_SUCCESS, "gauge", "s", "When a poll last brought costs"),
        _family(
            semantic.CLOUD_COST_REQUESTS, "counter", "{request}", "Requests that may be charged"
        ),
        _family(semantic.CLOUD_COST_SPEND, "counter", _USD, "What these requests cost"),
    )
    for one in sources:
        if one.poll is None:
            continue
        name = (one.name,)
        if one.poll.succeeded_at is not None:
            succeeded.points.append(Point(name, one.poll.succeeded_at.timestamp()))
        requests.points.append(Point(name, one.poll.requests))
        spend.points.append(Point(name, float(one.poll.spent)))
    return [succeeded, requests, spend]


def _unit(name: str, of: str, figure: Figure) -> list[Family]:
    """The cost of a unit, if it is known in dollars."""
    if figure.value is None or figure.unit != _USD:
        return []
    family = _family(name, "gauge", _USD, f"What {of} costs in the cloud, of 30 days", ())
    family.points = [Point((), figure.value)]
    return [family]


def _family(
    name: str,
    kind: Kind,
    unit: str,
    description: str,
    attributes: tuple[str, ...] = ("source",),
) -> Family:
    return Family(name, kind, unit, description, attributes)
