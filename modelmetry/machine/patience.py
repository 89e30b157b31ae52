"""Questions that may take for ever, such as those to the driver of a GPU that is stuck."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from modelmetry.machine.log import logger
from modelmetry.machine.no_fork import no_fork

T = TypeVar("T")


class Patience(Generic[T]):
    """Asks in a thread that lives as long as the question, and waits for so long and no longer.

    While one question is not answered there is no other one: a driver that hangs holds one thread,
    whoever asks, and is waited for once. Not for several threads at once, nor for a forked child.

    Args:
        ask: the question; its answer is given to who waits for it, or to nobody.
        seconds: to wait.
        what: is asked, for the log.
    """

    def __init__(self, ask: Callable[[], T], seconds: float, what: str) -> None:
        self._ask = ask
        self._seconds = seconds
        self._what = what
        self._asking: threading.Thread | None = None
        self._has_said = False

    def answer(self) -> T | None:
        """The answer; `None` if it does not come in time, or fails."""
        if self._asking is not None and self._asking.is_alive():
            return None
        answers: list[T] = []
        thread = threading.Thread(
            target=self._run, args=(answers,), name="modelmetry-gpus", daemon=True
        )
        try:
            thread.start()
        except RuntimeError:  # the interpreter is ending, or there may be no more threads
            return None
        self._asking = thread
        thread.join(self._seconds)
        if answers:
            return answers[0]
        if thread.is_alive() and not self._has_said:
            self._has_said = True
            logger.warning(
                "%s did not answer within %s s, and are asked again when they have; said once",
                self._what,
                self._seconds,
            )
        return None

    def _run(self, answers: list[T]) -> None:
        with no_fork:
            try:
                answers.append(self._ask())
            except Exception as error:  # noqa: BLE001 - who asks goes on without an answer
                if not self._has_said:
                    self._has_said = True
                    logger.warning("%s were not read; said once", self._what, exc_info=error)
