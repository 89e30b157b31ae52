"""What instruments and collectors tell: plain data, for exposition, other workers and the store."""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct, field

Kind = Literal["counter", "gauge", "histogram"]

Across = Literal["sum", "latest", "max", "min", "host", "ratio"]
"""How the values of several processes become one.

They are added up; or it is the one that was set last, the largest, the smallest. For collectors
alone: `host` is for what each process reads of the same machine, so that all series are those of
who read last, and what is gone there is gone; `ratio` adds up the parts and the wholes that a
point has as its two `counts`, since a mean of ratios would be none of them.
"""

OVERFLOW: Final = "otel_metric_overflow"
"""The attribute of the one series that holds what had no room (OpenTelemetry metrics SDK)."""


class Exemplar(Struct, frozen=True, array_like=True):
    """One measurement as an example, and the trace in which it was taken.

    Attributes:
        value: of the measurement.
        trace: XID of the trace.
        at: seconds since the epoch.
    """

    value: float
    trace: str
    at: float


class Point(Struct, array_like=True):
    """The state of one series.

    Attributes:
        attributes: values in the order of the family's attributes; `()` in a family that has
            attributes is the series of what had no room.
        value: of a counter or gauge; of a histogram the sum of all measurements.
        counts: of a histogram: how many measurements each bucket has (not cumulative), the one
            above the last bound included. Of a `ratio` the part and the whole.
        exemplars: of a histogram one per bucket, of a counter one at most.
        at: when a gauge was set, seconds since the epoch; by it the latest is known.
    """

    attributes: tuple[str, ...]
    value: float
    counts: tuple[int, ...] = ()
    exemplars: tuple[Exemplar | None, ...] = ()
    at: float = 0.0

    @property
    def count(self) -> int:
        """How many measurements a histogram has."""
        return sum(self.counts)


class Family(Struct):
    """All series of one metric.

    Attributes:
        name: as OpenTelemetry writes it, such as `http.server.request.duration`.
        kind: of metric.
        unit: by UCUM, such as `s`, `By`, `1`, `{request}`.
        description: one sentence.
        attributes: the names of its dimensions.
        bounds: of a histogram: upper, inclusive bounds of its buckets, ascending.
        across: how the values of several processes become one.
        points: its series.
    """

    name: str
    kind: Kind
    unit: str
    description: str
    attributes: tuple[str, ...] = ()
    bounds: tuple[float, ...] = ()
    across: Across = "sum"
    points: list[Point] = field(default_factory=list[Point])
