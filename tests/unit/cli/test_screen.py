"""Where output goes, and how wide it is."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import BinaryIO

import click
import pytest
from click.testing import CliRunner

from modelmetry.cli import screen
from modelmetry.cli.failures import CarefulGroup, CommandFailed


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        """Yes."""
        return True


class ClosedPipe(io.StringIO):
    """A stream whose reader went away."""

    def write(self, text: str) -> int:
        """Fail as a pipe does."""
        raise BrokenPipeError(32, "Broken pipe")


@pytest.mark.parametrize(("columns", "width"), [("", 240), ("100", 100), ("0", 240), ("wide", 240)])
def test_what_is_no_terminal_is_wide(
    monkeypatch: pytest.MonkeyPatch, columns: str, width: int
) -> None:
    """A file is not cut at the width of a window, unless COLUMNS says how wide it is."""
    monkeypatch.setenv("COLUMNS", columns)
    assert screen.console(io.StringIO()).width == width


def test_a_terminal_has_its_own_width(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the terminal says."""
    monkeypatch.setenv("COLUMNS", "77")
    assert screen.console(Terminal()).width == 77


def test_a_closed_pipe_reaches_the_command() -> None:
    """It is not taken for success on the way."""
    with pytest.raises(BrokenPipeError):
        screen.console(ClosedPipe()).print("word")


def test_json_is_written_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    """Indented for people, on one line for programs."""
    screen.write_json({"a": [1]})
    screen.write_json({"a": [1]}, indent=0)
    assert capsys.readouterr().out == '{\n  "a": [\n    1\n  ]\n}\n{"a":[1]}\n'


@click.group(cls=CarefulGroup)
def asking() -> None:
    """A command line that asks."""


@asking.command()
@click.option("--yes", is_flag=True)
def go(yes: bool) -> None:
    """Ask, then do it."""
    screen.confirm("Really?", yes=yes)
    click.echo("done")


@pytest.mark.parametrize(
    ("terminal", "words", "answer", "code", "said"),
    [
        (True, [], "y\n", 0, "done"),
        (True, [], "n\n", 1, "nothing was done"),
        (True, [], "", 130, "Really?"),
        (False, [], "y\n", 2, "--yes"),
        (False, ["--yes"], "", 0, "done"),
    ],
)
def test_somebody_is_asked_where_somebody_is(  # pytest passes them by name
    monkeypatch: pytest.MonkeyPatch,
    terminal: bool,
    words: list[str],
    answer: str,
    code: int,
    said: str,
) -> None:
    """Without a terminal only --yes is an answer; no answer at all is a Ctrl-C."""
    monkeypatch.setattr(screen, "interactive", lambda: terminal)
    ended = CliRunner().invoke(asking, ["go", *words], input=answer)
    assert ended.exit_code == code, ended.output
    assert said in ended.output


def write_half(file: BinaryIO) -> None:
    """Begin to write, and fail."""
    file.write(b"half")
    raise ValueError("closed")


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    """What was begun and not finished leaves nothing behind."""
    path = tmp_path / "out.jsonl"
    with pytest.raises(ValueError, match="closed"), screen.whole_file(path) as file:
        write_half(file)
    assert list(tmp_path.iterdir()) == []
    with screen.whole_file(path) as file:
        file.write(b"whole")
    assert [one.read_bytes() for one in tmp_path.iterdir()] == [b"whole"]


def test_a_link_stays_a_link_and_what_it_names_is_written(tmp_path: Path) -> None:
    """As who made it wanted; one that names nothing yet makes it."""
    (tmp_path / "link.md").symlink_to(tmp_path / "kept.md")
    for text in (b"first", b"second"):
        with screen.whole_file(tmp_path / "link.md") as file:
            file.write(text)
        assert (tmp_path / "kept.md").read_bytes() == text
    assert (tmp_path / "link.md").is_symlink()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes of POSIX")
def test_a_pipe_is_written_to_and_stays(tmp_path: Path) -> None:
    """So does a device: nothing takes its place."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    with screen.whole_file(pipe) as file:
        file.write(b"told")
    assert os.read(reader, 10) == b"told"
    os.close(reader)
    assert [one.name for one in tmp_path.iterdir()] == ["pipe"]
    assert pipe.is_fifo()


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="a full disk of Linux")
def test_a_full_disk_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    """In one line, with what to do; nor is a folder a file."""
    full = Path("/dev/full")
    with pytest.raises(CommandFailed, match="No space left"), screen.whole_file(full) as file:
        file.write(b"told")
    with pytest.raises(CommandFailed, match="Is a directory"), screen.whole_file(Path()):
        raise AssertionError
    assert Path("/dev/full").is_char_device()
    assert capsys.readouterr().out == ""


def test_a_test_run_is_not_interactive(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both sides must be terminals."""
    assert not screen.interactive() or sys.stdin.isatty()
    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert not screen.interactive()
