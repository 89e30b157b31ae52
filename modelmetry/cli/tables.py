"""Lists as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from modelmetry_api.models import (
    ClientReport,
    FindingNameSummary,
    FindingPoint,
    FindingSeries,
    Session,
    ShownFinding,
    Trace,
    TracePreview,
)
from modelmetry_api.types import UNSET
from rich.table import Table
from rich.text import Text

from modelmetry.cli import wording
from modelmetry.cli.screen import WIDE, Column, table
from modelmetry.cli.tree import state, tokens

# An XID that is cut cannot be copied.
FULL: Final[dict[str, Any]] = {"no_wrap": True, "overflow": "ignore"}
# Gives way first.
SHORT: Final[dict[str, Any]] = {"overflow": "ellipsis"}
RIGHT: Final[dict[str, Any]] = {"justify": "right", "no_wrap": True}


LONGEST_SAID = 60


def traces_table(
    traces: Sequence[Trace], findings: Sequence[str] = (), *, said: bool = False, width: int = WIDE
) -> Table:
    """Traces, one on a line, with a column for each finding that is wanted, and what was `said`."""
    columns: list[Column] = [
        ("Started", FULL),
        ("Name", SHORT),
        ("Took", RIGHT),
        ("State", SHORT),
        *((name, SHORT) for name in ("Input", "Output") if said),
        ("Spans", RIGHT),
        ("Tokens", RIGHT),
        *((wording.one_line(name, 30), SHORT) for name in findings),
        ("XID", FULL),
    ]
    rows = (trace_row(trace, findings, said=said) for trace in traces)
    return table(columns, rows, spare=("Tokens", "Spans", "Took"), width=width)


def trace_row(trace: Trace, findings: Sequence[str], *, said: bool) -> list[Text | str]:
    """One trace."""
    shown = trace.shown_findings if trace.shown_findings is not UNSET else []
    values = {found.name: found for found in shown}
    return [
        wording.local_time(trace.start),
        wording.one_line(trace.name) or "(no name)",
        wording.duration(trace.duration_ms),
        state(trace.severity, trace.open_, failed=trace.failed),
        *(in_and_out(trace) if said else ()),
        f"{trace.span_count:,}",
        tokens(trace.usage).removesuffix(" tokens"),
        *(shown_value(values.get(name)) for name in findings),
        wording.plain(trace.xid),
    ]


def in_and_out(trace: Trace) -> tuple[str, str | Text]:
    """What went into a trace and came out of it, or why nothing did."""
    preview = TracePreview() if trace.preview is UNSET else trace.preview
    asked, answered, failure = (
        "" if text is UNSET else wording.one_line(text, LONGEST_SAID)
        for text in (preview.input_, preview.output, preview.failure)
    )
    return asked, answered or Text(failure, "red")


def trace_line(trace: Trace) -> Text:
    """One trace as a line of a log."""
    line = Text().append(wording.local_time(trace.start), "dim")
    line.append(f"  {wording.one_line(trace.name) or '(no name)'}  ", "bold")
    line.append_text(state(trace.severity, trace.open_, failed=trace.failed))
    line.append(f"  {wording.duration(trace.duration_ms)}")
    line.append(f"  {used}" if (used := tokens(trace.usage)) else "", "dim")
    return line.append(f"  {wording.plain(trace.xid)}", "dim")


def shown_value(found: ShownFinding | None) -> str:
    """A finding's latest value, and of how many it is the latest."""
    if found is None:
        return ""
    more = f" ({found.count:,})" if found.count > 1 else ""
    return wording.value(found.value, found.unit) + more


def sessions_table(sessions: Sequence[Session], *, width: int = WIDE) -> Table:
    """Sessions, one on a line."""
    columns: list[Column] = [
        ("Latest", FULL),
        ("Name", SHORT),
        ("Traces", RIGHT),
        ("Failed", RIGHT),
        ("Tokens", RIGHT),
        ("XID", FULL),
    ]
    return table(
        columns,
        (
            (
                wording.local_time(session.end),
                wording.one_line(session.name) or "(no name)",
                f"{session.trace_count:,}",
                f"{session.failed_trace_count:,}",
                tokens(session.usage).removesuffix(" tokens"),
                wording.plain(session.xid),
            )
            for session in sessions
        ),
        spare=("Tokens", "Failed", "Traces"),
        width=width,
    )


def reasons_table(dropped: Mapping[str, int], *, width: int = WIDE) -> Table:
    """Why signals were lost, and how many."""
    columns: list[Column] = [("Lost because of", SHORT), ("Signals", RIGHT)]
    rows = (
        (wording.one_line(reason, 60), f"{number:,}")
        for reason, number in dropped.items()
        if reason != "sampled_out"  # that was asked for
    )
    return table(columns, rows, width=width)


def reports_table(reports: Sequence[ClientReport], *, width: int = WIDE) -> Table:
    """Reports of clients, one on a line."""
    columns: list[Column] = [
        ("Reported", FULL),
        ("Lost", RIGHT),
        ("Created", RIGHT),
        ("Delivered", RIGHT),
        ("Waiting", RIGHT),
        ("By", SHORT),
        ("Client", FULL),
    ]
    rows = (
        (
            wording.local_time(report.at),
            f"{report.lost:,}",
            f"{report.created:,}",
            f"{report.delivered:,}",
            f"{report.pending + report.spooled:,}",
            wording.one_line(f"{report.name} {report.version}", 40),
            wording.plain(report.xid),
        )
        for report in reports
    )
    return table(columns, rows, spare=("By", "Waiting", "Delivered"), width=width)


def finding_names_table(names: Sequence[FindingNameSummary]) -> Table:
    """Names of findings with the types of their values."""
    columns: list[Column] = [("Name", FULL), ("Types", SHORT), ("Unit", SHORT), ("Latest", FULL)]
    return table(
        columns,
        (
            (
                wording.plain(found.name),
                ", ".join(found.types),
                wording.one_line(found.unit, 20),
                wording.local_time(found.last_seen),
            )
            for found in names
        ),
    )


def series_table(series: FindingSeries) -> Table:
    """A finding over time: numbers in columns, labels and booleans by their share."""
    columns: list[Column] = [("From", FULL), ("Count", RIGHT)]
    numbers = any(point.numbers is not UNSET for point in series.points)
    shares = any(point.shares for point in series.points)
    if numbers:
        columns += [(name, RIGHT) for name in ("Min", "Mean", "P50", "P95", "P99", "Max")]
    if shares:
        columns.append(("Shares", SHORT))
    return table(
        columns,
        (point_row(point, numbers=numbers, shares=shares) for point in series.points),
    )


def point_row(point: FindingPoint, *, numbers: bool, shares: bool) -> list[str]:
    """One stretch of time."""
    row = [wording.local_time(point.start), f"{point.count:,}"]
    if numbers:
        found = point.numbers
        row += (
            [""] * 6
            if found is UNSET
            else [
                wording.number(one)
                for one in (found.min_, found.mean, found.p50, found.p95, found.p99, found.max_)
            ]
        )
    if shares:
        row.append(", ".join(f"{wording.value(one.value)} {one.share:.0%}" for one in point.shares))
    return row
