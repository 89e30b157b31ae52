"""How our backends are used by others than us: one record at a time, whatever it holds."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, Final

from modelmetry.delivery.log import Log
from modelmetry.signals.values import snapshot_mapping
from modelmetry.telemetry.documents import Document
from modelmetry.telemetry.metrics import plain_metrics
from modelmetry.telemetry.refusals import Refusals

LONGEST_TEXT: Final = 1_000_000

_log: Final = Log("modelmetry.telemetry")


class Direct(ABC):
    """A backend that takes many records of ours at once, and single ones of anybody."""

    def __init__(self) -> None:
        self._refusals = Refusals()
        self._lost = 0

    @abstractmethod
    def emit_many(self, records: Sequence[Document]) -> None:
        """Take records whose values are plain.

        Raises:
            SinkFailure: they were not taken.
        """

    @abstractmethod
    def close(self) -> None:
        """Let go of files; the next record opens them again."""

    @property
    def lost(self) -> int:
        """How many records `emit` could not write."""
        return self._lost

    def emit(self, record: Mapping[str, Any]) -> None:
        """Take a record of anybody, such as the older telemetry tool.

        Nothing is raised: what cannot be written is counted in `lost`, and said in the log.
        Numbers that are NaN or infinite are left out.
        """
        try:
            metrics: object = record.get("metrics") or {}
            plain = snapshot_mapping({**record, "metrics": None}, LONGEST_TEXT)
            plain["metrics"] = plain_metrics(metrics, LONGEST_TEXT, self._refusals)
            self.emit_many([plain])
        except Exception as error:  # noqa: BLE001 - the caller has other things to do
            self._lost += 1
            if self._lost == 1:
                told = "%r could not write a record; more of them are counted without a word"
                _log.warning(told, self, exc_info=error)
