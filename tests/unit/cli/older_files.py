"""Files as cloudmesh-ai-common 7.1.3 writes them: JSON lines, and its table."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.unit.telemetry.older import OLDER_TABLE, older_record

MEMBERS = ("timestamp", "command", "status", "metrics", "system", "message")


def older_records() -> list[dict[str, Any]]:
    """Six jobs of two commands at local times: three good ones, one bad one, one that is open."""
    said: list[tuple[str, str, dict[str, Any]]] = [
        ("train", "started", {}),
        ("train", "completed", {"duration_sec": 1.5, "loss": 0.5}),
        ("train", "completed", {"duration_sec": 2.5, "ok": True}),
        ("deploy", "failed", {"duration_sec": 10, "error": "no room"}),
        ("deploy", "completed", {"metric": "latency", "value": 0.125}),
        ("train", "started", {"event": "model_load_start"}),
    ]
    return [
        older_record(
            timestamp=f"2026-11-02T09:30:0{place}.250000",
            command=command,
            status=status,
            metrics=metrics,
            message=f"job {place}",
        )
        for place, (command, status, metrics) in enumerate(said)
    ]


def lines_file(path: Path, *lines: object) -> Path:
    """A file of JSON lines: records, or texts as they are; the older records without any."""
    given = lines or older_records()
    texts = (one if isinstance(one, str) else json.dumps(one) for one in given)
    path.write_text("".join(f"{text}\n" for text in texts))
    return path


def table_file(path: Path, records: Sequence[dict[str, Any]] | None = None) -> Path:
    """A database of the older tool."""
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(OLDER_TABLE)
        for record in older_records() if records is None else records:
            values = [record.get(name) for name in MEMBERS]
            database.execute(
                f"INSERT INTO telemetry ({', '.join(MEMBERS)}) VALUES (?, ?, ?, ?, ?, ?)",
                [json.dumps(one) if isinstance(one, dict) else one for one in values],
            )
    return path
