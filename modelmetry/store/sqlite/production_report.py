"""The report of production: every figure in its window, and beside it that of the baseline."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from attrs import frozen
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

from modelmetry.store.figures import Reading, Readings, figure
from modelmetry.store.production import Window
from modelmetry.store.spending import CostDay, Spend, savings, spend
from modelmetry.store.sqlite.encode import Micros, from_micros, to_micros
from modelmetry.store.sqlite.names import tenant_id
from modelmetry.store.sqlite.production_costs import DaysOf, cost_readings, days_known
from modelmetry.store.sqlite.production_llm import llm_days, llm_readings
from modelmetry.store.sqlite.production_measured import Measured
from modelmetry.store.sqlite.production_requests import prediction_readings, request_readings
from modelmetry.store.sqlite.production_runtime import runtime_readings
from modelmetry.store.sqlite.production_windows import Span, widened


@frozen
class _Read:
    """All figures of one window."""

    span: Span
    requests: Readings
    predictions: Readings
    llm: Readings
    costs: Readings
    runtime: Readings
    spend: Spend


def summary(
    connection: sqlite3.Connection,
    tenant: str,
    now: Micros,
    *,
    window: Window,
    baseline: Window | None,
    service: str | None,
    days_of: DaysOf | None = None,
) -> ProductionSummary:
    """The report.

    Args:
        connection: to read from.
        tenant: whose it is.
        now: microseconds since 1970.
        window: of which time.
        baseline: with what it is compared.
        service: only of this one.
        days_of: gives costs of the cloud; those that are known unless given.

    Raises:
        StoreQueryError: a window cannot be.
    """
    number = tenant_id(connection, tenant) or 0
    start, end = window.bounds(from_micros(now))
    named = None if baseline is None else baseline.baseline(end - start)

    days = days_of or days_known(connection, number)

    def read(span: Span) -> _Read:
        return _read(Measured(connection, number, service, span, now), days(span))

    span = _widened(window, now)
    past = None if named is None else _apart(_widened(named, now), span, named, start)
    return _answer(read(span), None if past is None else read(past), service)


def _widened(window: Window, now: Micros) -> Span:
    start, end = window.bounds(from_micros(now))
    return widened(to_micros(start), to_micros(end), now)


def _apart(past: Span, span: Span, asked: Window, start: datetime) -> Span:
    """The baseline up to the window where it was asked for so: no hour or day counts in both."""
    ends_before = asked.end is not None and asked.end <= start
    if ends_before and past.start < span.start < past.end:
        return Span(past.start, span.start)
    return past


def _read(found: Measured, days: Sequence[CostDay]) -> _Read:
    predictions, llm = prediction_readings(found), llm_readings(found)
    costs = cost_readings(found, days)
    return _Read(
        found.span,
        request_readings(found),
        predictions,
        llm,
        costs,
        runtime_readings(found),
        spend(costs, llm["cost"], llm_days(found, llm["cost"])),
    )


def _answer(read: _Read, then: _Read | None, service: str | None) -> ProductionSummary:
    window = read.span.model()
    before = None if then is None else then.span.model()

    def figures(part: str) -> dict[str, Figure]:
        return between(getattr(read, part), None if then is None else getattr(then, part))

    def between(now: Readings, past: Readings | None) -> dict[str, Figure]:
        def beside(name: str) -> tuple[Reading, ProductionWindow] | None:
            return None if past is None or before is None else (past[name], before)

        return {name: figure(one, window, beside(name)) for name, one in now.items()}

    saved = {"savings": savings(read.spend, None if then is None else then.spend)}
    costs = figures("costs") | between(saved, None)
    return ProductionSummary(
        service=service,
        window=window,
        baseline=before,
        requests=RequestFigures(**figures("requests")),
        predictions=PredictionFigures(**figures("predictions")),
        llm=LlmFigures(**figures("llm")),
        costs=CostFigures(**costs),
        runtime=RuntimeFigures(**figures("runtime")),
    )
