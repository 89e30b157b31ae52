"""Predictions as blocks."""

from __future__ import annotations

import asyncio
import os
from array import array
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from fractions import Fraction
from typing import Any, cast

import pytest

from modelmetry.errors import InvalidTypeError
from modelmetry.metrics.models.decorator import model_metrics
from modelmetry.metrics.registry import Registry
from tests.unit.metrics.models.seen import counts, family, refused, values

OK = ("churn", "3", "ok", "")


@pytest.fixture(name="registry")
def empty() -> Registry:
    return Registry()


def test_a_block_is_a_prediction(registry: Registry) -> None:
    """With its confidence and the size of its batch; a failure goes on to who called."""
    with model_metrics("churn", version=3, registry=registry) as prediction:
        prediction.confidence(0.93).confidence([0.5, Fraction(1, 2)]).batch(3)
    with (
        pytest.raises(TimeoutError),
        model_metrics("churn", version="3", batch=4, registry=registry),
    ):
        raise TimeoutError
    assert values(registry, "predictions") == {OK: 3, ("churn", "3", "error", "TimeoutError"): 4}
    assert counts(registry, "prediction.confidence") == {("churn", "3"): 3}


def test_async_blocks_are_alike(registry: Registry) -> None:
    """Many at once, of one object, each with its own end."""
    churn = model_metrics("churn", version="3", registry=registry)

    async def predict(number: int) -> None:
        async with churn as prediction:
            await asyncio.sleep(0)
            prediction.batch(number)
            await asyncio.sleep(0)
            if number % 2:
                raise ValueError

    async def main() -> None:
        await asyncio.gather(*map(predict, range(1, 11)), return_exceptions=True)

    asyncio.run(main())
    assert values(registry, "predictions") == {
        OK: 2 + 4 + 6 + 8 + 10,
        ("churn", "3", "error", "ValueError"): 1 + 3 + 5 + 7 + 9,
    }


def test_an_async_block_may_be_one_of_its_own(registry: Registry) -> None:
    """With the confidences of any collection of numbers."""

    async def main() -> None:
        async with model_metrics("churn", version="3", registry=registry).prediction() as own:
            own.confidence(array("d", [0.1, 0.9]))

    asyncio.run(main())
    assert values(registry, "predictions") == {OK: 1}
    assert counts(registry, "prediction.confidence") == {("churn", "3"): 2}


def test_one_object_may_be_entered_within_itself(registry: Registry) -> None:
    """The inner block ends first, and its failure is not the outer one's."""
    churn = model_metrics("churn", version="3", registry=registry)
    with churn as outer:
        outer.batch(10)
        with pytest.raises(ValueError, match="inner"), churn:
            raise ValueError("inner")
    assert values(registry, "predictions") == {OK: 10, ("churn", "3", "error", "ValueError"): 1}


def test_threads_share_one_object(registry: Registry) -> None:
    """Each ends its own."""
    churn = model_metrics("churn", version="3", registry=registry)

    def predict(number: int) -> None:
        with churn as prediction:
            prediction.batch(number)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(predict, range(200)))
    assert values(registry, "predictions") == {OK: sum(range(200))}


def test_a_block_that_is_left_elsewhere_is_counted_once(registry: Registry) -> None:
    """As a framework does that runs the two halves of a generator in two copies of a context."""
    churn = model_metrics("churn", version="3", registry=registry)
    copy_context().run(churn.__enter__).batch(2)
    copy_context().run(churn.__exit__, None, None, None)
    churn.__exit__(None, None, None)  # what nobody entered is nothing
    own = churn.prediction()
    copy_context().run(own.__enter__).batch(5)
    copy_context().run(own.__exit__, None, None, None)
    assert values(registry, "predictions") == {OK: 7}


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (1.01, "out_of_range"),
        (-0.5, "out_of_range"),
        (93, "out_of_range"),
        (float("nan"), "not_finite"),
        (float("inf"), "not_finite"),
    ],
)
def test_a_confidence_that_is_none_is_refused_and_counted(
    value: float, reason: str, registry: Registry
) -> None:
    """A percentage would be above all others, and NaN would poison the sum."""
    with model_metrics("churn", version="3", registry=registry) as prediction:
        prediction.confidence(value)
    assert refused(registry) == {("modelmetry_model_prediction_confidence", reason): 1}
    assert set(counts(registry, "prediction.confidence").values()) <= {0}


