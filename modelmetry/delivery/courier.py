"""Hands a batch to the sink and tells what became of it: callbacks and the log."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Final, Generic, Protocol, TypeVar

from modelmetry.delivery.log import logger
from modelmetry.delivery.losses import LossLog
from modelmetry.delivery.sink import ForkAware, SinkFailure


def _is_main() -> bool:
    return threading.current_thread() is threading.main_thread()


_ABOUT_KEYS: Final = frozenset({401, 403})
_BAD_KEY: Final = "; set MODELMETRY_API_KEY to a key of this server that may ingest"


class Load(Protocol):
    """Signals that travel together."""

    @property
    def signal_count(self) -> int:
        """How many signals these are, each finding and event counted."""
        ...

    @property
    def approximate_bytes(self) -> int:
        """About how many bytes of JSON they make."""
        ...


LoadT = TypeVar("LoadT", bound=Load)
LoadT_contra = TypeVar("LoadT_contra", bound=Load, contravariant=True)

OnSuccess = Callable[[Load], object]
OnFailure = Callable[[Load, SinkFailure], object]


class Receiver(Protocol[LoadT_contra]):
    """What takes loads: a sink, or what stands for one."""

    def write(self, batch: LoadT_contra, /) -> None:
        """Return when it has arrived."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...


class Courier(Generic[LoadT]):
    """Nothing that the sink or a callback raises gets past this class.

    The log hears of the first failure in a row; of losses as `LossLog` has it.
    """

    def __init__(
        self,
        sink: Receiver[LoadT],
        *,
        losses: LossLog,
        on_success: OnSuccess | None,
        on_failure: OnFailure | None,
    ) -> None:
        self._sink = sink
        self._losses = losses
        self._on_success = on_success
        self._on_failure = on_failure
        self._failing = False
        self._unspooled = False
        self._told: set[str] = set()

    def try_once(self, batch: LoadT) -> SinkFailure | None:
        """Give `batch` to the sink; `None` when it arrived."""
        try:
            self._sink.write(batch)
        except SinkFailure as failure:
            # Its stack leads to the frames of who keeps it: a cycle that holds the batch until
            # the garbage collector comes, a megabyte for each request that failed.
            return failure.with_traceback(None)
        except BaseException as error:
            # Where the main thread does the work, its end or Ctrl-C is nothing of ours. No
            # other one ends us, not even with `SystemExit`.
            if not isinstance(error, Exception) and _is_main():
                raise
            broken = SinkFailure(type(error).__name__, retry=False)
            broken.__cause__ = error
            return broken
        return None

    def retrying(self, failure: SinkFailure) -> None:
        """The batch did not arrive and will be tried again."""
        if not self._failing:
            self._failing = True
            why, stack = _why(failure)
            step = _BAD_KEY if failure.status in _ABOUT_KEYS else ""
            message = "delivery to %r failed (%s), trying again%s"
            logger.warning(message, self._sink, why, step, exc_info=stack)

    def arrived(self, batch: LoadT) -> None:
        """The batch is where it should be."""
        if self._failing:
            self._failing = False
            logger.info("delivery to %r works again", self._sink)
        logger.debug("%d signals arrived at %r", batch.signal_count, self._sink)
        if self._on_success is not None:
            self._call(self._on_success, batch)

    def gave_up(self, batch: LoadT, failure: SinkFailure) -> None:
        """The batch is lost."""
        self.lost(failure.reason, failure)
        if self._on_failure is not None:
            self._call(self._on_failure, batch, failure)

    def unspooled(self, error: Exception) -> None:
        """Something could not be written to disk and stays in memory: say so, once in a row."""
        if not self._unspooled:
            self._unspooled = True
            logger.warning("signals stay in memory, the disk does not take them: %s", error)

    def spooled(self) -> None:
        """Something was written to disk."""
        self._unspooled = False

    def lost(self, reason: str, failure: SinkFailure | None = None) -> None:
        """Signals are lost for `reason`."""
        self._losses.note(reason, *((reason, None) if failure is None else _why(failure)))

    def _call(self, callback: Callable[..., object], *arguments: object) -> None:
        try:
            callback(*arguments)
        except BaseException as error:  # not even `SystemExit` ends the worker
            reason = f"callback {type(error).__name__}"
            if reason not in self._told:
                self._told.add(reason)
                logger.warning("a delivery callback raised; it stays in use", exc_info=error)

    def after_fork(self) -> None:
        """Let the sink forget, in a forked child, what belongs to the parent."""
        if isinstance(self._sink, ForkAware):
            self._sink.after_fork()

    def close(self) -> None:
        """Close the sink."""
        try:
            self._sink.close()
        except Exception:
            logger.exception("closing %s failed", type(self._sink).__name__)


def _why(failure: SinkFailure) -> tuple[str, BaseException | None]:
    """The reason on one line; a stack only where it tells more, of a sink that is broken."""
    cause = failure.__cause__
    broken = cause is not None and failure.reason == type(cause).__name__
    why = f"{failure.reason}: {cause}" if cause is not None and str(cause) else failure.reason
    stack = cause if broken or logger.isEnabledFor(logging.DEBUG) else None
    return " ".join(why.split()), stack
