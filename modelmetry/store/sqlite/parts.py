"""The parts of a batch on their way into rows. None means "not sent", which erases nothing."""

from __future__ import annotations

from typing import Any, Final, NamedTuple, TypeVar

from modelmetry.store.sqlite.encode import Kind, Micros, XidKey
from modelmetry.store.sqlite.execution_parts import Recorded
from modelmetry.store.sqlite.families import Figures
from modelmetry.store.sqlite.production_parts import ProductionParts
from modelmetry.store.sqlite.telemetry_parts import TelemetryParts


class SessionPart(NamedTuple):
    """A session as sent."""

    name: str | None
    metadata: bytes | None


class TracePart(NamedTuple):
    """A trace as sent; `start` is None for one that only its parts have named."""

    name: str | None
    session: XidKey | None
    start: Micros | None
    end: Micros | None
    severity: str | None
    message: str | None
    metadata: bytes | None
    descendants: int | None = None
    weight: float | None = None


NOTHING_SENT: Final = TracePart(None, None, None, None, None, None, None)


class SpanPart(NamedTuple):
    """A span as sent; `data` is JSON without secrets."""

    trace: XidKey
    parent: XidKey | None
    name: str
    family: str | None
    start: Micros
    end: Micros | None
    severity: str | None
    message: str | None
    metadata: bytes | None
    data: bytes | None


class EventPart(NamedTuple):
    """An event as sent."""

    trace: XidKey | None
    span: XidKey | None
    name: str
    at: Micros | None
    entry: str | None
    metadata: bytes | None


class FindingPart(NamedTuple):
    """A finding as sent; `kind`, `value` and `exact` together are its value."""

    trace: XidKey | None
    span: XidKey | None
    name: str
    kind: Kind
    value: float | str
    exact: str | None
    unit: str | None
    at: Micros | None
    source: str | None
    entry: str | None
    comment: str | None
    description: str | None
    metadata: bytes | None


P = TypeVar("P", SessionPart, TracePart, SpanPart, EventPart, FindingPart)


def merged(old: P, new: P) -> P:
    """The old part with every member that the new one carries."""
    sent: dict[str, Any] = {
        name: value
        for name, value in zip(new._fields, new, strict=True)
        # The exact text belongs to the value, which always comes.
        if value is not None or name == "exact"
    }
    if "descendants" in sent:
        sent["descendants"] = larger(getattr(old, "descendants", None), sent["descendants"])
    return old._replace(**sent)


def larger(one: int | None, other: int | None) -> int | None:
    """The larger of two numbers of descendants, of which either may not have been sent.

    They only grow: a smaller one is older, and its batch was overtaken.
    """
    return one if other is None else max(other, one or 0)


def put(parts: dict[XidKey, P], key: XidKey, part: P) -> None:
    """Add a part to a batch; one that the batch already has gets the members of this one."""
    if key in parts:
        part = merged(parts[key], part)
    parts[key] = part


class Batch:
    """A request body, read: its parts by XID, each once.

    `carriers` are the spans that carry a number of descendants, `recorded` is what was sent of
    executions, `telemetry` and `production` what was sent of those, `signals` counts all of it,
    `weight` is about the memory that it takes, in bytes.
    """

    __slots__ = (
        "carriers",
        "events",
        "findings",
        "production",
        "recorded",
        "sessions",
        "signals",
        "spans",
        "telemetry",
        "traces",
        "weight",
    )

    def __init__(self) -> None:
        self.sessions: dict[XidKey, SessionPart] = {}
        self.traces: dict[XidKey, TracePart] = {}
        self.spans: dict[XidKey, tuple[SpanPart, Figures]] = {}
        self.carriers: dict[XidKey, int] = {}
        self.events: dict[XidKey, EventPart] = {}
        self.findings: dict[XidKey, FindingPart] = {}
        self.recorded: Recorded = Recorded()
        self.telemetry: TelemetryParts = TelemetryParts()
        self.production: ProductionParts = ProductionParts()
        self.signals: int = 0
        self.weight: int = 0
