"""What reporting a record of telemetry costs the caller: ours, the older tool and structlog.

Prints a Markdown table; exits with 1 when a record costs our caller 10 µs or more. Each contender
has processes of its own, the others an environment of their own; rounds are interleaved, and the
median of a contender's rounds counts. A contender whose records are not all there afterwards fails.

Run as `nox -s bench -- telemetry [--rounds 5] [--records 10000] [--python PYTHON]`.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parent.parent
PEERS: Final = ROOT / ".nox" / "bench-peers" / "telemetry"
LOCK: Final = ROOT / "requirements" / "bench-telemetry.txt"
BUDGET_US: Final = 10.0
# The older tool is a hundred times as slow: fewer of its records say as much.
FEWER: Final = 10

Figures = dict[str, float]


class Contender(NamedTuple):
    """A module of `benchmarks.reports`, what it is asked for, and its name in the table."""

    module: str
    kind: str
    name: str


CONTENDERS: Final = (
    Contender("ours", "jsonl", "modelmetry, JSON lines"),
    Contender("ours", "sqlite", "modelmetry, SQLite"),
    Contender("ours", "store", "modelmetry, local store"),
    Contender("structured", "jsonl", "structlog, JSON lines"),
    Contender("older", "jsonl", "older tool, JSON lines"),
    Contender("older", "sqlite", "older tool, SQLite"),
)


def main(argv: Sequence[str]) -> int:
    """Measure, print, and compare with the budget."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--python", help="has the others installed; made when it is not given")
    options = parser.parse_args(argv)
    peer = options.python or _peers_python()
    taken: dict[Contender, list[Figures]] = defaultdict(list)
    for _ in range(options.rounds):
        for one in CONTENDERS:
            records = options.records // (FEWER if one.module == "older" else 1)
            python = sys.executable if one.module == "ours" else peer
            taken[one].append(_run(one, python, records))
    figures = {
        one: {key: statistics.median(each[key] for each in rounds) for key in rounds[0]}
        for one, rounds in taken.items()
    }
    sys.stdout.write(_table(figures))
    ours = [found["wall_us"] for one, found in figures.items() if one.module == "ours"]
    return 1 if max(ours) >= BUDGET_US else 0


def _run(one: Contender, python: str, records: int) -> Figures:
    with tempfile.TemporaryDirectory() as folder:
        command = [python, "-m", "benchmarks.reports.measure", one.module, one.kind, folder]
        done = subprocess.run(
            [*command, str(records)],
            cwd=ROOT,
            # The older tool keeps a log below the folder of the user, and on standard error.
            env={**_environment(), "HOME": folder},
            check=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    found: Figures = json.loads(done.stdout.splitlines()[-1])
    return found


def _environment() -> dict[str, str]:
    """Ours without settings."""
    unwanted = ("MODELMETRY", "CLOUDMESH", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
    return {**kept, "PYTHONPATH": f"{ROOT}:{ROOT / 'generated'}"}


def _peers_python() -> str:
    python = PEERS / "bin" / "python"
    if not python.exists():
        subprocess.run(["uv", "venv", "--quiet", "--python", sys.executable, PEERS], check=True)
        install = ["uv", "pip", "install", "--quiet", "--require-hashes", "-r", str(LOCK)]
        subprocess.run([*install, "--python", str(python)], check=True)
    return str(python)


def _table(figures: Mapping[Contender, Figures]) -> str:
    base = figures[CONTENDERS[0]]["wall_us"]
    heads = "µs until the call returns", "ratio", "CPU µs", "CPU µs of the process"
    lines = [
        f"| | {' | '.join(heads)} | without a pause, µs | CPU µs |",
        "|---|---|---|---|---|---|---|",
    ]
    keys = ("caller_us", "process_us", "sustained_us", "sustained_cpu_us")
    for one, found in figures.items():
        ratio = f"{found['wall_us']:,.1f} | {found['wall_us'] / base:,.1f}"
        rest = " | ".join(f"{found[key]:,.1f}" for key in keys)
        lines.append(f"| {one.name} | {ratio} | {rest} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
