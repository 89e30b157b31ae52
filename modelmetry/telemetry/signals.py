"""Records of files as what travels to a store."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from modelmetry.signals.measurements import TelemetryRecord, TelemetryRunRecord
from modelmetry.signals.values import nanoseconds
from modelmetry.telemetry.documents import Document

_MOST_RUNS: Final = 10_000  # that are remembered
# Records carry the last reading beside the facts, which a run does not.
_READING: Final = re.compile(
    r"(system\.(cpu\.utilization|memory\.(usage|utilization)|network\.|disk\.)"
    r"|process\.(cpu|memory|thread)\.|container\.|hw\.gpu\.)"
)


class Signals:
    """Makes signals of one file's records."""

    def __init__(self) -> None:
        self._runs: OrderedDict[str, None] = OrderedDict()

    def of(self, record: Document) -> Iterator[TelemetryRunRecord | TelemetryRecord]:
        """The record, and its run before it when it is the first of that."""
        at = nanoseconds(datetime.fromisoformat(record["timestamp"]))
        run: str = record["run_id"]
        if run and run not in self._runs:
            self._runs[run] = None
            if len(self._runs) > _MOST_RUNS:
                self._runs.popitem(last=False)
            yield TelemetryRunRecord(run, record["command"], at, _facts(record["system"]))
        yield TelemetryRecord(
            record["id"],
            run or None,
            record["command"],
            at,
            record["kind"],
            record["status"] or None,
            record.get("event"),
            record["metrics"],
            record["message"] or None,
        )


def _facts(system: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in system.items() if not _READING.match(name)}
