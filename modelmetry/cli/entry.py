"""Where the console script starts; it needs nothing but the standard library to do so."""

from __future__ import annotations

import importlib
import io
import sys
from collections.abc import Sequence
from importlib.util import find_spec

EXTRA = ("click", "jsonschema_rs", "jwt", "orjson", "rich", "starlette", "uvicorn", "zstandard")


def main() -> None:
    """Run the command line, or say in one line what has to be installed for it."""
    missing = missing_packages(EXTRA)
    if missing:
        sys.stderr.write(
            f"modelmetry: the command needs {', '.join(missing)}, which is not installed; "
            "run: pip install 'modelmetry[server]'\n"
        )
        raise SystemExit(1)
    for stream in (sys.stdout, sys.stderr):  # a sign that the terminal lacks must not end us
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    importlib.import_module("modelmetry.cli.root").modelmetry.main(prog_name="modelmetry")


def missing_packages(names: Sequence[str]) -> list[str]:
    """Those of the top-level packages `names` that cannot be imported here."""
    return [name for name in names if find_spec(name) is None]
