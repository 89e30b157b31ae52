"""`modelmetry store`: check, compact and prune a store."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Final

import click

from modelmetry.cli import wording
from modelmetry.cli.failures import CarefulGroup, refuse
from modelmetry.cli.moments import stretch
from modelmetry.cli.place import existing_store, store_option
from modelmetry.cli.screen import confirm, err, progress, say, write_json
from modelmetry.store.protocol import PruneReport
from modelmetry.store.sqlite.store import SqliteStore

NOUNS: Final = {
    "Traces": "trace",
    "Spans": "span",
    "Events": "event",
    "Findings": "finding",
    "Sessions": "session",
    "Executions": "execution",
    "TelemetryRecords": "telemetry record",
    "MetricHours": "hour of a metric",
    "Reports": "loss report",
}
PLURALS: Final = {"MetricHours": "hours of metrics"}
RARE: Final = ("Executions", "TelemetryRecords", "MetricHours")


@click.group(cls=CarefulGroup)
def store() -> None:
    """Check, compact and prune a store.

    All of it works while servers and applications use the store; they wait during `vacuum`.
    """


@contextmanager
def opened(url: str | None) -> Generator[SqliteStore, None, None]:
    """The store that the options and the environment name; it must be there."""
    with closing(existing_store(url)) as found:
        yield found


@store.command("check")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@store_option
def check(store: str | None, as_json: bool) -> None:
    """See whether the store is in order; exit code 1 when it is not."""
    with opened(store) as found, err().status("Checking"):
        report = found.check()
    counts = {
        "Traces": report.traces,
        "Spans": report.spans,
        "Events": report.events,
        "Findings": report.findings,
        "Executions": report.executions,
        "TelemetryRecords": report.telemetry_records,
    }
    if as_json:
        write_json({"OK": report.ok, "Problems": report.problems, **counts})
    else:
        for problem in report.problems:
            click.echo(wording.plain(problem))
        kept = ", ".join(wording.counted(count, NOUNS[name]) for name, count in counts.items())
        click.echo(f"{'In order' if report.ok else 'Not in order'}: {kept}")
    if not report.ok:
        refuse("export what can be read (modelmetry traces export) before anything else")


@store.command("vacuum")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@store_option
def vacuum(store: str | None, as_json: bool) -> None:
    """Give unused space back to the disk. Nobody can write meanwhile."""
    with opened(store) as found, err().status("Compacting"):
        report = found.vacuum()
    if as_json:
        write_json({"BytesBefore": report.bytes_before, "BytesAfter": report.bytes_after})
    else:
        before, after = megabytes(report.bytes_before), megabytes(report.bytes_after)
        click.echo(f"{before} before, {after} now")


@store.command("prune")
@click.option("--older-than", type=stretch, required=True, metavar="AGE", help="Such as 30d.")
@click.option("--tenant", metavar="NAME", help="Only what belongs to this tenant.")
@click.option("--dry-run", is_flag=True, help="Say how much it would be, and delete nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@store_option
def prune(  # click passes them by name
    store: str | None,
    older_than: timedelta,
    tenant: str | None,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Delete what is older than AGE, of all tenants or of one.

    That is traces that began before then, sessions without any, executions that began before then
    with their metrics, telemetry from before then, and reports of losses.
    """
    try:
        before = datetime.now(UTC) - older_than
    except OverflowError as error:
        raise click.BadParameter("that is before the calendar begins") from error
    with opened(store) as found:
        counts = doomed(found, before, tenant)
        whose = f"tenant {wording.plain(tenant)}" if tenant else "all tenants"
        what = f"{in_words(counts)} of {whose} from before {wording.local_time(before)}"
        if dry_run:
            if as_json:
                write_json({**counts, "Before": before})
            else:
                click.echo(f"Would delete {what}")
            return
        confirm(f"Delete {what} for good?", yes=yes)
        with progress("Deleting traces", counts["Traces"]) as bar:

            def told(done: int, total: int) -> None:
                bar.update(bar.task_ids[0], completed=done, total=total)

            gone = counts_of(found.prune(before, tenant=tenant, progress=told))
    if as_json:
        write_json({**gone, "Before": before})
    else:
        click.echo(f"Deleted {in_words(gone)}")
        say("The space is used again; `modelmetry store vacuum` gives it back to the disk.", "dim")


def doomed(found: SqliteStore, before: datetime, tenant: str | None) -> dict[str, int]:
    """How much `prune` would delete, under the names of JSON."""
    return {
        "Traces": found.count_before(before, tenant=tenant),
        "Executions": found.count_executions_before(before, tenant=tenant),
        "TelemetryRecords": found.count_telemetry_before(before, tenant=tenant),
        "MetricHours": found.count_metrics_before(before, tenant=tenant),
        "Reports": found.count_reports_before(before, tenant=tenant),
    }


def counts_of(report: PruneReport) -> dict[str, int]:
    """How much was deleted, likewise."""
    return {
        "Traces": report.traces,
        "Sessions": report.sessions,
        "Executions": report.executions,
        "TelemetryRecords": report.telemetry_records,
        "MetricHours": report.metric_hours,
        "Reports": report.reports,
    }


def in_words(counts: Mapping[str, int]) -> str:
    """Counts as people read them; what not everybody has is named when there is some."""
    parts = [
        wording.counted(count, NOUNS[name], PLURALS.get(name))
        for name, count in counts.items()
        if count or name not in RARE
    ]
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def megabytes(size: int) -> str:
    """Bytes as people read them."""
    return f"{size / 1e6:,.1f} MB"
