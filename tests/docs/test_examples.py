"""Each program of examples/ runs as its first lines say, and leaves something to look at."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.fences import ROOT

EXAMPLES = sorted((ROOT / "examples").glob("*.py"))


def run(words: list[str], home: Path) -> str:
    """Run a program of a reader to whom nothing is set."""
    done = subprocess.run(
        [sys.executable, *words],
        check=False,
        capture_output=True,
        text=True,
        env={"HOME": str(home), "PATH": os.environ["PATH"], "NO_COLOR": "1"},
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_leaves_traces_in_the_local_store(example: Path, tmp_path: Path) -> None:
    """Whoever runs it sees what it recorded."""
    run([str(example)], tmp_path)

    listed = run(["-m", "modelmetry.cli", "traces", "ls", "--json"], tmp_path)
    assert json.loads(listed)["Traces"]


def test_the_report_tells_what_the_example_of_production_did(tmp_path: Path) -> None:
    """Thirty customers ask, and are predicted; one stranger comes."""
    shown = run([str(ROOT / "examples/production.py")], tmp_path)
    told = run(["-m", "modelmetry.cli", "report", "--since", "1d", "--format", "json"], tmp_path)

    assert 'http_route="unmatched"' in shown
    report = json.loads(told)
    assert report["Requests"]["Count"]["Value"] == 61
    assert report["Predictions"]["Accuracy"]["Value"] == pytest.approx(0.6)
    # 200 tokens at 2.50, 1,000 from the cache at 1.25 and 80 at 10 dollars a million
    assert report["Llm"]["Cost"]["Value"] == pytest.approx(30 * 0.00255)
