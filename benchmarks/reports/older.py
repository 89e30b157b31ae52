"""The older telemetry tool, as it comes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from cloudmesh.ai.common.aggregation import TelemetryAggregator
from cloudmesh.ai.common.telemetry import JSONFileBackend, SQLiteBackend, Telemetry


def open_contender(kind: str, folder: Path) -> tuple[Callable[[int], object], Callable[[], None]]:
    """Give what reports one record; it is in its place when that returns."""
    backend = SQLiteBackend if kind == "sqlite" else JSONFileBackend
    telemetry = Telemetry("bench", backends=[backend(folder / _file(kind))])

    def report(number: int) -> None:
        telemetry.emit("completed", {"tokens_per_sec": 45.2, "number": number})

    return report, lambda: None


def count(kind: str, folder: Path) -> int:
    """Read back how many records are in their place."""
    return len(TelemetryAggregator(folder / _file(kind)).records)


def _file(kind: str) -> str:
    return "older.db" if kind == "sqlite" else "older.jsonl"  # it tells them apart by that
