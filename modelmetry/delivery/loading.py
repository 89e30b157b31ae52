"""Libraries that are loaded in the background, and forks that must not come in between.

A fork copies modules that are half loaded, and in the child nobody completes them. Loading takes
up to seconds on a busy machine, so a fork waits longer for it than for anything else. Those who
load do not wait for each other: that is for the locks of the imports.
"""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager

_changed = threading.Condition()
_loaders: list[int] = []
_holder: int | None = None


@contextmanager
def loading() -> Generator[None]:
    """Let no fork happen in the block."""
    me = threading.get_ident()
    with _changed:
        _changed.wait_for(lambda: _holder is None or _holder == me)
        _loaders.append(me)
    try:
        yield
    finally:
        with _changed:
            _loaders.remove(me)
            _changed.notify_all()


def hold_still(timeout: float) -> None:
    """Let nobody begin to load until `go_on`, and wait `timeout` seconds for those who do."""
    global _holder  # noqa: PLW0603 - one per process
    me = threading.get_ident()
    with _changed:
        _holder = me
        # A module may fork while it is loaded: who forks does not wait for itself.
        _changed.wait_for(lambda: all(loader == me for loader in _loaders), timeout)


def go_on() -> None:
    """Let others load again."""
    global _holder  # noqa: PLW0603 - one per process
    with _changed:
        _holder = None
        _changed.notify_all()


def after_fork() -> None:
    """Begin anew in a forked child, where nobody else loads and nobody would release a lock."""
    global _changed, _holder
    me = threading.get_ident()
    _changed, _holder = threading.Condition(), None
    _loaders[:] = [loader for loader in _loaders if loader == me]
