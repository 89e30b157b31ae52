"""What it costs to measure requests: our middleware beside two others, and the application alone.

All of them stand in front of the same application in one process, and their rounds are
interleaved: called directly, without a network, and through uvicorn. What is compared is the
median of what a round took more than the application alone in the same round. Prints a Markdown
table; exits with 1 when ours adds more than half of the CPU that the cheaper of the others adds.

Run as `nox -s bench -- http_middleware [--rounds 25] [--requests 400] [--python PYTHON]`.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
PEERS: Final = ROOT / ".nox" / "bench-peers" / "http"
LOCK: Final = ROOT / "requirements" / "bench-http.txt"
OURS, BARE = "modelmetry", "bare"
OTHERS: Final = ("prometheus-fastapi-instrumentator", "starlette_exporter")
HEADS: Final = {
    "cpu": "called, µs of CPU",
    "clock": "µs on the clock",
    "uvicorn_cpu": "through uvicorn, µs of the server's CPU",
    "uvicorn_clock": "µs on the clock",
}

Figures = Mapping[str, Mapping[str, Sequence[float]]]


def main(argv: Sequence[str]) -> int:
    """Measure, print, and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--requests", type=int, default=400)
    parser.add_argument("--python", help="has the others installed; made when it is not given")
    options = parser.parse_args(argv)
    command = [options.python or _peers_python(), "-m", "benchmarks.middlewares.measure"]
    done = subprocess.run(
        [*command, str(options.rounds), str(options.requests)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'generated'}"},
        check=True,
        stdout=subprocess.PIPE,
    )
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    sys.stdout.write(_table(figures))
    cheaper = min(_added(figures, name, "cpu") for name in OTHERS)
    return 1 if _added(figures, OURS, "cpu") > cheaper / 2 else 0


def _peers_python() -> str:
    python = PEERS / "bin" / "python"
    if not python.exists():
        subprocess.run(["uv", "venv", "--quiet", "--python", sys.executable, PEERS], check=True)
    install = ["uv", "pip", "install", "--quiet", "--require-hashes", "-r", str(LOCK)]
    subprocess.run([*install, "--python", str(python)], check=True)
    return str(python)


def _added(figures: Figures, name: str, kind: str) -> float:
    """The median of what a round took more than the application alone in the same round."""
    rounds = zip(figures[name][kind], figures[BARE][kind], strict=True)
    return statistics.median(took - alone for took, alone in rounds)


def _table(figures: Figures) -> str:
    lines = [f"| | {' | '.join(HEADS.values())} |", "|---" * (len(HEADS) + 1) + "|"]
    bare = (f"{statistics.median(figures[BARE][kind]):.1f}" for kind in HEADS)
    lines.append(f"| the application alone | {' | '.join(bare)} |")
    for name in figures:
        if name != BARE:
            added = (f"+{_added(figures, name, kind):.1f}" for kind in HEADS)
            lines.append(f"| {name} | {' | '.join(added)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
