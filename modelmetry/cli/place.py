"""Where the store of this machine is."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from modelmetry.cli.failures import refuse
from modelmetry.settings import default_store_url
from modelmetry.store.open import open_store, store_path
from modelmetry.store.sqlite.connection import may_write
from modelmetry.store.sqlite.store import SqliteStore

F = TypeVar("F", bound=Callable[..., object])

VARIABLE = "MODELMETRY_STORE"


def store_option(command: F) -> F:
    """Give a command the option `--store`."""
    described = f"Store, sqlite:///PATH; also {VARIABLE}. By default a file of yours."
    return click.option("--store", metavar="URL", help=described)(command)


def store_url(given: str | None) -> str:
    """The option, else the variable, else the file of the user."""
    return given or os.environ.get(VARIABLE) or default_store_url()


def existing_store(given: str | None) -> SqliteStore:
    """Open the store that is meant, which must be there; to read it where it cannot be written.

    Raises:
        CommandFailed: there is none.
        StoreError: it cannot be opened.
    """
    path = existing_path(given)
    return open_store(store_url(given), create=False, read_only=not may_write(path))


def existing_path(given: str | None) -> Path:
    """The file of the store that is meant, which must be there.

    Raises:
        CommandFailed: there is none.
    """
    path = store_path(store_url(given))
    if not path.exists():
        refuse(
            f"there is no store at {path} yet; record something (modelmetry demo), or name another "
            f"with --store or {VARIABLE}"
        )
    return path
