"""The public types, tested by use: mypy and pyright read two files."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
MISTAKES = {
    number
    for number, line in enumerate((HERE / "bad.py").read_text("utf-8").splitlines(), 1)
    if line.endswith("# error")
}


def mypy_errors(name: str) -> set[int]:
    """Lines of which mypy complains."""
    command = [sys.executable, "-m", "mypy", "--no-error-summary", f"tests/typing/{name}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stderr
    found = re.findall(r"^(.+?):(\d+): error: ", done.stdout, re.MULTILINE)
    assert {file for file, _ in found} <= {f"tests/typing/{name}"}, done.stdout
    return {int(line) for _, line in found}


def pyright_errors(name: str) -> set[int]:
    """Lines of which pyright complains."""
    command = [sys.executable, "-m", "pyright", "--outputjson", f"tests/typing/{name}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stderr
    found = json.loads(done.stdout)["generalDiagnostics"]
    return {
        complaint["range"]["start"]["line"] + 1
        for complaint in found
        if complaint["severity"] == "error"
    }


CHECKERS = [
    pytest.param(mypy_errors, "mypy", id="mypy"),
    pytest.param(pyright_errors, "pyright", id="pyright"),
]


@pytest.mark.parametrize(("errors", "module"), CHECKERS)
def test_what_is_right_is_accepted(errors: Callable[[str], set[int]], module: str) -> None:
    """Every chain has the type that it is said to have."""
    pytest.importorskip(module)
    assert errors("ok.py") == set()


@pytest.mark.parametrize(("errors", "module"), CHECKERS)
def test_every_mistake_is_found(errors: Callable[[str], set[int]], module: str) -> None:
    """Each marked line is an error, and nothing else is."""
    pytest.importorskip(module)
    assert errors("bad.py") == MISTAKES
