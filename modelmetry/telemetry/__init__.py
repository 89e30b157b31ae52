"""What jobs report of themselves: metrics, events, how they start and end, and their machine.

`Telemetry` and `AsyncTelemetry` are also on the menu of `modelmetry`. The names below are loaded
when they are first used: who only reports does not pay for SQLite, nor for reading files.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from modelmetry.telemetry.asynchronous import AsyncTelemetry
    from modelmetry.telemetry.files import TelemetryFile, read
    from modelmetry.telemetry.jobs import Job
    from modelmetry.telemetry.jsonl import JSONLBackend
    from modelmetry.telemetry.receipt import TelemetryReceipt
    from modelmetry.telemetry.sqlite import SQLiteBackend
    from modelmetry.telemetry.sums import aggregate, summary
    from modelmetry.telemetry.telemetry import Telemetry
    from modelmetry.telemetry.text import TextBackend

__all__ = [
    "AsyncTelemetry",
    "JSONLBackend",
    "Job",
    "SQLiteBackend",
    "Telemetry",
    "TelemetryFile",
    "TelemetryReceipt",
    "TextBackend",
    "aggregate",
    "read",
    "summary",
]

_HOMES = {
    "AsyncTelemetry": "asynchronous",
    "JSONLBackend": "jsonl",
    "Job": "jobs",
    "SQLiteBackend": "sqlite",
    "Telemetry": "telemetry",
    "TelemetryFile": "files",
    "TelemetryReceipt": "receipt",
    "TextBackend": "text",
    "aggregate": "sums",
    "read": "files",
    "summary": "sums",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(f"{__name__}.{home}"), name)
    return found


def __dir__() -> list[str]:
    return sorted(__all__)
