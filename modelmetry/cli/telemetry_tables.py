"""Telemetry as tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from modelmetry_api.models import (
    TelemetryAggregate,
    TelemetryCount,
    TelemetryRecord,
    TelemetryRun,
    TelemetrySummary,
)
from rich.table import Table
from rich.text import Text

from modelmetry.cli import wording
from modelmetry.cli.execution_tables import figure
from modelmetry.cli.screen import WIDE, Column, table
from modelmetry.cli.tables import FULL, RIGHT, SHORT

STYLES = {"started": "yellow", "completed": "green", "failed": "bold red", "cancelled": "magenta"}
LONGEST_NAME, LONGEST_METRICS, LONGEST_MESSAGE = 60, 80, 60
MOST_SHOWN = 20
NUMBERS = ("Min", "Mean", "P50", "P95", "P99", "Max")


def status(word: str) -> Text:
    """A status in its colour."""
    return Text(wording.one_line(word, 30), STYLES.get(word, ""))


def summary_tables(found: TelemetrySummary, *, width: int = WIDE) -> Iterator[Table]:
    """Commands with how their jobs ended, then what occurred how often."""
    columns: list[Column] = [
        ("Command", SHORT),
        ("Records", RIGHT),
        ("Completed", RIGHT),
        ("Failed", RIGHT),
        ("Cancelled", RIGHT),
        ("Success", RIGHT),
    ]
    rows = (
        (
            wording.one_line(one.name, LONGEST_NAME) or "(no name)",
            f"{one.record_count:,}",
            f"{one.completed:,}",
            f"{one.failed:,}",
            f"{one.cancelled:,}",
            "" if one.success_rate is None else f"{one.success_rate:.1%}",
        )
        for one in found.commands
    )
    yield table(columns, rows, width=width)
    named = (("Status", found.statuses), ("Event", found.events), ("Metric", found.metrics))
    for title, counts in named:
        if counts:
            yield counts_table(title, counts, width=width)


def counts_table(title: str, counts: Sequence[TelemetryCount], *, width: int) -> Table:
    """What occurred how often, the most frequent first; the rest is counted."""
    shown = [(wording.one_line(one.name, LONGEST_NAME), f"{one.count:,}") for one in counts]
    rest = len(shown) - MOST_SHOWN
    if rest > 0:
        shown = [*shown[:MOST_SHOWN], (f"and {rest:,} more: --json", "")]
    return table([(title, SHORT), ("Times", RIGHT)], shown, width=width)


def records_table(records: Sequence[TelemetryRecord], *, width: int = WIDE) -> Table:
    """Records, one on a line."""
    columns: list[Column] = [
        ("At", FULL),
        ("Command", SHORT),
        ("Status", FULL),
        *((("Event", SHORT),) if any(one.event for one in records) else ()),
        ("Metrics", SHORT),
        ("Message", SHORT),
    ]
    with_events = any(one.event for one in records)
    rows = (
        (
            wording.local_time(one.at),
            wording.one_line(one.command, LONGEST_NAME) or "(no name)",
            status(one.status),
            *((wording.one_line(one.event, LONGEST_NAME),) if with_events else ()),
            wording.metadata(
                {name: written(value) for name, value in one.metrics.items()}, LONGEST_METRICS
            ),
            wording.one_line(one.message, LONGEST_MESSAGE),
        )
        for one in records
    )
    return table(columns, rows, spare=("Message",), width=width)


def written(value: object) -> object:
    """A value of a record; floats without noise."""
    return figure(value) if isinstance(value, float) else value


def distribution_table(found: TelemetryAggregate, group_by: str, *, width: int = WIDE) -> Table:
    """How a number is distributed, in each group."""
    is_split = group_by != "none"
    columns: list[Column] = [
        *(((group_by.capitalize(), SHORT),) if is_split else ()),
        ("Count", RIGHT),
        *((name, RIGHT) for name in NUMBERS),
    ]
    rows = (
        (
            *((wording.one_line(one.group, LONGEST_NAME) or "(none)",) if is_split else ()),
            f"{one.numbers.count:,}",
            *(
                figure(each)
                for each in (
                    one.numbers.min_,
                    one.numbers.mean,
                    one.numbers.p50,
                    one.numbers.p95,
                    one.numbers.p99,
                    one.numbers.max_,
                )
            ),
        )
        for one in found.groups
    )
    return table(columns, rows, width=width)


def runs_table(runs: Sequence[TelemetryRun], *, width: int = WIDE) -> Table:
    """Runs, one on a line."""
    columns: list[Column] = [
        ("Started", FULL),
        ("Command", SHORT),
        ("Status", FULL),
        ("Lasted", RIGHT),
        ("Records", RIGHT),
        ("Readings", RIGHT),
        ("XID", FULL),
    ]
    rows = (
        (
            wording.local_time(one.start),
            wording.one_line(one.command, LONGEST_NAME) or "(no name)",
            status(one.status),
            wording.duration(max((one.last_at - one.start).total_seconds() * 1000, 0)),
            f"{one.record_count:,}",
            f"{one.reading_count:,}",
            wording.plain(one.xid),
        )
        for one in runs
    )
    return table(columns, rows, spare=("Readings", "Records", "Lasted"), width=width)
