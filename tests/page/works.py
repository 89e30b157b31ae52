"""Executions with metrics, and telemetry of jobs, recorded as pipelines would."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx
from attrs import frozen

from modelmetry.client.client import Client
from modelmetry.config import Config
from modelmetry.demo.playback import RecordedClock

MINUTE: Final = 60 * 1_000_000_000
LONG: Final = 50_000  # values, as many as a list holds
PEAK: Final = 31_337  # the step at which the long list has its highest value
HIGHEST: Final = 9.5
LEARNED: Final = (0.125, 0.25, 0.5, 0.625, 0.75, 0.8125, 0.875, 0.9375, 0.96875, 1.0)
REWARD: Final = (-1.0, 0.0, 1.0, 10.0, 100.0)
MANY: Final = 60  # executions of one pipeline: more than one page of the list
MEMORY: Final = 6_000_000_000  # bytes


@frozen
class Works:
    """XIDs of what was recorded."""

    long: str = "train-long"
    failed: str = "train-failed"
    running: str = "train-running"
    evaluated: str = "evaluate-one"
    job: str = "job-one"
    crashed: str = "job-crashed"


def loss(step: int) -> float:
    """Falls, with one peak."""
    return HIGHEST if step == PEAK else 2.0 - step / LONG + (step % 7) / 100


def record_works(base_url: str) -> Works:
    """Fill a server; what is named in `Works` is the newest."""
    works = Works()
    now = time.time_ns()
    clock = RecordedClock(now - 30 * MINUTE)
    with httpx.Client(base_url=base_url) as http:
        for number in range(MANY):
            start = datetime.now(UTC) - timedelta(hours=2, minutes=number)
            done = {"XID": f"many-{number}", "PipelineName": "many", "Status": "completed"}
            post(http, "/executions", {**done, "Start": at(start), "End": at(start, 5)})
        with Client(config=Config(base_url=base_url, exit_timeout=60), clock=clock) as client:
            evaluated(client, clock, works)
            trained(client, clock, works)
            crashed(client, clock, works)
            running = client.execution(pipeline="train", id=works.running)
            running.metric("val/accuracy", 0.5).metric("epochs", 12)
            running.list_metric("loss", [3.0, 2.5])
            assert client.flush_all().ok
        for body in jobs(works):
            post(http, "/telemetry/records", body)
    return works


def post(http: httpx.Client, path: str, body: dict[str, Any]) -> None:
    """What a client sends."""
    http.post(path, json=body).raise_for_status()


def at(start: datetime, seconds: float = 0) -> str:
    """A time as the specification writes it."""
    return (start + timedelta(seconds=seconds)).isoformat()


def evaluated(client: Client, clock: RecordedClock, works: Works) -> None:
    """One value, and nothing else."""
    with client.execution("evaluate", deployment="nightly", id=works.evaluated) as run:
        run.metric("f1", 0.871)
        clock.advance(1_500)


def trained(client: Client, clock: RecordedClock, works: Works) -> None:
    """A long list, short ones, and a value that was recorded several times."""
    settings = {"lr": 0.0003, "dataset": "orders"}
    with client.execution("train", deployment="nightly", id=works.long, metadata=settings) as run:
        with run.span("fit"):
            run.list_metric("loss", [loss(step) for step in range(LONG)])
            run.list_metric("learned", LEARNED)
            run.list_metric("reward", REWARD)
            clock.advance(42_000)
        for value in (0.5, 0.625, 0.75, 0.875):
            run.metric("val/accuracy", value)
        run.metric("epochs", 12)
    clock.advance(60_000)


def crashed(client: Client, clock: RecordedClock, works: Works) -> None:
    """It ends by an exception."""
    try:
        with client.execution("train", id=works.failed, metadata={"lr": 0.01}) as run:
            run.list_metric("loss", [loss(step) for step in range(300)])
            run.metric("val/accuracy", 0.75).metric("epochs", 3)
            clock.advance(7_000)
            raise FloatingPointError("loss is not finite")  # noqa: TRY301  # as a pipeline does
    except FloatingPointError:
        clock.advance(60_000)


def jobs(works: Works) -> Iterator[dict[str, Any]]:
    """A job of an execution that is completed, and one that failed."""
    start = datetime.now(UTC) - timedelta(minutes=25)
    yield job(works.job, "train", start, "completed", works.long)
    yield job(works.crashed, "ingest", start - timedelta(minutes=9), "failed", None)


def job(xid: str, command: str, start: datetime, end: str, execution: str | None) -> dict[str, Any]:
    """Starts, reports numbers while its machine is read, and ends."""
    told = {"RunID": xid, "Command": command}

    def record(number: int, seconds: float, **more: Any) -> dict[str, Any]:
        return {"XID": f"{xid}-{number}", "At": at(start, seconds), **told, **more}

    records = [record(0, 0, Status="started"), record(1, 1, Kind="event", Event="model_loaded")]
    records += [record(10 + n, 2 + 10 * n, Metrics={"tokens_per_sec": 40 + n}) for n in range(20)]
    records += [
        record(
            100 + n, 3 + 10 * n, Kind="reading",
            Metrics={"system.cpu.utilization": 0.25, "system.memory.usage": MEMORY},
        )
        for n in range(20)
    ]  # fmt: skip
    message = "no room left" if end == "failed" else None
    records.append(record(999, 240, Status=end, Message=message, Metrics={"duration_sec": 240.0}))
    system = {"host.name": "box-7", "system.memory.limit": 25_769_803_776}
    run = {"XID": xid, "Command": command, "Start": at(start), "System": system}
    return {"Runs": [{**run, "ExecutionID": execution}], "Records": records}
