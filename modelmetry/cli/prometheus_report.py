"""The report from Prometheus alone, beside a baseline if one is named."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from modelmetry_api.models import (
    CostFigures,
    Figure,
    LlmFigures,
    PredictionFigures,
    ProductionSummary,
    ProductionWindow,
    RequestFigures,
    RuntimeFigures,
)

from modelmetry.cli.prometheus import Prometheus
from modelmetry.cli.prometheus_figures import PrometheusFigures, known
from modelmetry.store.figures import Reading, Readings, figure
from modelmetry.store.spending import Spend, savings, spend

_DAY: Final = 86_400.0
_Parts = Mapping[str, Readings]


def summary_from(
    server: Prometheus,
    window: ProductionWindow,
    baseline: ProductionWindow | None,
    service: str | None,
) -> ProductionSummary:
    """The report as Prometheus knows it.

    Args:
        server: which one.
        window: of which time.
        baseline: with what it is compared.
        service: only of the job of this name.

    Raises:
        CommandFailed: it does not answer, refuses, or answers something else.
    """
    now = PrometheusFigures(server, window, service).parts()
    then = None if baseline is None else PrometheusFigures(server, baseline, service).parts()

    def figures(part: str) -> dict[str, Figure]:
        if then is None or baseline is None:
            return {name: figure(one, window, None) for name, one in now[part].items()}
        past = then[part]
        return {
            name: figure(one, window, (past[name], baseline)) for name, one in now[part].items()
        }

    spent = None if then is None or baseline is None else _spend(then, baseline)
    return ProductionSummary(
        service=service,
        window=window,
        baseline=baseline,
        requests=RequestFigures(**figures("requests")),
        predictions=PredictionFigures(**figures("predictions")),
        llm=LlmFigures(**figures("llm")),
        costs=CostFigures(
            **figures("costs"), savings=figure(_saved(_spend(now, window), spent), window, None)
        ),
        runtime=RuntimeFigures(**figures("runtime")),
    )


def _spend(parts: _Parts, window: ProductionWindow) -> Spend:
    end = min(window.end, datetime.now(UTC))  # what has not come yet cost nothing
    days = (end - window.start).total_seconds() / _DAY
    return spend(parts["costs"], parts["llm"]["cost"], days)


def _saved(now: Spend, then: Spend | None) -> Reading:
    found = savings(now, then)
    if found.value is None:
        return found
    return known(found.value, found.unit, found.samples, note=found.note, estimated=found.estimated)
