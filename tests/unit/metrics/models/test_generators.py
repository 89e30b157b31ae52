"""Generators that predict."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncGenerator, Generator, Iterator
from contextlib import aclosing, suppress

import pytest

from modelmetry.metrics.models.decorator import model_metrics
from modelmetry.metrics.registry import Registry
from tests.unit.metrics.models.seen import counts, values

OK = ("churn", "3", "ok", "")
CANCELLED = ("churn", "3", "cancelled", "")


@pytest.fixture(name="registry")
def empty() -> Registry:
    return Registry()


def test_a_generator_is_a_prediction_when_it_is_through(registry: Registry) -> None:
    """It gives, takes and returns what it did; before its first item nothing is counted."""

    @model_metrics("churn", version="3", registry=registry)
    def predict(first: int) -> Generator[int, int, str]:
        second = yield first
        try:
            yield second
        except KeyError as thrown:
            yield int(str(thrown))
        return "through"

    found = predict(1)
    assert "churn" not in str(values(registry, "predictions"))
    assert next(found) == 1
    assert found.send(2) == 2
    assert found.throw(KeyError(3)) == 3
    with pytest.raises(StopIteration, match="through"):
        next(found)
    assert values(registry, "predictions") == {OK: 1}


def test_time_of_the_reader_is_not_that_of_the_model(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader takes 10 s between two items, of which each takes the model 1 s."""
    now = [0.0]
    monkeypatch.setattr("modelmetry.metrics.models.steps.perf_counter", lambda: now[0])

    @model_metrics("churn", version="3", registry=registry)
    def predict() -> Iterator[int]:
        for item in range(3):
            now[0] += 1
            yield item

    for _ in predict():
        now[0] += 10
    (point,) = [
        point
        for family in registry.collect()
        if family.name == "modelmetry.model.prediction.duration"
        for point in family.points
    ]
    assert point.value == 3


@pytest.mark.parametrize("leave", ["close", "drop"])
def test_a_generator_that_is_left_early_is_no_failure(leave: str, registry: Registry) -> None:
    """By `close`, or because nobody knows it any more; what it holds is let go."""
    ended: list[str] = []

    @model_metrics("churn", version="3", registry=registry)
    def predict() -> Iterator[int]:
        try:
            yield 1
            yield 2
        finally:
            ended.append("let go")

    found = predict()
    next(found)
    if leave == "close":
        found.close()  # type: ignore[attr-defined]
    del found
    gc.collect()
    assert ended == ["let go"]
    assert values(registry, "predictions") == {CANCELLED: 1}


def test_what_fails_when_it_is_left_reaches_who_leaves(registry: Registry) -> None:
    """It is closed where its reader closes it, and then it is a failure."""

    @model_metrics("churn", version="3", registry=registry)
    def predict() -> Generator[int, None, None]:
        try:
            yield 1
        finally:
            raise OSError("cannot let go")

    found = predict()
    next(found)
    with pytest.raises(OSError, match="cannot let go"):
        found.close()
    assert values(registry, "predictions") == {("churn", "3", "error", "OSError"): 1}


def test_a_generator_that_fails_is_counted_as_that(registry: Registry) -> None:
    """After the items that it gave."""

    @model_metrics("churn", version="3", registry=registry)
    def predict() -> Iterator[int]:
        yield 1
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        list(predict())
    assert values(registry, "predictions") == {("churn", "3", "error", "ValueError"): 1}


def test_items_may_be_predictions_each(registry: Registry) -> None:
    """With their confidences; those that were given count, also if one fails later."""

    @model_metrics(
        "churn",
        version="3",
        batch_from_result=lambda item: 1,
        confidence=lambda item: item,
        registry=registry,
    )
    def predict() -> Iterator[float]:
        yield from (0.5, 0.6, 0.7)

    list(predict())
    assert values(registry, "predictions") == {OK: 3}
    assert counts(registry, "prediction.confidence") == {("churn", "3"): 3}


def test_async_generators_are_measured_alike(registry: Registry) -> None:
    """Through, failed, left early, and with what is sent and thrown."""

    @model_metrics("churn", version="3", registry=registry)
    async def predict(fails: bool = False) -> AsyncGenerator[int, int]:
        sent = yield 1
        with suppress(KeyError):
            yield sent
        await asyncio.sleep(0)
        if fails:
            raise ValueError
        yield 3

    async def main() -> None:
        async with aclosing(predict()) as found:
            assert await anext(found) == 1
            assert await found.asend(7) == 7
            assert await found.athrow(KeyError()) == 3
        with suppress(ValueError):
            async for _ in predict(fails=True):
                pass
        assert [item async for item in predict()] == [1, None, 3]

    asyncio.run(main())
    assert values(registry, "predictions") == {
        CANCELLED: 1,
        ("churn", "3", "error", "ValueError"): 1,
        OK: 1,
    }


def test_a_cancelled_reader_ends_an_async_generator(registry: Registry) -> None:
    """In the middle of a step."""

    @model_metrics("churn", version="3", registry=registry)
    async def predict(begun: asyncio.Event) -> AsyncGenerator[int, None]:
        begun.set()
        await asyncio.Event().wait()
        yield 1

    async def read(begun: asyncio.Event) -> None:
        async for _ in predict(begun):
            pass

    async def main() -> None:
        begun = asyncio.Event()
        task = asyncio.create_task(read(begun))
        await begun.wait()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert values(registry, "predictions") == {CANCELLED: 1}


def test_an_async_generator_that_its_loop_drops_is_counted(registry: Registry) -> None:
    """A reader that breaks off does not close it; the event loop does."""
    ended = asyncio.Event()

    @model_metrics("churn", version="3", registry=registry)
    async def predict() -> AsyncGenerator[int, None]:
        try:
            yield 1
        finally:
            ended.set()

    async def main() -> None:
        async for _ in predict():
            break
        gc.collect()
        await ended.wait()

    asyncio.run(main())
    assert values(registry, "predictions") == {CANCELLED: 1}


def test_readers_that_take_turns_do_not_mix(registry: Registry) -> None:
    """Two generators of one function at once, one of which fails."""

    @model_metrics("churn", version="3", registry=registry)
    def predict(fails: bool) -> Iterator[int]:
        yield 1
        if fails:
            raise ValueError
        yield 2

    good, bad = predict(False), predict(True)
    next(good)
    next(bad)
    with suppress(ValueError):
        next(bad)
    assert list(good) == [2]
    assert values(registry, "predictions") == {OK: 1, ("churn", "3", "error", "ValueError"): 1}
