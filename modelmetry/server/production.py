"""The operations of production metrics."""

from __future__ import annotations

from modelmetry.server.calls import Handler
from modelmetry.server.moments import moment
from modelmetry.server.read import Read, Values, reading
from modelmetry.server.threads import Threads
from modelmetry.store.production import ProductionSeriesQuery, Window
from modelmetry.store.protocol import Store


def production_handlers(store: Store, threads: Threads) -> dict[str, Handler]:
    """Handlers by operation."""
    return {name: reading(store, threads, read) for name, read in READS.items()}


def _window(values: Values, start: str, end: str) -> Window:
    after, before = values[start], values[end]
    return Window(after and moment(after), before and moment(before))


def _metrics(store: Store, tenant: str, values: Values) -> object:
    return store.production_metrics(tenant, values["service"], values["prefix"] or "")


def _series(store: Store, tenant: str, values: Values) -> object:
    pairs = [text.partition("=") for text in values["attribute"] or ()]
    query = ProductionSeriesQuery(
        name=values["name"],
        service=values["service"],
        group_by=tuple(values["group_by"] or ()),
        attributes=tuple((name, value) for name, _, value in pairs),
        quantiles=tuple(values["quantile"] or ()),
        points=values["points"],
        window=_window(values, "at_after", "at_before"),
    )
    return store.production_series(tenant, query)


def _summary(store: Store, tenant: str, values: Values) -> object:
    window = _window(values, "at_after", "at_before")
    baseline = _window(values, "baseline_after", "baseline_before")
    return store.production_summary(tenant, window, baseline, values["service"])


READS: dict[str, Read] = {
    "list-production-metrics": _metrics,
    "get-production-series": _series,
    "get-production-summary": _summary,
}
