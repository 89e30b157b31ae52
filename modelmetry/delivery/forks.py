"""What no fork may come in between: libraries that are loaded, and lines that go to the log.

A fork copies modules that are half loaded and streams that another thread is writing to, and in
the child nobody completes the one or lets go of the other: the child would wait for ever, at its
end at the latest, when `logging.shutdown` flushes (python/cpython#50970). Both are rare, and
loading takes up to seconds on a busy machine, so a fork waits longer for them than for batches.
Those who hold a fork up do not wait for each other: that is for the locks of imports and handlers.
"""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager

_changed = threading.Condition()
_busy: list[int] = []
_holder: int | None = None


@contextmanager
def no_fork() -> Generator[None]:
    """Let no fork happen in the block."""
    me = threading.get_ident()
    with _changed:
        _changed.wait_for(lambda: _holder is None or _holder == me)
        _busy.append(me)
    try:
        yield
    finally:
        with _changed:
            _busy.remove(me)
            _changed.notify_all()


def hold_still(timeout: float) -> None:
    """Let nobody begin such a block until `go_on`, and wait `timeout` seconds for those in one."""
    global _holder  # noqa: PLW0603 - one per process
    me = threading.get_ident()
    with _changed:
        _holder = me
        # A module may fork while it is loaded: who forks does not wait for itself.
        _changed.wait_for(lambda: all(busy == me for busy in _busy), timeout)


def go_on() -> None:
    """Let others begin again."""
    global _holder  # noqa: PLW0603 - one per process
    with _changed:
        _holder = None
        _changed.notify_all()


def after_fork() -> None:
    """Begin anew in a forked child, where nobody else is busy and nobody would release a lock."""
    global _changed, _holder
    me = threading.get_ident()
    _changed, _holder = threading.Condition(), None
    _busy[:] = [busy for busy in _busy if busy == me]
