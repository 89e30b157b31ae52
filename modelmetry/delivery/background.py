"""A thread in the background, started when it is needed."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Background:
    """A daemon thread of which one runs, however often and by whomever it is started.

    Whoever starts it may be interrupted in the middle by Ctrl-C, and nobody can tell then whether
    it was: the next one starts another, which leaves at once if it was. So there is no lock that
    could stay taken.

    Args:
        name: of the thread.

    Attributes:
        is_started: whether somebody has started it.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._runner: dict[str, int] = {}
        self.is_started: bool = False

    def start(self, work: Callable[[], None]) -> bool:
        """Let it do `work`, unless it was started; `False` when no thread can be started now."""
        if self.is_started:
            return True
        self.is_started = True  # first: a finaliser that comes in between may want it, too
        try:
            threading.Thread(target=self._run, args=(work,), name=self._name, daemon=True).start()
        except RuntimeError:  # the interpreter is ending
            self.is_started = False
        except BaseException:
            self.is_started = False
            raise
        return self.is_started

    def _run(self, work: Callable[[], None]) -> None:
        me = threading.get_ident()
        if self._runner.setdefault("is", me) == me:
            work()

    @property
    def is_here(self) -> bool:
        """Whether the calling thread is the one that does the work."""
        return self._runner.get("is") == threading.get_ident()
