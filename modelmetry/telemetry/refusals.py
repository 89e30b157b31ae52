"""What was not taken from who reports: counted by reason, said once."""

from __future__ import annotations

from collections import Counter
from threading import get_ident
from typing import Final

from modelmetry.delivery.log import Log
from modelmetry.delivery.receipt import INVALID_VALUE
from modelmetry.signals.values import brief_repr

INVALID_METRICS: Final = "invalid_metrics"
NO_NAME: Final = "no_name"
NO_VALUE: Final = "no_value"

_log: Final = Log("modelmetry.telemetry")

_NEXT_STEP: Final = {
    INVALID_VALUE: "%s is %s and was left out; report a finite number",
    INVALID_METRICS: "%s must be a mapping of names to values and were left out: %s",
    NO_NAME: "%s has an empty name and was left out: %s; give it a name",
    NO_VALUE: "%s was given the name %s without a value, and was left out; give `value=` as well",
}
_OTHER: Final = "%s was left out: %s"


class Refusals:
    """How often something was refused, by reason; exact without a lock."""

    def __init__(self) -> None:
        # Each thread counts for itself.
        self._counts: dict[tuple[int, str], int] = {}
        self._said: set[str] = set()

    def count(self, reason: str, what: str, value: object) -> None:
        """Count it, and write the first of each reason to the log."""
        key = get_ident(), reason
        self._counts[key] = self._counts.get(key, 0) + 1
        if reason not in self._said:
            self._said.add(reason)
            line = _NEXT_STEP.get(reason, _OTHER) + "; more like it are counted without a word"
            _log.warning(line, what, brief_repr(value))

    def read(self) -> dict[str, int]:
        """The counts."""
        found: Counter[str] = Counter()
        for (_, reason), number in list(self._counts.items()):
            found[reason] += number
        return dict(found)

    def clear(self) -> None:
        """Begin anew: in a forked child they are the parent's."""
        self._counts.clear()
