"""One measure of one contender, in a process of its own; prints a JSON object.

Run as `python -m benchmarks.turns.measure CONTENDER MEASURE URL TURNS`.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any, Final

from benchmarks.turns.story import stories

_DIFFERENT: Final = 50
_WARM_UP: Final = 60
# Turns in one go, then a pause in which the background may work.
_BURST: Final = 10
_PAUSE: Final = 0.01
# The same under an instrument that makes everything fifty times slower.
_LONG_PAUSE: Final = 1.0
_PER_SECOND: Final = 100


def main(contender: str, measure: str, url: str, turns: int) -> dict[str, float]:
    """Take one measure."""
    return MEASURES[measure](contender, url, turns)


def _made(contender: str, url: str) -> Any:
    return import_module(f"benchmarks.turns.{contender}").Recorder(url)


def _caller(contender: str, url: str, turns: int) -> dict[str, float]:
    """CPU of the calling thread in microseconds per turn: the median of bursts."""
    recorder, told, bursts = _made(contender, url), stories(_DIFFERENT), list[float]()
    for first in range(0, turns + _WARM_UP, _BURST):
        began = time.thread_time_ns()
        for number in range(first, first + _BURST):
            recorder.turn(told[number % _DIFFERENT])
        bursts.append((time.thread_time_ns() - began) / _BURST / 1_000)
        time.sleep(_PAUSE)
    bursts = sorted(bursts[_WARM_UP // _BURST :])
    return {"caller_us": bursts[len(bursts) // 2]}


def _delivered(contender: str, url: str, turns: int) -> dict[str, float]:
    """CPU of the process in seconds per 1,000 turns, until all have arrived."""
    recorder, told = _made(contender, url), stories(_DIFFERENT)
    for number in range(_WARM_UP):
        recorder.turn(told[number % _DIFFERENT])
    recorder.flush()
    began = time.process_time_ns()
    for number in range(turns):
        recorder.turn(told[number % _DIFFERENT])
        if number % _BURST == 0:
            time.sleep(_PAUSE)
    recorder.flush()
    return {"process_s": (time.process_time_ns() - began) / turns / 1e6}


def _paced(contender: str, url: str, turns: int) -> dict[str, float]:
    """1,000 turns at 100 a second; the server counts requests and bytes."""
    recorder, told = _made(contender, url), stories(_DIFFERENT)
    began = time.monotonic()
    for number in range(turns):
        recorder.turn(told[number % _DIFFERENT])
        time.sleep(max(0.0, began + number / _PER_SECOND - time.monotonic()))
    recorder.flush()
    return {}


def _imported(contender: str, url: str, turns: int) -> dict[str, float]:
    """CPU of the process in milliseconds for the import and the first turns."""
    del turns
    began = time.process_time_ns()
    _made(contender, url)
    return {"import_ms": (time.process_time_ns() - began) / 1e6}


def _instructions(contender: str, url: str, turns: int) -> dict[str, float]:
    """Only do it: the instructions are counted from outside, without the last flush."""
    recorder, told = _made(contender, url), stories(_DIFFERENT)
    for number in range(turns):
        recorder.turn(told[number % _DIFFERENT])
        if number % _BURST == 0:
            time.sleep(_LONG_PAUSE)
    os._exit(0)


MEASURES: Final[dict[str, Callable[[str, str, int], dict[str, float]]]] = {
    "caller": _caller,
    "delivered": _delivered,
    "paced": _paced,
    "import": _imported,
    "instructions": _instructions,
}

if __name__ == "__main__":
    name, what, address, number_of_turns = sys.argv[1:]
    sys.stdout.write(json.dumps(main(name, what, address, int(number_of_turns))) + "\n")
