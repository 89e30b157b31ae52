"""Charts of calls of models from the totals of traces, where no metric counts them."""

from __future__ import annotations

from collections.abc import Iterable

from modelmetry_api.api import get_totals, get_totals_series
from modelmetry_api.client import AsyncClient
from modelmetry_api.models import Money, ProductionWindow, Totals, TotalsSeries, UsageValue
from modelmetry_api.types import Unset

from modelmetry.cli.report_series import bars, per_day
from modelmetry.reports.report import Chart, Line, LineChart
from modelmetry.reports.windows import stretch

_USD = "USD"


async def charts_of_traces(client: AsyncClient, window: ProductionWindow) -> list[Chart | None]:
    """Tokens and cost over time and by model.

    Args:
        client: of the store or the server.
        window: of which time.
    """
    series = await get_totals_series.asyncio(
        client=client, start_after=window.start, start_before=window.end
    )
    totals = await get_totals.asyncio(
        client=client, start_after=window.start, start_before=window.end
    )
    currency = _currency([money for point in series.points for money in point.costs])
    return [
        per_day(
            [(point.start, _in(point.costs, currency)) for point in series.points if point.costs],
            series.bucket_seconds,
            currency,
        ),
        _tokens(series),
        _by_model(totals, currency),
    ]


def _tokens(series: TotalsSeries) -> LineChart | None:
    sent = tuple((point.start, _amount(point.usage.input_)) for point in series.points)
    back = tuple((point.start, _amount(point.usage.output)) for point in series.points)
    if not any(value for _, value in (*sent, *back)):
        return None
    return LineChart(
        name="tokens",
        section="llm",
        title=f"Tokens of traces, each {stretch(series.bucket_seconds)}",
        unit="{token}",
        step=series.bucket_seconds,
        lines=(Line("Input", sent), Line("Output", back)),
    )


def _by_model(totals: Totals, currency: str) -> Chart | None:
    found = [(one.model, _in(one.costs, currency)) for one in totals.models if one.costs]
    return bars("llm-cost", "llm", "LLM cost by model", "Model", found, currency, len(found))


def _amount(value: UsageValue | Unset) -> float:
    return 0.0 if isinstance(value, Unset) else value.amount


def _currency(costs: Iterable[Money]) -> str:
    """Dollars if some are, as in the figures, else what there is."""
    found = {money.currency for money in costs}
    return min(found) if found and _USD not in found else _USD


def _in(costs: Iterable[Money], currency: str) -> float:
    return sum(money.amount for money in costs if money.currency == currency)
