"""What no fork may come in between: libraries that are loaded, and lines that go to the log.

A fork copies modules that are half loaded and streams that another thread is writing to, and in
the child nobody completes the one or lets go of the other: the child would wait for ever, at its
end at the latest, when `logging.shutdown` flushes (python/cpython#50970). Both are rare, and
loading takes up to seconds on a busy machine, so a fork waits longer for them than for batches.

Nobody waits for a fork, because whoever loads or writes may have what the fork waits for: he comes
back later. There is no lock that an interruption could leave taken; what is read and written here
is so in one step of the interpreter.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

# Threads that load or write, once for each time that they are at it, and threads that fork.
_busy: list[int] = []
_forking: dict[int, None] = {}

# Seconds between two looks whether all are done.
_LOOK = 0.001


def without_fork(do: Callable[[], object]) -> bool:
    """Do something that no fork may come in between; `False`, undone, while one is under way."""
    me = threading.get_ident()
    is_inside = me in _busy
    try:
        _busy.append(me)
        if not is_inside and _forking.keys() - {me}:
            return False
        do()
        return True
    finally:
        _busy.remove(me)


def hold_still(timeout: float) -> None:
    """Let nobody begin until `go_on`, and wait `timeout` seconds for those who have."""
    me = threading.get_ident()
    _forking[me] = None
    until = time.monotonic() + timeout
    # A module may fork while it is loaded: who forks does not wait for itself.
    while set(_busy) - {me} - _forking.keys() and time.monotonic() < until:
        time.sleep(_LOOK)


def go_on() -> None:
    """Let others begin again; to say so again changes nothing."""
    _forking.pop(threading.get_ident(), None)


def after_fork() -> None:
    """Begin anew in a forked child, where nobody else is busy."""
    me = threading.get_ident()
    _busy[:] = [busy for busy in _busy if busy == me]
    _forking.clear()
