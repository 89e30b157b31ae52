"""What stands in the place of the writer where a store may only be read."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import NoReturn, TypeVar

from modelmetry.errors import StoreForbiddenError
from modelmetry.store.sqlite.writer import Work

T = TypeVar("T")


class NoWriter:
    """Refuses every job."""

    waiting = transactions = 0
    seconds: float = 0.0

    def __init__(self, path: Path) -> None:
        self._path = path

    def submit(self, run: Callable[[Work], T], weight: int = 0) -> Future[T]:  # noqa: ARG002  # as `Writer`
        """Refuse it. Raises `StoreForbiddenError`."""
        self._refuse()

    def alone(self, run: Callable[[sqlite3.Connection], T]) -> Future[T]:  # noqa: ARG002  # as `Writer`
        """Refuse it. Raises `StoreForbiddenError`."""
        self._refuse()

    def close(self) -> None:
        """Nothing is open."""

    def _refuse(self) -> NoReturn:
        raise StoreForbiddenError(
            f"the store {self._path} may only be read; check the permissions of it and its folder"
        )
