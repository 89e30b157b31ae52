"""The cast of the tests of telemetry: backends that keep, raise or wait."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from modelmetry import Client, Telemetry
from modelmetry.testing import FixedClock, MemorySink


class Keeping:
    """A backend of somebody's own that keeps what it gets."""

    def __init__(self) -> None:
        self.records: list[dict[str, Any]] = []

    def emit(self, record: dict[str, Any]) -> None:
        """Keep `record`."""
        self.records.append(record)


class Raising:
    """A backend that refuses records which say `x`."""

    def emit(self, record: dict[str, Any]) -> None:
        """Refuse it, or let it go."""
        if "x" in record["metrics"]:
            raise ValueError("no x here")


class Stuck:
    """A backend that waits until it is let go."""

    def __init__(self) -> None:
        self.go_on = threading.Event()

    def emit(self, record: dict[str, Any]) -> None:
        """Wait."""
        del record
        self.go_on.wait(60)


@contextmanager
def telemetry_into(sink: MemorySink, **arguments: Any) -> Generator[Telemetry]:
    """A telemetry that ends up in memory, with a fixed clock and without readings."""
    known: dict[str, Any] = {"interval": None, "clock": FixedClock(), **arguments}
    known.setdefault("command_name", "train")
    with Client(sink=sink) as client, Telemetry(client=client, **known) as telemetry:
        yield telemetry


def kept(**arguments: Any) -> tuple[Telemetry, Keeping]:
    """A telemetry with one backend of somebody's own, without readings."""
    keeping = Keeping()
    known: dict[str, Any] = {"interval": None, **arguments}
    return Telemetry("train", backend=keeping, **known), keeping
