"""What Cost Explorer answers, built by hand."""

from __future__ import annotations

from typing import Any


def group(*keys: str, usd: str = "1.5", unit: str = "USD", **metrics: str) -> dict[str, Any]:
    """One group: its keys and what it cost."""
    told = metrics or {"UnblendedCost": usd}
    return {
        "Keys": list(keys),
        "Metrics": {name: {"Amount": text, "Unit": unit} for name, text in told.items()},
    }


def day(start: str, end: str, *groups: dict[str, Any], estimated: bool = False) -> dict[str, Any]:
    """One day."""
    return {
        "TimePeriod": {"Start": start, "End": end},
        "Total": {},
        "Groups": list(groups),
        "Estimated": estimated,
    }


def page(*days: dict[str, Any], token: str | None = None) -> dict[str, Any]:
    """One page."""
    answer: dict[str, Any] = {"ResultsByTime": list(days), "DimensionValueAttributes": []}
    return answer if token is None else answer | {"NextPageToken": token}
