"""What the older telemetry tool, cloudmesh-ai-common 7.1.3, makes: its record and its table."""

from __future__ import annotations

from typing import Any

OLDER_TABLE = """
    CREATE TABLE IF NOT EXISTS telemetry (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        timestamp TEXT,
        command TEXT,
        status TEXT,
        metrics TEXT,
        system TEXT,
        message TEXT
    )
"""


def older_record(**members: Any) -> dict[str, Any]:
    """Give a record as it hands it to its backends."""
    known: dict[str, Any] = {
        "timestamp": "2026-11-02T09:30:00+00:00",
        "command": "old",
        "status": "completed",
        "metrics": {},
        "system": {"cpu": "x", "gpu_present": False, "gpu_model": None, "memory_total": None},
    }
    return {**known, **members}
