"""Functions that predict, of all four kinds, wrapped so that each call is measured."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from functools import partial, wraps
from time import perf_counter
from typing import Any, ParamSpec, TypeVar, cast

from msgspec import Struct

from modelmetry.delivery.log import Log
from modelmetry.errors import InvalidTypeError
from modelmetry.metrics.models.measures import Model
from modelmetry.metrics.models.steps import Steps, driven, driven_async
from modelmetry.signals.values import brief_repr

P = ParamSpec("P")
R = TypeVar("R")

_log = Log("modelmetry.metrics")


class Measured(Struct, frozen=True):
    """What is asked about a call; see `model_metrics` for the members."""

    batch: int | Callable[..., Any]
    batch_from_result: Callable[[Any], Any] | None = None
    confidence: Callable[[Any], Any] | None = None


def measured(function: Callable[P, R], model: Model, asked: Measured) -> Callable[P, R]:
    """`function`, of which each call is measured; it keeps its kind and its signature.

    Raises:
        InvalidTypeError: it is no function.
    """
    if inspect.isclass(function) or not callable(cast("object", function)):
        raise InvalidTypeError(
            f"model_metrics measures functions, not {brief_repr(function)}; decorate the method "
            "that predicts, below @classmethod and the like, or use a block"
        )
    given = cast("Callable[..., Any]", function)
    return cast("Callable[P, R]", wraps(given)(_wrapper(given)(given, _Calls(model, asked))))


def _wrapper(
    function: Callable[..., Any],
) -> Callable[[Callable[..., Any], _Calls], Callable[..., Any]]:
    """What fits its kind; a callable object and a partial are of that of what they call."""
    inner = function.func if isinstance(function, partial) else function
    code = inner if inspect.isroutine(inner) else type(inner).__call__
    if inspect.isasyncgenfunction(code):
        return lambda function, calls: driven_async(function, calls.begin)
    if inspect.isgeneratorfunction(code):
        return lambda function, calls: driven(function, calls.begin)
    return _coroutine if inspect.iscoroutinefunction(code) else _plain


class _Calls:
    """What is counted of each call; a question that fails costs its answer, not the result."""

    def __init__(self, model: Model, asked: Measured) -> None:
        self.model = model
        self.asked = asked
        self.is_plain = asked == Measured(1)
        self._said: set[str] = set()

    def begin(self, arguments: tuple[Any, ...], named: dict[str, Any]) -> Steps:
        """What is told of a generator."""
        return _Counted(self.number(arguments, named), self)

    def number(self, arguments: tuple[Any, ...], named: dict[str, Any]) -> float:
        """How many predictions a call makes, as far as its arguments say it."""
        batch = self.asked.batch
        if not callable(batch):
            return float(batch)
        return self._number("batch", partial(batch, *arguments, **named))

    def ended(self, number: float, seconds: float, result: Any) -> None:
        """Count a call that gave `result`."""
        if self.is_plain:
            self.model.predicted(number, seconds)
            return
        asked = self.asked.batch_from_result
        if asked is not None:
            number = self._number("batch_from_result", partial(asked, result))
        self.model.predicted(number, seconds)
        self.sure(result)

    def items(self, item: Any) -> float:
        """How many predictions an item of a generator is."""
        asked = self.asked.batch_from_result
        return 0.0 if asked is None else self._number("batch_from_result", partial(asked, item))

    def sure(self, result: Any) -> None:
        """Count how sure the model was."""
        asked = self.asked.confidence
        if asked is None:
            return
        try:
            self.model.confidence(asked(result))
        except Exception as error:  # noqa: BLE001 - the result goes to its caller all the same
            self.model.measures.confidence.refuse("failed")
            self._say("confidence", error)

    def _number(self, name: str, ask: Callable[[], Any]) -> float:
        try:
            found = ask()
        except Exception as error:  # noqa: BLE001 - the result goes to its caller all the same
            self.model.measures.predictions.refuse("failed")
            self._say(name, error)
            return 1.0
        return self.model.number(found)

    def _say(self, name: str, error: Exception) -> None:
        if name not in self._said:
            self._said.add(name)
            _log.warning(
                "what model_metrics(%r, %s=...) was given failed, more is counted without a word: "
                "%r; a batch counts as one prediction then",
                self.model.name,
                name,
                error,
            )


def _plain(function: Callable[..., Any], calls: _Calls) -> Callable[..., Any]:
    model = calls.model

    def call(*arguments: Any, **named: Any) -> Any:
        number = 1.0 if calls.is_plain else calls.number(arguments, named)
        began = perf_counter()
        try:
            result = function(*arguments, **named)
        except BaseException as error:
            model.failed(number, perf_counter() - began, error)
            raise
        calls.ended(number, perf_counter() - began, result)
        return result

    return call


def _coroutine(
    function: Callable[..., Awaitable[Any]], calls: _Calls
) -> Callable[..., Awaitable[Any]]:
    model = calls.model

    async def call(*arguments: Any, **named: Any) -> Any:
        number = 1.0 if calls.is_plain else calls.number(arguments, named)
        began = perf_counter()
        try:
            result = await function(*arguments, **named)
        except BaseException as error:
            model.failed(number, perf_counter() - began, error)
            raise
        calls.ended(number, perf_counter() - began, result)
        return result

    return call


class _Counted(Steps):
    """A generator, each of whose items may be several predictions."""

    def __init__(self, number: float, calls: _Calls) -> None:
        super().__init__()
        self._number, self._calls = number, calls
        self._items = 0.0

    def gave(self, item: Any) -> None:
        self._items += self._calls.items(item)
        self._calls.sure(item)

    def ended(self, error: BaseException | None) -> None:
        by_items = self._calls.asked.batch_from_result is not None
        number = self._items if by_items else self._number
        if error is None:
            self._calls.model.predicted(number, self.seconds)
        else:
            self._calls.model.failed(number, self.seconds, error)
