"""What was true in the end, which is known hours after the prediction: how often models are right.

A prediction that has an id waits in the memory of its process for its truth. What is said is laid
down without a lock and looked at later, as measurements are (see `series`).
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from threading import Lock
from typing import Final, NoReturn
from uuid import UUID
from weakref import WeakSet

from modelmetry.errors import InvalidTypeError, InvalidValueError
from modelmetry.metrics.families import Family
from modelmetry.metrics.models.measures import model_of
from modelmetry.metrics.models.verdicts import Event, Judged, Predicted, True_, Verdicts
from modelmetry.metrics.models.windows import WINDOWS, Window
from modelmetry.metrics.registry import REGISTRY, Registry
from modelmetry.signals.records import FindingValue
from modelmetry.signals.values import (
    NotFiniteError,
    NumberInput,
    brief_repr,
    finding_value,
    is_a,
)

Identity = str | int | UUID
"""By what a prediction is named."""

Label = NumberInput | str
"""What is predicted, or true: a class, a number, yes or no."""

LONGEST_ID: Final = 256
"""Characters of the id of a prediction."""

MOST_WAITING: Final = 100_000
"""Predictions that wait for their truth in one process; the oldest one goes for another."""

LONGEST_WAIT: Final = 7 * 24 * 3600.0
"""Seconds that a prediction waits for its truth."""

_LONGEST_LABEL: Final = 1_000
_MOST_LAID_DOWN: Final = 500


class Truths:
    """Predictions of one registry that wait for their truth, and how often they were right.

    `Registry.shared` makes it once, with the usual bounds.

    Args:
        registry: where it is shown.
        most_waiting: how many predictions may wait.
        longest_wait: seconds that they may.
        windows: make those in which accuracy is told.
        clock: seconds that only go forward.
    """

    def __init__(
        self,
        registry: Registry = REGISTRY,
        *,
        most_waiting: int = MOST_WAITING,
        longest_wait: float = LONGEST_WAIT,
        windows: Sequence[Callable[[], Window]] = WINDOWS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._registry = registry
        self._clock = clock
        self._make = partial(Verdicts, most_waiting, longest_wait, windows)
        self.begin_anew()
        registry.add_collector(self.collect, most_age=0)
        _all.add(self)

    def begin_anew(self) -> None:
        """In a forked child: what waits is the parent's."""
        self._laid_down: deque[Event] = deque()
        self._folding = Lock()
        self._verdicts = self._make()

    def predicted(self, prediction: Identity, label: Label, model: str, version: str) -> None:
        """Let a prediction wait; see `record_prediction`."""
        identity, said = self.check_identity(prediction), self.check_label(label)
        self._lay_down(Predicted(self._clock(), identity, said, model, version))

    def true(self, prediction: Identity, label: Label) -> None:
        """Say what was true; see `ground_truth`."""
        identity, said = self.check_identity(prediction), self.check_label(label)
        self._lay_down(True_(self._clock(), identity, said))

    def judged(self, predicted: Label, actual: Label, model: str, version: str) -> None:
        """Count a verdict; see `record_evaluation`."""
        said, true = self.check_label(predicted), self.check_label(actual)
        self._lay_down(Judged(self._clock(), said, true, model, version))

    def check_identity(self, prediction: object) -> str:
        """The id as text.

        Raises:
            InvalidTypeError: it is no text, number or UUID.
            InvalidValueError: it is longer than `LONGEST_ID`.
        """
        if is_a(prediction, bool) or not is_a(prediction, (str, int, UUID)):
            raise InvalidTypeError(
                f"the id of a prediction must be a text, a whole number or a UUID, not "
                f"{type(prediction).__name__}: {brief_repr(prediction)}"
            )
        found = str(prediction)
        if not 0 < len(found) <= LONGEST_ID:
            raise InvalidValueError(
                f"the id of a prediction has 1 to {LONGEST_ID} characters, not {len(found)}: "
                f"{brief_repr(prediction)}"
            )
        return found

    def check_label(self, label: object) -> FindingValue:
        """The label as a plain value.

        Raises:
            InvalidTypeError: it is no text, number or bool.
            InvalidValueError: it is NaN or infinite.
        """
        try:
            return finding_value(label, _LONGEST_LABEL)
        except NotFiniteError:
            _refuse_label(label, InvalidValueError, "finite")
        except InvalidTypeError:
            _refuse_label(label, InvalidTypeError, "a text, a number or a bool")

    def collect(self) -> list[Family]:
        """Everything as it is now."""
        with self._folding:
            self._fold_all()
            return self._verdicts.families(self._clock())

    def _lay_down(self, event: Event) -> None:
        self._laid_down.append(event)
        if len(self._laid_down) >= _MOST_LAID_DOWN and self._folding.acquire(blocking=False):
            try:
                self._fold_all()
            finally:
                self._folding.release()

    def _fold_all(self) -> None:
        # Taken away first: who is interrupted may lose one of them, and counts none twice.
        with suppress(IndexError):
            while True:
                self._verdicts.take(self._laid_down.popleft())


def _refuse_label(
    label: object, kind: type[InvalidTypeError | InvalidValueError], must: str
) -> NoReturn:
    raise kind(
        f"a label must be {must}, not {type(label).__name__}: {brief_repr(label)}; "
        "give the class or the value that was predicted"
    ) from None


def record_prediction(
    prediction: Identity,
    label: Label,
    model: str,
    version: str | float = "",
    *,
    registry: Registry = REGISTRY,
) -> None:
    """Let a prediction wait for its truth, which `ground_truth` says later in this process.

    Said again with another label it waits anew, with the label that was said last.

    Args:
        prediction: its id.
        label: what was predicted.
        model: the name of the model.
        version: of the model.
        registry: where accuracy is shown.

    Raises:
        InvalidTypeError: an argument has a type that it cannot have.
        InvalidValueError: the id is too long, or the label is NaN or infinite.
    """
    found = model_of(registry, model, version)
    registry.shared(Truths).predicted(prediction, label, found.name, found.version)


def ground_truth(prediction: Identity, label: Label, *, registry: Registry = REGISTRY) -> None:
    """Say what was true, from any thread of the process that predicted.

    An id that nobody knows (here, or any more) is counted as unknown. Said again with another
    label it is a correction; `record_evaluation` is for other processes.

    Args:
        prediction: its id.
        label: what was true.
        registry: where accuracy is shown.

    Raises:
        InvalidTypeError: an argument has a type that it cannot have.
        InvalidValueError: the id is too long, or the label is NaN or infinite.
    """
    registry.shared(Truths).true(prediction, label)


def record_evaluation(
    predicted: Label,
    actual: Label,
    model: str,
    version: str | float = "",
    *,
    registry: Registry = REGISTRY,
) -> None:
    """Count a prediction of which both is known, in whichever process the truth arrives.

    Args:
        predicted: what was predicted.
        actual: what was true.
        model: the name of the model.
        version: of the model.
        registry: where accuracy is shown.

    Raises:
        InvalidTypeError: an argument has a type that it cannot have.
        InvalidValueError: a label is NaN or infinite.
    """
    found = model_of(registry, model, version)
    registry.shared(Truths).judged(predicted, actual, found.name, found.version)


_all: WeakSet[Truths] = WeakSet()


def _begin_anew() -> None:
    for truths in list(_all):
        truths.begin_anew()


if hasattr(os, "register_at_fork"):  # pragma: no branch - absent on Windows only
    os.register_at_fork(after_in_child=_begin_anew)
