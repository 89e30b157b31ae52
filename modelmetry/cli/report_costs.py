"""Charts of what the cloud cost, from the days that a store knows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from modelmetry_api.api import list_cost_days
from modelmetry_api.client import AsyncClient
from modelmetry_api.models import CostSum, Figure, ProductionWindow

from modelmetry.cli.report_series import DAY_SECONDS, bars
from modelmetry.costs.days import midnight
from modelmetry.reports.report import Chart, Line, LineChart


async def charts_of_costs(
    client: AsyncClient, total: Figure, window: ProductionWindow
) -> list[Chart | None]:
    """Costs by day and by service, of the days that the figure of the report is of.

    Args:
        client: of the store or the server.
        total: the cost of the cloud; where it is not known nothing is drawn.
        window: of which time.
    """
    if total.value is None:
        return []
    start, end = (_first_day(at) for at in (window.start, window.end))
    by_day = await list_cost_days.asyncio(client=client, from_=start, to=end)
    by_service = await list_cost_days.asyncio(
        client=client, from_=start, to=end, group_by=["service"]
    )
    of_service = [
        (one.service or "", float(one.billed_cost))
        for one in by_service.sums
        if one.currency == total.unit
    ]
    return [
        _days(by_day.sums, total.unit),
        bars(
            *("cloud-services", "cost", "Cost of the cloud by service", "Service"),
            *(of_service, total.unit, len(of_service)),
        ),
    ]


def _days(sums: list[CostSum], currency: str) -> Chart | None:
    points = [
        (midnight(one.day), float(one.billed_cost))
        for one in sums
        if one.day is not None and one.currency == currency
    ]
    if not points:
        return None
    return LineChart(
        name="cloud-cost",
        section="cost",
        title="Cost of the cloud, each day",
        unit=currency,
        step=DAY_SECONDS,
        lines=(Line("Cost of the cloud", tuple(points)),),
    )


def _first_day(at: datetime) -> date:
    """The first day of UTC that begins at a moment or after it."""
    day = at.astimezone(UTC).date()
    return day if midnight(day) == at else day + timedelta(days=1)
