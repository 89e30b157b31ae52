"""`modelmetry grafana`."""

from __future__ import annotations

from pathlib import Path

from modelmetry.grafana.choices import Choices
from modelmetry.grafana.files import files
from tests.unit.cli.conftest import Command


def test_all_files_are_written_and_named(run: Command, tmp_path: Path) -> None:
    """Made for what was chosen."""
    words = ("--job", "shop", "--slo", "99.5", "--monthly-budget", "20", "--scrape-interval", "30s")
    more = ("--server-job", "own", "--runbooks", "https://wiki.example.org/alerts")
    done = run("grafana", "export", "-o", tmp_path / "made", *words, *more)
    assert done.exit_code == 0, done.output

    choices = Choices(
        jobs=("shop",),
        server_job="own",
        slo=99.5,
        monthly_budget=20,
        scrape_interval="30s",
        runbooks="https://wiki.example.org/alerts",
    )
    for name, text in files(choices).items():
        assert (tmp_path / "made" / name).read_text() == text
        assert str(tmp_path / "made" / name) in done.stdout


def test_what_differs_is_kept_unless_it_is_forced(run: Command, tmp_path: Path) -> None:
    """In one line, with what to do."""
    assert run("grafana", "export", "-o", tmp_path).exit_code == 0
    again = run("grafana", "export", "-o", tmp_path)
    assert again.exit_code == 0
    assert "Wrote 0 files" in again.output
    refused = run("grafana", "export", "-o", tmp_path, "--slo", "99")
    assert refused.exit_code == 1
    assert "--force" in refused.stderr
    assert run("grafana", "export", "-o", tmp_path, "--slo", "99", "--force").exit_code == 0


def test_a_wrong_value_is_refused_and_nothing_written(run: Command, tmp_path: Path) -> None:
    """With the value and what would do."""
    refused = run("grafana", "export", "-o", tmp_path / "made", "--slo", "101")
    assert refused.exit_code == 1
    assert "below 100 percent, not 101" in refused.stderr
    assert not (tmp_path / "made").exists()
