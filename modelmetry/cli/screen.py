"""Where output goes: answers to stdout, everything else to stderr."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from modelmetry.cli.failures import refuse

# What is read by a program or kept in a file is not cut at the width of a window.
WIDE = 240

Column = tuple[str, dict[str, Any]]  # a title, and what rich is told about the column


# What is cut keeps so many columns; between columns of a table rich leaves two.
SHORTEST_CUT = 12
GAP = 2


# What a disk says that takes no more.
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}


class PipeAwareConsole(Console):
    """A console that leaves a closed pipe to the command."""

    def on_broken_pipe(self) -> None:
        """Let the error through: modelmetry.cli.failures knows what to do."""
        raise BrokenPipeError(errno.EPIPE, "the reader of the output went away")


def console(stream: IO[str]) -> Console:
    """A console on `stream`, with colours and the window's width only on a terminal."""
    width = None if stream.isatty() else width_told(os.environ.get("COLUMNS", "")) or WIDE
    return PipeAwareConsole(file=stream, width=width, highlight=False, emoji=False, markup=False)


def width_told(columns: str) -> int | None:
    """What COLUMNS says, if it says something."""
    return int(columns) if columns.isdecimal() and int(columns) > 0 else None


def out() -> Console:
    """The console of answers."""
    return console(sys.stdout)


def err() -> Console:
    """The console of everything else."""
    return console(sys.stderr)


def say(text: str, style: str = "") -> None:
    """Tell the user something that is no part of the answer."""
    err().print(Text(text, style), soft_wrap=True)  # a command in it can be copied


def write_json(document: object, *, indent: int = 2) -> None:
    """Write a model, or builtins, as JSON; `indent` 0 puts it on one line."""
    encoded = msgspec.json.encode(document)
    text = msgspec.json.format(encoded, indent=indent).decode() if indent else encoded.decode()
    click.echo(text, color=True)  # as it is: JSON holds no colours to strip


def interactive() -> bool:
    """Whether somebody sits in front of it who can answer."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def confirm(question: str, *, yes: bool) -> None:
    """Ask before something is gone for good.

    Raises:
        UsageError: there is nobody to ask, and `--yes` was not given.
        CommandFailed: the answer was no.
    """
    if yes:
        return
    if not interactive():
        raise click.UsageError("nobody can be asked here; give --yes to do it")
    if not click.confirm(question, err=True):
        refuse("nothing was done")


@contextmanager
def whole_file(path: Path) -> Generator[BinaryIO, None, None]:
    """A file to write that appears under its name when it is complete, or not at all.

    A device or a pipe is written to as it is, and a link stays one.

    Raises:
        CommandFailed: it cannot be written, or the disk is full.
    """
    target = Path(os.path.realpath(path))
    is_plain = target.is_file() or not target.exists()
    part = target.with_name(f"{target.name}.part") if is_plain else target
    try:
        if is_plain:
            part.touch(0o600)  # as the store itself: what was recorded is for its owner's eyes
        file = part.open("wb")
    except OSError as error:
        refuse(f"{path} cannot be written: {error.strerror}; name another file")
    try:
        with file:
            yield file
        if is_plain:
            part.replace(target)
    except OSError as error:
        if error.errno not in _FULL:
            raise
        refuse(f"{path} cannot be written: {error.strerror}; make room, or name another place")
    finally:
        if is_plain:
            part.unlink(missing_ok=True)


def table(
    columns: Sequence[Column],
    rows: Iterable[Sequence[Text | str]],
    *,
    spare: Sequence[str] = (),
    width: int = WIDE,
) -> Table:
    """A table without lines, whose cells are taken literally.

    Args:
        columns: title of each, and how it is shown.
        rows: a cell for each column.
        spare: titles of the columns that are left out where `width` is not enough, first ones
            first.
        width: columns of the screen.
    """
    cells = [[Text(one) if isinstance(one, str) else one for one in row] for row in rows]
    shown = _fitting(columns, cells, spare, width)
    built = Table(box=None, pad_edge=False, header_style="bold")
    for place in shown:
        title, options = columns[place]
        built.add_column(title, **options)
    for row in cells:
        for cell, (_, options) in zip(row, columns, strict=True):
            # rich narrows columns that may wrap first; these are cut instead
            cell.no_wrap = options.get("overflow") == "ellipsis" or None
        built.add_row(*(row[place] for place in shown))
    return built


def _fitting(
    columns: Sequence[Column], rows: Sequence[Sequence[Text]], spare: Sequence[str], width: int
) -> list[int]:
    """Places of the columns for which there is room."""

    def room(place: int) -> int:
        title, options = columns[place]
        whole = max([len(title), *(row[place].cell_len for row in rows)])
        return min(whole, SHORTEST_CUT) if options.get("overflow") == "ellipsis" else whole

    shown = list(range(len(columns)))
    for title in spare:
        if sum(room(place) + GAP for place in shown) - GAP <= width:
            break
        shown = [place for place in shown if columns[place][0] != title]
    return shown


def progress(description: str, total: float | None) -> Progress:
    """A progress bar on stderr, seen on a terminal only; start it as a block."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=err(),
        transient=True,
        disable=not sys.stderr.isatty(),
    )
    bar.add_task(description, total=total)
    return bar
