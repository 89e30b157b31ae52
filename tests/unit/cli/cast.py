"""Read models made by hand, and a way to run the command as a user does."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from modelmetry_api.models import Event, Finding, FullTrace, Money, Span, Trace, Usage, UsageValue
from modelmetry_api.types import UNSET, Unset

ROOT = Path(__file__).parents[3]
START = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


def usage(used: float | None = None, made: float | None = None) -> Usage:
    """Tokens."""
    return Usage(
        input_=UNSET if used is None else UsageValue(amount=used, unit="tokens"),
        output=UNSET if made is None else UsageValue(amount=made, unit="tokens"),
    )


def common(xid: str, prefix: str) -> dict[str, Any]:
    """What every read model begins with."""
    return {
        "id": prefix + xid,
        "xid": xid,
        "tenant_id": "ten_local",
        "created_at": START,
        "updated_at": START,
    }


def finding(name: str, value: bool | float | str, **more: Any) -> Finding:
    """A finding of a trace or a span."""
    given: dict[str, Any] = {
        **common(f"f-{name}", "fnd_"),
        "evaluator_id": None,
        "name": name,
        "value": value,
        "unit": "",
        "at": START,
        "source": "sdk",
        "comment": "",
        "metadata": {},
    }
    return Finding(**given | more)


def event(name: str, metadata: dict[str, Any] | None = None, **more: Any) -> Event:
    """An event of a trace or a span."""
    given: dict[str, Any] = {
        **common(f"e-{name}", "evt_"),
        "trace_id": "t1",
        "span_id": None,
        "entry_id": None,
        "name": name,
        "at": START,
        "metadata": metadata or {},
    }
    return Event(**given | more)


def span(xid: str, parent: str | None = None, *, ms: float = 100, **more: Any) -> Span:
    """A span of trace t1."""
    given: dict[str, Any] = {
        **common(xid, "spn_"),
        "trace_id": "t1",
        "parent_id": parent,
        "name": f"step {xid}",
        "family": "other",
        "start": START,
        "end": START + timedelta(milliseconds=ms),
        "open_": False,
        "duration_ms": ms,
        "severity": "unset",
        "message": "",
        "metadata": {},
        "events": [],
        "findings": [],
    }
    return Span(**given | more)


def trace_members(xid: str, ms: float, more: dict[str, Any]) -> dict[str, Any]:
    """What a trace is made of, in short and in full."""
    given: dict[str, Any] = {
        **common(xid, "tra_"),
        "name": "chatbot.turn",
        "start": START,
        "end": START + timedelta(milliseconds=ms),
        "open_": False,
        "duration_ms": ms,
        "severity": "unset",
        "failed": False,
        "message": "",
        "metadata": {},
        "span_count": 0,
        "event_count": 0,
        "finding_count": 0,
        "models": [],
        "usage": usage(),
        "costs": [],
    }
    return given | more


def trace(xid: str = "t1", *, ms: float = 1000, **more: Any) -> Trace:
    """A trace in short."""
    return Trace(**trace_members(xid, ms, more))


def full_trace(xid: str = "t1", *spans: Span, ms: float = 1000, **more: Any) -> FullTrace:
    """A trace in full."""
    given: dict[str, Any] = {"spans": list(spans), "events": [], "findings": []} | more
    return FullTrace(**trace_members(xid, ms, given))


def dollars(amount: float) -> Money:
    """Money."""
    return Money(amount=amount, currency="USD")


def absent(value: Any) -> bool:
    """Whether a member was left out."""
    return isinstance(value, Unset)


def environment(home: Path, **more: str) -> dict[str, str]:
    """The environment of a user without any settings of their own."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("MODELMETRY_", "OPENAI_", "NO_COLOR", "FORCE_COLOR", "COLUMNS"))
    }
    path = os.pathsep.join([str(ROOT), str(ROOT / "generated")])
    return {**kept, "XDG_DATA_HOME": str(home), "PYTHONPATH": path} | more


def modelmetry(
    home: Path, *arguments: str, given: str | bytes | None = None, **more: str
) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own, to its end."""
    return subprocess.run(
        [sys.executable, "-m", "modelmetry.cli", *arguments],
        env=environment(home, **more),
        input=given.decode() if isinstance(given, bytes) else given,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
