"""How the command ends when something went wrong: one line, a next step, an exit code.

1 for a failure, 2 for a wrong command line, 130 after Ctrl-C, 141 when the reader of the output
went away: what a shell sees of any other program that SIGINT or SIGPIPE ended.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any, NoReturn

import click

from modelmetry.cli.wording import plain
from modelmetry.errors import ModelmetryError

FAILURE, INTERRUPTED, PIPE_CLOSED = 1, 130, 141


class CommandFailed(click.ClickException):
    """The command cannot do what it was asked; the message says why and what to do."""

    exit_code = FAILURE

    def show(self, file: Any = None) -> None:  # noqa: ARG002  # click's signature
        """Write the one line."""
        click.echo(f"modelmetry: {plain(self.message)}", err=True)


class CarefulGroup(click.Group):
    """A group whose commands never end in a traceback for anything that is not a defect."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the chosen command and turn what it raises into an exit code."""
        return guarded(lambda: super(CarefulGroup, self).invoke(ctx))


def guarded(run: Callable[[], Any]) -> Any:
    """Answer what `run` answers, or leave as the table at the top of this module says."""
    try:
        answer = run()
        sys.stdout.flush()  # a closed pipe shows here, not while the interpreter shuts down
    except (KeyboardInterrupt, click.Abort) as stopped:
        raise click.exceptions.Exit(INTERRUPTED) from stopped
    except BrokenPipeError as closed:
        abandon_stdout()
        raise click.exceptions.Exit(PIPE_CLOSED) from closed
    except ModelmetryError as error:
        raise CommandFailed(str(error)) from error
    except OSError as error:
        raise CommandFailed(str(error)) from error
    return answer


def abandon_stdout() -> None:
    """Let what is still buffered go nowhere, so that the last flush does not complain."""
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, sys.stdout.fileno())
    os.close(devnull)


def refuse(message: str) -> NoReturn:
    """End the command with exit code 1 and one line.

    Raises:
        CommandFailed: always.
    """
    raise CommandFailed(message)
