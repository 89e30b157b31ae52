"""Metrics as Prometheus reads them: its text format, or OpenMetrics with exemplars."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable
from itertools import accumulate
from typing import Any, Final, cast

from msgspec import Struct

from modelmetry.errors import MissingExtraError
from modelmetry.metrics.families import OVERFLOW, Exemplar, Family, Point
from modelmetry.metrics.naming import prometheus_label, prometheus_name, unit_suffix

try:
    from prometheus_client import exposition, metrics_core, registry, samples, utils
except ImportError as _absent:
    raise MissingExtraError(
        "metrics are shown to Prometheus through prometheus_client, which is not installed; "
        "run: pip install 'modelmetry[prometheus]'"
    ) from _absent

_TRACE: Final = "trace_id"  # the label by which Grafana goes from an exemplar to a trace


class Page(Struct, frozen=True):
    """What a scrape is answered.

    Attributes:
        body: the metrics.
        content_type: their format.
        is_gzip: whether the body is compressed.
    """

    body: bytes
    content_type: str
    is_gzip: bool = False


class PrometheusCollector(registry.Collector):
    """Shows metrics in a registry of `prometheus_client` that an application has already.

    Args:
        collect: gives the metrics, such as `REGISTRY.collect`.

    Example:
        `prometheus_client.REGISTRY.register(PrometheusCollector(REGISTRY.collect))`
    """

    def __init__(self, collect: Callable[[], Iterable[Family]]) -> None:
        self._collect = collect

    def collect(self) -> Iterable[metrics_core.Metric]:
        """All metrics, as `prometheus_client` wants them."""
        return [_prometheus_family(family) for family in self._collect() if family.points]

    def describe(self) -> Iterable[metrics_core.Metric]:
        """Nothing: what there is may change."""
        return []


def page(
    collect: Callable[[], Iterable[Family]], accept: str = "", accept_encoding: str = ""
) -> Page:
    """The answer to a scrape.

    Args:
        collect: gives what is told.
        accept: the header of the request; OpenMetrics is told to who asks for it.
        accept_encoding: the header of the request; `gzip` is understood.
    """
    try:
        encode, content_type = exposition.choose_encoder(accept)
    except (TypeError, ValueError):  # a version that is no number
        encode, content_type = exposition.choose_encoder("")
    body = encode(PrometheusCollector(collect))
    if _takes_gzip(accept_encoding):
        return Page(gzip.compress(body, 1), content_type, is_gzip=True)
    return Page(body, content_type)


def _takes_gzip(accept_encoding: str) -> bool:
    for one in accept_encoding.lower().split(","):
        coding, _, parameters = one.partition(";")
        if coding.strip() in {"gzip", "*"}:
            quality = parameters.replace(" ", "").removeprefix("q=")
            return quality.strip("0.") != "" or not quality
    return False


def _prometheus_family(family: Family) -> metrics_core.Metric:
    name = prometheus_name(family.name, family.kind, family.unit)
    suffix = unit_suffix(family.unit, family.kind)
    description = family.description or family.name
    labels = _labels(family)
    # OpenMetrics wants the unit at the end of the name, where some names have it in the middle.
    unit = suffix if suffix and name.endswith(f"_{suffix}") else ""
    if family.kind == "histogram":
        histogram = metrics_core.HistogramMetricFamily(name, description, labels=labels, unit=unit)
        for point in family.points:
            histogram.add_metric(_values(labels, point), _buckets(family, point), point.value)
        return histogram
    if family.kind == "counter":
        counter = metrics_core.CounterMetricFamily(name, description, labels=labels, unit=unit)
        for point in family.points:
            exemplar = _exemplar(point.exemplars[0]) if point.exemplars else None
            counter.add_metric(_values(labels, point), point.value, exemplar=exemplar)
        return counter
    gauge = metrics_core.GaugeMetricFamily(name, description, labels=labels, unit=unit)
    for point in family.points:
        gauge.add_metric(_values(labels, point), point.value)
    return gauge


def _labels(family: Family) -> list[str]:
    labels = [prometheus_label(name) for name in family.attributes]
    if any(len(point.attributes) < len(labels) for point in family.points):
        labels.append(OVERFLOW)
    return labels


def _values(labels: list[str], point: Point) -> list[str]:
    """Values of all labels; an empty one is for Prometheus as if it were not there."""
    missing = len(labels) - len(point.attributes)
    if missing == 0:
        return list(point.attributes)
    is_overflow = not point.attributes
    return [*point.attributes, *[""] * (missing - 1), "true" if is_overflow else ""]


def _buckets(family: Family, point: Point) -> list[Any]:
    """Cumulative buckets: the bound as text, how many, and an example."""
    bounds = [*(_go_float(bound) for bound in family.bounds), "+Inf"]
    exemplars = point.exemplars or (None,) * len(bounds)
    counts = accumulate(point.counts)
    return [
        (bound, count) if one is None else (bound, count, _exemplar(one))
        for bound, count, one in zip(bounds, counts, exemplars, strict=True)
    ]


def _go_float(bound: float) -> str:
    write = cast("Callable[[float], str]", utils.floatToGoString)  # pyright: ignore[reportUnknownMemberType]
    return write(bound)


def _exemplar(one: Exemplar | None) -> samples.Exemplar | None:
    return None if one is None else samples.Exemplar({_TRACE: one.trace}, one.value, one.at)
