"""Signals as a client of another make sends them: plain JSON under wire names."""

from __future__ import annotations

from typing import Any

from tests.contract.target import Target

START = "2026-11-02T09:30:00.000000Z"
END = "2026-11-02T09:30:01.250000Z"


def trace(target: Target, **members: Any) -> dict[str, Any]:
    """A valid trace in the run's session; members are replaced or added."""
    return {
        "XID": target.xid(),
        "Name": "contract.turn",
        "SessionID": target.session,
        "Start": START,
        "End": END,
        "Metadata": {"channel": "web"},
        **members,
    }


def span(target: Target, trace_xid: str, **members: Any) -> dict[str, Any]:
    """A valid span of a trace."""
    return {
        "XID": target.xid(),
        "TraceID": trace_xid,
        "ParentID": None,
        "Name": "contract.step",
        "Family": "other",
        "FamilyData": {},
        "Start": START,
        "End": END,
        **members,
    }


def event(target: Target, trace_xid: str, **members: Any) -> dict[str, Any]:
    """A valid event of a trace."""
    return {
        "XID": target.xid(),
        "TraceID": trace_xid,
        "Name": "contract.event",
        "At": START,
        "Metadata": {},
        **members,
    }


def finding(target: Target, trace_xid: str, **members: Any) -> dict[str, Any]:
    """A valid finding of a trace."""
    return {
        "XID": target.xid(),
        "TraceID": trace_xid,
        "Name": "contract.finding",
        "Value": 42,
        "At": START,
        "Source": "sdk",
        **members,
    }


def execution(target: Target, **members: Any) -> dict[str, Any]:
    """A valid execution."""
    return {
        "XID": target.xid(),
        "PipelineName": "contract.train",
        "Status": "running",
        "Start": START,
        "Metadata": {"dataset": "orders"},
        **members,
    }


def metric(target: Target, execution_xid: str, **members: Any) -> dict[str, Any]:
    """A valid value of a metric of an execution."""
    return {
        "XID": target.xid(),
        "ExecutionID": execution_xid,
        "Name": "accuracy",
        "Value": 0.5,
        "At": START,
        **members,
    }


def metric_list(target: Target, execution_xid: str, **members: Any) -> dict[str, Any]:
    """Valid values of a list of an execution."""
    return {
        "XID": target.xid(),
        "ExecutionID": execution_xid,
        "Name": "loss",
        "Values": [1, 2],
        "At": START,
        **members,
    }


def metric_interval(target: Target, Name: str = "orders", **members: Any) -> dict[str, Any]:  # noqa: N803
    """A second of a process that counted three orders, of a service of its own."""
    of: dict[str, str] = {}
    series = {"Kind": "counter", "Name": Name, "Unit": "1", "Attributes": of, "Sum": 3}
    return {
        "XID": target.xid(),
        "Process": target.xid(),
        "Service": f"{target.run}-shop",
        "Start": START,
        "End": END,
        "Series": [series],
        **members,
    }


def cost_row(
    day: int = 1, service: str = "S3", billed: str = "1", **members: Any
) -> dict[str, Any]:
    """What a service cost on a day of November."""
    return {
        "ChargePeriodStart": f"2026-11-{day:02}T00:00:00Z",
        "ChargePeriodEnd": f"2026-11-{day + 1:02}T00:00:00Z",
        "ServiceName": service,
        "BilledCost": billed,
        "EffectiveCost": billed,
        **members,
    }


def cost_days(source: str, *rows: dict[str, Any], **members: Any) -> dict[str, Any]:
    """What the first two days of November cost."""
    days = {"From": "2026-11-01", "To": "2026-11-03"}
    return {"Source": source, **days, "Currency": "USD", "Rows": list(rows), **members}
