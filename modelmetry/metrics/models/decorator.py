"""What predicts is measured with one line: a function, or a block."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextvars import ContextVar
from types import TracebackType
from typing import Any, Final, ParamSpec, TypeVar, cast

from modelmetry.errors import InvalidTypeError, InvalidValueError
from modelmetry.metrics.models.block import Prediction
from modelmetry.metrics.models.functions import Measured, measured
from modelmetry.metrics.models.measures import Model, model_of
from modelmetry.metrics.models.truth import Truths
from modelmetry.metrics.registry import REGISTRY, Registry
from modelmetry.signals.values import NumberInput, brief_repr, is_a

P = ParamSpec("P")
R = TypeVar("R")

Confidence = NumberInput | Iterable[NumberInput]
"""From 0 to 1, or one of these for each prediction of a batch."""

# What is open here, the innermost last: of whom and as what.
_open: Final[ContextVar[tuple[tuple[ModelMetrics, Prediction], ...]]] = ContextVar(
    "modelmetry_predictions", default=()
)


class ModelMetrics:
    """Measures a version of a model: as a decorator, or as a block; `model_metrics` makes it.

    One of them may be used by many threads and tasks at once, also within itself.
    """

    def __init__(self, model: Model, measured: Measured, truths: Truths) -> None:
        self._model = model
        self._measured = measured
        self._truths = truths
        self._entered: dict[int, Prediction] = {}

    def __repr__(self) -> str:
        """What it is."""
        return f"model_metrics({self._model.name!r}, version={self._model.version!r})"

    def __call__(self, function: Callable[P, R], /) -> Callable[P, R]:
        """Measure each call of `function`, which may be `async`, a generator or both.

        Raises:
            InvalidTypeError: it is no function.
            InvalidValueError: a generator cannot be measured so.
        """
        return measured(function, self._model, self._measured)

    def prediction(self) -> Prediction:
        """A block of its own, for where it is left in another context than it was entered in.

        That is in a generator that a framework runs in several threads, such as a dependency of
        FastAPI that yields.
        """
        batch = self._measured.batch
        return Prediction(self._model, self._truths, 1.0 if callable(batch) else float(batch))

    def __enter__(self) -> Prediction:
        """Begin to measure a block."""
        found = self.prediction()
        self._entered[id(found)] = found
        _open.set((*_open.get(), (self, found)))
        return found.__enter__()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Count it as what it came to."""
        found = self._innermost()
        if found is not None:
            found.__exit__(kind, error, traceback)

    def _innermost(self) -> Prediction | None:
        """The block of ours that was entered last here, or else the one that is open longest."""
        here = [found for owner, found in reversed(_open.get()) if owner is self]
        for found in (*here, *list(self._entered.values())):
            if self._entered.pop(id(found), None) is not None:
                _open.set(tuple(one for one in _open.get() if one[1] is not found))
                return found
        return None

    async def __aenter__(self) -> Prediction:
        """Begin to measure a block."""
        return self.__enter__()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Count it as what it came to."""
        self.__exit__(kind, error, traceback)


def model_metrics(
    model: str,
    *,
    version: str | float = "",
    batch: int | Callable[..., int] = 1,
    batch_from_result: Callable[[Any], int] | None = None,
    confidence: Callable[[Any], Confidence] | None = None,
    registry: Registry = REGISTRY,
) -> ModelMetrics:
    """Count what a model predicts, how long it takes and how sure it is.

    As a decorator, of functions of any kind, or as a block, `with` or `async with`:

    Args:
        model: its name, such as `churn`.
        version: of the model.
        batch: how many predictions a call makes: a number, or what is asked for it with the
            arguments of the call, such as `len`. They are counted each, and have one duration.
        batch_from_result: asked with the result instead; of a generator with each item.
        confidence: asked with the result for a number from 0 to 1, or for one for each prediction
            of a batch; of a generator with each item.
        registry: where it is shown.

    Raises:
        InvalidTypeError: an argument has a type that it cannot have.
        InvalidValueError: the name is empty, or the size of a batch is negative.

    Example:
        >>> @model_metrics("churn", version="3", batch=len)
        ... def predict(rows: list[str]) -> list[bool]:
        ...     return [False for row in rows]
        >>> predict(["a", "b"])
        [False, False]
        >>> with model_metrics("churn", version="3") as prediction:
        ...     _ = prediction.confidence(0.93)
    """
    _check_batch(batch)
    for name, one in (("batch_from_result", batch_from_result), ("confidence", confidence)):
        if one is not None and not callable(one):
            raise InvalidTypeError(f"{name} must be a function, not {brief_repr(one)}")
    return ModelMetrics(
        model_of(registry, model, version),
        Measured(batch, batch_from_result, confidence),
        registry.shared(Truths),
    )


def _check_batch(batch: object) -> None:
    if callable(batch):
        return
    if not is_a(batch, int) or is_a(batch, bool):
        raise InvalidTypeError(f"batch must be a number or a function, not {brief_repr(batch)}")
    if cast("int", batch) < 0:
        raise InvalidValueError(f"batch must be 0 or more, not {batch}")
