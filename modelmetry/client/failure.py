"""An exception as text: nothing here raises, and nothing keeps the exception alive."""

from __future__ import annotations

import traceback

from msgspec import Struct

from modelmetry.signals.values import safe_str


class Failure(Struct, frozen=True):
    """What is kept of an exception."""

    type: str
    text: str
    stack: str

    @property
    def message(self) -> str:
        """`Type: text`, as Python writes it."""
        name = self.type.rpartition(".")[2]
        return f"{name}: {self.text}" if self.text else name

    def metadata(self) -> dict[str, str]:
        """Metadata of the event, under the names of OpenTelemetry."""
        return {
            "exception.type": self.type,
            "exception.message": self.text,
            "exception.stacktrace": self.stack,
        }


def is_cancellation(error: BaseException) -> bool:
    """Whether a task was told to stop, in asyncio or trio, neither of which is imported here."""
    return any(kind.__name__ in {"CancelledError", "Cancelled"} for kind in type(error).__mro__)


def is_leaving(error: BaseException) -> bool:
    """Whether a generator that waits at a `yield` is closed, or dropped by an ending loop."""
    return isinstance(error, GeneratorExit) or is_cancellation(error)


def describe(error: BaseException) -> Failure:
    """The type, text and stack of `error`."""
    kind = type(error)
    module = "" if kind.__module__ == "builtins" else f"{kind.__module__}."
    return Failure(f"{module}{kind.__qualname__}", safe_str(error), _stack(error))


def _stack(error: BaseException) -> str:
    try:
        return "".join(traceback.format_exception(error))
    except Exception:  # noqa: BLE001 - a foreign exception may raise while it is formatted
        return ""
