"""Several backends at once: each gets everything, and none knows of another's troubles."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from modelmetry import AsyncTelemetry, Client, Config, Telemetry
from modelmetry.errors import ConfigError, InvalidTypeError
from modelmetry.sinks.local import LOCAL_TENANT
from modelmetry.store.open import open_store
from modelmetry.store.telemetry import TelemetryRecordQuery
from modelmetry.telemetry.targets import ClientTarget
from modelmetry.testing import MemorySink
from tests.unit.telemetry.cast import Keeping, Raising, Stuck, kept, telemetry_into

NOBODY = "http://127.0.0.1:9"


def test_every_backend_gets_every_record(tmp_path: Path) -> None:
    """Names and objects together; two of a kind are told apart."""
    first, second = Keeping(), Keeping()
    path = tmp_path / "new" / "telemetry.db"
    backends: list[str | Keeping] = ["sqlite", first, second]
    with Telemetry("train", backend=backends, path=path, interval=None) as telemetry:
        telemetry.emit("completed", {"loss": 0.5})
        receipt = telemetry.flush()

    assert list(receipt.backends) == ["sqlite", "Keeping", "Keeping-2"]
    assert receipt.ok
    assert first.records == second.records
    assert first.records[0]["metrics"] == {"loss": 0.5}
    assert path.exists()


def test_a_backend_cannot_change_what_another_gets() -> None:
    """Each has a record of its own."""

    class Changing(Keeping):
        def emit(self, record: dict[str, Any]) -> None:
            record["metrics"].clear()
            record["system"].clear()
            record.clear()

    keeping = Keeping()
    with Telemetry("train", backend=[Changing(), keeping], interval=None) as telemetry:
        telemetry.emit("completed", {"loss": 0.5})
        telemetry.emit("completed", {"loss": 0.6})

    assert [record["metrics"] for record in keeping.records] == [{"loss": 0.5}, {"loss": 0.6}]
    assert all(record["system"] for record in keeping.records)


def test_what_a_backend_refuses_is_lost_there_alone() -> None:
    """A record that it raises for costs neither the others of the batch nor other backends."""
    keeping = Keeping()
    with Telemetry("train", backend=[Raising(), keeping], interval=None) as telemetry:
        for name in ("a", "x", "b"):
            telemetry.emit(metrics={name: 1})
        receipt = telemetry.flush()

    assert receipt.backends["Raising"].delivered == 2
    assert receipt.backends["Raising"].dropped == {"ValueError": 1}
    assert receipt.backends["Keeping"].delivered == len(keeping.records) == 3
    assert (receipt.ok, receipt.lost) == (False, 1)


def test_a_backend_that_is_stuck_holds_up_nobody_else() -> None:
    """The others have everything while one waits; the bounded flush says what is pending."""
    stuck, keeping = Stuck(), Keeping()
    telemetry = Telemetry("train", backend=[stuck, keeping], interval=None)
    telemetry.emit("one")
    receipt = telemetry.flush(timeout=0.2)
    while receipt.backends["Keeping"].pending:  # a busy machine needs more than one look
        receipt = telemetry.flush(timeout=0.2)

    assert receipt.backends["Stuck"].pending == receipt.pending == 1
    assert (receipt.ok, receipt.lost) == (False, 0)
    assert receipt.backends["Keeping"].delivered == 1
    stuck.go_on.set()
    assert telemetry.close().ok


def test_a_backend_may_ask_for_a_flush() -> None:
    """Called from a backend a flush only reads: it cannot wait for itself."""

    class Flushing(Keeping):
        def emit(self, record: dict[str, Any]) -> None:
            super().emit(record)
            telemetry.flush(timeout=None)

    flushing = Flushing()
    telemetry = Telemetry("train", backend=[Keeping(), flushing], interval=None)
    telemetry.emit("one")

    assert telemetry.close(timeout=30).ok
    assert len(flushing.records) == 1


def test_a_shared_client_stays_open() -> None:
    """Closing a telemetry flushes its client, which goes on."""
    sink = MemorySink()
    with Client(sink=sink) as client:
        with Telemetry("train", client=client, interval=None) as telemetry:
            telemetry.emit("one")
        assert [record.status for record in sink.telemetry] == ["one"]
        client.trace("chatbot.turn").end()
        assert client.flush_all().ok
        assert not sink.closed


def test_the_default_is_where_traces_go(tmp_path: Path) -> None:
    """Without a backend records and runs are read back from the local store."""
    url = f"sqlite:///{tmp_path}/modelmetry.db"
    with Telemetry("train", store=url, interval=None) as telemetry:
        telemetry.emit("completed", {"loss": 0.5})
        receipt = telemetry.flush()
    store = open_store(url)
    try:
        records = store.list_telemetry_records(LOCAL_TENANT, TelemetryRecordQuery())
        run = store.get_telemetry_run(LOCAL_TENANT, telemetry.run_id)
    finally:
        store.close()

    assert list(receipt.backends) == ["modelmetry"]
    assert [(one.status, one.metrics) for one in records.records] == [("completed", {"loss": 0.5})]
    assert run is not None
    assert (run.command, run.status, run.record_count) == ("train", "completed", 1)
    assert "memory_total" in run.system


@pytest.mark.parametrize("is_async", [False, True])
def test_a_block_leaves_what_no_server_takes_on_disk(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, is_async: bool
) -> None:
    """It ends as that of a client does, and the log says what stays; a shared one goes on."""
    config = Config(base_url=NOBODY, spool=str(tmp_path), exit_timeout=0.0, telemetry_interval=0.0)

    async def report(**arguments: Any) -> None:
        if is_async:
            async with AsyncTelemetry("train", config=config, **arguments) as telemetry:
                telemetry.emit("one")
        else:
            with Telemetry("train", config=config, **arguments) as plain:
                plain.emit("one")

    asyncio.run(report())
    assert [line.getMessage() for line in caplog.records if "stay on disk" in line.getMessage()]
    caplog.clear()
    with Client(config=config) as client:
        asyncio.run(report(client=client))
        assert "stay on disk" not in caplog.text


def test_a_block_waits_as_long_as_that_of_its_client(tmp_path: Path) -> None:
    """Little for a server, since all is on disk; longer for what lies in memory alone."""
    server = Config(base_url=NOBODY, spool=str(tmp_path), exit_timeout=0.25)
    bounds: list[float] = []
    for config in (
        server,
        replace(server, durability="memory"),
        Config(store=f"sqlite:///{tmp_path}/m.db"),
    ):
        for owned in (True, False):
            with Client(config=config) as client:
                bounds.append(ClientTarget(client, owned=owned).leave_within)

    assert bounds == [0.25, 0.25, 10, 10, 10, 10]


def test_secrets_are_masked_in_files_too(tmp_path: Path) -> None:
    """What `Config(mask=...)` names never gets to a backend."""
    path = tmp_path / "telemetry.jsonl"
    with Telemetry(
        "train", backend="jsonl", path=path, config=Config(mask="emails"), interval=None
    ) as telemetry:
        telemetry.emit("completed", {"to": "jane.doe@example.com"}, "sent to jane.doe@example.com")

    assert "completed" in path.read_text()
    assert "jane.doe" not in path.read_text()


@pytest.mark.parametrize("variable", ["MODELMETRY_DISABLED", "CLOUDMESH_AI_TELEMETRY_DISABLED"])
def test_one_variable_turns_everything_off(
    variable: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """No file, no record, no number; the words work as before."""
    monkeypatch.setenv(variable, "1")
    path = tmp_path / "telemetry.jsonl"
    with Telemetry("train", backend="jsonl", path=path) as telemetry:
        telemetry.emit("completed")
        telemetry.start()
        telemetry.complete()
        telemetry.fail("no")
        with telemetry.track("x") as job:
            job.metric("y", 1).update({"z": 2})
        receipt = telemetry.flush()

    assert (receipt.backends, receipt.refused, telemetry.run_id) == ({}, {}, "")
    assert not path.exists()


def test_a_client_that_is_switched_off_takes_no_telemetry() -> None:
    """Other backends do."""
    keeping = Keeping()
    with (
        Client(config=Config(disabled=True)) as client,
        Telemetry("t", backend=["modelmetry", keeping], client=client, interval=None) as telemetry,
    ):
        telemetry.emit("one")

    assert list(telemetry.stats().backends) == ["Keeping"]
    assert len(keeping.records) == 1


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"backend": "josnl"}, ConfigError, "modelmetry, jsonl, sqlite, text"),
        ({"backend": []}, ConfigError, "backend is empty; expected modelmetry, jsonl, sqlite"),
        ({"backend": 7}, InvalidTypeError, r"emit\(record\)"),
        ({"backend": [Keeping]}, InvalidTypeError, r"emit\(record\)"),
        ({"backend": ["jsonl", "sqlite"], "path": "a.db"}, ConfigError, "path={'jsonl': ..."),
        ({"path": "a.jsonl"}, ConfigError, "no backend writes a file"),
        ({"backend": "jsonl", "path": {"sqlite": "a"}}, ConfigError, "no backend with a file"),
        ({"backend": "jsonl", "path": 3}, InvalidTypeError, "path must be a path"),
        ({"command_name": 3}, InvalidTypeError, "command_name must be a text"),
        ({"interval": "often"}, InvalidTypeError, "interval must be a number"),
        ({"interval": -1.0}, ConfigError, "telemetry_interval"),
        ({"interval": 10**400}, ConfigError, "telemetry_interval is inf"),
        ({"client": 3}, InvalidTypeError, "modelmetry.Client"),
        ({"host": "yes"}, ConfigError, "telemetry_host"),
    ],
)
def test_a_mistake_in_the_constructor_is_raised(
    arguments: Any, error: type[Exception], words: str
) -> None:
    """The message says what was given and what may be."""
    with pytest.raises(error, match=words.replace("{", r"\{")):
        Telemetry(**({"command_name": "train"} | arguments))


def test_an_async_backend_is_refused() -> None:
    """Nobody would await what its `emit` returns."""

    class Late:
        async def emit(self, record: dict[str, Any]) -> None:
            del record

    with pytest.raises(InvalidTypeError, match="make it a plain method"):
        Telemetry("train", backend=Late())


def test_a_client_beside_an_address_is_refused() -> None:
    """Only one of them can say where telemetry goes."""
    with Client(sink=MemorySink()) as client:
        with pytest.raises(ConfigError, match="client and store"):
            Telemetry("train", client=client, store="sqlite:///x.db")
        with pytest.raises(ConfigError, match="no backend is 'modelmetry'"):
            Telemetry("train", client=client, backend="text")


def test_the_words_of_the_older_constructor_work(tmp_path: Path) -> None:
    """A file and a list of backends, by place; the list stays the caller's."""
    keeping = Keeping()
    backends = [keeping]
    with Telemetry("train", tmp_path / "t.jsonl", backends, interval=None) as telemetry:
        telemetry.emit("one")

    assert backends == [keeping]
    assert len(keeping.records) == 1
    assert (tmp_path / "t.jsonl").read_text().count("\n") == 1


def test_a_flush_names_what_it_takes() -> None:
    """A timeout that is no number is a mistake in the program."""
    telemetry, _ = kept()
    with pytest.raises(InvalidTypeError, match="timeout"):
        telemetry.flush("soon")  # type: ignore[arg-type]
    telemetry.close()


def test_a_receipt_reads_as_a_sentence() -> None:
    """Each backend with its counts, then what was refused."""
    with telemetry_into(MemorySink()) as telemetry:
        telemetry.emit("one", metrics={"x": float("nan")})
        receipt = telemetry.flush()

    assert str(receipt) == "modelmetry: 2 created: 2 delivered; 1 refused (invalid_value 1)"
