"""Metrics of one execution: single values, and lists whose values are gathered on their way."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from itertools import islice, repeat, starmap
from math import isfinite
from typing import Any, Final, SupportsFloat, cast

from modelmetry.client.recorder import Recorder
from modelmetry.errors import InvalidTypeError, InvalidValueError
from modelmetry.signals.measurements import MOST_LIST_VALUES, MetricListRecord, MetricValueRecord
from modelmetry.signals.values import NotFiniteError, brief_repr, finding_value, is_a
from modelmetry.signals.writer import SignalWriter

Number = SupportsFloat
"""What a metric takes: int, float, Decimal, Fraction, and scalars of numpy and its kin."""

# So many values travel as one signal: about 100 KB of JSON.
_MOST_TOGETHER: Final = 5_000
_MICROSECOND: Final = 1_000
_LONGEST_NAME: Final = 1_000
_PLAIN: Final = frozenset({float, int, bool})


class GatheredList:
    """The values of one list that were not sent yet.

    The application appends; the background takes all that is there as one signal. Neither waits
    for the other: a list that has news lies in the inbox once, and says so before it is emptied.
    """

    __slots__ = (
        "_at_ns",
        "_execution",
        "_laid",
        "_name",
        "_pending",
        "_recorder",
        "_series",
        "count",
    )

    sampled = True  # values belong to no trace: none is left out with one

    def __init__(self, recorder: Recorder, execution: str, name: str) -> None:
        self._recorder = recorder
        self._execution = execution
        self._name = name
        self._pending: deque[float] = deque()
        self._laid = False
        self._at_ns = 0
        self._series = recorder.series
        self.count: int = 0
        """How many values were recorded here."""

    def append(self, value: float) -> None:
        """Take one value; no lock, no I/O."""
        if self._laid and self._series is self._recorder.series:
            self._pending.append(value)
            self.count += 1
            # Asked after the append: what the background empties from now on is laid down again.
            if not self._laid:
                self._lay_down()  # type: ignore[unreachable]  # another thread sets it
        else:
            self.extend([value])

    def extend(self, values: list[float]) -> None:
        """Take values; no lock, no I/O."""
        recorder = self._recorder
        if self._series is not recorder.series:
            self._begin_anew()
        if not self._laid:
            # Later than what was sent before, also where the clock was set back: time orders them.
            self._at_ns = max(recorder.time_ns(), self._at_ns + _MICROSECOND)
        self._pending.extend(values)
        self.count += len(values)
        if not self._laid:
            self._lay_down()

    def _lay_down(self) -> None:
        self._laid = True
        self._recorder.inbox.put(self)

    def _begin_anew(self) -> None:
        """In a forked child: what waits is the parent's, who sends it."""
        self._pending = deque()
        self._laid = False
        self._series = self._recorder.series

    # -- in the background ---------------------------------------------------------------

    def meet(self) -> None:
        """It counts nowhere."""

    def tell_again(self) -> None:
        """What was told is not told again."""

    def write_to(self, writer: SignalWriter) -> None:
        """Tell all values that wait."""
        self._laid = False  # first: what is appended from now on lies in the inbox again
        pending, at_ns = self._pending, self._at_ns
        while values := list(islice(pending, _MOST_TOGETHER)):
            try:
                _drop(pending, len(values))
                xid = self._recorder.new_xid()
                writer.measurement(
                    MetricListRecord(xid, self._execution, self._name, values, at_ns)
                )
            except Exception:
                raise
            except BaseException:  # Ctrl-C: they are told again
                pending.extendleft(reversed(values))
                self._laid = True
                raise
            at_ns += _MICROSECOND
        self._at_ns = max(self._at_ns, at_ns)


def _drop(pending: deque[float], number: int) -> None:
    """Drop the first values in one call of C, which nobody interrupts in the middle."""
    deque(starmap(pending.popleft, repeat((), number)), maxlen=0)


