"""Functions that predict, decorated."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from modelmetry.errors import InvalidTypeError, InvalidValueError
from modelmetry.metrics.models.decorator import model_metrics
from modelmetry.metrics.registry import Registry
from tests.unit.metrics.models.seen import counts, family, refused, values

OK = ("churn", "3", "ok", "")


def items() -> Iterator[int]:
    """Two of them."""
    yield from (1, 2)


@pytest.fixture(name="registry")
def empty() -> Registry:
    return Registry()


def test_a_failure_is_never_a_good_prediction(registry: Registry) -> None:
    """One good and one failed call are one of each, in the counter and in the durations."""

    @model_metrics("churn", version="3", registry=registry)
    def predict(row: float) -> float:
        """Divide."""
        return 1 / row

    predict(2)
    with pytest.raises(ZeroDivisionError):
        predict(0)
    assert values(registry, "predictions") == {
        OK: 1,
        ("churn", "3", "error", "ZeroDivisionError"): 1,
    }
    assert counts(registry, "prediction.duration") == {
        ("churn", "3", "ok"): 1,
        ("churn", "3", "error"): 1,
    }
    assert values(registry, "in_use") == {("churn", "3"): 1}


def test_a_function_stays_what_it_was(registry: Registry) -> None:
    """Its name, its signature, and its kind, by which frameworks decide how to call it."""
    measure = model_metrics("churn", registry=registry)

    @measure
    async def later(row: int, *, strict: bool = False) -> int:
        """Say it later."""
        return row + strict

    @measure
    async def stream(row: int):  # type: ignore[no-untyped-def] # noqa: ANN202
        yield row

    assert asyncio.run(later(1, strict=True)) == 2
    assert values(registry, "predictions") == {("churn", "", "ok", ""): 1}
    assert inspect.iscoroutinefunction(later)
    assert inspect.isasyncgenfunction(stream)
    assert inspect.isgeneratorfunction(measure(items))
    assert (later.__name__, later.__doc__) == ("later", "Say it later.")
    assert str(inspect.signature(later)) == "(row: 'int', *, strict: 'bool' = False) -> 'int'"


def test_callable_objects_and_partials_are_of_the_kind_of_what_they_call(
    registry: Registry,
) -> None:
    """An object with an async `__call__` is awaited, not counted when its coroutine is made."""

    class Predictor:
        async def __call__(self, row: float) -> float:
            return 1 / row

    measure = model_metrics("churn", version="3", registry=registry)
    predict = measure(partial(Predictor(), 0))
    with pytest.raises(ZeroDivisionError):
        asyncio.run(measure(Predictor().__call__)(0))
    assert inspect.iscoroutinefunction(measure(Predictor()))
    assert predict is not None
    assert set(values(registry, "predictions")) == {("churn", "3", "error", "ZeroDivisionError")}


def test_methods_are_measured(registry: Registry) -> None:
    """Also those of classes and without a self."""
    measure = model_metrics("churn", version="3", registry=registry)

    class Model:
        @measure
        def predict(self, row: int) -> int:
            return row

        @classmethod
        @measure
        def of_class(cls, row: int) -> int:
            return row

        @staticmethod
        @measure
        def of_nobody(row: int) -> int:
            return row

    assert (Model().predict(1), Model.of_class(2), Model.of_nobody(3)) == (1, 2, 3)
    assert values(registry, "predictions") == {OK: 3}


@pytest.mark.parametrize("what", [Registry, property(), 3])
def test_what_is_no_function_is_refused(what: object, registry: Registry) -> None:
    """A class would lose what it is."""
    with pytest.raises(InvalidTypeError, match="measures functions"):
        model_metrics("churn", registry=registry)(what)  # type: ignore[arg-type]


def test_a_cancelled_task_is_neither_good_nor_an_error(registry: Registry) -> None:
    """Nobody waited for it: that is no fault of the model."""

    @model_metrics("churn", version="3", registry=registry)
    async def predict(begun: asyncio.Event) -> None:
        begun.set()
        await asyncio.Event().wait()

    async def main() -> None:
        begun = asyncio.Event()
        task = asyncio.create_task(predict(begun))
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert values(registry, "predictions") == {("churn", "3", "cancelled", ""): 1}


def test_a_batch_counts_each_and_is_timed_once(registry: Registry) -> None:
    """By the arguments, also when the call fails or empties them."""

    @model_metrics("churn", version="3", batch=len, registry=registry)
    def predict(rows: list[int]) -> list[float]:
        found = [1 / row for row in rows]
        rows.clear()
        return found

    predict([1, 2, 3])
    with pytest.raises(ZeroDivisionError):
        predict([1, 0])
    assert values(registry, "predictions") == {
        OK: 3,
        ("churn", "3", "error", "ZeroDivisionError"): 2,
    }
    assert set(counts(registry, "prediction.duration").values()) == {1}


def test_a_batch_is_known_by_its_result(registry: Registry) -> None:
    """Where the arguments do not say it; confidences come with it."""

    @model_metrics(
        "churn",
        version="3",
        batch_from_result=len,
        confidence=lambda found: found,
        registry=registry,
    )
    def predict() -> list[float]:
        return [0.2, 0.93, 0.95]

    predict()
    assert values(registry, "predictions") == {OK: 3}
    assert family(registry, "prediction.confidence").points[0].counts == (
        (0, 1, 0, 0, 0, 0, 0, 0, 0, 2) + (0,) * 3
    )


def test_a_question_that_fails_costs_its_answer_alone(
    registry: Registry, caplog: pytest.LogCaptureFixture
) -> None:
    """The caller gets the result; it is counted as one, and said once."""

    @model_metrics(
        "churn", version="3", batch=len, confidence=lambda found: found["no"], registry=registry
    )
    def predict(row: int) -> int:
        return row

    assert [predict(1), predict(2)] == [1, 2]
    assert values(registry, "predictions") == {OK: 2}
    assert refused(registry) == {
        ("modelmetry_model_predictions", "failed"): 2,
        ("modelmetry_model_prediction_confidence", "failed"): 2,
    }
    assert sum("model_metrics" in record.getMessage() for record in caplog.records) == 2


@pytest.mark.parametrize("size", [-1, 2.5, "3", None])
def test_a_size_that_is_none_is_refused(size: object, registry: Registry) -> None:
    """The call counts as one, and the mistake is counted."""
    size_of: Any = lambda: size  # noqa: E731
    model_metrics("churn", version="3", batch=size_of, registry=registry)(lambda: 1)()
    assert values(registry, "predictions") == {OK: 1}
    assert refused(registry) == {("modelmetry_model_predictions", "not_a_batch_size"): 1}


class Whole:
    """A whole number of another library."""

    def __index__(self) -> int:
        """Three."""
        return 3


def test_a_size_may_be_that_of_another_library(registry: Registry) -> None:
    """Such as a scalar of numpy."""
    whole: Any = Whole
    model_metrics("churn", version="3", batch=whole, registry=registry)(lambda: 1)()
    assert values(registry, "predictions") == {OK: 3}


def test_an_empty_batch_is_no_prediction(registry: Registry) -> None:
    """It is timed, and counts none."""

    @model_metrics("churn", version="3", batch=len, registry=registry)
    def predict(rows: list[int]) -> list[int]:
        return rows

    predict([])
    assert values(registry, "predictions") == {OK: 0}


def test_recursion_and_threads_count_each_call(registry: Registry) -> None:
    """Exactly, whoever calls."""

    @model_metrics("churn", version="3", registry=registry)
    def predict(depth: int) -> int:
        return depth if depth == 0 else predict(depth - 1)

    threads = [threading.Thread(target=predict, args=(99,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert values(registry, "predictions") == {OK: 800}


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        ({"model": ""}, InvalidValueError),
        ({"model": 3}, InvalidTypeError),
        ({"model": "churn", "version": ["3"]}, InvalidTypeError),
        ({"model": "churn", "batch": -1}, InvalidValueError),
        ({"model": "churn", "batch": "3"}, InvalidTypeError),
        ({"model": "churn", "batch": True}, InvalidTypeError),
        ({"model": "churn", "confidence": 0.5}, InvalidTypeError),
        ({"model": "churn", "batch_from_result": 3}, InvalidTypeError),
    ],
)
def test_mistakes_of_the_program_are_said_where_it_is_decorated(
    arguments: dict[str, object], kind: type[Exception], registry: Registry
) -> None:
    """Not at the first prediction."""
    with pytest.raises(kind):
        model_metrics(**arguments, registry=registry)  # type: ignore[arg-type]


def test_five_thousand_models_are_bounded(registry: Registry) -> None:
    """A name that comes from a request cannot make more series than there may be."""
    for number in range(5_000):
        model_metrics(f"model-{number}", registry=registry)(lambda: None)()
    found = values(registry, "predictions")
    assert len(found) == 2_000
    assert found[()] == 5_000 - 1_999
    assert len(values(registry, "in_use")) == 1_999
