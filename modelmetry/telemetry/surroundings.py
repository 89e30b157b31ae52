"""What is known of the machine: facts that are found out once, and the last reading."""

from __future__ import annotations

import time
from typing import Any, Final

from modelmetry.delivery.forks import without_fork
from modelmetry.delivery.log import Log

_log: Final = Log("modelmetry.telemetry")
# Seconds between two looks whether a fork is over.
_LOOK: Final = 0.001


class Surroundings:
    """Found out in the background: drivers of GPUs take up to seconds to load.

    Args:
        host: whether the name of the machine is said.
        user: whether the name of the user is said.

    Attributes:
        latest: the last reading; nobody changes it.
    """

    def __init__(self, *, host: bool, user: bool) -> None:
        self._host = host
        self._user = user
        self._facts: dict[str, Any] | None = None
        self.latest: dict[str, float] = {}

    def facts(self) -> dict[str, Any]:
        """What does not change while the process runs; nobody changes it."""
        while self._facts is None and not without_fork(self._gather):
            time.sleep(_LOOK)
        return self._facts or {}

    def _gather(self) -> None:
        try:
            # Where it is used: who makes a Telemetry does not wait for it.
            from modelmetry.machine.facts import facts  # noqa: PLC0415

            self._facts = facts(host=self._host, user=self._user).members()
        except Exception as error:  # noqa: BLE001 - records are worth more than the machine's name
            self._facts = {}
            _log.warning("the machine could not be described", exc_info=error)

    def system(self) -> dict[str, Any]:
        """Facts and the last reading, as a new dict."""
        return {**self.facts(), **self.latest}

    def begin_anew(self) -> None:
        """In a forked child: it is another process, and has no reading of its own yet."""
        self._facts = None
        self.latest = {}
