"""Records of anybody in one form: times in UTC, numbers finite, everything under its own name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, tzinfo
from typing import Any, Final, cast

import msgspec

from modelmetry.signals.values import NotFiniteError, finding_value, snapshot
from modelmetry.telemetry.direct import LONGEST_TEXT
from modelmetry.telemetry.documents import Document

_SCALARS: Final = (str, float, type(None))
_KINDS: Final = frozenset({"record", "event", "reading"})


class NotReadable(Exception):  # noqa: N818 - who reads a file counts it and reads on
    """Something is no record; the text is the reason."""


def decoded(line: bytes) -> object:
    """A line as JSON; also that of Python's own encoder, which writes NaN.

    Raises:
        NotReadable: `torn`.
    """
    try:
        return msgspec.json.decode(line)
    except (msgspec.DecodeError, ValueError, RecursionError):
        pass
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        raise NotReadable("torn") from None


def is_record(members: Mapping[str, Any]) -> bool:
    """Whether an object is a record, by the names of its members."""
    return "timestamp" in members and ("metrics" in members or "status" in members)


def normal(found: object, zone: tzinfo | None) -> tuple[Document, int]:
    """A record in our form, and how many of its numbers were left out, because they are none.

    Raises:
        NotReadable: `no_record` or `bad_timestamp`.
    """
    if not isinstance(found, dict):
        raise NotReadable("no_record")
    given = cast("dict[str, Any]", found)
    if not is_record(given):
        raise NotReadable("no_record")
    metrics, left_out = _finite(given.get("metrics"))
    event = _text(given.get("event"))
    if given.get("kind") not in _KINDS:
        event = event or _take_own_names(metrics)
    record: Document = {
        "timestamp": _moment(given["timestamp"], zone),
        "command": _text(given.get("command")),
        "status": _text(given.get("status")),
        "metrics": metrics,
        "system": _object(given.get("system")),
        "message": _text(given.get("message")),
        "id": _text(given.get("id")),
        "run_id": _text(given.get("run_id")),
        "kind": given["kind"] if given.get("kind") in _KINDS else ("event" if event else "record"),
    }
    if event:
        record["event"] = event
    return record, left_out


def _take_own_names(metrics: dict[str, Any]) -> str:
    """Undo what the older tool makes of `metric=`, `value=` and `event=`; the event's name."""
    if isinstance(metrics.get("metric"), str) and "value" in metrics:
        name = metrics.pop("metric")
        metrics.setdefault(name, metrics.pop("value"))
    return metrics.pop("event") if isinstance(metrics.get("event"), str) else ""


def _finite(given: object) -> tuple[dict[str, Any], int]:
    """Metrics, of which numbers that no float holds are left out, and how many these were."""
    found = _members(given)
    kept: dict[str, Any] = {}
    for name, value in found.items():
        # An integer of 400 digits is JSON, too.
        with suppress(NotFiniteError):
            is_number = type(value) in (int, float)
            kept[name] = finding_value(value, LONGEST_TEXT) if is_number else _plain(value)
    return kept, len(found) - len(kept)


def _object(given: object) -> dict[str, Any]:
    return {name: _plain(value) for name, value in _members(given).items()}


def _members(given: object) -> dict[str, Any]:
    return cast("dict[str, Any]", given) if isinstance(given, dict) else {}


def _plain(value: object) -> Any:
    # Inside of lists and objects NaN becomes a text, so that what is written again is JSON.
    return value if isinstance(value, _SCALARS) else snapshot(value, LONGEST_TEXT)


def _text(given: object) -> str:
    return given if isinstance(given, str) else ("" if given is None else str(given))


def is_without_offset(timestamp: str) -> bool:
    """Whether a time that can be read does not say of which zone it is."""
    return datetime.fromisoformat(timestamp).tzinfo is None


def _moment(given: object, zone: tzinfo | None) -> str:
    """A time in UTC; one without an offset is of `zone`, or of this machine."""
    try:
        at = datetime.fromisoformat(cast("str", given))
        if at.tzinfo is None and zone is not None:
            at = at.replace(tzinfo=zone)
        return at.astimezone(UTC).isoformat(timespec="microseconds")
    except (TypeError, ValueError, OverflowError, OSError):
        raise NotReadable("bad_timestamp") from None
