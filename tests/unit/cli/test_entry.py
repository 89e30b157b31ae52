"""Where the command starts, and how it ends when something is wrong."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from modelmetry.cli.entry import missing_packages
from modelmetry.cli.failures import CarefulGroup
from modelmetry.errors import ModelmetryError
from tests.unit.cli.cast import environment, modelmetry

WITHOUT = """
import sys
from importlib.machinery import PathFinder

class Without(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name in {"rich", "uvicorn"} else super().find_spec(name, path, target)

sys.meta_path[:] = [Without if one is PathFinder else one for one in sys.meta_path]
from modelmetry.cli.entry import main
main()
"""


def test_without_the_extra_one_line_names_the_pip_command(tmp_path: Path) -> None:
    """Nobody sees a traceback for what was not installed."""
    ended = subprocess.run(
        [sys.executable, "-c", WITHOUT],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr == (
        "modelmetry: the command needs rich, uvicorn, which is not installed; "
        "run: pip install 'modelmetry[server]'\n"
    )


def test_missing_packages_are_found_without_importing() -> None:
    """What is there is not missing."""
    assert missing_packages(["sys", "click", "no_such_package"]) == ["no_such_package"]


def test_help_and_version_import_no_server(tmp_path: Path) -> None:
    """They answer at once: nothing heavy is imported for them."""
    code = (
        "import sys, atexit; sys.argv = ['modelmetry', '--help']\n"
        "atexit.register(lambda: print({'starlette', 'httpx', 'uvicorn'} & set(sys.modules)))\n"
        "from modelmetry.cli.entry import main; main()"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stdout.splitlines()[-1] == "set()"
    assert modelmetry(tmp_path, "--version").stdout == "modelmetry 0.1.0\n"


@pytest.mark.parametrize(
    "arguments", [["nothing"], ["traces", "ls", "--limit", "0"], ["traces", "--no-such-option"]]
)
def test_a_wrong_command_line_is_2(tmp_path: Path, arguments: list[str]) -> None:
    """And says what is wrong, on stderr."""
    ended = modelmetry(tmp_path, *arguments)
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert "Error" in ended.stderr


def group_raising(error: BaseException) -> click.Group:
    """A command line whose only command `go` raises."""

    @click.group(cls=CarefulGroup)
    def group() -> None:
        pass

    @group.command()
    def go() -> None:
        raise error

    return group


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (ModelmetryError("it is \x1b[31mred"), 1, "modelmetry: it is \\x1b[31mred\n"),
        (PermissionError(13, "not allowed", "/file"), 1, "not allowed: '/file'"),
        (KeyboardInterrupt(), 130, ""),
        (click.Abort(), 130, ""),
    ],
)
def test_failures_are_a_line_and_a_code(error: BaseException, code: int, said: str) -> None:
    """Trouble is one line; Ctrl-C is none; there is never a traceback."""
    ended = CliRunner().invoke(group_raising(error), ["go"])
    assert ended.exit_code == code
    assert said in ended.stderr
    assert "Traceback" not in ended.output


def test_a_defect_is_not_hidden() -> None:
    """An exception that nobody expected keeps its traceback."""
    ended = CliRunner().invoke(group_raising(ZeroDivisionError("oops")), ["go"])
    assert isinstance(ended.exception, ZeroDivisionError)
