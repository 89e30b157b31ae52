"""Where the store of this machine is."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TypeVar

import click

from modelmetry.server.settings import default_store_url

F = TypeVar("F", bound=Callable[..., object])

VARIABLE = "MODELMETRY_STORE"


def store_option(command: F) -> F:
    """Give a command the option `--store`."""
    described = f"Store, sqlite:///PATH; also {VARIABLE}. By default a file of yours."
    return click.option("--store", metavar="URL", help=described)(command)


def store_url(given: str | None) -> str:
    """The option, else the variable, else the file of the user."""
    return given or os.environ.get(VARIABLE) or default_store_url()
