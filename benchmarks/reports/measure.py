"""Measure one contender: `python -m benchmarks.reports.measure MODULE KIND FOLDER RECORDS`."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import Final

Report = Callable[[int], object]

# Records between two pauses, in which the background catches up: a job reports in bursts.
BURST: Final = 500


def main(argv: list[str]) -> None:
    """Print the figures as one line of JSON."""
    module, kind, folder, records = argv[0], argv[1], Path(argv[2]), int(argv[3])
    contender = import_module(f"benchmarks.reports.{module}")
    report, finish = contender.open_contender(kind, folder)
    report(-1)
    finish()
    began = time.process_time()
    wall, caller = _in_bursts(report, finish, records)
    process = time.process_time() - began
    sustained, sustained_cpu = _burst(report, range(records))
    finish()
    # What was dropped would cost nothing.
    stored = contender.count(kind, folder)
    if stored != 2 * records + 1:
        raise RuntimeError(f"{stored} of {2 * records + 1} records are stored ({module} {kind})")
    figures = {
        "wall_us": wall / records * 1e6,
        "sustained_us": sustained / records * 1e6,
        "sustained_cpu_us": sustained_cpu / records * 1e6,
        "caller_us": caller / records * 1e6,
        "process_us": process / records * 1e6,
    }
    os.write(sys.__stdout__.fileno() if sys.__stdout__ else 1, json.dumps(figures).encode())


def _in_bursts(report: Report, finish: Callable[[], None], records: int) -> tuple[float, float]:
    """Seconds, and of CPU, of the caller, with pauses in which the background catches up."""
    wall = caller = 0.0
    for first in range(0, records, BURST):
        burst = _burst(report, range(first, first + BURST))
        wall, caller = wall + burst[0], caller + burst[1]
        finish()
    return wall, caller


def _burst(report: Report, numbers: Iterable[int]) -> tuple[float, float]:
    began, began_cpu = time.perf_counter(), time.thread_time()
    for number in numbers:
        report(number)
    return time.perf_counter() - began, time.thread_time() - began_cpu


if __name__ == "__main__":
    main(sys.argv[1:])
