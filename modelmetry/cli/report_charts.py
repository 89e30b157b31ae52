"""What the store has for the charts of a report, read through the generated client."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from modelmetry_api.api import get_production_series
from modelmetry_api.client import AsyncClient
from modelmetry_api.models import ProductionSeries, ProductionSummary

from modelmetry.cli.report_costs import charts_of_costs
from modelmetry.cli.report_series import (
    Read,
    compared,
    cost_per_day,
    count,
    errors,
    grown,
    line_chart,
    mean,
    of_either,
    p95,
    shares,
    tokens,
)
from modelmetry.cli.report_traces import charts_of_traces
from modelmetry.reports.report import Chart
from modelmetry.store import production_names as names
from modelmetry.store.production import SERVICE

P95: Final = 0.95
MODEL: Final = "gen_ai.request.model"
ROUTE: Final = "http.route"
MODEL_NAME: Final = "model.name"
_USED: Final = f"{names.MEMORY_STATE}=used"
_FOUND_IN_TRACES: Final = "traces"
Charts = Iterable[Chart | None]


async def charts_of(
    client: AsyncClient, summary: ProductionSummary, service: str | None
) -> tuple[Chart, ...]:
    """Everything that can be drawn of the window of a report.

    Args:
        client: of the store or the server.
        summary: the report; its window is drawn.
        service: only of this one.
    """
    drawing = _Drawing(client, summary, service)
    found = [*await drawing.requests(), *await drawing.predictions()]
    found += await charts_of_costs(client, summary.costs.cloud_total, summary.window)
    if summary.llm.calls.source == _FOUND_IN_TRACES:
        # Totals of traces are not told by services.
        found += await charts_of_traces(client, summary.window) if service is None else ()
    else:
        found += await drawing.calls()
    found += await drawing.resources()
    return tuple(chart for chart in found if chart is not None)


class _Drawing:
    """Reads series of one window."""

    def __init__(
        self, client: AsyncClient, summary: ProductionSummary, service: str | None
    ) -> None:
        self._client = client
        self._window = summary.window
        self._asked: dict[str, Any] = {
            "at_after": summary.window.start,
            "at_before": summary.window.end,
        }
        if service is not None:
            self._asked["service"] = service

    async def _series(self, name: str, *by: str, **more: Any) -> ProductionSeries:
        return await get_production_series.asyncio(
            client=self._client, name=name, group_by=list(by), **self._asked, **more
        )

    async def _bars(
        self, name: str, section: str, title: str, of: str, metric: str, by: str, read: Read
    ) -> Chart | None:
        series = await self._series(metric, by)
        return compared(name, section, title, of, series, read, self._window)

    async def requests(self) -> Charts:
        """How many, how they failed, how long they took, and whose they were."""
        http = names.HTTP_DURATION
        series = await self._series(http, quantile=[P95])
        return (
            line_chart("requests", "api", "Requests", series, count),
            errors(await self._series(http, names.HTTP_STATUS)),
            line_chart("latency", "api", "Latency, p95", series, p95, merge="largest"),
            await self._bars("routes", "api", "Requests by route", "Route", http, ROUTE, count),
            await self._bars(
                "services", "api", "Requests by service", "Service", http, SERVICE, count
            ),
        )

    async def predictions(self) -> Charts:
        """How many, and of which models."""
        made, title = names.PREDICTIONS, "Predictions by model"
        return (
            line_chart("predictions", "models", "Predictions", await self._series(made), grown),
            await self._bars("models", "models", title, "Model", made, MODEL_NAME, grown),
        )

    async def calls(self) -> Charts:
        """How many, how long, with how many tokens, for how much money, and of which models."""
        first, second = names.LLM_DURATIONS
        series = of_either(
            await self._series(first, quantile=[P95]), await self._series(second, quantile=[P95])
        )
        cost, used = names.LLM_COST, names.LLM_TOKENS
        return (
            cost_per_day(await self._series(cost)),
            line_chart("calls", "llm", "LLM requests", series, count),
            tokens(await self._series(used, names.TOKEN_TYPE)),
            line_chart("llm-latency", "llm", "LLM latency, p95", series, p95, merge="largest"),
            await self._bars("llm-cost", "llm", "LLM cost by model", "Model", cost, MODEL, grown),
            await self._bars("llm-tokens", "llm", "Tokens by model", "Model", used, MODEL, grown),
        )

    async def resources(self) -> Charts:
        """How busy the processors were, and how full the memory."""
        cpu = await self._series(names.CPU_UTILIZATION)
        memory = await self._series(names.MEMORY_UTILIZATION)
        if not memory.groups:
            used = await self._series(names.MEMORY_USAGE, attribute=[_USED])
            memory = shares(used, await self._series(names.MEMORY_LIMIT))
        return (
            line_chart("cpu", "resources", "CPU, average", cpu, mean, merge="largest"),
            line_chart("memory", "resources", "Memory, average", memory, mean, merge="largest"),
        )