def test_the_rounding_of_a_softmax_is_no_mistake(registry: Registry) -> None:
    """In single precision it may come to 1.0000001, which is 1."""
    with model_metrics("churn", version="3", registry=registry) as prediction:
        prediction.confidence([1.0000001192, -1e-9])
    assert counts(registry, "prediction.confidence") == {("churn", "3"): 2}
    assert refused(registry) == {}


class Scalar:
    """An array of no dimension, which cannot be gone through."""

    ndim = 0

    def __iter__(self) -> Iterator[float]:
        """Refuse, as numpy does."""
        raise TypeError("iteration over a 0-d array")

    def item(self) -> float:
        """What it is."""
        return 0.5


class Broken:
    """A collection that fails while it is read."""

    def __iter__(self) -> Iterator[float]:
        """Give one and fail."""
        yield 0.5
        raise RuntimeError("torn")


def test_confidences_may_be_arrays_of_other_libraries(registry: Registry) -> None:
    """One that fails is a mistake like any other that is no number."""
    scalar, broken = cast("Any", Scalar()), cast("Any", Broken())
    with model_metrics("churn", version="3", registry=registry) as prediction:
        prediction.confidence(scalar)
        with pytest.raises(InvalidTypeError, match="torn"):
            prediction.confidence(broken)
    assert counts(registry, "prediction.confidence") == {("churn", "3"): 1}


def test_predictions_are_examples_of_their_traces(registry: Registry) -> None:
    """From a slow one the way leads to what happened."""
    registry.current_trace = lambda: "trace-7"
    with model_metrics("churn", version="3", registry=registry) as prediction:
        prediction.confidence(0.5)
    for name in ("predictions", "prediction.duration", "prediction.confidence"):
        (point,) = family(registry, name).points
        assert {one.trace for one in point.exemplars if one} == {"trace-7"}


def test_a_confidence_that_is_no_number_is_said_at_once(registry: Registry) -> None:
    """It is a mistake of the program; the prediction becomes what the program makes of it."""
    with (
        pytest.raises(InvalidTypeError, match="must be a number"),
        model_metrics("churn", version="3", registry=registry) as prediction,
    ):
        prediction.confidence("high")  # type: ignore[arg-type]
    assert list(values(registry, "predictions")) == [
        ("churn", "3", "error", "modelmetry.errors.InvalidTypeError")
    ]


# Python 3.12 and newer warn of forks beside threads, which is what applications do all the same.
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
def test_a_forked_child_counts_for_itself(registry: Registry) -> None:
    """What was decorated before the fork is measured after it, and nothing twice."""
    predict = model_metrics("churn", version="3", registry=registry)(lambda: None)
    predict()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            before = values(registry, "predictions")
            predict()
            is_right = before == {} and values(registry, "predictions") == {OK: 1}
            code = 0 if is_right and values(registry, "in_use") == {("churn", "3"): 1} else 2
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert values(registry, "predictions") == {OK: 1}


def test_a_version_that_predicts_no_more_is_not_in_use(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After an hour without a prediction it is 0, so that an old version can be told from a new."""
    now = [1000.0]
    monkeypatch.setattr("modelmetry.metrics.models.measures.time.monotonic", lambda: now[0])
    for version in ("3", "4"):
        with model_metrics("churn", version=version, registry=registry):
            pass
    assert values(registry, "in_use") == {("churn", "3"): 1, ("churn", "4"): 1}
    now[0] += 3_601
    with model_metrics("churn", version="4", registry=registry):
        pass
    assert values(registry, "in_use") == {("churn", "3"): 0, ("churn", "4"): 1}
