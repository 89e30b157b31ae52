"""The instruments of predictions, and what one model does with them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from operator import index
from typing import Final, cast

from modelmetry.errors import InvalidTypeError, InvalidValueError
from modelmetry.metrics import semantic
from modelmetry.metrics.attributes import attribute_text
from modelmetry.metrics.families import Family, Point
from modelmetry.metrics.instruments import Counter, Histogram, measured_number
from modelmetry.metrics.metric import MOST_SERIES
from modelmetry.metrics.registry import Registry
from modelmetry.signals.values import brief_repr, is_a, listed

PREDICTION_SECONDS: Final = (
    *(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5),
    *(1.0, 2.5, 5.0, 10.0, 30.0, 60.0),
)
"""Bounds of the durations of predictions in seconds: from a tree to a large batch."""

CONFIDENCES: Final = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0)
"""Bounds of confidences: finer where models that are sure of themselves differ."""

IN_USE: Final = 3600.0
"""Seconds since its last prediction for which a model counts as being in use."""

OK, ERROR, CANCELLED = "ok", "error", "cancelled"
"""What a prediction may come to."""

# A softmax in single precision says 1.0000001.
_ROUNDING: Final = 1e-6


class Measures:
    """The instruments of one registry; `Registry.shared` makes them once.

    Args:
        registry: where they are shown.
    """

    def __init__(self, registry: Registry) -> None:
        of_model = (semantic.MODEL_NAME, semantic.MODEL_VERSION)
        self.predictions: Counter = Counter(
            semantic.PREDICTIONS,
            unit="{prediction}",
            description="Predictions, those of a batch each",
            attributes=(*of_model, semantic.OUTCOME, semantic.ERROR_TYPE),
            registry=registry,
        )
        self.duration: Histogram = Histogram(
            semantic.PREDICTION_DURATION,
            unit="s",
            description="Time that a prediction takes, or a batch of them",
            attributes=(*of_model, semantic.OUTCOME),
            bounds=PREDICTION_SECONDS,
            registry=registry,
        )
        self.confidence: Histogram = Histogram(
            semantic.PREDICTION_CONFIDENCE,
            unit="1",
            description="How sure models are of their predictions, from 0 to 1",
            attributes=of_model,
            bounds=CONFIDENCES,
            registry=registry,
        )
        self.models: dict[tuple[str, str], Model] = {}
        """Those that were named before, for who names one with each prediction."""
        self._seen: dict[tuple[str, ...], tuple[float, float]] = {}
        registry.add_collector(self._in_use, most_age=0)

    def _in_use(self) -> list[Family]:
        """Which versions predicted something lately, by what was counted."""
        now, totals = time.monotonic(), dict[tuple[str, ...], float]()
        for point in self.predictions.read().points:
            if point.attributes:
                totals[point.attributes[:2]] = totals.get(point.attributes[:2], 0) + point.value
        seen = {
            model: (total, now if total != before[0] else before[1])
            for model, total in totals.items()
            for before in (self._seen.get(model, (0.0, now)),)
        }
        self._seen = seen
        points = [Point(model, float(now - at < IN_USE)) for model, (_, at) in seen.items()]
        return [
            Family(
                semantic.MODEL_IN_USE,
                "gauge",
                "",
                "1 if the version of the model predicted something within the last hour",
                (semantic.MODEL_NAME, semantic.MODEL_VERSION),
                across="max",
                points=points,
            )
        ]


class Model:
    """One version of a model.

    Args:
        registry: where it is shown.
        name: of the model.
        version: of the model.
    """

    __slots__ = ("_counted", "_of_model", "_sure", "_timed", "measures", "name", "version")

    def __init__(self, registry: Registry, name: str, version: str) -> None:
        self.measures: Measures = registry.shared(Measures)
        self.name: str = name
        self.version: str = version
        self._of_model = {semantic.MODEL_NAME: name, semantic.MODEL_VERSION: version}
        good = {**self._of_model, semantic.OUTCOME: OK}
        self._counted = self.measures.predictions.bound(good)
        self._timed = self.measures.duration.bound(good)
        self._sure = self.measures.confidence.bound(self._of_model)

    def predicted(self, number: float, seconds: float) -> None:
        """Count predictions that were made, and the time that they took together."""
        self._counted.put(number)
        self._timed.put(seconds)

    def failed(self, number: float, seconds: float, error: BaseException) -> None:
        """Count predictions that were not made, or that nobody waited for, and their time."""
        outcome = CANCELLED if is_leaving(error) else ERROR
        kind = _name(type(error)) if outcome == ERROR else ""
        timed = {**self._of_model, semantic.OUTCOME: outcome}
        self.measures.predictions.add(number, {**timed, semantic.ERROR_TYPE: kind})
        self.measures.duration.record(seconds, timed)

    def confidence(self, value: object) -> None:
        """Count how sure the model was: a number, or one for each prediction.

        Raises:
            InvalidTypeError: it is neither.
        """
        if type(value) is float and 0 <= value <= 1:
            self._sure.put(value)
            return
        instrument = self.measures.confidence
        for one in _each(value):
            number = measured_number(one, instrument.name)
            if -_ROUNDING <= number <= 1 + _ROUNDING:
                self._sure.put(min(max(number, 0.0), 1.0))
            elif number != number:  # noqa: PLR0124 - NaN, which the instrument refuses
                instrument.record(number, self._of_model)
            else:
                instrument.refuse("out_of_range")

    def number(self, value: object) -> float:
        """How many predictions a batch has; what is no number is one of them, and refused."""
        try:
            found = float(index(cast("int", value)))  # also those of numpy and its kin
        except Exception:  # noqa: BLE001 - that of a foreign object may raise anything
            found = -1.0
        if found >= 0:
            return found
        self.measures.predictions.refuse("not_a_batch_size")
        return 1.0


def model_of(registry: Registry, model: object, version: object) -> Model:
    """A version of a model, by what a caller says.

    Raises:
        InvalidTypeError: the name is no text, or the version is no text or number.
        InvalidValueError: the name is empty.
    """
    models = registry.shared(Measures).models
    is_plain = type(model) is str and type(version) is str  # 1, 1.0 and True are one key
    known = models.get((model, version)) if is_plain else None  # type: ignore[arg-type]
    if known is not None:
        return known
    if not is_a(model, str):
        raise InvalidTypeError(f"the name of a model must be a text, not {brief_repr(model)}")
    if not model:
        raise InvalidValueError("the name of a model is empty; name it, such as 'churn'")
    name = attribute_text(model, semantic.MODEL_NAME, semantic.PREDICTIONS)
    said = attribute_text(version, semantic.MODEL_VERSION, semantic.PREDICTIONS)
    made = Model(registry, name, said)
    if is_plain and len(models) < MOST_SERIES:
        models[name, said] = made
    return made


def is_leaving(error: BaseException) -> bool:
    """Whether nobody waits for the result: a task is cancelled, or a generator is closed."""
    names = {"GeneratorExit", "CancelledError", "Cancelled"}  # of asyncio and trio
    return any(kind.__name__ in names for kind in type(error).__mro__)


def _name(kind: type[BaseException]) -> str:
    module = "" if kind.__module__ == "builtins" else f"{kind.__module__}."
    return f"{module}{kind.__qualname__}"


def _each(value: object) -> Sequence[object]:
    """The numbers of a list, an array or the like, or the one that it is."""
    found = listed(value)
    if found is not None:
        return found
    if is_a(value, (str, bytes)) or not is_a(value, Iterable):
        return (value,)
    try:  # an array of no dimension is one number
        is_one = getattr(value, "ndim", 1) == 0
        return (value,) if is_one else list(cast("Iterable[object]", value))
    except Exception as error:  # noqa: BLE001 - that of a foreign object may raise anything
        raise InvalidTypeError(
            f"confidences must be numbers, which {brief_repr(value)} does not give: "
            f"{brief_repr(error)}"
        ) from None
