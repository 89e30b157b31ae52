"""What a span takes in memory while its server is away: beside the bytes of its JSON.

Claim: under 1,500 bytes a span with the server down, also without a disk, and never more than the
limit. Each row is a process of its own that records turns of `benchmarks/turns/` (5 spans each)
and reads its resident memory (`/proc/self/statm`) before and after. `memory` and `batch` are the
durabilities, `bounded` is `memory` with a limit of 5 MiB; the floor is a list of as many bytes.

Run as `nox -s bench -- waiting [--turns 4000]`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from benchmarks.turns.ours import Recorder
from benchmarks.turns.story import SPANS_PER_TURN, stories

# Nobody listens there.
_AWAY: Final = "http://127.0.0.1:9"
_DIFFERENT: Final = 50
_BURST: Final = 20
ROWS: Final = ("floor", "memory", "batch", "bounded")
_BOUND: Final = 5 * 1024 * 1024
_MIB: Final = 1024 * 1024


def main(argv: Sequence[str]) -> None:
    """Measure each row and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=4_000)
    parser.add_argument("--row", choices=ROWS)
    asked = parser.parse_args(argv)
    if asked.row is not None:
        sys.stdout.write(json.dumps(measure(asked.row, asked.turns)))
        return
    lines = ["| | bytes a span | of JSON | MiB | waiting | dropped |", "|---|---|---|---|---|---|"]
    for row in ROWS:
        found = _in_a_process(row, asked.turns)
        lines.append(
            f"| {row} | {found['bytes']:,.0f} | {found['bytes'] / found['json']:.2f} x "
            f"| {found['bytes'] * SPANS_PER_TURN * asked.turns / _MIB:.1f} "
            f"| {found['waiting']:,} | {found['dropped']:,} |"
        )
    sys.stdout.write("\n".join(lines) + "\n")


def _in_a_process(row: str, turns: int) -> dict[str, int]:
    command = [sys.executable, "-m", "benchmarks.waiting", "--row", row, "--turns", str(turns)]
    with tempfile.TemporaryDirectory() as folder:
        settings = {"MODELMETRY_SPOOL": folder, "MODELMETRY_EXIT_TIMEOUT": "0"}
        if row == "bounded":
            settings["MODELMETRY_MAX_BUFFER_BYTES"] = str(_BOUND)
        settings["MODELMETRY_DURABILITY"] = "batch" if row == "batch" else "memory"
        done = subprocess.run(
            command, env={**os.environ, **settings}, check=True, capture_output=True, text=True
        )
    found: dict[str, int] = json.loads(done.stdout)
    return found


def measure(row: str, turns: int) -> dict[str, float]:
    """Record, and say what memory it took."""
    told = stories(_DIFFERENT)
    size = len(json.dumps(told[0].metadata)) * SPANS_PER_TURN + 6 * 500 + 26 * 200
    if row == "floor":
        before = _resident()
        kept = [b"%d" % number + b"x" * (size // SPANS_PER_TURN) for number in range(5 * turns)]
        return _row(_resident() - before, len(kept), size, 0, 0)
    recorder = Recorder(_AWAY)
    for number in range(_DIFFERENT):
        recorder.turn(told[number])
    recorder.client.flush_all(0.5)
    before, already = _resident(), recorder.client.stats()
    for number in range(turns):
        recorder.turn(told[number % _DIFFERENT])
        if number % _BURST == 0:
            time.sleep(0.005)
    recorder.client.flush_all(1.0)
    receipt = recorder.client.stats()
    waiting = receipt.pending + receipt.spooled - already.pending - already.spooled
    return _row(_resident() - before, SPANS_PER_TURN * turns, size, waiting, receipt.lost)


def _row(resident: int, spans: int, size: int, waiting: int, dropped: int) -> dict[str, float]:
    return {
        "bytes": resident / spans,
        "json": size / SPANS_PER_TURN,
        "waiting": waiting,
        "dropped": dropped,
    }


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    main(sys.argv[1:])
