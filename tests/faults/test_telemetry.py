"""Programs that report telemetry end, are killed or fork: their records are where they belong."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from modelmetry.sinks.local import LOCAL_TENANT
from modelmetry.store.open import open_store
from modelmetry.store.telemetry import TelemetryRunQuery
from modelmetry.telemetry import TelemetryFile
from tests.faults.process import PATIENCE, ROOT

_PRELUDE = f"""
import os, sys, warnings
sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / "generated")!r}]
warnings.simplefilter("ignore", DeprecationWarning)
from modelmetry import Telemetry
folder = sys.argv[1]
FILES = dict(backend=["jsonl", "sqlite"], interval=None)
FILES["path"] = {{"jsonl": folder + "/t.jsonl", "sqlite": folder + "/t.db"}}
"""


def run(program: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run `program` in a process of its own, and wait for its end."""
    return subprocess.run(
        [sys.executable, "-c", _PRELUDE + textwrap.dedent(program), str(folder)],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def statuses(path: Path) -> list[str]:
    """Give the statuses in a file."""
    return [record["status"] for record in TelemetryFile(path)]


@pytest.mark.parametrize("end", ["", "sys.exit(3)", "raise ValueError", "del telemetry"])
def test_the_end_of_a_program_delivers(end: str, tmp_path: Path) -> None:
    """Without a close, and however it ends."""
    ended = run(f"telemetry = Telemetry('t', **FILES)\ntelemetry.emit('one')\n{end}", tmp_path)

    assert "modelmetry" not in ended.stderr
    assert statuses(tmp_path / "t.jsonl") == statuses(tmp_path / "t.db") == ["one"]


@pytest.mark.parametrize("end", ["", "sys.exit(3)"])
def test_the_end_of_a_program_tells_its_run(end: str, tmp_path: Path) -> None:
    """The machine is described in the background; the shortest program waits for that."""
    url = f"sqlite:///{tmp_path}/modelmetry.db"
    program = f"telemetry = Telemetry('t', store={url!r}, interval=None)\ntelemetry.emit('one')\n"
    ended = run(program + end, tmp_path)
    store = open_store(url)
    try:
        (found,) = store.list_telemetry_runs(LOCAL_TENANT, TelemetryRunQuery()).runs
    finally:
        store.close()

    assert "modelmetry" not in ended.stderr
    assert (found.command, found.status, found.record_count) == ("t", "one", 1)
    assert "memory_total" in found.system


def test_a_program_that_is_killed_leaves_what_was_flushed(tmp_path: Path) -> None:
    """Every line is whole, and the database can be read."""
    ended = run(
        """
        telemetry = Telemetry("t", **FILES)
        for number in range(3000):
            telemetry.emit("one", {"n": number})
        assert telemetry.flush(30).ok
        for number in range(3000):
            telemetry.emit("two", {"n": number})
        os.kill(os.getpid(), 9)
        """,
        tmp_path,
    )

    assert ended.returncode == -signal.SIGKILL
    for name in ("t.jsonl", "t.db"):
        file = TelemetryFile(tmp_path / name)
        found = [record["metrics"]["n"] for record in file if record["status"] == "one"]
        assert (found, dict(file.skipped)) == (list(range(3000)), {})


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_forked_child_is_a_run_of_its_own(tmp_path: Path) -> None:
    """Parent and child write to the same files, nothing twice, each under its own run and pid."""
    ended = run(
        """
        telemetry = Telemetry("t", **FILES)
        telemetry.emit("before")
        telemetry.flush(30)
        telemetry.emit("waiting")
        child = os.fork()
        if child == 0:
            telemetry.emit("child")
            sys.exit(0 if telemetry.close(30).ok else 1)
        telemetry.emit("parent")
        assert os.waitpid(child, 0)[1] == 0
        assert telemetry.close(30).ok
        """,
        tmp_path,
    )

    assert (ended.returncode, ended.stderr) == (0, "")
    for name in ("t.jsonl", "t.db"):
        found = {record["status"]: record for record in TelemetryFile(tmp_path / name)}
        assert sorted(statuses(tmp_path / name)) == ["before", "child", "parent", "waiting"]
        runs = {status: record["run_id"] for status, record in found.items()}
        assert runs["before"] == runs["waiting"] == runs["parent"] != runs["child"]
        pids = {status: record["system"]["process.pid"] for status, record in found.items()}
        assert pids["before"] == pids["parent"] != pids["child"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_readings_go_on_in_a_forked_child(tmp_path: Path) -> None:
    """The thread that takes them is the parent's; the child starts its own when it reports."""
    ended = run(
        """
        FILES["interval"] = 0.01
        telemetry = Telemetry("t", **FILES)
        telemetry.emit("parent")
        telemetry.flush(30)
        child = os.fork()
        if child == 0:
            telemetry.emit("child")
            while telemetry.stats().backends["jsonl"].created < 4:
                pass
            sys.exit(0 if telemetry.close(30).ok else 1)
        assert os.waitpid(child, 0)[1] == 0
        telemetry.close(30)
        """,
        tmp_path,
    )

    assert (ended.returncode, ended.stderr) == (0, "")
    found = list(TelemetryFile(tmp_path / "t.jsonl"))
    child = next(record["run_id"] for record in found if record["status"] == "child")
    assert sum(one["kind"] == "reading" for one in found if one["run_id"] == child) >= 3


def test_a_backend_that_never_answers_does_not_hold_up_the_end(tmp_path: Path) -> None:
    """The end waits for as long as the setting says, and tells what was left."""
    ended = run(
        """
        import threading
        from modelmetry import Config
        class Stuck:
            def emit(self, record):
                threading.Event().wait()
        telemetry = Telemetry("t", backend=[Stuck(), "jsonl"], path=FILES["path"]["jsonl"],
                              interval=None, config=Config(exit_timeout=0.2))
        telemetry.emit("one")
        while telemetry.stats().backends["jsonl"].pending:
            pass
        """,
        tmp_path,
    )

    assert ended.returncode == 0
    assert "the process ends with signals not delivered" in ended.stderr
    assert statuses(tmp_path / "t.jsonl") == ["one"]
