"""Libraries that are loaded in the background, and forks that must not come in between.

A fork copies modules that are half loaded, and in the child nobody completes them. Loading takes
up to seconds on a busy machine, so a fork waits longer for it than for anything else.
"""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager

# Reentrant: a module may fork while it is loaded.
_lock = threading.RLock()


@contextmanager
def loading() -> Generator[None]:
    """Let no fork happen in the block."""
    with _lock:
        yield


def hold_still(timeout: float) -> bool:
    """Let nobody begin to load until `go_on`; `False` when somebody still does after `timeout`."""
    return _lock.acquire(timeout=timeout)


def go_on() -> None:
    """Let others load again; also what a forked child does, whose thread is the one that waited."""
    _lock.release()


def begin_anew() -> None:
    """Replace a lock that nobody will release: in a forked child, when nobody held still."""
    global _lock  # noqa: PLW0603 - one per process
    _lock = threading.RLock()
