"""Records of files as what travels to a store."""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import msgspec

from modelmetry.signals.measurements import TelemetryRecord, TelemetryRunRecord
from modelmetry.signals.values import nanoseconds
from modelmetry.telemetry.documents import Document

# Runs and alike records that are remembered; those of one moment stand close to each other.
_MOST_RUNS: Final = 10_000
_MOST_ALIKE: Final = 10_000
# Records carry the last reading beside the facts, which a run does not.
_READING: Final = re.compile(
    r"(system\.(cpu\.utilization|memory\.(usage|utilization)|network\.|disk\.)"
    r"|process\.(cpu|memory|thread)\.|container\.|hw\.gpu\.)"
)


class Signals:
    """Makes signals of one file's records."""

    def __init__(self) -> None:
        self._runs: OrderedDict[str, None] = OrderedDict()
        self._alike: OrderedDict[str, int] = OrderedDict()

    def of(self, record: Document) -> Iterator[TelemetryRunRecord | TelemetryRecord]:
        """The record, and its run before it when it is the first of that."""
        at = nanoseconds(datetime.fromisoformat(record["timestamp"]))
        run: str = record["run_id"]
        if run and run not in self._runs:
            _remember(self._runs, run, None, _MOST_RUNS)
            yield TelemetryRunRecord(run, record["command"], at, _facts(record["system"]))
        yield TelemetryRecord(
            record["id"] or self._made_id(record),
            run or None,
            record["command"],
            at,
            record["kind"],
            record["status"] or None,
            record.get("event"),
            record["metrics"],
            record["message"] or None,
        )

    def _made_id(self, record: Document) -> str:
        """By what the record says, and how many before it said just the same."""
        text = msgspec.json.encode({**record, "system": None}, order="sorted")
        digest = hashlib.sha256(text).hexdigest()[:32]
        number = self._alike.pop(digest, 0) + 1
        _remember(self._alike, digest, number, _MOST_ALIKE)
        return f"imported-{digest}-{number}"


def _facts(system: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in system.items() if not _READING.match(name)}


def _remember(kept: OrderedDict[str, Any], key: str, value: object, most: int) -> None:
    kept[key] = value
    if len(kept) > most:
        kept.popitem(last=False)
