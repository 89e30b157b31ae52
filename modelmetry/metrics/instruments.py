"""Counters, gauges and histograms, as OpenTelemetry calls them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from math import isfinite, nan
from typing import Any, Final, Generic, cast

from modelmetry.errors import InvalidTypeError, InvalidValueError
from modelmetry.metrics.attributes import AttributeValue, declared, series_key
from modelmetry.metrics.bound import Bound
from modelmetry.metrics.families import Across, Family, Kind
from modelmetry.metrics.metric import MOST_SERIES, Metric, SeriesT, Shape
from modelmetry.metrics.registry import REGISTRY, Registry
from modelmetry.metrics.series import HistogramSeries, LastSeries, Measured, SumSeries
from modelmetry.signals.values import (
    NotFiniteError,
    NumberInput,
    brief_repr,
    finding_value,
    is_a,
)

SECONDS: Final = (
    *(0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75),
    *(1.0, 2.5, 5.0, 7.5, 10.0),
)
"""Bounds of durations in seconds: those of `http.server.request.duration` in OpenTelemetry."""

_ACROSS: Final = ("sum", "latest", "max", "min")
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.\-/]{0,254}")  # OpenTelemetry's rule


class Instrument(Generic[SeriesT]):
    """What all of them have in common: a name, a unit, dimensions, a bounded number of series."""

    _metric: Metric[SeriesT]
    _registry: Registry

    @property
    def name(self) -> str:
        """The name that it was given."""
        return self._metric.shape.name

    def read(self) -> Family:
        """All of it as it is now."""
        return self._metric.family()

    def refuse(self, reason: str) -> None:
        """Count a measurement that is none, for who knows more about what it may be.

        Args:
            reason: a word such as `out_of_range`, of which there are only a few.
        """
        self._metric.refuse(reason, 1)

    def __repr__(self) -> str:
        """What it is."""
        return f"{type(self).__name__}({self.name!r})"

    def series(self, *values: str) -> SeriesT:
        """The series of these values, for whoever has them ready: short, clean texts, in order.

        Nobody keeps it: where there is no room each measurement is counted, and in a forked child
        all series are new.
        """
        metric = self._metric
        return metric.series.get(values) or metric.of_values(values)

    def _series(self, attributes: Mapping[str, Any] | None, more: Mapping[str, Any]) -> SeriesT:
        metric = self._metric
        if attributes is not None:
            # The exact type first: asking an abstract class takes as long as all the rest.
            given: object = attributes
            if type(given) is not dict and not is_a(given, Mapping):
                raise InvalidTypeError(
                    f"attributes of metric {self.name!r} must be a mapping, not "
                    f"{type(attributes).__name__}: {brief_repr(attributes)}"
                )
            more = {**attributes, **more} if more else attributes
        names = metric.shape.attributes
        if len(more) == len(names):
            try:
                return metric.series[tuple([more[name] for name in names])]
            except (KeyError, TypeError):  # a new one, or a value that is not text
                pass
        return metric.of(more)

    def _traced(self, value: float, trace: str | None) -> Measured:
        if trace is None:
            current = self._registry.current_trace
            trace = None if current is None else current()
        return value if trace is None else (value, trace)


class Counter(Instrument[SumSeries]):
    """A sum that only grows, such as requests or tokens.

    Args:
        name: by OpenTelemetry's rules, such as `shop.orders`; Prometheus shows
            `shop_orders_total`.
        unit: by UCUM, such as `By`, `s` or `{order}`.
        description: one sentence.
        attributes: names of its dimensions. Each combination of their values is a series that
            stays as long as the process; there is none for users, sessions, prompts or keys.
        most_series: how many series there may be; what would be another one is counted in the
            series `otel_metric_overflow`.
        registry: where it is shown.

    Raises:
        InvalidTypeError: a name is no text.
        InvalidValueError: a name cannot be one, or belongs to another metric.
    """

    def __init__(
        self,
        name: str,
        *,
        unit: str = "",
        description: str = "",
        attributes: Sequence[str] = (),
        most_series: int = MOST_SERIES,
        registry: Registry = REGISTRY,
    ) -> None:
        shape = _shape(name, "counter", unit, attributes, most_series=most_series, monotonic=True)
        self._registry = registry
        self._metric = registry.declare(
            shape,
            lambda: Metric(
                shape, description, lambda key, refuse: SumSeries(key, refuse, monotonic=True)
            ),
        )

    def add(
        self,
        amount: NumberInput = 1,
        attributes: Mapping[str, AttributeValue] | None = None,
        /,
        *,
        trace: str | None = None,
        **more: AttributeValue,
    ) -> None:
        """Count `amount`; a negative one, NaN and infinities are refused and counted.

        Args:
            amount: 0 or more.
            attributes: values of its dimensions, for names with a point.
            trace: XID of the trace in which it was counted; the current one by default.
            more: values of its dimensions.

        Raises:
            InvalidTypeError: `amount` is no number, or an attribute was not declared.
        """
        number = (
            amount
            if type(amount) is float or type(amount) is int
            else measured_number(amount, self.name)
        )
        self._series(attributes, more).put(self._traced(number, trace))

    def bound(self, attributes: Mapping[str, AttributeValue]) -> Bound[SumSeries]:
        """One of its series, for who adds to it often."""
        key = series_key(self._metric.shape.attributes, attributes, self.name)
        return Bound(self._metric, key, self._traced)


class UpDownCounter(Instrument[SumSeries]):
    """A sum that grows and shrinks, such as requests in flight.

    The arguments are those of `Counter`. What several processes count is added up.
    """

    def __init__(
        self,
        name: str,
        *,
        unit: str = "",
        description: str = "",
        attributes: Sequence[str] = (),
        most_series: int = MOST_SERIES,
        registry: Registry = REGISTRY,
    ) -> None:
        shape = _shape(name, "gauge", unit, attributes, most_series=most_series)
        self._registry = registry
        self._metric = registry.declare(
            shape,
            lambda: Metric(
                shape, description, lambda key, refuse: SumSeries(key, refuse, monotonic=False)
            ),
        )

    def add(
        self,
        amount: NumberInput,
        attributes: Mapping[str, AttributeValue] | None = None,
        /,
        **more: AttributeValue,
    ) -> None:
        """Add `amount`, which may be negative; see `Counter.add`."""
        number = (
            amount
            if type(amount) is float or type(amount) is int
            else measured_number(amount, self.name)
        )
        self._series(attributes, more).put(number)


class Gauge(Instrument[LastSeries]):
    """A value that is what it was set to, such as the accuracy of a model.

    The arguments are those of `Counter`, and:

    Args:
        across: what several processes tell together: the one that was set last, their sum, the
            largest or the smallest.
    """

    def __init__(
        self,
        name: str,
        *,
        unit: str = "",
        description: str = "",
        attributes: Sequence[str] = (),
        across: Across = "latest",
        most_series: int = MOST_SERIES,
        registry: Registry = REGISTRY,
    ) -> None:
        if across not in _ACROSS:
            raise InvalidValueError(
                f"across of metric {name!r} must be one of {', '.join(_ACROSS)}, not "
                f"{brief_repr(across)}"
            )
        shape = _shape(name, "gauge", unit, attributes, most_series=most_series, across=across)
        self._registry = registry
        self._metric = registry.declare(shape, lambda: Metric(shape, description, LastSeries))

    def set(
        self,
        value: NumberInput,
        attributes: Mapping[str, AttributeValue] | None = None,
        /,
        **more: AttributeValue,
    ) -> None:
        """Take `value` instead of the last one; see `Counter.add`."""
        self._series(attributes, more).set(measured_number(value, self.name))


class Histogram(Instrument[HistogramSeries]):
    """A distribution, such as durations: how many measurements each of its buckets has.

    The arguments are those of `Counter`, and:

    Args:
        bounds: upper, inclusive bounds of its buckets, ascending and finite; those of durations
            in seconds by default.
    """

    def __init__(
        self,
        name: str,
        *,
        unit: str = "",
        description: str = "",
        attributes: Sequence[str] = (),
        bounds: Iterable[float] = SECONDS,
        most_series: int = MOST_SERIES,
        registry: Registry = REGISTRY,
    ) -> None:
        limits = _bounds(bounds, name)
        shape = _shape(name, "histogram", unit, attributes, most_series=most_series, bounds=limits)
        self._registry = registry
        self._metric = registry.declare(
            shape,
            lambda: Metric(
                shape, description, lambda key, refuse: HistogramSeries(key, refuse, limits)
            ),
        )

    def record(
        self,
        value: NumberInput,
        attributes: Mapping[str, AttributeValue] | None = None,
        /,
        *,
        trace: str | None = None,
        **more: AttributeValue,
    ) -> None:
        """Count `value` in its bucket; NaN and infinities are refused and counted.

        Args:
            value: of the measurement.
            attributes: values of its dimensions, for names with a point.
            trace: XID of the trace in which it was taken; the current one by default.
            more: values of its dimensions.

        Raises:
            InvalidTypeError: `value` is no number, or an attribute was not declared.
        """
        number = (
            value
            if type(value) is float or type(value) is int
            else measured_number(value, self.name)
        )
        self._series(attributes, more).put(self._traced(number, trace))

    def bound(self, attributes: Mapping[str, AttributeValue]) -> Bound[HistogramSeries]:
        """One of its series, for who records into it often."""
        key = series_key(self._metric.shape.attributes, attributes, self.name)
        return Bound(self._metric, key, self._traced)


def _shape(
    name: str,
    kind: Kind,
    unit: str,
    attributes: Iterable[str],
    *,
    most_series: int,
    bounds: tuple[float, ...] = (),
    across: Across = "sum",
    monotonic: bool = False,
) -> Shape:
    if not is_a(name, str):
        raise InvalidTypeError(f"the name of a metric must be a text, not {brief_repr(name)}")
    if not is_a(unit, str) or not unit.isascii() or len(unit) > 63:  # noqa: PLR2004 - OpenTelemetry's
        raise InvalidValueError(
            f"unit of metric {name!r} must be one of UCUM such as 's' or 'By', not "
            f"{brief_repr(unit)}"
        )
    if not is_a(most_series, int) or most_series < 2:  # noqa: PLR2004 - one, and the rest
        raise InvalidValueError(
            f"most_series of metric {name!r} must be 2 or more, not {brief_repr(most_series)}"
        )
    if not _NAME.fullmatch(name):
        raise InvalidValueError(
            f"a metric cannot be called {brief_repr(name)}; a letter and up to 254 letters, "
            "digits, '_', '.', '-' and '/' make a name"
        )
    return Shape(
        name, kind, unit, declared(attributes, name), bounds, across, monotonic, most_series
    )


def _bounds(given: Iterable[float], name: str) -> tuple[float, ...]:
    try:
        limits = tuple(float(one) for one in given)
    except (TypeError, ValueError, OverflowError):
        limits = ()
    ascending = all(low < high for low, high in pairwise(limits))
    if not limits or not ascending or not all(map(isfinite, limits)):
        raise InvalidValueError(
            f"bounds of metric {name!r} must be finite numbers, each above the one before, not "
            f"{brief_repr(given)}"
        )
    return limits


def measured_number(value: object, name: str) -> float:
    """`value` as a Python number; NaN for what has no finite value.

    Args:
        value: to be measured, perhaps a scalar of numpy and its kin.
        name: of the metric, for the message.

    Raises:
        InvalidTypeError: it is no number.
    """
    kind = type(value)
    if kind is int:
        return cast("int", value)  # one that no float holds is refused when it is folded
    if kind is not bool:
        try:
            found = finding_value(value, 1)
        except NotFiniteError:
            return nan
        except InvalidTypeError:
            found = ""
        if is_a(found, (int, float)) and type(found) is not bool:
            return cast("float", found)
    raise InvalidTypeError(
        f"a measurement of metric {name!r} must be a number, not {type(value).__name__}: "
        f"{brief_repr(value)}"
    )
