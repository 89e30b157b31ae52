"""Ours: one backend each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from modelmetry import Telemetry
from modelmetry.sinks.local import LOCAL_TENANT
from modelmetry.store.open import open_store
from modelmetry.store.telemetry import TelemetryFilter
from modelmetry.telemetry import TelemetryFile, summary


def open_contender(kind: str, folder: Path) -> tuple[Callable[[int], object], Callable[[], None]]:
    """Give what reports one record, and what brings everything to its place."""
    if kind == "store":
        telemetry = Telemetry("bench", store=f"sqlite:///{folder}/store.db")
    else:
        telemetry = Telemetry("bench", backend=kind, path=folder / f"ours.{kind}")
    emit = telemetry.emit

    def report(number: int) -> None:
        emit("completed", {"tokens_per_sec": 45.2, "number": number})

    def finish() -> None:
        receipt = telemetry.flush(120)
        if receipt.lost:
            raise RuntimeError(str(receipt))

    return report, finish


def count(kind: str, folder: Path) -> int:
    """Read back how many records are in their place; readings of the machine are not counted."""
    if kind != "store":
        return summary(TelemetryFile(folder / f"ours.{kind}")).record_count
    store = open_store(f"sqlite:///{folder}/store.db")
    try:
        return store.telemetry_summary(LOCAL_TENANT, TelemetryFilter()).record_count
    finally:
        store.close()
