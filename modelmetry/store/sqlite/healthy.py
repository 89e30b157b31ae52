"""How the store is: what was written since it was opened, what waits, the size of its files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, Final, cast

from modelmetry.store.protocol import StoreHealth
from modelmetry.store.sqlite.connected import Connected

_FILES: Final = {"database": "", "log": "-wal"}


class Healthy(Connected):
    """The room that tells of the others."""

    def _start(self) -> None:
        self._stored = Counter[str]()
        super()._start()

    def count(self, body: Mapping[str, Any], stored: Future[int]) -> None:
        """Count a batch that is stored; called by the thread that writes."""
        if not stored.cancelled() and stored.exception() is None:
            for name, items in body.items():
                if isinstance(items, list) and items:
                    self._stored[name] += len(cast("list[object]", items))

    def health(self) -> StoreHealth:
        """How the store is; touches no row."""
        sizes: dict[str, int] = {}
        for part, suffix in _FILES.items():
            with suppress(FileNotFoundError):
                sizes[part] = self.path.with_name(f"{self.path.name}{suffix}").stat().st_size
        return StoreHealth(
            signals=dict(self._stored),
            transactions=self.writer.transactions,
            write_seconds=self.writer.seconds,
            waiting=self.writer.waiting,
            sizes=sizes,
        )
