"""Which predictions wait, which were right, and how many of the last ones: plain bookkeeping."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from msgspec import Struct

from modelmetry.delivery.log import Log
from modelmetry.metrics import semantic
from modelmetry.metrics.families import Across, Family, Kind, Point
from modelmetry.metrics.metric import MOST_SERIES
from modelmetry.metrics.models.windows import Window
from modelmetry.signals.records import FindingValue

CORRECT, WRONG = "correct", "wrong"
TO_CORRECT, TO_WRONG = "corrected_to_correct", "corrected_to_wrong"
UNCHANGED, UNKNOWN, INCOMPARABLE = "unchanged", "unknown", "incomparable"
"""What a truth came to."""

FULL, TOO_OLD = "full", "too_old"
"""Why a prediction waits no longer."""

_OF_MODEL: Final = (semantic.MODEL_NAME, semantic.MODEL_VERSION)
_NOBODY: Final = ("", "")

_log = Log("modelmetry.metrics")

Key = tuple[str, ...]


class Predicted(Struct, frozen=True, gc=False):
    """A prediction that waits for its truth."""

    at: float
    prediction: str
    label: FindingValue
    model: str
    version: str


class True_(Struct, frozen=True, gc=False):  # noqa: N801 - `True` is taken
    """What was true."""

    at: float
    prediction: str
    label: FindingValue


class Judged(Struct, frozen=True, gc=False):
    """A prediction together with what was true."""

    at: float
    predicted: FindingValue
    actual: FindingValue
    model: str
    version: str


Event = Predicted | True_ | Judged


class _Verdict(Struct):
    at: float
    predicted: Predicted
    result: str
    places: tuple[int, ...]


class _Record:
    """What came of the predictions of one version of a model."""

    def __init__(self, windows: Iterable[Callable[[], Window]]) -> None:
        self.results = Counter[str]()
        self.windows = tuple(make() for make in windows)

    def add(self, result: str, at: float) -> tuple[int, ...]:
        if result == INCOMPARABLE and not self.results[result]:
            _log.warning(
                "a text was compared with a number: the label of a prediction and its truth have "
                "to be of one kind; this is counted as %r, and said once for a model",
                INCOMPARABLE,
            )
        self.results[result] += 1
        if result not in {CORRECT, WRONG}:
            return ()
        return tuple(window.add(result == CORRECT, at) for window in self.windows)


class Verdicts:
    """Not for several threads at once; the times of what it takes in only go forward.

    Args:
        most: how many predictions may wait, and how many judged ones may still be corrected.
        longest: seconds that they may.
        windows: make those in which accuracy is told.
    """

    def __init__(self, most: int, longest: float, windows: Sequence[Callable[[], Window]]) -> None:
        self._most, self._longest, self._windows = most, longest, windows
        self._waiting: OrderedDict[str, Predicted] = OrderedDict()
        self._judged: OrderedDict[str, _Verdict] = OrderedDict()
        self._records: dict[Key, _Record] = {}
        self._overflow = _Record(())
        self._forgotten = Counter[str]()

    def take(self, event: Event) -> None:
        """Look at what was said."""
        if isinstance(event, Predicted):
            self._wait(event)
        elif isinstance(event, True_):
            self._truth(event)
        else:
            result = _result(event.predicted, event.actual)
            self._record((event.model, event.version)).add(result, event.at)

    def _wait(self, event: Predicted) -> None:
        known = self._judged.get(event.prediction)
        if known is not None:
            if _is_alike(known.predicted, event):  # told twice
                return
            del self._judged[event.prediction]
        self._waiting.pop(event.prediction, None)
        self._waiting[event.prediction] = event
        self._forget(event.at)

    def _truth(self, event: True_) -> None:
        self._forget(event.at)
        predicted = self._waiting.pop(event.prediction, None)
        if predicted is not None:
            result = _result(predicted.label, event.label)
            places = self._record((predicted.model, predicted.version)).add(result, event.at)
            self._judged[event.prediction] = _Verdict(event.at, predicted, result, places)
            return
        known = self._judged.get(event.prediction)
        if known is None:
            self._record(_NOBODY).add(UNKNOWN, event.at)
        else:
            self._correct(known, event)

    def _correct(self, known: _Verdict, event: True_) -> None:
        """Another truth for what was judged."""
        record = self._record((known.predicted.model, known.predicted.version))
        before, result = known.result, _result(known.predicted.label, event.label)
        known.result = result
        if before == result:
            record.add(UNCHANGED, event.at)
        elif before == INCOMPARABLE:
            known.places = record.add(result, event.at)
        elif result == INCOMPARABLE:  # what was comparable stays counted as it was
            known.result = before
            record.add(INCOMPARABLE, event.at)
        else:
            record.add(TO_CORRECT if result == CORRECT else TO_WRONG, event.at)
            for window, place in zip(record.windows, known.places, strict=False):
                window.turn(place, result == CORRECT)

    def _forget(self, now: float) -> None:
        """Let those go that are too many or too old; the oldest come first."""
        oldest = now - self._longest
        while self._waiting:
            first = next(iter(self._waiting.values()))
            is_old = first.at < oldest
            if not is_old and len(self._waiting) <= self._most:
                break
            self._waiting.popitem(last=False)
            self._forgotten[TOO_OLD if is_old else FULL] += 1
        while self._judged:  # no loss: they are counted
            known = next(iter(self._judged.values()))
            if known.at >= oldest and len(self._judged) <= self._most:
                break
            self._judged.popitem(last=False)

    def _record(self, key: Key) -> _Record:
        known = self._records.get(key)
        if known is None:
            if len(self._records) >= MOST_SERIES - 1:
                if not self._overflow.results:
                    _log.warning(
                        "truths came of %d versions of models, the most that are told apart; the "
                        "others are counted in the series otel_metric_overflow",
                        MOST_SERIES - 1,
                    )
                return self._overflow
            known = self._records[key] = _Record(() if key == _NOBODY else self._windows)
        return known

    def families(self, now: float) -> list[Family]:
        """How often which model was right, and what waits."""
        self._forget(now)
        forgotten = [Point((reason,), number) for reason, number in self._forgotten.items()]
        return [
            self._truths(),
            *self._accuracy(now),
            _family(
                semantic.PREDICTIONS_WAITING,
                "{prediction}",
                "Predictions that wait for their truth",
                (),
                [Point((), len(self._waiting))],
            ),
            _family(
                semantic.PREDICTIONS_FORGOTTEN,
                "{prediction}",
                "Predictions that waited for a truth that came too late or not at all",
                (semantic.REASON,),
                forgotten,
                kind="counter",
            ),
        ]

    def _accuracy(self, now: float) -> Iterator[Family]:
        ratios, samples = list[Point](), list[Point]()
        for key, record in self._records.items():
            for window in record.windows:
                correct, total = window.tally(now)
                attributes = (*key, window.name)
                samples.append(Point(attributes, total))
                if total:  # of none there is no accuracy, neither 0 nor 1
                    ratios.append(Point(attributes, correct / total, (correct, total)))
        of_window = (*_OF_MODEL, semantic.WINDOW)
        described = "Share of the predictions that were right"
        yield _family(semantic.MODEL_ACCURACY, "1", described, of_window, ratios, across="ratio")
        described = "Predictions of which it is known whether they were right"
        yield _family(
            semantic.MODEL_ACCURACY_SAMPLES, "{prediction}", described, of_window, samples
        )

    def _truths(self) -> Family:
        points = [
            Point((*key, result), number)
            for key, record in self._records.items()
            for result, number in record.results.items()
        ]
        if self._overflow.results:
            points.append(Point((), self._overflow.results.total()))
        return _family(
            semantic.GROUND_TRUTHS,
            "{truth}",
            "Truths about predictions, by what they came to",
            (*_OF_MODEL, semantic.RESULT),
            points,
            kind="counter",
        )


def _family(
    name: str,
    unit: str,
    description: str,
    attributes: tuple[str, ...],
    points: list[Point],
    *,
    kind: Kind = "gauge",
    across: Across = "sum",
) -> Family:
    return Family(name, kind, unit, description, attributes, across=across, points=points)


def _is_alike(one: Predicted, other: Predicted) -> bool:
    return (one.label, one.model, one.version) == (other.label, other.model, other.version)


def _result(predicted: FindingValue, actual: FindingValue) -> str:
    """A text is never a number: "1" for 1 is a mistake of the program, not one of the model."""
    if isinstance(predicted, str) is not isinstance(actual, str):
        return INCOMPARABLE
    return CORRECT if predicted == actual else WRONG
