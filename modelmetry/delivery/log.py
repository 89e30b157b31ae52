"""The log of what works in the background, of which no line is half written in a forked child."""

from __future__ import annotations

import logging
import sys
from collections import deque
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from modelmetry.delivery.forks import without_fork

if TYPE_CHECKING:
    _Adapter = logging.LoggerAdapter[logging.Logger]
else:
    _Adapter = logging.LoggerAdapter

# Lines of threads that found a fork under way: more than these are not kept.
_MOST_LATER: Final = 100
_later: deque[tuple[logging.Logger, logging.LogRecord]] = deque(maxlen=_MOST_LATER)


class Log(_Adapter):
    """A logger whose lines come after a fork that is under way; nobody waits for it.

    Args:
        name: of the logger.
    """

    def __init__(self, name: str) -> None:
        super().__init__(logging.getLogger(name))

    def log(self, level: int, msg: object, *args: object, **options: Any) -> None:
        """Write a line, with `exc_info` if it is given."""
        if not self.isEnabledFor(level):
            return
        log, error = self.logger, _error(options.get("exc_info"))
        path, line, function, _ = log.findCaller(stacklevel=2)
        record = log.makeRecord(log.name, level, path, line, msg, args, error, function)
        if not without_fork(partial(log.handle, record)):
            _later.append((log, record))
            without_fork(write_later_lines)  # if it is over by now


def _error(given: object) -> Any:
    if given is True:
        return sys.exc_info()
    return (type(given), given, given.__traceback__) if isinstance(given, BaseException) else None


def write_later_lines() -> None:
    """Write what had to wait for a fork."""
    with suppress(IndexError):
        while True:
            log, record = _later.popleft()
            log.handle(record)


def after_fork() -> None:
    """In a forked child: what waits is written by the parent."""
    _later.clear()


logger: Final = Log("modelmetry.delivery")
