"""`modelmetry costs`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Command
from tests.unit.costs.explorer_fake import Cloud, cloud

HEADER = "ChargePeriodStart,BillingCurrency,ServiceName,ChargeCategory,BilledCost,EffectiveCost"


@pytest.fixture(name="exports")
def _exports(tmp_path: Path) -> Path:
    """Fifteen days until yesterday, each 10 dollars in two lines, and one line that is torn."""
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    lines = [HEADER]
    for place in range(15):
        day = yesterday - timedelta(days=place)
        lines += [f"{day},USD,Compute,Usage,8.995,8", f"{day},USD,Storage,Usage,1.005,1"]
    file = tmp_path / "costs.csv"
    file.write_text("\n".join([*lines, f"{yesterday},USD,Compute,Usage,lots,8"]))
    return file


@pytest.fixture(name="aws")
def _aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """A cloud that plays Cost Explorer to this process."""
    with cloud() as playing:
        for name, value in playing.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("AWS_PROFILE", raising=False)
        yield playing


def test_files_are_imported_and_twice_changes_nothing(run: Command, exports: Path) -> None:
    """What was passed over is said with its line, and by the exit code."""
    first = run("costs", "import", exports)
    assert first.exit_code == 1
    assert "Imported 30 lines of 1 file as focus: 15 days, 30 rows, 30 changed" in first.stderr
    assert f"{exports}:32: BilledCost is 'lots', which is no amount" in first.stderr
    again = json.loads(run("costs", "import", exports, "--json").stdout)
    assert (again["Days"], again["Rows"], again["Changed"], again["Torn"]) == (15, 30, 0, 1)


def test_days_of_which_no_line_can_be_read_are_not_known(run: Command, tmp_path: Path) -> None:
    """At the edges and in the middle, and days without a line between two of them; 0 is a cost."""
    file = tmp_path / "costs.csv"
    amounts = {1: "?", 2: "1", 3: "?", 5: "?", 6: "0", 8: "1", 9: "1\n?"}
    lines = [
        f"2026-09-0{day},USD,Compute,Usage,{amount},1"
        for day, told in amounts.items()
        for amount in told.splitlines()
    ]
    file.write_text("\n".join([HEADER, *lines]))
    asked = run("costs", "import", file)
    assert "Not known, as none of their lines could be read: 2026-09-01, 2026-09-03, " in (
        asked.stderr
    )
    found = run("costs", "show", "--since", "2026-09-01", "--until", "2026-09-10").stderr
    assert "3.00 USD" in found
    assert "5 of 9 days known" in found  # 2, 6, 7, 8, 9


def test_costs_are_shown_by_service_and_day(run: Command, exports: Path) -> None:
    """With their sum and how many days are known."""
    run("costs", "import", exports)
    by_service = run("costs", "show")
    assert [line.split()[:3] for line in by_service.stdout.splitlines()[1:]] == [
        ["Compute", "134.92", "120.00"],
        ["Storage", "15.08", "15.00"],
    ]
    assert "150.00 USD" in by_service.stderr
    assert "15 of 30 days known, by focus" in by_service.stderr
    by_day = json.loads(run("costs", "show", "--by", "day", "--since", "3d", "--json").stdout)
    assert [one["BilledCost"] for one in by_day["Sums"]] == ["10"] * 3


def test_days_that_end_before_they_begin_are_refused(run: Command) -> None:
    """At the door: whoever exchanges them need not read what a server says of it."""
    refused = run("costs", "show", "--since", "2026-09-05", "--until", "2026-09-05")
    assert refused.exit_code == 2
    assert "--until 2026-09-05 is the day after the last one" in refused.stderr


def test_the_trend_is_told_in_sentences(run: Command, exports: Path) -> None:
    """With reasons where there are no numbers."""
    run("costs", "import", exports)
    told = run("costs", "trend", "--without", "Tax").stdout
    assert "Change: +0.00 USD (+0.0%)" in told
    assert "Each prediction: not known, nobody counted all of these days" in told
    found = json.loads(run("costs", "trend", "--json").stdout)
    assert (found["Now"]["Amount"], found["Before"]["Amount"]) == ("70", "70")


def test_without_costs_the_way_to_some_is_said(run: Command, exports: Path) -> None:
    """By all that show them."""
    run("costs", "import", exports, "--source", "old")
    nothing = run("costs", "show", "--since", "2020-01-01", "--until", "2020-01-10")
    assert (nothing.exit_code, nothing.stdout) == (0, "")
    assert "modelmetry costs poll" in nothing.stderr
    assert "old" in run("costs", "sources").stdout


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("day,cost\n1,2\n", "ChargePeriodStart"),
        (f"{HEADER}\n2026-11-01,USD,S3,Usage,1,1\n2026-11-01,EUR,S3,Usage,1,1\n", "EUR and USD"),
        (f"{HEADER}\n", "no rows"),
        (f"{HEADER}\nx\n", "not one of 1 lines can be read"),
    ],
)
def test_files_that_are_no_costs_are_refused(
    run: Command, tmp_path: Path, text: str, said: str
) -> None:
    """With exit code 1, and nothing is stored."""
    file = tmp_path / "costs.csv"
    file.write_text(text)
    answer = run("costs", "import", file)
    assert (answer.exit_code, answer.stdout) == (1, "")
    assert said in answer.stderr


def test_a_poll_says_what_it_costs_and_keeps_to_the_schedule(run: Command, aws: Cloud) -> None:
    """Before it asks; a second one waits, and no more than three a day can be forced."""
    first = run("costs", "poll")
    assert first.exit_code == 0, first.stderr
    before, after = first.stderr.splitlines()
    assert "each request costs 0.01 USD" in before
    assert "1 request, 0.01 USD" in after
    waits = run("costs", "poll")
    assert (waits.exit_code, len(aws.asked)) == (0, 1)
    assert "not time yet" in waits.stderr
    assert "costs 0.01" not in waits.stderr
    forced = [run("costs", "poll", "--force") for _ in range(3)]
    assert ([one.exit_code for one in forced], len(aws.asked)) == ([0, 0, 1], 3)
    assert ["costs 0.01" in one.stderr for one in forced] == [True, True, False]
    assert json.loads(run("costs", "sources", "--json").stdout)["Sources"][0]["Poll"]["Spent"] == (
        "0.03"
    )


def test_a_poll_that_fails_says_what_to_do(run: Command, aws: Cloud) -> None:
    """With exit code 1; what it was is kept for who asks later."""
    aws.refusal = 400, {"__type": "AccessDeniedException", "Message": "not authorized"}
    answer = run("costs", "poll", "--json")
    assert answer.exit_code == 1
    assert "ce:GetCostAndUsage" in answer.stderr
    assert json.loads(answer.stdout)["Outcome"] == "failed"
    assert "ce:GetCostAndUsage" in run("costs", "sources").stdout


def test_a_source_that_is_not_there_is_no_poll(run: Command, exports: Path) -> None:
    """A name that is misspelt must not make the right one wait."""
    refused = run("costs", "poll", "--source", "azure")
    assert refused.exit_code == 1
    assert "no file or folder 'azure'" in refused.stderr
    assert run("costs", "poll", "--source", exports.parent).exit_code == 0


def test_files_are_polled_for_nothing(run: Command, exports: Path) -> None:
    """A folder is a source too."""
    answer = run("costs", "poll", "--source", exports.parent, "--json")
    found = json.loads(answer.stdout)
    assert (found["Outcome"], found["Rows"], found["Spent"]) == ("polled", 30, "0")
    assert "each request costs" not in answer.stderr
    assert [fault.partition("csv:")[2] for fault in found["Faults"]] == [
        "32: BilledCost is 'lots', which is no amount"
    ]
    assert "Passed over: " in answer.stderr
