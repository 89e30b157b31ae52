"""One prediction, or a batch of them, as a block."""

from __future__ import annotations

from collections.abc import Iterable
from time import perf_counter
from types import TracebackType
from typing import Self

from modelmetry.metrics.models.measures import Model
from modelmetry.metrics.models.truth import Identity, Label, Truths
from modelmetry.signals.values import NumberInput


class Prediction:
    """A block that predicts something; it is counted when it ends, and its failure as one.

    Words that record a fact give it back: `prediction.id("order-17").label("late")`.
    `ModelMetrics.prediction` makes it.
    """

    __slots__ = ("_began", "_id", "_label", "_model", "_number", "_truths")

    def __init__(self, model: Model, truths: Truths, number: float) -> None:
        self._model = model
        self._truths = truths
        self._number = number
        self._began = 0.0
        self._id: Identity | None = None
        self._label: Label | None = None

    def confidence(self, value: NumberInput | Iterable[NumberInput]) -> Self:
        """Count how sure the model is.

        Args:
            value: from 0 to 1, or one of these for each prediction of a batch; what is outside is
                refused and counted.

        Raises:
            InvalidTypeError: it is no number.
        """
        self._model.confidence(value)
        return self

    def batch(self, number: int) -> Self:
        """Say how many predictions this is; together they have one duration."""
        self._number = self._model.number(number)
        return self

    def id(self, prediction: Identity) -> Self:
        """Say by what the truth will name this prediction; it waits for it if it has a label.

        Raises:
            InvalidTypeError: it is no text or number.
            InvalidValueError: it is too long.
        """
        self._truths.check_identity(prediction)
        self._id = prediction
        return self

    def label(self, label: Label) -> Self:
        """Say what is predicted.

        Raises:
            InvalidTypeError: it is no text, number or bool.
            InvalidValueError: it is NaN or infinite.
        """
        self._truths.check_label(label)
        self._label = label
        return self

    def __enter__(self) -> Self:
        """Begin to measure."""
        self._began = perf_counter()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Count it as what it came to."""
        seconds = perf_counter() - self._began
        if error is not None:
            self._model.failed(self._number, seconds, error)
            return
        self._model.predicted(self._number, seconds)
        if self._id is not None and self._label is not None:
            self._truths.predicted(self._id, self._label, self._model.name, self._model.version)

    async def __aenter__(self) -> Self:
        """Begin to measure."""
        return self.__enter__()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Count it as what it came to."""
        self.__exit__(kind, error, traceback)
