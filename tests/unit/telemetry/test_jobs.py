"""A block reports its start, its end and how long it took, whatever ends it."""

from __future__ import annotations

import asyncio
import concurrent.futures
from collections.abc import Generator, Iterator, Mapping
from typing import Any

import pytest

from modelmetry.errors import InvalidTypeError
from modelmetry.signals.measurements import TelemetryRecord
from modelmetry.testing import FixedClock, MemorySink
from tests.unit.telemetry.cast import telemetry_into


def ended(sink: MemorySink) -> TelemetryRecord:
    """Give the last record."""
    return sink.telemetry[-1]


def test_a_block_reports_its_start_and_its_end() -> None:
    """The end has the duration, what the start had, and what the block found out."""
    sink, clock = MemorySink(), FixedClock()
    with (
        telemetry_into(sink, clock=clock) as telemetry,
        telemetry.track("training", metrics={"epoch": 3}) as job,
    ):
        clock.advance(2.5)
        job.metric("loss", 0.5).update({"accuracy": 0.9}).update(rows=4).update(
            metrics={"tries": 2}
        )

    start, end = sink.telemetry
    assert (start.status, start.message, start.metrics) == ("started", "training", {"epoch": 3})
    assert (end.status, end.message) == ("completed", "training")
    found = {"loss": 0.5, "accuracy": 0.9, "rows": 4, "tries": 2}
    assert end.metrics == {"epoch": 3, **found, "duration_sec": 2.5}


def test_a_block_without_a_message_ends_with_that_of_the_older_tool() -> None:
    """Who reads its records finds what it would say."""
    sink = MemorySink()
    with telemetry_into(sink) as telemetry, telemetry.track():
        pass

    assert [record.message for record in sink.telemetry] == [None, "Command completed successfully"]


@pytest.mark.parametrize(
    "error",
    [
        ValueError("bad batch"),
        SystemExit(2),
        BaseExceptionGroup("two", [KeyboardInterrupt(), ValueError()]),
    ],
)
def test_a_failure_goes_on_unchanged(error: BaseException) -> None:
    """The job ends as failed with the type and text, and who called gets the same exception."""
    sink = MemorySink()
    with (
        telemetry_into(sink) as telemetry,
        pytest.raises(type(error)) as raised,
        telemetry.track(),
    ):
        raise error

    assert raised.value is error
    assert ended(sink).status == "failed"
    assert ended(sink).metrics["error.type"] == type(error).__name__
    assert (ended(sink).message or "").startswith(type(error).__name__)


@pytest.mark.parametrize(
    "error",
    [
        KeyboardInterrupt(),
        asyncio.CancelledError(),
        concurrent.futures.CancelledError(),
        SystemExit(143),
        BaseExceptionGroup("tasks", [asyncio.CancelledError()]),
    ],
)
def test_what_was_told_to_stop_is_cancelled(error: BaseException) -> None:
    """Ctrl-C, the end of a task and SIGTERM are no failures of the job; they go on unchanged."""
    sink = MemorySink()
    with (
        telemetry_into(sink) as telemetry,
        pytest.raises(type(error)) as raised,
        telemetry.track(),
    ):
        raise error

    assert raised.value is error
    assert (ended(sink).status, "duration_sec" in ended(sink).metrics) == ("cancelled", True)


def test_who_leaves_the_program_in_good_order_has_completed() -> None:
    """`sys.exit()` in a block is its end."""
    sink = MemorySink()
    with telemetry_into(sink) as telemetry, pytest.raises(SystemExit), telemetry.track():
        raise SystemExit(0)

    assert ended(sink).status == "completed"


def test_each_call_of_a_function_is_a_job() -> None:
    """As a decorator a block is made for each call, also of several at once."""
    sink, clock = MemorySink(), FixedClock()
    with telemetry_into(sink, clock=clock) as telemetry:

        @telemetry.track("step", metrics={"size": 2})
        def step(seconds: float) -> float:
            clock.advance(seconds)
            return step(1.0) if seconds == 2.0 else seconds

        assert step(2.0) == 1.0
        assert step.__name__ == "step"

    ends = [one.metrics for one in sink.telemetry if one.status == "completed"]
    assert ends == [{"size": 2, "duration_sec": 1.0}, {"size": 2, "duration_sec": 3.0}]


def test_an_async_function_is_a_job_until_it_returns() -> None:
    """The decorator waits for the coroutine, and a cancelled one is cancelled."""
    sink = MemorySink()
    with telemetry_into(sink) as telemetry:

        @telemetry.track("step")
        async def step() -> None:
            await asyncio.Event().wait()

        async def main() -> None:
            task = asyncio.create_task(step())
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

        asyncio.run(main())

    assert [one.status for one in sink.telemetry] == ["started", "cancelled"]


def test_a_generator_is_refused_as_a_job() -> None:
    """Nobody knows when it ends; the message says what to write instead."""
    with telemetry_into(MemorySink()) as telemetry:

        def items() -> Generator[int]:
            yield 1

        with pytest.raises(InvalidTypeError, match=r"with telemetry\.track\(\):"):
            telemetry.track()(items)


def test_metrics_of_a_job_that_are_none_are_counted() -> None:
    """What cannot be reported does not disturb the block."""
    wrong: Any = [1]
    sink = MemorySink()
    with telemetry_into(sink) as telemetry:
        with telemetry.track() as job:
            job.metric("loss", float("nan")).update(wrong)
        refused = telemetry.stats().refused

    assert ended(sink).status == "completed"
    assert refused == {"invalid_value": 1, "invalid_metrics": 1}


class Broken(Mapping[str, Any]):
    """A mapping that does not give its members."""

    def __getitem__(self, name: str) -> Any:
        raise RuntimeError("closed")

    def __iter__(self) -> Iterator[str]:
        raise RuntimeError("closed")

    def __len__(self) -> int:
        return 1


def test_metrics_of_a_job_that_cannot_be_read_are_counted() -> None:
    """The block runs all the same, and its exception is its own."""
    sink = MemorySink()
    with telemetry_into(sink) as telemetry:
        with telemetry.track(metrics=Broken()) as job:
            job.update(Broken()).metric("loss", 1)
        refused = telemetry.stats().refused

    assert [one.status for one in sink.telemetry] == ["started", "completed"]
    assert ended(sink).metrics["loss"] == 1
    assert refused == {"invalid_metrics": 2}
