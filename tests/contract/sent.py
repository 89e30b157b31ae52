"""What this run sent, so that it can be taken away again."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from typing import Any, cast
from urllib.parse import quote

import httpx


class Sent:
    """XIDs of what a run made and can delete, also those that only others name.

    Telemetry cannot be deleted, as reports of clients cannot: it stays until it is pruned.

    Args:
        run: what the XIDs of the run begin with: nothing else is ever deleted.
    """

    def __init__(self, run: str) -> None:
        self.run = run
        self._traces: set[str] = set()
        self._sessions: set[str] = set()
        self._executions: set[str] = set()
        self._lock = threading.Lock()

    def note(self, body: Any) -> None:
        """Remember what is in a request's body, whatever it is."""
        with self._lock:
            self._traces |= {xid for xid in traces_of(body) if xid.startswith(self.run)}
            self._sessions |= {xid for xid in sessions_of(body) if xid.startswith(self.run)}
            self._executions |= {xid for xid in executions_of(body) if xid.startswith(self.run)}

    def add(self, xid: str) -> None:
        """Remember one trace that the SDK made, whose XID is its own."""
        with self._lock:
            self._traces.add(xid)

    def clean_up(self, base_url: str, key: str) -> list[str]:
        """Delete all that was sent. Answers what could not be deleted."""
        left: list[str] = []
        with self._lock, httpx.Client(base_url=base_url, headers={"X-API-KEY": key}) as http:
            for kind, xids in (
                ("traces", self._traces),
                ("sessions", self._sessions),
                ("executions", self._executions),
            ):
                for xid in sorted(xids):
                    status = http.delete(f"/{kind}/{segment(xid)}").status_code
                    if status not in {204, 404}:
                        left.append(f"{kind} {xid!r}: {status}")
                xids.clear()
        return left


def segment(xid: str) -> str:
    """An XID as one step of a path; dots are encoded, lest they be taken for steps up."""
    return quote(xid, safe="").replace(".", "%2E")


def traces_of(body: Any) -> set[str]:
    """XIDs of the traces that a body makes or speaks of."""
    named: list[Any] = [item.get("XID") for item in items(body, "Traces")]
    for part in ("Spans", "Events", "Findings"):
        named += [item.get("TraceID") for item in items(body, part)]
    return _texts(named)


def sessions_of(body: Any) -> set[str]:
    """XIDs of the sessions that a body makes or speaks of."""
    named: list[Any] = [item.get("XID") for item in items(body, "Sessions")]
    return _texts([*named, *(item.get("SessionID") for item in items(body, "Traces"))])


def executions_of(body: Any) -> set[str]:
    """XIDs of the executions that a body makes or speaks of, and that of a body by itself."""
    named: list[Any] = [item.get("XID") for item in items(body, "Executions")]
    for part in ("MetricValues", "MetricLists"):
        named += [item.get("ExecutionID") for item in items(body, part)]
    if isinstance(body, Mapping):
        named.append(cast("Mapping[str, object]", body).get("XID"))
    return _texts(named)


def items(body: Any, member: str) -> Iterable[dict[str, Any]]:
    """The objects in one list of a body, however wrong the body is."""
    if not isinstance(body, Mapping):
        return []
    listed: object = cast("Mapping[str, object]", body).get(member)
    if not isinstance(listed, list):
        return []
    every = cast("list[object]", listed)
    return [cast("dict[str, Any]", one) for one in every if isinstance(one, dict)]


def _texts(named: Iterable[Any]) -> set[str]:
    return {xid for xid in named if isinstance(xid, str) and xid and _encodable(xid)}


def _encodable(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)
