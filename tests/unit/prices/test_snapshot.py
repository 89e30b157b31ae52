"""The list that comes with the package."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from importlib.metadata import version
from importlib.resources import files

from codegen.prices import LARGEST, written
from modelmetry.prices.snapshot import snapshot


def test_the_list_is_what_the_locked_library_says() -> None:
    """Whoever moves the lock makes it again: nox -s prices."""
    kept = files("modelmetry.prices")
    prices, licence = written(snapshot().taken)
    assert kept.joinpath("snapshot.json").read_bytes() == prices
    assert kept.joinpath("snapshot-licence.txt").read_bytes() == licence
    assert len(prices) < LARGEST


def test_the_list_says_where_it_is_from_and_how_old_it_is() -> None:
    """Its age is counted in days."""
    found = snapshot()
    assert found.origin == f"genai-prices {version('genai-prices')}"
    assert found.taken >= date(2026, 11, 22)
    assert found.age(date.fromordinal(found.taken.toordinal() + 91)) == 91


def test_importing_loads_neither_the_library_nor_the_list() -> None:
    """Who asks for no price pays for none; who has no library needs no pydantic."""
    code = (
        "import sys, modelmetry.prices as p, modelmetry.prices.snapshot as s\n"
        "assert s.snapshot.cache_info().currsize == 0\n"
        "assert p.Prices(library=False).listing('gpt-4o', provider='openai').terms\n"
        "print({'genai_prices', 'pydantic', 'httpx', 'httpx2'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
