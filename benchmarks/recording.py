"""What recording a turn of a chatbot costs: bare Python, a floor, others, and ours, side by side.

Prints a Markdown table; exits with 1 when a turn costs our caller more than its budget of
instructions. Each contender has processes of its own, the others environments of their own;
rounds are interleaved, and the median of a contender's rounds counts.

Run as `nox -s bench -- recording [--rounds 5] [--turns 1000] [--without-others]`.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from collections import defaultdict
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parent.parent
PEERS: Final = ROOT / ".nox" / "bench-peers"
BUDGET: Final = 250_000
# Both of them long enough that what happens once, at first use, falls out of the difference.
FEW, MANY = 100, 300

Figures = dict[str, float]


class Contender(NamedTuple):
    """A module of `benchmarks.turns`, and the lock of its environment if it is not ours."""

    module: str
    name: str
    lock: str | None = None


CONTENDERS: Final = (
    Contender("bare", "bare Python"),
    Contender("floor", "floor"),
    Contender("ours", "modelmetry"),
    Contender("observed", "modelmetry, its calls counted"),
    Contender("otel", "OpenTelemetry", "bench-otel"),
    Contender("langfuse_sdk", "Langfuse", "bench-langfuse"),
)
ROWS: Final = (
    ("instructions", "instructions on the caller's thread, per turn", "{:,.0f}"),
    ("caller_us", "CPU of the caller's thread, µs per turn", "{:.0f}"),
    ("process_s", "CPU of the process, s per 1,000 turns delivered", "{:.2f}"),
    ("body_bytes", "body bytes per turn", "{:,.0f}"),
    ("requests", "requests for 1,000 turns at 100 a second", "{:.0f}"),
    ("import_ms", "import and construction, ms of CPU", "{:.0f}"),
)


def main(argv: Sequence[str]) -> int:
    """Measure, print, and compare with the budget."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--turns", type=int, default=1_000)
    parser.add_argument("--without-others", action="store_true")
    options = parser.parse_args(argv)
    found = [one for one in CONTENDERS if not (options.without_others and one.lock)]
    pythons = {one.module: _python(one) for one in found}
    with tempfile.TemporaryDirectory() as spool:
        os.environ["MODELMETRY_SPOOL"] = spool
        figures = _figures(found, pythons, options)
    sys.stdout.write(_table(found, figures))
    return 1 if figures["ours"].get("instructions", 0.0) > BUDGET else 0


def _figures(
    found: Sequence[Contender], pythons: Mapping[str, str], options: argparse.Namespace
) -> dict[str, Figures]:
    taken: dict[str, dict[str, list[float]]] = {one.module: defaultdict(list) for one in found}
    for number in range(options.rounds):
        for one in found:
            for key, value in _round(one, pythons[one.module], options.turns, number).items():
                taken[one.module][key].append(value)
    return {
        module: {key: statistics.median(values) for key, values in rounds.items()}
        for module, rounds in taken.items()
    }


def _round(one: Contender, python: str, turns: int, number: int) -> Figures:
    with _server() as url:
        figures = {
            **_run(one, python, "caller", url, turns),
            **_run(one, python, "import", url, 0),
        }
        if one.module != "bare":
            figures |= _run(one, python, "delivered", url, turns)
    if number == 0:  # these repeat
        if one.module != "bare":
            with _server() as url:
                _run(one, python, "paced", url, 1_000)
                counts = _counts(url)
            figures |= {
                "requests": counts["requests"],
                "body_bytes": counts["bytes"] / 1_000,
            }
        if shutil.which("valgrind"):
            with _server() as url:
                figures["instructions"] = _instructions(one, python, url)
    return figures


def _run(one: Contender, python: str, measure: str, url: str, turns: int) -> Figures:
    command = [python, "-m", "benchmarks.turns.measure", one.module, measure, url, str(turns)]
    done = subprocess.run(command, env=_environment(), check=True, capture_output=True, text=True)
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


def _instructions(one: Contender, python: str, url: str) -> float:
    """Instructions of the calling thread per turn: the difference of a long and a short run."""
    totals: list[int] = []
    for turns in (FEW, MANY):
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "counts"
            counting = ["valgrind", "--tool=callgrind", "--separate-threads=yes"]
            counted = [python, "-m", "benchmarks.turns.measure", one.module, "instructions", url]
            subprocess.run(
                [*counting, f"--callgrind-out-file={out}", *counted, str(turns)],
                env=_environment(),
                check=True,
                capture_output=True,
            )
            first = next(path for path in Path(folder).iterdir() if path.name.endswith("-01"))
            ends = [line for line in first.read_text().splitlines() if line.startswith("totals")]
            totals.append(int(ends[-1].split()[1]))
    return (totals[1] - totals[0]) / (MANY - FEW)


@contextmanager
def _server() -> Generator[str]:
    command = [sys.executable, "-m", "benchmarks.turns.counting_server"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as server:
        assert server.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.kill()


def _counts(url: str) -> dict[str, int]:
    with urllib.request.urlopen(f"{url}/counts") as answer:  # noqa: S310 - our own server
        counts: dict[str, int] = json.load(answer)
    return counts


def _environment() -> dict[str, str]:
    """Ours without settings, but for a folder of our own for what waits on disk.

    Modules are kept compiled, as where they are installed: an import reads them, and no more.
    """
    spool = os.environ["MODELMETRY_SPOOL"]
    unwanted = ("MODELMETRY", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
    paths = f"{ROOT}:{ROOT / 'generated'}"
    return {**kept, "PYTHONPATH": paths, "PYTHONHASHSEED": "0", "MODELMETRY_SPOOL": spool}


def _python(one: Contender) -> str:
    """The interpreter of a contender; another's environment is made when it is missing."""
    if one.lock is None:
        return sys.executable
    folder = PEERS / one.module
    python = folder / "bin" / "python"
    if not python.exists():
        lock = ROOT / "requirements" / f"{one.lock}.txt"
        subprocess.run(["uv", "venv", "--quiet", "--python", sys.executable, folder], check=True)
        install = ["uv", "pip", "install", "--quiet", "--require-hashes", "-r", str(lock)]
        subprocess.run([*install, "--python", str(python)], check=True)
    return str(python)


def _table(found: list[Contender], figures: dict[str, Figures]) -> str:
    names = [one.name for one in found]
    lines = [f"| | {' | '.join(names)} |", f"|---|{'---|' * len(names)}"]
    for key, title, form in ROWS:
        cells = [
            form.format(figures[one.module][key]) if key in figures[one.module] else "-"
            for one in found
        ]
        lines.append(f"| {title} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
