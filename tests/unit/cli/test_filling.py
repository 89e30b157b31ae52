"""`modelmetry demo --scale`."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from modelmetry.settings import default_store_url
from modelmetry.store.open import open_store, store_path
from modelmetry.store.queries import TraceQuery
from tests.unit.cli.conftest import Command


def traces_in(path: Path) -> int:
    """How many traces a store has, up to 200."""
    with open_store(str(path), create=False) as store:
        return len(store.list_traces("local", TraceQuery(limit=200)).traces)


def test_made_up_traffic_stays_out_of_the_store_of_the_user(run: Command, home: Path) -> None:
    """It goes to a file beside it, and takes the place of what was made up before."""
    assert run("demo", "--scale", "300").exit_code == 0
    once = traces_in(home / "modelmetry" / "demo.db")
    ended = run("demo", "--scale", "300")
    assert ended.exit_code == 0
    assert "traces with" in ended.stderr
    assert str(home / "modelmetry" / "demo.db") in ended.stderr
    assert traces_in(home / "modelmetry" / "demo.db") == once > 0
    assert not store_path(default_store_url()).exists()


def test_a_store_that_the_user_chose_is_not_emptied(
    run: Command, home: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Although it has the name of the one for made-up traffic; --store says what is meant."""
    own = home / "modelmetry" / "demo.db"
    own.parent.mkdir(parents=True)
    shutil.copy(store, own)
    monkeypatch.setenv("MODELMETRY_STORE", f"sqlite:///{home}/modelmetry/../modelmetry/demo.db")
    before = traces_in(own)
    ended = run("demo", "--scale", "100")
    assert ended.exit_code == 1
    assert "would be emptied first" in ended.stderr
    assert traces_in(own) == before
    assert run("demo", "--scale", "100", "--store", own).exit_code == 0
    assert traces_in(own) > before


def test_a_store_that_is_named_keeps_what_it_has(run: Command, store: Path) -> None:
    """Who names a store wants the traffic in it."""
    before = traces_in(store)
    assert run("demo", "--scale", "100", "--store", store).exit_code == 0
    assert traces_in(store) > before


def test_there_is_a_report_of_made_up_production(run: Command, tmp_path: Path) -> None:
    """With a month before, and charts of all sections."""
    place = f"sqlite:///{tmp_path / 'demo.db'}"
    assert run("demo", "--scale", "200", "--store", place).exit_code == 0
    told = run("report", "--store", place, "--baseline", "60d..30d").stdout
    assert "- Savings: **" in told
    assert "(max " in told
    page = run("report", "--store", place, "--format", "html").stdout
    for title in ("Cost of the cloud, each day", "Requests by route", "Memory, average"):
        assert f"<h3>{title}" in page


def test_a_model_is_not_asked_for_made_up_traffic(run: Command) -> None:
    """Both options together are refused, with the reason."""
    ended = run("demo", "--live", "--scale", "100")
    assert ended.exit_code == 1
    assert "give one of them" in ended.stderr
