"""What is said of the machine: once for each run, and with each record of a file."""

from __future__ import annotations

import getpass
import socket
import threading
from pathlib import Path
from typing import Any

import pytest

from modelmetry import Client, Config, Telemetry
from modelmetry.signals.measurements import TelemetryRunRecord
from modelmetry.testing import MemorySink
from tests.unit.telemetry.cast import Keeping, kept, telemetry_into


def run_of(sink: MemorySink) -> TelemetryRunRecord:
    """Give the one run that arrived."""
    (run,) = [one for one in sink.signals if isinstance(one, TelemetryRunRecord)]
    return run


def test_the_machine_is_described_once_for_each_run() -> None:
    """However many records there are; they name the run."""
    sink = MemorySink()
    with telemetry_into(sink) as telemetry:
        for _ in range(5):
            telemetry.emit("completed")
        wanted = telemetry.run_id

    run = run_of(sink)
    assert (run.xid, run.command) == (wanted, "train")
    assert {"host.arch", "process.runtime.version", "cpu", "memory_total"} <= set(run.system)
    assert {record.run_xid for record in sink.telemetry} == {wanted}


def test_a_telemetry_that_says_nothing_is_no_run() -> None:
    """To make one costs nothing and leaves nothing behind."""
    sink = MemorySink()
    with telemetry_into(sink):
        pass

    assert sink.signals == []


@pytest.mark.parametrize("said", [True, False])
def test_host_and_user_can_be_switched_off(said: bool) -> None:
    """By arguments; the rest of the machine is said all the same."""
    sink = MemorySink()
    with telemetry_into(sink, host=said, user=said) as telemetry:
        telemetry.emit("completed")

    system = run_of(sink).system
    assert ("host.name" in system, "process.owner" in system) == (said, said)
    assert "host.arch" in system


def test_host_and_user_are_switched_off_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs a program decides, without its code; nowhere in a record do they stand."""
    monkeypatch.setenv("MODELMETRY_TELEMETRY_HOST", "0")
    monkeypatch.setenv("MODELMETRY_TELEMETRY_USER", "0")
    telemetry, keeping = kept()
    telemetry.emit("completed")
    telemetry.close()

    system = keeping.records[0]["system"]
    assert {socket.gethostname(), getpass.getuser()}.isdisjoint(map(str, system.values()))


def test_readings_are_records_of_their_own() -> None:
    """They begin with the first record, and the last one stands in the `system` of a record."""
    keeping = Keeping()
    sink = MemorySink()

    with (
        Client(sink=sink) as client,
        Telemetry(
            "train", backend=["modelmetry", keeping], client=client, interval=0.005
        ) as telemetry,
    ):
        assert sink.signals == []
        telemetry.emit("started")
        while len([one for one in sink.telemetry if one.kind == "reading"]) < 3:
            telemetry.flush()
        telemetry.emit("completed")

    readings = [one for one in sink.telemetry if one.kind == "reading"]
    assert {one.run_xid for one in sink.telemetry} == {telemetry.run_id}
    assert all(one.status is None and one.metrics for one in readings)
    last = next(one for one in keeping.records if one["status"] == "completed")
    assert "process.memory.usage" in last["system"]


def test_readings_end_with_the_telemetry() -> None:
    """After the close none is taken, nor counted as refused, and its thread is gone."""
    threads = set(threading.enumerate())
    telemetry, _ = kept(interval=0.001)
    telemetry.emit("started")
    telemetry.close()
    left = [one.name for one in set(threading.enumerate()) - threads]
    assert "modelmetry-machine" not in left
    before = telemetry.stats()
    for _ in range(1_000):
        telemetry.stats()

    assert telemetry.stats() == before
    assert before.refused == {}


@pytest.mark.parametrize("variable", ["MODELMETRY_EXECUTION_ID", "CRAFT_AI_EXECUTION_ID"])
def test_a_run_belongs_to_the_execution_of_its_environment(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step of a pipeline is told its execution by a variable."""
    monkeypatch.setenv(variable, "execution-7")
    sink = MemorySink()
    with telemetry_into(sink) as telemetry:
        telemetry.emit("completed")

    assert run_of(sink).execution_xid == "execution-7"


def test_a_run_belongs_to_the_execution_in_which_it_begins() -> None:
    """Nothing has to be handed over inside of its block."""
    sink = MemorySink()
    with telemetry_into(sink) as telemetry, Client(sink=MemorySink()) as other:
        with other.execution(pipeline="nightly") as execution:
            telemetry.emit("completed")
        wanted = execution.execution_id

    assert run_of(sink).execution_xid == wanted


def test_a_machine_that_cannot_be_described_costs_no_record(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The record goes with what is known: nothing."""

    def broken(**_: Any) -> None:
        raise OSError("no /proc")

    monkeypatch.setattr("modelmetry.machine.facts.facts", broken)
    telemetry, keeping = kept()
    telemetry.emit("completed")

    assert telemetry.close().ok
    assert keeping.records[0]["system"] == {}


def test_a_machine_that_is_described_after_the_close_is_no_loss(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run went without it: nobody is told of a signal that was lost."""
    told = threading.Event()

    def slow(**_: Any) -> None:
        told.wait(60)
        raise OSError("no /proc")

    monkeypatch.setattr("modelmetry.machine.facts.facts", slow)
    config = Config(base_url="http://127.0.0.1:9", spool=str(tmp_path), exit_timeout=0.0)
    with Telemetry("train", config=config, interval=None) as telemetry:
        telemetry.emit("completed")
    told.set()
    for thread in threading.enumerate():
        if thread.name == "modelmetry-telemetry-run":
            thread.join(60)

    assert (telemetry.stats().ok, telemetry.stats().lost) == (True, 0)
