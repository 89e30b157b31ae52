"""The log of what works in the background, whose lines a fork waits for."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

from modelmetry.delivery.forks import no_fork

if TYPE_CHECKING:
    _Adapter = logging.LoggerAdapter[logging.Logger]
else:
    _Adapter = logging.LoggerAdapter


class Log(_Adapter):
    """A logger of which no line is half written in a forked child.

    Args:
        name: of the logger.
    """

    def __init__(self, name: str) -> None:
        super().__init__(logging.getLogger(name))

    def log(self, level: int, msg: object, *args: object, **options: Any) -> None:
        """Write a line; the arguments are those of `logging.Logger.log`."""
        if self.isEnabledFor(level):
            options["stacklevel"] = options.get("stacklevel", 1) + 1  # who called, not this
            with no_fork():
                self.logger.log(level, msg, *args, **options)


logger: Final = Log("modelmetry.delivery")
