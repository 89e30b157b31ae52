"""What is not done: nothing optional is loaded and no thread is started by importing costs."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date

import pytest

from modelmetry.costs.explorer import CostExplorer
from modelmetry.errors import MissingExtraError

LOADED = """
import sys, threading
before = set(sys.modules)  # what measures coverage has loaded some
import modelmetry.costs.explorer, modelmetry.costs.focus, modelmetry.costs.poller
import modelmetry.costs.forecast, modelmetry.costs.trend, modelmetry.costs.units
modelmetry.costs.explorer.CostExplorer()
heavy = {"boto3", "botocore", "pyarrow", "httpx", "sqlite3", "attr", "modelmetry_api"}
print(sorted(heavy & (set(sys.modules) - before)), threading.active_count())
"""


def test_importing_loads_and_starts_nothing() -> None:
    """Not even making a source does."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )

    assert done.stdout.strip() == "[] 1"


def test_without_boto3_the_message_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """When it is asked, not when it is made."""
    monkeypatch.setitem(sys.modules, "boto3", None)
    source = CostExplorer()

    with pytest.raises(MissingExtraError, match=r"pip install 'modelmetry\[aws\]'"):
        source.rows(date(2026, 9, 1), date(2026, 9, 2))
    assert source.spending.requests == 0
