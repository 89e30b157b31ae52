"""Files that the published client of telemetry writes are imported, and answer, as they are."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from modelmetry.cli.root import modelmetry

older: Any = pytest.importorskip("cloudmesh.ai.common.telemetry", reason="nox -s published has it")


def written(folder: Path) -> tuple[Path, Path]:
    """Let the client write the same through both of its backends."""
    lines, table = folder / "old.jsonl", folder / "old.db"
    backends = [older.JSONFileBackend(str(lines)), older.SQLiteBackend(str(table))]
    job = older.Telemetry("train", backends=list(backends))
    job.emit(metric="inference_latency", value=0.125, status="completed")
    job.emit(event="model_load_start", status="started")
    job.emit("completed", {"loss": float("nan"), "epoch": 1})
    with job.track("an epoch"):
        pass
    with pytest.raises(KeyError), job.track("a step"):
        raise KeyError("batch")

    async def at_once() -> None:
        deploy = older.AsyncTelemetry("deploy", backends=list(backends))
        # Alone: a run is named by its first record, and of fifty at once any may be that.
        await deploy.emit("started", {})
        await asyncio.gather(*(deploy.emit("completed", {"n": n}) for n in range(50)))

    asyncio.run(at_once())
    return lines, table


def run(*words: str | Path) -> Any:
    """Run the command; give its JSON."""
    answer = CliRunner().invoke(modelmetry, [*map(str, words), "--json"])
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.stdout)


def test_its_files_are_imported_once(home: Path, tmp_path: Path) -> None:
    """Both of its backends keep the same records, so the second one adds nothing."""
    assert home.is_dir()
    lines, table = written(tmp_path)
    store = ("--store", tmp_path / "store.db")
    for path in (lines, table, lines):
        told = run("import", path, *store)
        assert told["Skipped"] == {}
        assert told["Stored"]["TelemetryRuns"] == 2
        assert told["Stored"]["TelemetryRecords"] == len(lines.read_text().splitlines())

        found = run("telemetry", "summary", *store)
        assert found["RecordCount"] == told["Stored"]["TelemetryRecords"]
        assert found["RunCount"] == 2
        assert {one["Name"] for one in found["Events"]} == {"model_load_start"}
        statuses = {one["Name"]: one["Count"] for one in found["Statuses"]}
        assert statuses == {"completed": 53, "started": 4, "failed": 1}


def test_its_files_answer_as_a_store_does(home: Path, tmp_path: Path) -> None:
    """Of both kinds, with numbers under their own names."""
    assert home.is_dir()
    lines, table = written(tmp_path)
    store = ("--store", tmp_path / "store.db")
    run("import", lines, *store)
    for words in (
        ("summary",),
        ("query", "inference_latency", "--group-by", "command"),
        ("query", "n", "--group-by", "run"),
        ("query", "duration_sec", "--group-by", "status"),
    ):
        expected = run("telemetry", *words, *store)
        assert run("telemetry", *words, lines) == run("telemetry", *words, table) == expected
        assert expected.get("Groups", True), words
