"""The root package: a menu."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys

import pytest

import modelmetry

COUNT_MODULES = """
import sys
before = set(sys.modules)
import modelmetry
lazy = "modelmetry.client.client" not in sys.modules
modelmetry.Client(base_url="http://127.0.0.1:9").close(0)
heavy = {"httpx", "sqlite3", "attr", "modelmetry_api", "starlette", "yaml", "rich"}
print(sorted(heavy & (set(sys.modules) - before)), lazy)
"""


def test_the_menu_matches_reality() -> None:
    """Every name on the menu exists, and `dir` shows the menu."""
    assert dir(modelmetry) == sorted(modelmetry.__all__)
    assert all(getattr(modelmetry, name) is not None for name in modelmetry.__all__)


def test_every_name_has_the_home_that_it_says() -> None:
    """What the menu gives is what its home defines."""
    for name in modelmetry.__all__:
        thing = getattr(modelmetry, name)
        if inspect.isclass(thing) or inspect.isfunction(thing):
            assert thing.__module__.startswith("modelmetry.")
            assert thing.__name__ == name


def test_every_public_name_is_explained() -> None:
    """Each class and function on the menu, and each public word of it, has a docstring."""
    for name in modelmetry.__all__:
        thing = getattr(modelmetry, name)
        if inspect.isclass(thing) or inspect.isfunction(thing):
            assert thing.__doc__, name
        for word, member in inspect.getmembers(thing, inspect.isfunction):
            assert word.startswith("_") or member.__doc__, f"{name}.{word}"


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    """A misspelt name is refused as Python refuses it."""
    with pytest.raises(AttributeError, match="module 'modelmetry' has no attribute 'Cleint'"):
        getattr(modelmetry, "Cleint")  # noqa: B009 - a checker would refuse the plain form


def test_the_client_brings_nothing_heavy() -> None:
    """A client that has recorded nothing loads no HTTP, no database, no models, no server."""
    command = [sys.executable, "-c", COUNT_MODULES]
    # The child finds what this process finds, installed or not.
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environ)

    assert done.stdout.strip() == "[] True"
