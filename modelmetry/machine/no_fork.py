"""What a fork waits for."""

from __future__ import annotations

import os
import threading
from typing import Final

# Seconds that a fork waits for a reading; one takes below a millisecond, the first one of a
# driver of GPUs may take longer than that.
_FORK_WAITS: Final = 1.0


class NoFork:
    """What a fork waits for, so that its child finds no library half loaded and no lock taken.

    That is of the driver of GPUs, of the log, and of imports (python/cpython#50970). Only threads
    of our own enter, which no signal interrupts.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[int, None] = {}

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()

    def before(self) -> None:
        """Wait for who is in there, for so long."""
        if self._lock.acquire(timeout=_FORK_WAITS):
            self._held[threading.get_ident()] = None

    def after_in_parent(self) -> None:
        """Let them in again."""
        if threading.get_ident() in self._held:
            del self._held[threading.get_ident()]
            self._lock.release()

    def after_in_child(self) -> None:
        """Begin anew: who is in there is not here."""
        self._lock = threading.Lock()
        self._held.clear()


no_fork: Final = NoFork()
if hasattr(os, "register_at_fork"):  # pragma: no branch - absent on Windows only
    os.register_at_fork(
        before=no_fork.before,
        after_in_parent=no_fork.after_in_parent,
        after_in_child=no_fork.after_in_child,
    )
