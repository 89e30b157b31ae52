"""In an event loop: the same words, and the loop is never held up."""

from __future__ import annotations

import asyncio
import threading
from functools import partial

import pytest

from modelmetry import AsyncTelemetry, Client
from modelmetry.machine import sampler
from modelmetry.telemetry import opening
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
        flushing = asyncio.create_task(telemetry.flush(timeout=None))
        await asyncio.sleep(0)  # it begins to wait
        receipt = await telemetry.flush(timeout=0.2)
        while receipt.backends["Keeping"].pending:  # a busy machine needs more than one look
            receipt = await telemetry.flush(timeout=0.2)
        assert (receipt.backends["Stuck"].pending, receipt.backends["Keeping"].delivered) == (1, 1)
        assert not receipt.ok
        assert not flushing.done()
        stuck.go_on.set()
        assert (await flushing).ok
        assert (await telemetry.close()).ok

    asyncio.run(main())


def test_a_reading_that_takes_long_does_not_hold_up_the_loop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The end does not wait for the driver of a GPU, which may take seconds at first."""
    begun, go_on, went_on = threading.Event(), threading.Event(), list[bool]()

    class Slow:
        def read(self) -> dict[str, float]:
            begun.set()
            went_on.append(go_on.wait(10))
            return {}

        def close(self) -> None:
            go_on.set()

    monkeypatch.setattr(opening, "Sampler", partial(sampler.Sampler, reader=Slow))
    monkeypatch.setattr(sampler, "_CLOSE_WAITS", 60)

    async def main() -> None:
        telemetry = AsyncTelemetry("serve", backend=Keeping(), interval=3600)
        telemetry.emit("one")
        assert await asyncio.to_thread(begun.wait, 60)
        asyncio.get_running_loop().call_soon(go_on.set)
        assert (await telemetry.close()).ok
        assert await asyncio.to_thread(go_on.wait, 60)

    asyncio.run(main())
    for thread in threading.enumerate():
        if thread.name == "modelmetry-machine":
            thread.join(60)
    assert went_on == [True]
