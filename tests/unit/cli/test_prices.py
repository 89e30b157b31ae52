"""`modelmetry prices`."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path

import pytest

from modelmetry.cli.prices import OLD, old_line
from tests.unit.cli.conftest import Command

OWN = """
[[prices]]
model = "gpt-4o"
input = "2.10"
cached_input = "1.05"
output = "8.40"

[[prices]]
model = "gpt-4oo"
input = [[1]]
"""


@pytest.fixture(name="own")
def _own(tmp_path: Path) -> Path:
    """Prices of a user who has misspelt a model."""
    path = tmp_path / "prices.toml"
    path.write_text(OWN.replace("[[1]]", '"1"'))
    return path


@pytest.fixture(name="alone")
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """genai-prices is not installed."""
    monkeypatch.setitem(sys.modules, "genai_prices", None)


def test_a_model_is_shown_with_the_price_of_each_kind(run: Command) -> None:
    """And with where it is from, and how well it is known."""
    shown = run("prices", "show", "gpt-4o", "--provider", "openai")
    assert shown.exit_code == 0, shown.output
    lines = [line.split() for line in shown.stdout.splitlines()]
    assert ["Input", "2.50"] in lines
    assert ["Cached", "input", "1.25"] in lines
    assert ["Cache", "write", "as", "input"] in lines
    assert "gpt-4o at openai" in shown.stdout
    assert "Source: genai-prices " in shown.stdout
    assert "listed for this model at this provider" in shown.stdout


@pytest.mark.usefixtures("alone")
def test_without_the_library_the_snapshot_is_shown(run: Command) -> None:
    """With its date."""
    assert "Source: snapshot 20" in run("prices", "show", "gpt-4o").stdout


def test_tokens_are_priced(run: Command) -> None:
    """Each once: what was cached is not counted as other input."""
    words = ("--input", "1000000", "--cached-input", "600000", "--output", "500000")
    shown = run("prices", "show", "openai/gpt-4o", *words, "--reasoning", "100000")
    lines = [line.split() for line in shown.stdout.splitlines()]
    assert ["Input", "2.50", "400,000", "1.00"] in lines
    assert ["Cached", "input", "1.25", "600,000", "0.75"] in lines
    assert ["Output", "10.00", "500,000", "5.00"] in lines
    assert ["Total", "6.75"] in lines


def test_prices_are_those_of_a_day(run: Command) -> None:
    """As JSON, with exact decimals as texts."""
    before, after = (
        json.loads(run("prices", "show", "o3", "--at", day, "--input", "1000", "--json").stdout)
        for day in ("2025-05-01", "2026-05-01")
    )
    assert before["PerMillion"]["Input"] == [{"InputBeyond": 0, "Price": "10.00"}]
    assert (before["AsOf"], after["AsOf"]) == (None, "2025-06-10")
    assert after["Cost"] == {
        "Input": "0.002", "CacheRead": "0.00", "CacheWrite": "0.00", "Output": "0.00",
        "Other": "0.00", "Total": "0.002",
    }  # fmt: skip
    assert (before["Provider"], before["Confidence"]) == ("openai", "assumed")


def test_tiers_hours_and_fees_are_shown(run: Command) -> None:
    """A price has more to it than a number."""
    tiered = run("prices", "show", "gemini-2.5-pro", "--provider", "gcp.gemini").stdout
    assert "1.25; 2.50 beyond 200,000 of input" in tiered
    hours = ("--at", "2025-09-01T12:00:00Z", "--provider", "deepseek")
    assert "Hours: 00:30 to 16:30 UTC" in run("prices", "show", "deepseek-chat", *hours).stdout


def test_a_misspelt_model_is_told_with_what_was_meant(run: Command) -> None:
    """One line, exit code 1."""
    answer = run("prices", "show", "gpt-4oo", "--provider", "openai")
    assert (answer.exit_code, answer.stdout) == (1, "")
    assert "model 'gpt-4oo' at openai is not in " in answer.stderr
    assert "did you mean gpt-4o" in answer.stderr
    stranger = run("prices", "show", "gpt-4o", "--provider", "acme")
    assert stranger.exit_code == 1
    assert "provider 'acme' is not in " in stranger.stderr
    assert "MODELMETRY_PRICES" in stranger.stderr


def test_counts_that_cannot_be_are_refused(run: Command) -> None:
    """With what contradicts what."""
    answer = run("prices", "show", "gpt-4o", "--input", "5", "--cached-input", "6")
    assert answer.exit_code == 1
    assert "cached_input 6 and cache_write 0 are part of input, which is 5" in answer.stderr
    assert run("prices", "show", "gpt-4o", "--input", "-5").exit_code == 2


def test_own_prices_come_first(run: Command, own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the file that is named, or from that of the setting."""
    named = run("prices", "show", "gpt-4o", "--overrides", own)
    monkeypatch.setenv("MODELMETRY_PRICES", str(own))
    assert named.stdout == run("prices", "show", "gpt-4o").stdout
    assert ["Input", "2.10"] in [line.split() for line in named.stdout.splitlines()]
    assert "stated by you" in named.stdout


