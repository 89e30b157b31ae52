"""From a request body to the parts of a batch. Pure: nothing here touches the database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from modelmetry.store.sqlite.encode import (
    Micros,
    XidKey,
    as_json,
    decode_json,
    to_float,
    to_micros,
    to_value,
    xid_key,
)
from modelmetry.store.sqlite.execution_parts import EXECUTION_LISTS, read_recorded
from modelmetry.store.sqlite.families import family_of, figures, without_secrets
from modelmetry.store.sqlite.parts import (
    Batch,
    EventPart,
    FindingPart,
    SessionPart,
    SpanPart,
    TracePart,
    merged,
    put,
)
from modelmetry.store.sqlite.production_parts import MEMBER, read_production
from modelmetry.store.sqlite.telemetry_parts import read_telemetry

# About what a part takes in memory besides its texts.
_PART_WEIGHT: Final = 400


class _Keys(dict[str, XidKey]):
    """Keys by XID; a batch names its traces and spans again and again."""

    def __missing__(self, xid: str) -> XidKey:
        key = self[xid] = xid_key(xid)
        return key


def read_batch(body: Mapping[str, Any]) -> Batch:
    """Read a validated request body.

    Raises `InvalidValueError` for text that cannot be stored and times that cannot be read, and
    `StoreRefusedError` for intervals of metrics that contradict themselves.
    """
    batch, keys = Batch(), _Keys()
    for item in _items(body, "Sessions"):
        put(batch.sessions, keys[item["XID"]], _session(item))
    for item in _items(body, "Traces"):
        put(batch.traces, keys[item["XID"]], _trace(item, keys))
    for item in _items(body, "Spans"):
        _put_span(batch, item, keys)
    for item in _items(body, "Events"):
        put(batch.events, xid_key(item["XID"]), _event(item, keys))
    for item in _items(body, "Findings"):
        put(batch.findings, xid_key(item["XID"]), _finding(item, keys))
    batch.recorded = read_recorded(body, keys.__getitem__)
    batch.telemetry = read_telemetry(body)
    batch.production = read_production(body)
    batch.signals = sum(len(_items(body, name)) for name in _LISTS)
    batch.weight = batch.signals * _PART_WEIGHT + sum(
        len(part.data or b"") + len(part.metadata or b"") for part, _ in batch.spans.values()
    )
    batch.weight += batch.recorded.weight + batch.telemetry.weight + batch.production.weight
    return batch


_LISTS: Final = (
    "Sessions",
    "Traces",
    "Spans",
    "Events",
    "Findings",
    *EXECUTION_LISTS,
    "TelemetryRuns",
    "TelemetryRecords",
    MEMBER,
)


def _items(body: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    return body.get(name) or []


def _session(item: Mapping[str, Any]) -> SessionPart:
    return SessionPart(item.get("Name"), _json(item.get("Metadata")))


def _trace(item: Mapping[str, Any], keys: _Keys) -> TracePart:
    return TracePart(
        item.get("Name"),
        _key(item.get("SessionID"), keys),
        to_micros(item["Start"]),
        _time(item.get("End")),
        item.get("Severity"),
        item.get("Message"),
        _json(item.get("Metadata")),
        _count(item.get("Descendants")),
        _weight(item.get("Weight")),
    )


def _weight(weight: float | None) -> float | None:
    return None if weight is None else to_float(weight)


def _put_span(batch: Batch, item: Mapping[str, Any], keys: _Keys) -> None:
    key, family = keys[item["XID"]], family_of(item.get("Family"))
    data = without_secrets(item.get("FamilyData"))
    part = SpanPart(
        keys[item["TraceID"]],
        _key(item.get("ParentID"), keys),
        item["Name"],
        family,
        to_micros(item["Start"]),
        _time(item.get("End")),
        item.get("Severity"),
        item.get("Message"),
        _json(item.get("Metadata")),
        None if data is None else as_json(data),
    )
    if key in batch.spans:
        part = merged(batch.spans[key][0], part)
        data = None if part.data is None else decode_json(part.data)
    batch.spans[key] = part, figures(part.family, data)
    if "Descendants" in item:
        batch.carriers[key] = max(int(item["Descendants"]), batch.carriers.get(key, 0))


def _event(item: Mapping[str, Any], keys: _Keys) -> EventPart:
    get = item.get
    return EventPart(
        _key(get("TraceID"), keys),
        _key(get("SpanID"), keys),
        item["Name"],
        _time(get("At")),
        get("EntryID"),
        _json(get("Metadata")),
    )


def _finding(item: Mapping[str, Any], keys: _Keys) -> FindingPart:
    get = item.get
    kind, value, exact = to_value(item["Value"])
    return FindingPart(
        _key(get("TraceID"), keys),
        _key(get("SpanID"), keys),
        item["Name"],
        kind,
        value,
        exact,
        get("Unit"),
        _time(get("At")),
        get("Source"),
        get("EntryID"),
        get("Comment"),
        get("Description"),
        _json(get("Metadata")),
    )


def _key(xid: str | None, keys: _Keys) -> XidKey | None:
    return None if xid is None else keys[xid]


def _count(number: float | None) -> int | None:
    return None if number is None else int(number)  # JSON Schema takes 3.0 for an integer


def _time(time: str | datetime | None) -> Micros | None:
    return None if time is None else to_micros(time)


def _json(value: Mapping[str, Any] | None) -> bytes | None:
    return None if value is None else as_json(value)
