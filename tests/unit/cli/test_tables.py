"""Lists as tables."""

from __future__ import annotations

import io
from datetime import timedelta

from modelmetry_api.models import (
    Distribution,
    FindingNameSummary,
    FindingPoint,
    FindingSeries,
    Session,
    ShownFinding,
    ValueShare,
)
from rich.console import Console
from rich.table import Table

from modelmetry.cli.tables import (
    finding_names_table,
    series_table,
    sessions_table,
    trace_line,
    traces_table,
)
from tests.unit.cli.cast import START, common, trace, usage


def printed(table: Table, width: int = 160) -> list[str]:
    """What a terminal of that width shows."""
    file = io.StringIO()
    Console(file=file, width=width).print(table)
    return [line.rstrip() for line in file.getvalue().splitlines()]


def series(*points: FindingPoint) -> FindingSeries:
    """A series of these points."""
    return FindingSeries(
        name="score",
        unit="",
        bucket_seconds=60,
        points=list(points),
        approximate=False,
        relative_error=0,
    )


def test_a_trace_is_a_line() -> None:
    """Name, duration, state, tokens and XID stand side by side."""
    heading, line = printed(traces_table([trace(usage=usage(412, 24), span_count=4)]))
    assert heading.split() == ["Started", "Name", "Took", "State", "Spans", "Tokens", "XID"]
    assert line.split()[2:] == ["chatbot.turn", "1.00", "s", "ok", "4", "412", "→", "24", "t1"]


def test_findings_that_are_asked_for_have_columns() -> None:
    """A finding is shown with its unit, and of how many it is the latest."""
    shown = [ShownFinding(name="input_tokens", value=412, unit="tokens", count=2)]
    table = traces_table([trace(shown_findings=shown)], ["input_tokens", "other"])
    heading, line = printed(table)
    assert "input_tokens" in heading
    assert "412 tokens (2)" in line


def test_an_xid_is_never_cut() -> None:
    """However narrow the terminal is, an XID can be copied; the name gives way."""
    xid = "0193e0a4-7c10-7000-8000-000000000002"
    line = printed(traces_table([trace(xid, name="n" * 100)]), width=100)[1]
    assert line.endswith(xid)
    assert "…" in line


def test_markup_in_names_is_no_markup() -> None:
    """What looks like rich's markup is shown as it is."""
    assert "[red]x[/red]" in printed(traces_table([trace(name="[red]x[/red]")]))[1]


def test_a_trace_is_a_line_of_a_log() -> None:
    """What `tail` writes has the same facts."""
    line = trace_line(trace(failed=True, severity="error", usage=usage(1, 2))).plain
    assert line.split("  ")[1:] == ["chatbot.turn", "error", "1.00 s", "1 → 2 tokens", "t1"]
    assert "(no name)" in trace_line(trace(name="")).plain


def test_a_session_is_a_line() -> None:
    """Name, counts and XID stand side by side."""
    session = Session(
        **common("s1", "ses_"),
        name="chat-42",
        metadata={},
        start=START,
        end=START + timedelta(minutes=1),
        trace_count=3,
        failed_trace_count=1,
        usage=usage(10, 5),
        costs=[],
    )
    assert printed(sessions_table([session]))[1].split()[2:] == [
        *("chat-42", "3", "1", "10", "→", "5", "s1"),
    ]


def test_a_name_of_findings_is_a_line() -> None:
    """With the types of its values."""
    found = FindingNameSummary(
        name="score", types=["number", "label"], unit="tokens", last_seen=START
    )
    assert printed(finding_names_table([found]))[1].split()[:4] == [
        *("score", "number,", "label", "tokens"),
    ]


def test_a_series_of_numbers_has_their_distribution() -> None:
    """Columns for minimum, mean, percentiles and maximum; no shares where there are none."""
    numbers = Distribution(count=2, min_=1, max_=3, mean=2, p50=1, p95=3, p99=3)
    heading, line, gap = printed(
        series_table(
            series(
                FindingPoint(start=START, count=2, shares=[], numbers=numbers),
                FindingPoint(start=START, count=1, shares=[]),
            )
        )
    )
    assert heading.split() == ["From", "Count", "Min", "Mean", "P50", "P95", "P99", "Max"]
    assert line.split()[2:] == ["2", "1", "2", "1", "3", "3", "3"]
    assert gap.split()[2:] == ["1"]


def test_a_series_of_labels_has_their_shares() -> None:
    """Booleans and labels by their share."""
    shares = [
        ValueShare(value=True, count=3, share=0.75),
        ValueShare(value="rude", count=1, share=0.25),
    ]
    heading, line = printed(series_table(series(FindingPoint(start=START, count=4, shares=shares))))
    assert heading.split() == ["From", "Count", "Shares"]
    assert line.endswith("yes 75%, rude 25%")