def test_own_prices_are_checked(run: Command, own: Path) -> None:
    """How many there are, and which name nothing that a list knows."""
    checked = run("prices", "check", own)
    assert checked.exit_code == 0, checked.output
    assert f"2 prices in {own}" in checked.stdout
    assert "No list knows gpt-4oo; did you mean gpt-4o" in checked.stderr
    assert "gpt-4o;" not in checked.stderr
    answer = json.loads(run("prices", "check", own, "--json").stdout)
    assert answer["Overrides"] == {"File": str(own), "Prices": 2}
    assert answer["InNoList"]["gpt-4oo"][0] == "gpt-4o"


def test_a_model_without_a_price_of_output_is_told(run: Command, own: Path) -> None:
    """Its calls would have no price, though a list has one for them."""
    text = '[[prices]]\nmodel = "gpt-4o"\ninput = 1\n[[prices]]\nmodel = "text-embedding-3-small"'
    own.write_text(f"{text}\ninput = 1\n")
    checked = run("prices", "check", own)
    assert checked.exit_code == 0
    assert "gpt-4o has no 'output': its calls have no price" in checked.stderr
    assert "embedding" not in checked.stderr
    answer = json.loads(run("prices", "check", own, "--json").stdout)
    assert answer["WithoutOutput"] == ["gpt-4o"]


def test_what_was_taken_for_granted_is_said(run: Command, own: Path) -> None:
    """Which of the two things that can be: who it is, or what the tokens are."""
    guessed = run("prices", "show", "gpt-4o")
    assert "assumed: which provider it is" in guessed.stdout
    cached = ("--input", "5", "--cached-input", "5", "--overrides", own)
    assert "assumed: that tokens of the cache" in run("prices", "show", "gpt-4oo", *cached).stdout


def test_a_price_for_another_provider_is_told_with_it(run: Command, own: Path) -> None:
    """The model itself would be no help."""
    own.write_text('[[prices]]\nmodel = "house-7b"\nprovider = "home"\ninput = 1\noutput = 1\n')
    answer = run("prices", "show", "house-7b", "--overrides", own)
    assert answer.exit_code == 1
    assert "did you mean house-7b at home?" in answer.stderr


def test_a_file_that_cannot_be_used_fails_the_check(run: Command, own: Path) -> None:
    """So that it can stand before a deployment."""
    own.write_text(OWN)
    answer = run("prices", "check", own)
    assert (answer.exit_code, answer.stdout) == (1, "")
    assert f"{own}: entry 2 (gpt-4oo) has input = [[1]]; expected USD per million" in answer.stderr


@pytest.mark.usefixtures("alone")
def test_the_age_of_the_lists_is_said(run: Command) -> None:
    """Also where there is nothing of the user's own to check."""
    checked = run("prices", "check")
    assert checked.exit_code == 0, checked.output
    assert "MODELMETRY_PRICES names a file" in checked.stdout
    assert "genai-prices: not installed" in checked.stdout
    assert "days old" in checked.stdout.replace("1 day old", "1 days old")
    answer = json.loads(run("prices", "check", "--json").stdout)
    assert answer["Snapshot"]["Old"] is (answer["Snapshot"]["AgeDays"] > OLD)
    assert answer["Snapshot"]["Models"] > 2_000
    assert (answer["Library"], answer["Overrides"]) == (None, None)


def test_an_old_list_is_told_with_what_to_do() -> None:
    """Which depends on what is there."""
    taken = date(2026, 8, 1)
    assert "91 days old" in old_line(taken, 91, installed=False)
    assert "pip install --upgrade 'modelmetry[prices]'" in old_line(taken, 91, installed=False)
    assert "it is asked last" in old_line(taken, 91, installed=True)
