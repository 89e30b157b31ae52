"""The public types, tested by use: mypy and pyright read two files."""

from __future__ import annotations

import json
import re
import shutil
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


def mypy_errors(file: Path) -> set[int]:
    """Lines of `file` of which mypy complains."""
    command = [sys.executable, "-m", "mypy", "--no-error-summary", str(file)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stderr
    found = re.findall(r"^(.+?):(\d+): error: ", done.stdout, re.MULTILINE)
    # By its name: mypy repeats complaints of an earlier run, which had the same file elsewhere.
    assert {Path(name).name for name, _ in found} <= {file.name}, done.stdout
    return {int(line) for _, line in found}


def pyright_errors(file: Path) -> set[int]:
    """Lines of `file` of which pyright complains."""
    command = [sys.executable, "-m", "pyright", "--outputjson", str(file)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stderr
    answer = json.loads(done.stdout)
    assert answer["summary"]["filesAnalyzed"] == 1
    return {
        complaint["range"]["start"]["line"] + 1
        for complaint in answer["generalDiagnostics"]
        if complaint["severity"] == "error"
    }


def copied(name: str, folder: Path) -> Path:
    """The file elsewhere: where it is, checkers of the whole project pass over it."""
    return Path(shutil.copy(HERE / name, folder / f"checked_{name}"))


CHECKERS = [
    pytest.param(mypy_errors, "mypy", id="mypy"),
    pytest.param(pyright_errors, "pyright", id="pyright"),
]


@pytest.mark.parametrize(("errors", "module"), CHECKERS)
def test_what_is_right_is_accepted(
    errors: Callable[[Path], set[int]], module: str, tmp_path: Path
) -> None:
    """Every chain has the type that it is said to have."""
    pytest.importorskip(module)
    assert errors(copied("ok.py", tmp_path)) == set()


@pytest.mark.parametrize(("errors", "module"), CHECKERS)
def test_every_mistake_is_found(
    errors: Callable[[Path], set[int]], module: str, tmp_path: Path
) -> None:
    """Each marked line is an error, and nothing else is."""
    pytest.importorskip(module)
    assert errors(copied("bad.py", tmp_path)) == MISTAKES
