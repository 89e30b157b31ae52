"""Production metrics: what Prometheus, the page and the report tell of an application.

The names below are loaded when they are first used: to import this package starts nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from modelmetry.metrics.exposition import PrometheusCollector
    from modelmetry.metrics.families import Exemplar, Family, Point
    from modelmetry.metrics.http.middleware import MetricsMiddleware
    from modelmetry.metrics.instruments import Counter, Gauge, Histogram, UpDownCounter
    from modelmetry.metrics.models.block import Prediction
    from modelmetry.metrics.models.decorator import ModelMetrics, model_metrics
    from modelmetry.metrics.models.truth import ground_truth, record_evaluation, record_prediction
    from modelmetry.metrics.observing import Observation, observe
    from modelmetry.metrics.port import MetricsServer
    from modelmetry.metrics.registry import REGISTRY, Registry
    from modelmetry.metrics.resources.collector import ResourceCollector
    from modelmetry.metrics.serving import MetricsApp, MetricsWSGIApp

__all__ = [
    "REGISTRY",
    "Counter",
    "Exemplar",
    "Family",
    "Gauge",
    "Histogram",
    "MetricsApp",
    "MetricsMiddleware",
    "MetricsServer",
    "MetricsWSGIApp",
    "ModelMetrics",
    "Observation",
    "Point",
    "Prediction",
    "PrometheusCollector",
    "Registry",
    "ResourceCollector",
    "UpDownCounter",
    "ground_truth",
    "model_metrics",
    "observe",
    "record_evaluation",
    "record_prediction",
]

_HOMES = {
    "REGISTRY": "registry",
    "Counter": "instruments",
    "Exemplar": "families",
    "Family": "families",
    "Gauge": "instruments",
    "Histogram": "instruments",
    "MetricsApp": "serving",
    "MetricsMiddleware": "http.middleware",
    "MetricsServer": "port",
    "MetricsWSGIApp": "serving",
    "ModelMetrics": "models.decorator",
    "Observation": "observing",
    "Point": "families",
    "Prediction": "models.block",
    "PrometheusCollector": "exposition",
    "Registry": "registry",
    "ResourceCollector": "resources.collector",
    "UpDownCounter": "instruments",
    "ground_truth": "models.truth",
    "model_metrics": "models.decorator",
    "observe": "observing",
    "record_evaluation": "models.truth",
    "record_prediction": "models.truth",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(f"{__name__}.{home}"), name)
    return found


def __dir__() -> list[str]:
    return sorted(__all__)
