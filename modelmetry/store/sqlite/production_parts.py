"""From a request body to what processes measured. Pure: nothing here touches the database."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from enum import IntEnum
from itertools import pairwise
from typing import Any, Final, NamedTuple

from modelmetry.errors import StoreRefusedError
from modelmetry.store.buckets import packed
from modelmetry.store.sqlite.encode import Micros, XidKey, as_json, to_float, to_micros, xid_key
from modelmetry.store.sqlite.transaction import HOUR

MEMBER: Final = "MetricIntervals"
"""The list of a body in which they are."""

_MINUTE: Final = 60_000_000
_MOST_NAMED: Final = 20
# About what a series takes in memory.
_SERIES_WEIGHT: Final = 600


class Kind(IntEnum):
    """What a series is."""

    COUNTER = 0
    GAUGE = 1
    HISTOGRAM = 2


KIND_NAMES: Final = ("counter", "gauge", "histogram")
"""The names of the kinds on the wire, in their order."""


class Key(NamedTuple):
    """What tells a series of one process from the others."""

    name: str
    kind: Kind
    unit: str
    attributes: bytes
    bounds: bytes


class Cell(NamedTuple):
    """One series in a stretch of time, as a row has it; see `production_schema`."""

    sum: float
    looks: int | None = None
    low: float | None = None
    high: float | None = None
    last: float | None = None
    last_at: Micros | None = None
    counts: int | None = None


class IntervalPart(NamedTuple):
    """An interval as sent, at its place in the list.

    `middle` says to which point it belongs, `minutes` in which minutes since 1970 the process was
    there.
    """

    place: int
    process: XidKey
    service: str | None
    environment: str | None
    release: str | None
    start: Micros
    end: Micros
    series: list[tuple[Key, Cell]]

    @property
    def middle(self) -> Micros:
        """Half of its time."""
        return (self.start + self.end) // 2

    @property
    def minutes(self) -> range:
        """The minutes since 1970 that it touches."""
        last = max(self.start, self.end - 1)
        return range(self.start // _MINUTE, last // _MINUTE + 1)


class ProductionParts:
    """The intervals of a batch, each once; `weight` is about their memory, in bytes."""

    __slots__ = ("intervals", "weight")

    def __init__(self) -> None:
        self.intervals: dict[XidKey, IntervalPart] = {}
        self.weight: int = 0


def read_production(body: Mapping[str, Any]) -> ProductionParts:
    """Read the intervals of a validated request body.

    Raises:
        StoreRefusedError: an interval contradicts itself.
        InvalidValueError: a text cannot be stored, or a time cannot be read.
    """
    parts, faults = ProductionParts(), list[tuple[int, str, str]]()
    for place, item in enumerate(body.get(MEMBER) or ()):
        faults += [(place, inside, said) for inside, said in _contradictions(item)]
        if not faults:
            # An interval is one recording: the same again says nothing new.
            parts.intervals.setdefault(xid_key(item["XID"]), _interval(place, item))
    if faults:
        place, inside, said = faults[0]
        raise StoreRefusedError(
            f"{MEMBER}[{place}]{inside} {said}; nothing is stored of this request",
            member=MEMBER,
            faults=faults[:_MOST_NAMED],
        )
    parts.weight = _SERIES_WEIGHT * sum(len(one.series) for one in parts.intervals.values())
    return parts


def _contradictions(item: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is wrong with an interval that the schema cannot say: where, and what."""
    length = to_micros(item["End"]) - to_micros(item["Start"])
    if length < 0:
        yield ".End", "is before its Start"
    elif length > HOUR:
        yield ".End", "is more than one hour after its Start; send shorter intervals"
    for place, series in enumerate(item["Series"]):
        for inside, said in _series_contradictions(series):
            yield f".Series[{place}].{inside}", said


def _series_contradictions(series: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if series["Kind"] == "histogram":
        bounds, counts = series["Bounds"], series["Counts"]
        if any(one >= other for one, other in pairwise(bounds)):
            yield "Bounds", "must ascend"
        if len(counts) != len(bounds) + 1:
            yield (
                "Counts",
                f"has {len(counts)} buckets for {len(bounds)} bounds; there is one more than those",
            )
    elif series["Kind"] == "gauge" and not series["Min"] <= series["Last"] <= series["Max"]:
        yield "Last", "must be neither below Min nor above Max"


def _interval(place: int, item: Mapping[str, Any]) -> IntervalPart:
    get, end = item.get, to_micros(item["End"])
    return IntervalPart(
        place,
        xid_key(item["Process"]),
        get("Service") or None,
        get("Environment") or None,
        get("Release") or None,
        to_micros(item["Start"]),
        end,
        [(_key(one), _cell(one, end)) for one in item["Series"]],
    )


def _key(series: Mapping[str, Any]) -> Key:
    given: Mapping[str, str] = series["Attributes"]
    # An attribute that is empty is one that was not given, as in Prometheus.
    attributes = {name: given[name] for name in sorted(given) if given[name]}
    return Key(
        series["Name"],
        Kind(KIND_NAMES.index(series["Kind"])),
        series["Unit"],
        as_json(attributes),
        bounds_blob(series.get("Bounds") or ()),
    )


def _cell(series: Mapping[str, Any], end: Micros) -> Cell:
    total = to_float(series["Sum"])
    if series["Kind"] == "counter":
        return Cell(total)
    if series["Kind"] == "histogram":
        return Cell(total, counts=packed([int(count) for count in series["Counts"]]))
    low, high, last = (to_float(series[name]) for name in ("Min", "Max", "Last"))
    at = series.get("LastAt")
    return Cell(total, int(series["Count"]), low, high, last, end if at is None else to_micros(at))


def bounds_blob(bounds: Sequence[float]) -> bytes:
    """Bounds of buckets as they are kept."""
    return struct.pack(f"<{len(bounds)}d", *bounds)


def bounds_of(blob: bytes) -> tuple[float, ...]:
    """Bounds that were kept."""
    return struct.unpack(f"<{len(blob) // 8}d", blob)


def added(one: Cell, other: Cell) -> Cell:
    """Two stretches of one series as one, in whichever order they come."""
    if one.counts is not None or other.counts is not None:
        return Cell(to_float(one.sum + other.sum), counts=(one.counts or 0) + (other.counts or 0))
    if one.looks is None or other.looks is None:
        return Cell(to_float(one.sum + other.sum))
    latest = max(one, other, key=_age)
    return Cell(
        to_float(one.sum + other.sum),
        one.looks + other.looks,
        _either(min, one.low, other.low),
        _either(max, one.high, other.high),
        latest.last,
        latest.last_at,
    )


def _age(cell: Cell) -> tuple[Micros, float]:
    return cell.last_at or 0, cell.last or 0.0


def _either(choose: Any, one: float | None, other: float | None) -> float | None:
    known = [value for value in (one, other) if value is not None]
    return choose(known) if known else None
