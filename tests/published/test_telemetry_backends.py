"""Backends of ours in the published client of telemetry, and its backends in ours."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from modelmetry import Telemetry
from modelmetry.telemetry import JSONLBackend, SQLiteBackend, TelemetryFile, TextBackend

older: Any = pytest.importorskip("cloudmesh.ai.common.telemetry", reason="nox -s published has it")


def said(path: Path) -> list[tuple[str, str, dict[str, Any]]]:
    """Command, status and metrics of the records of jobs in a file, in their order."""
    return [
        (one["command"], one["status"], one["metrics"])
        for one in TelemetryFile(path)
        if one["kind"] != "reading"
    ]


def test_our_backends_take_what_the_published_client_reports(home: Path, tmp_path: Path) -> None:
    """Several at once, and its own beside them; sync and async."""
    assert home.is_dir()
    ours = [
        JSONLBackend(tmp_path / "ours.jsonl"),
        SQLiteBackend(tmp_path / "ours.db"),
        TextBackend(tmp_path / "ours.txt"),
    ]
    own = older.JSONFileBackend(str(tmp_path / "own.jsonl"))
    job = older.Telemetry("train", backends=[*ours, own])
    job.start("begins")
    job.emit("completed", {"loss": 0.25, "step": 3}, "an epoch")
    job.fail("no data")
    asyncio.run(older.AsyncTelemetry("train", backends=list(ours)).emit("started", {"n": 1}))
    for backend in ours:
        backend.close()
    lines = said(tmp_path / "ours.jsonl")
    assert [status for _, status, _ in lines] == ["started", "completed", "failed", "started"]
    assert lines[1] == ("train", "completed", {"loss": 0.25, "step": 3})
    assert said(tmp_path / "ours.db") == lines
    assert said(tmp_path / "own.jsonl") == lines[:3]
    assert len((tmp_path / "ours.txt").read_text().splitlines()) == 4


def test_its_backends_take_what_ours_reports(home: Path, tmp_path: Path) -> None:
    """Its own reader then finds what it finds in files of its own."""
    assert home.is_dir()
    lines, table = tmp_path / "theirs.jsonl", tmp_path / "theirs.db"
    backends = [
        older.JSONFileBackend(str(lines)),
        older.SQLiteBackend(str(table)),
        older.TextBackend(str(tmp_path / "theirs.txt")),
    ]
    with Telemetry("train", backend=backends, interval=None) as telemetry:
        telemetry.emit(metric="inference_latency", value=0.125, status="completed")
        telemetry.emit(event="model_load_start", status="started")
        receipt = telemetry.flush()
    assert receipt.lost == 0
    assert said(lines) == said(table)
    assert said(lines)[0] == ("train", "completed", {"inference_latency": 0.125})
    assert "inference_latency" in (tmp_path / "theirs.txt").read_text()
