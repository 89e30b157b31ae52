"""In an event loop: the same words, and the loop is never held up."""

from __future__ import annotations

import asyncio

import pytest

from modelmetry import AsyncTelemetry, Client
from modelmetry.testing import MemorySink
from tests.unit.telemetry.cast import Keeping, Stuck


def test_the_same_words_report_the_same() -> None:
    """`emit` and its kin may be awaited or not, `track` is an `async with`."""
    keeping = Keeping()

    async def main() -> None:
        async with AsyncTelemetry("serve", backend=keeping, interval=None) as telemetry:
            await telemetry.emit(metric="latency", value=0.1)
            telemetry.emit(event="warm")
            await telemetry.start("begin")
            await telemetry.complete({"n": 1})
            await telemetry.fail(ValueError("no"))
            async with telemetry.track("job") as job:
                job.metric("x", 1)
            assert (await telemetry.flush()).ok

    asyncio.run(main())
    statuses = [record["status"] for record in keeping.records]
    assert statuses == ["", "", "started", "completed", "failed", "started", "completed"]


def test_a_cancelled_task_ends_its_job() -> None:
    """The job ends as cancelled, and the task is."""
    sink = MemorySink()

    async def main() -> None:
        async with Client(sink=sink) as client:
            telemetry = AsyncTelemetry("serve", client=client, interval=None)
            begun = asyncio.Event()

            async def work() -> None:
                async with telemetry.track():
                    begun.set()
                    await asyncio.Event().wait()

            task = asyncio.create_task(work())
            await begun.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await telemetry.close()

    asyncio.run(main())
    assert [record.status for record in sink.telemetry] == ["started", "cancelled"]


def test_a_backend_that_is_stuck_does_not_hold_up_the_loop() -> None:
    """While `flush` waits for it other tasks go on, and the receipt says what still waits."""
    stuck, keeping = Stuck(), Keeping()

    async def main() -> None:
        telemetry = AsyncTelemetry("serve", backend=[stuck, keeping], interval=None)
        telemetry.emit("one")
        flushing = asyncio.create_task(telemetry.flush(timeout=0.2))
        turns = 0
        while not flushing.done():
            await asyncio.sleep(0)
            turns += 1
        receipt = await flushing
        assert turns > 10
        assert (receipt.backends["Stuck"].pending, receipt.backends["Keeping"].delivered) == (1, 1)
        stuck.go_on.set()
        assert (await telemetry.close()).ok

    asyncio.run(main())
