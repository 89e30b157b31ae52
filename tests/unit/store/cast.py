"""Signals to store, on one made-up day; every member that a test does not name is plain."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

Item = dict[str, Any]
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
TENANT = "local"


def at(seconds: float = 0) -> str:
    """Seconds after noon, as a client sends a time."""
    return (NOON + timedelta(seconds=seconds)).isoformat()


def session(xid: str = "s1", **members: Any) -> Item:
    """A session."""
    return {"XID": xid, **members}


def trace(xid: str = "t1", start: float = 0, end: float | None = 1, **members: Any) -> Item:
    """A trace of one second."""
    sent: Item = {"XID": xid, "Name": "turn", "Start": at(start), "Metadata": {}}
    return {**sent, "End": None if end is None else at(end), **members}


def span(
    xid: str = "p1", of: str = "t1", start: float = 0, end: float | None = 1, **members: Any
) -> Item:
    """A span of one second."""
    sent = {"XID": xid, "TraceID": of, "Name": "step", "Start": at(start)}
    return {**sent, "End": None if end is None else at(end), **members}


def event(xid: str = "e1", of: str | None = "t1", **members: Any) -> Item:
    """An event of a trace."""
    return {"XID": xid, "TraceID": of, "Name": "happened", "At": at(0.5), **members}


def finding(xid: str = "f1", of: str | None = "t1", value: Any = 1, **members: Any) -> Item:
    """A finding of a trace."""
    sent = {"XID": xid, "TraceID": of, "Name": "score", "Value": value, "At": at(0.5)}
    return {**sent, **members}


def completion(
    model: str = "gpt-4o", tokens: float = 10, cost: float = 0.5, currency: str = "USD"
) -> Item:
    """Family data of a completion."""
    return {
        "Messages": [{"Role": "user", "Contents": [{"Text": "Where is my parcel?"}]}],
        "Options": {"Model": model, "Provider": "openai"},
        "Usage": {
            "Input": {"Amount": tokens, "Unit": "tokens"},
            "Output": {"Amount": 2, "Unit": "tokens"},
        },
        "Cost": {"Total": {"Amount": cost, "Currency": currency}},
    }


def run(xid: str = "r1", **members: Any) -> Item:
    """A run that sends telemetry."""
    return {"XID": xid, "Command": "train", "Start": at(), **members}


def record(xid: str = "m1", of: str | None = "r1", seconds: float = 0, **members: Any) -> Item:
    """A telemetry record of a run."""
    return {"XID": xid, "RunID": of, "Command": "train", "At": at(seconds), **members}


def telemetry(records: list[Item], runs: list[Item] | None = None) -> dict[str, list[Item]]:
    """A request body with telemetry."""
    return {"TelemetryRuns": runs or [], "TelemetryRecords": records}


def body(**lists: list[Item]) -> dict[str, list[Item]]:
    """A request body; `traces=[...]` becomes `Traces`."""
    return {name.capitalize(): items for name, items in lists.items()}