class Metrics:
    """The metrics of one execution.

    Args:
        recorder: that of the client.
        execution: XID of the execution.
    """

    __slots__ = ("_at_ns", "_lists", "_recorder", "execution")

    def __init__(self, recorder: Recorder, execution: str) -> None:
        self._recorder = recorder
        self.execution: str = execution
        self._lists: dict[str, GatheredList] = {}
        self._at_ns = 0

    def value(self, name: str, value: Number) -> None:
        """Record a single value.

        Raises:
            InvalidTypeError: `name` is no text, or `value` no number.
            InvalidValueError: `name` is empty or too long, or `value` NaN or infinite.
        """
        recorder = self._recorder
        if recorder.off:
            return
        name = _metric_name(recorder, name)
        self._put(name, metric_number(name, value))

    def values(self, values: Mapping[str, Number]) -> None:
        """Record several single values, all or none; raises as `value`."""
        recorder = self._recorder
        if recorder.off:
            return
        if not is_a(values, Mapping):
            raise InvalidTypeError(
                f"metrics must be a mapping of names to numbers, not {brief_repr(values)}"
            )
        checked = {
            _metric_name(recorder, name): metric_number(name, value)
            for name, value in values.items()
        }
        for name, number in checked.items():
            self._put(name, number)

    def _put(self, name: str, number: float) -> None:
        recorder = self._recorder
        # The last of a name is the value: later than the one before, also where the clock was set
        # back, or two fall into one microsecond.
        at_ns = self._at_ns = max(recorder.time_ns(), self._at_ns + _MICROSECOND)
        recorder.inbox.put(
            MetricValueRecord(recorder.new_xid(), self.execution, name, number, at_ns)
        )

    def extend(self, name: str, values: Number | Iterable[Number]) -> None:
        """Append to a list.

        Raises:
            InvalidTypeError: `name` is no text, or there is something else than numbers.
            InvalidValueError: `name` is empty or too long, a value is NaN or infinite, or the
                list would hold more than 50,000 values. Nothing of it is recorded then.
        """
        if type(values) is float and type(name) is str:
            # The common case, written out: a loop appends to a list that is there.
            known = self._lists.get(name)
            if known is not None and known.count < MOST_LIST_VALUES and isfinite(values):
                known.append(values)
                return
        recorder = self._recorder
        if recorder.off:
            return
        name = _metric_name(recorder, name)
        numbers = metric_numbers(name, values)
        if not numbers:
            return
        gathered = self._lists.get(name)
        if gathered is None:
            gathered = self._lists.setdefault(name, GatheredList(recorder, self.execution, name))
        fits = MOST_LIST_VALUES - gathered.count
        if len(numbers) > fits:
            # What is beyond the limit of a list was not even looked at.
            more = "more" if len(numbers) > MOST_LIST_VALUES else f"{len(numbers)}"
            raise InvalidValueError(
                f"list {name!r} of execution {self.execution!r} holds {gathered.count} values of "
                f"at most {MOST_LIST_VALUES}: {fits} more fit, {more} were given and none "
                "was recorded; record less often, or into a list of another name"
            )
        gathered.extend(numbers)


def metric_number(name: str, value: object) -> float:
    """`value` as a finite number.

    Raises:
        InvalidTypeError: it is no number; a bool is none.
        InvalidValueError: it is NaN, infinite or outside the range of a float.
    """
    kind = type(value)
    if kind is float and isfinite(cast("float", value)):
        return cast("float", value)
    try:
        number = finding_value(value, 1)
    except NotFiniteError:
        raise InvalidValueError(
            f"metric {name!r} must be a finite number, not {brief_repr(value)}; leave it out, or "
            "record a number that stands for it"
        ) from None
    except InvalidTypeError:
        number = ""
    if isinstance(number, (str, bool)):
        raise InvalidTypeError(
            f"metric {name!r} must be a number, not {kind.__name__}: {brief_repr(value)}"
        )
    return number


def metric_numbers(name: str, values: object) -> list[float]:
    """A number, or any iterable of numbers, as a list of finite numbers; raises as above."""
    if type(values) in _PLAIN:
        return [metric_number(name, values)]
    if is_a(values, (str, bytes, Mapping)):
        raise InvalidTypeError(
            f"list {name!r} takes a number or numbers, not {type(values).__name__}: "
            f"{brief_repr(values)}"
        )
    try:
        items = iter(cast("Iterable[Any]", values))
    except TypeError:  # a number; an array of numpy without dimensions is none to iterate
        return [metric_number(name, values)]
    return [metric_number(name, item) for item in islice(items, MOST_LIST_VALUES + 1)]


def _metric_name(recorder: Recorder, name: str) -> str:
    clean = recorder.name(name, "metric name")
    if not clean or len(clean) > _LONGEST_NAME:
        raise InvalidValueError(
            f"the name of a metric has 1 to {_LONGEST_NAME} characters, not {len(clean)}: "
            f"{brief_repr(clean)}"
        )
    return clean
