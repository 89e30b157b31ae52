"""All metrics of a process: what is declared, and what collectors read when they are asked."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from functools import partial
from math import inf
from threading import RLock
from time import monotonic
from typing import Any, Final, TypeVar, cast
from weakref import WeakSet

from attrs import define, field

from modelmetry.delivery.log import Log
from modelmetry.errors import InvalidValueError
from modelmetry.metrics.families import Family, Point
from modelmetry.metrics.metric import Metric, Shape
from modelmetry.metrics.naming import prometheus_name, told_names

T = TypeVar("T")

Collector = Callable[[], Iterable[Family]]
"""Reads metrics when it is asked, such as those of the machine."""

READ_AGE: Final = 10.0
"""Seconds for which other workers may be told what a collector read: to read takes its time."""

OVERFLOW_MEASUREMENTS: Final = "modelmetry.metrics.overflow_measurements"
REFUSED_MEASUREMENTS: Final = "modelmetry.metrics.refused_measurements"
FAILED_COLLECTIONS: Final = "modelmetry.metrics.failed_collections"

_log = Log("modelmetry.metrics")


@define(eq=False)
class _Reading:
    """A collector, and what it read last."""

    collector: Collector
    most_age: float
    families: list[Family] = field(factory=list[Family])
    read_at: float = -inf


class Registry:
    """Metrics by their names, each once.

    Most want `REGISTRY`, the one of the process; another one is for tests, or for metrics that
    are shown elsewhere.

    Example:
        >>> registry = Registry()
        >>> Counter("shop.orders", registry=registry).add(2)
        >>> [family.points[0].value for family in registry.collect()][:1]
        [2]
    """

    def __init__(self) -> None:
        self._lock = RLock()
        self._metrics: dict[str, Metric[Any]] = {}
        self._readings: dict[object, _Reading] = {}
        self._shared: dict[object, object] = {}
        self._failed = 0
        self._said: set[str] = set()
        self.current_trace: Callable[[], str | None] | None = None
        """Gives the XID of the trace in which something is measured, for exemplars."""
        self.before: Callable[[], None] | None = None
        """Called before a collection, to count what waits to be counted."""
        self.on_new: list[Callable[[], None]] = []
        """Called when a series or a collector is new, on the thread that measures or adds it."""
        _registries.add(self)

    def begin_anew(self) -> None:
        """In a forked child: what was measured belongs to the parent."""
        self._lock = RLock()
        self._failed = 0
        for reading in list(self._readings.values()):
            reading.read_at = -inf
        for metric in list(self._metrics.values()):
            metric.begin_anew()

    def declare(self, shape: Shape, make: Callable[[], Metric[Any]]) -> Metric[Any]:
        """The metric of this shape: a new one, or the one that was declared before.

        Raises:
            InvalidValueError: another metric has its name.
        """
        with self._lock:
            known = self._metrics.get(shape.prometheus_name)
            if known is None:
                self._refuse_to_clash(shape)
                known = self._metrics[shape.prometheus_name] = make()
                known.on_new = self._grown
        if known.shape != shape:
            raise InvalidValueError(
                f"metric {shape.name!r} is declared already, as {_told(known.shape)}, and now as "
                f"{_told(shape)}; choose another name, or declare it once and import it"
            )
        return known

    def _refuse_to_clash(self, shape: Shape) -> None:
        """`orders_total` is told of a counter `orders` and of a gauge `orders.total`."""
        names = told_names(shape.prometheus_name, shape.kind)
        for other in self._metrics.values():
            clashing = names & told_names(other.shape.prometheus_name, other.shape.kind)
            if clashing:
                raise InvalidValueError(
                    f"metric {shape.name!r} would be told as {min(clashing)!r}, and so is "
                    f"{_told(other.shape)}; choose another name"
                )

    @property
    def is_in_use(self) -> bool:
        """Whether something was measured, or is read when metrics are collected."""
        return bool(self._readings) or self.has_measured

    @property
    def has_measured(self) -> bool:
        """Whether something was measured with an instrument."""
        return any(metric.series for metric in list(self._metrics.values()))

    def shared(self, make: Callable[[Registry], T]) -> T:
        """What `make` makes of this registry, such as a set of instruments: each time the same."""
        found = self._shared.get(make)
        if found is None:
            with self._lock:
                found = self._shared.get(make) or self._shared.setdefault(make, make(self))
        return cast("T", found)

    def add_collector(
        self, collector: Collector, *, most_age: float = READ_AGE
    ) -> Callable[[], None]:
        """Ask `collector` at each collection, until what is returned is called.

        Args:
            collector: what is asked.
            most_age: how many seconds old may be what other workers tell of it, and what is lost
                of it when this process is killed; 0 for one that reads memory only.
        """
        key = object()
        self._readings[key] = _Reading(collector, most_age)
        self._grown()  # also what is only read belongs to what all workers show
        return partial(self._forget, key)

    def _grown(self) -> None:
        for do in self.on_new:
            do()

    def _forget(self, key: object) -> None:
        self._readings.pop(key, None)

    def collect(self, *, anew: bool = True) -> list[Family]:
        """Everything as it is now; a collector that raises is left out, logged and counted.

        Args:
            anew: whether each collector is asked, also if what it read last is not too old.
        """
        # First, so that what they measure with instruments is told in the same collection.
        collected = self.collected(anew=anew)
        return [*self.measured(), *collected]

    def collected(self, *, anew: bool = True) -> list[Family]:
        """What collectors read when they are asked.

        Args:
            anew: whether each is asked, also if what it read last is not too old.
        """
        found: dict[str, Family] = {}
        for reading in list(self._readings.values()):
            for family in self._read(reading, anew=anew):
                name = prometheus_name(family.name, family.kind, family.unit)
                if name in found or name in self._metrics:
                    self._leave_out(family)
                else:
                    found[name] = family
        return list(found.values())

    def _leave_out(self, family: Family) -> None:
        """Prometheus refuses a scrape in which a metric is told twice."""
        if family.name not in self._said:
            self._said.add(family.name)
            _log.warning(
                "metric %r is told by a collector and by something else; the collector's is left "
                "out. Add each collector once",
                family.name,
            )

    def measured(self) -> list[Family]:
        """What was measured with instruments."""
        if self.before is not None:
            self.before()
        return [*(metric.family() for metric in list(self._metrics.values())), *self._own()]

    def _read(self, reading: _Reading, *, anew: bool) -> list[Family]:
        now = monotonic()
        if anew or now - reading.read_at >= reading.most_age:
            reading.families, reading.read_at = self._asked(reading.collector), now
        return reading.families

    def _asked(self, collector: Collector) -> list[Family]:
        try:
            return list(collector())
        except Exception as error:  # noqa: BLE001 - one of them must not cost the others
            self._failed += 1
            _log.warning("a collector of metrics failed: %s", error, exc_info=error)
            return []

    def _own(self) -> list[Family]:
        metrics = list(self._metrics.values())
        overflow = [Point((_exposed(one),), one.folded) for one in metrics if one.folded]
        refused = [
            Point((_exposed(one), reason), number)
            for one in metrics
            for reason, number in one.refused.items()
        ]
        return [
            Family(
                OVERFLOW_MEASUREMENTS,
                "counter",
                "{measurement}",
                "Measurements without a series of their own, because their metric has too many",
                ("metric",),
                points=overflow,
            ),
            Family(
                REFUSED_MEASUREMENTS,
                "counter",
                "{measurement}",
                "Measurements that were refused: not finite, or outside of what they may be",
                ("metric", "reason"),
                points=refused,
            ),
            Family(
                FAILED_COLLECTIONS,
                "counter",
                "{collection}",
                "Collections in which a collector raised, so that its metrics are missing",
                points=[Point((), self._failed)],
            ),
        ]


def _exposed(metric: Metric[Any]) -> str:
    return metric.shape.prometheus_name


def _told(shape: Shape) -> str:
    dimensions = ", ".join(shape.attributes) or "no attributes"
    return f"{shape.kind} of {shape.name!r} in {shape.unit!r} with {dimensions}"


_registries: WeakSet[Registry] = WeakSet()

REGISTRY: Final = Registry()
"""The metrics of this process."""


def _begin_anew() -> None:
    for registry in list(_registries):
        registry.begin_anew()


if hasattr(os, "register_at_fork"):  # pragma: no branch - absent on Windows only
    os.register_at_fork(after_in_child=_begin_anew)
