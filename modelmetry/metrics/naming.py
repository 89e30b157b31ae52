"""From the names of OpenTelemetry to those of Prometheus.

The rules are those of the OpenTelemetry specification, "Prometheus and OpenMetrics Compatibility".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from modelmetry.metrics.families import Kind

_NOT_IN_NAME: Final = re.compile(r"[^a-zA-Z0-9]+")
_ANNOTATION: Final = re.compile(r"\{[^}]*\}")
_UNITS: Final = {
    "d": "days",
    "h": "hours",
    "min": "minutes",
    "s": "seconds",
    "ms": "milliseconds",
    "us": "microseconds",
    "ns": "nanoseconds",
    "By": "bytes",
    "KiBy": "kibibytes",
    "MiBy": "mebibytes",
    "GiBy": "gibibytes",
    "m": "meters",
    "V": "volts",
    "A": "amperes",
    "J": "joules",
    "W": "watts",
    "g": "grams",
    "Cel": "celsius",
    "Hz": "hertz",
    "%": "percent",
    "USD": "usd",
}
_TOLD: Final[Mapping[Kind, tuple[str, ...]]] = {
    "counter": ("_total", "_created"),
    "histogram": ("_bucket", "_count", "_sum", "_created"),
}
_PER: Final = {"s": "second", "m": "minute", "min": "minute", "h": "hour", "d": "day"}


def prometheus_label(attribute: str) -> str:
    """The label for an attribute: `http.request.method` is `http_request_method`."""
    name = _NOT_IN_NAME.sub("_", attribute)
    return f"key_{name}" if name[:1].isdigit() else name


@lru_cache(maxsize=2_000)
def prometheus_name(name: str, kind: Kind, unit: str) -> str:
    """The name of a metric without the `_total` of counters.

    >>> prometheus_name("http.server.request.duration", "histogram", "s")
    'http_server_request_duration_seconds'
    """
    plain = _NOT_IN_NAME.sub("_", name).strip("_")
    plain = f"_{plain}" if plain[:1].isdigit() else plain
    if kind == "counter":
        while plain.endswith("_total"):
            plain = plain.removesuffix("_total")
    suffix = unit_suffix(unit, kind)
    if not suffix or plain == suffix or plain.endswith(f"_{suffix}"):
        return plain
    return f"{plain}_{suffix}"


def unit_suffix(unit: str, kind: Kind) -> str:
    """The word of a unit: none for annotations such as `{request}`, `ratio` for 1 of a gauge."""
    if unit == "1":
        return "ratio" if kind == "gauge" else ""
    above, _, below = _ANNOTATION.sub("", unit).partition("/")
    word, per = _word(above, _UNITS), _word(below, _PER)
    return f"{word}_per_{per}".lstrip("_") if per else word


def _word(unit: str, known: Mapping[str, str]) -> str:
    return known.get(unit) or _NOT_IN_NAME.sub("_", unit).strip("_")


def told_names(prometheus: str, kind: Kind) -> frozenset[str]:
    """The names under which a metric is told, of which each may belong to one metric only.

    Args:
        prometheus: its name, by `prometheus_name`.
        kind: of metric.
    """
    return frozenset(f"{prometheus}{suffix}" for suffix in ("", *_TOLD.get(kind, ())))
