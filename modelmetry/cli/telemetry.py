"""`modelmetry telemetry`: sum up and list what jobs reported, in a store or in a file."""

from __future__ import annotations

from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any, Literal

import click
from modelmetry_api.api import (
    get_telemetry_aggregate,
    get_telemetry_summary,
    list_telemetry_records,
    list_telemetry_runs,
)
from modelmetry_api.client import AsyncClient
from modelmetry_api.models import (
    TelemetryAggregate,
    TelemetryRecordList,
    TelemetryRunList,
    TelemetrySummary,
)

from modelmetry.cli import wording
from modelmetry.cli.failures import CarefulGroup
from modelmetry.cli.moments import moment
from modelmetry.cli.paging import items_of, paged
from modelmetry.cli.reach import Reach, ask_for, reaching
from modelmetry.cli.screen import out, say, write_json
from modelmetry.cli.telemetry_filters import TelemetryFilter, described, only_records, over_file
from modelmetry.cli.telemetry_sources import FileSource
from modelmetry.cli.telemetry_tables import (
    distribution_table,
    records_table,
    runs_table,
    summary_tables,
)

Kind = Literal["record", "event", "reading"]
Group = Literal["none", "command", "status", "run"]
Sort = Literal["-at", "at"]
SORTS: tuple[Sort, ...] = ("-at", "at")
KINDS: tuple[Kind, ...] = ("record", "event", "reading")
OF_JOBS: tuple[Kind, ...] = ("record", "event")
GROUPS: tuple[Group, ...] = ("none", "command", "status", "run")


@click.group(cls=CarefulGroup)
def telemetry() -> None:
    """Sum up and list what jobs reported of themselves.

    Each command asks the store or the server, or reads a FILE: JSON lines or SQLite, of ours or
    of cloudmesh-ai-common.
    """


@telemetry.command("summary")
@over_file
@described
@click.option("--json", "as_json", is_flag=True, help="Write JSON, as the API answers it.")
@reaching
def summary(
    reach: Reach,
    file: Path | None,
    zone: tzinfo | None,
    wanted: TelemetryFilter,
    as_json: bool,
) -> None:
    """Count records, how jobs ended, and what they reported.

    The success rate is that of jobs that ended: completed among completed, failed and cancelled
    ones. Readings of the machine are not counted.
    """

    async def read(client: AsyncClient) -> TelemetrySummary:
        return await get_telemetry_summary.asyncio(client=client, **wanted.parameters())

    source = FileSource.of(file, zone, reach)
    answer = ask_for("telemetry", reach, read) if source is None else source.summary(wanted)
    if as_json:
        write_json(answer)
        return
    if not answer.record_count:
        say(nothing(file, narrowed=wanted != TelemetryFilter()))
        return
    screen = out()
    for table in summary_tables(answer, width=screen.width):
        screen.print(table)
        screen.print()
    rate = "none has ended" if answer.success_rate is None else f"{answer.success_rate:.1%} of them"
    ended = wording.counted(answer.finished_count, "job")
    runs = wording.counted(answer.run_count, "run")
    screen.print(
        f"{wording.counted(answer.record_count, 'record')} of {runs}, {ended} ended"
        + (f", {rate} completed" if answer.success_rate is not None else "")
    )


@telemetry.command("ls")
@over_file
@described
@only_records
@click.option("--kind", multiple=True, type=click.Choice(KINDS), help="By default no readings.")
@click.option("--sort", type=click.Choice(SORTS), default="-at", show_default=True)
@paged
@reaching
def ls(  # click passes them by name
    reach: Reach,
    file: Path | None,
    zone: tzinfo | None,
    wanted: TelemetryFilter,
    status: tuple[str, ...],
    event: str | None,
    metric: str | None,
    kind: tuple[Kind, ...],
    sort: Sort,
    limit: int,
    cursor: str | None,
    as_json: bool,
) -> None:
    """List records and events, newest first."""
    given: dict[str, Any] = {"status": list(status), "event": event, "metric": metric}
    given["kind"] = list(kind or OF_JOBS)

    async def collect(client: AsyncClient) -> TelemetryRecordList:
        async def fetch(most: int, further: str | None) -> TelemetryRecordList:
            return await list_telemetry_records.asyncio(
                client=client,
                **wanted.parameters(),
                **given,
                sort=sort,
                limit=most,
                cursor=further,
            )

        found, page = await items_of(fetch, lambda page: page.records, limit, cursor)
        return TelemetryRecordList(records=found, next_cursor=page.next_cursor)

    source = FileSource.of(file, zone, reach, cursor)
    answer = (
        ask_for("telemetry", reach, collect)
        if source is None
        else source.records(wanted, given, sort, limit)
    )
    if as_json:
        write_json(answer)
        return
    if not answer.records:
        narrowed = wanted != TelemetryFilter() or bool(status or event or metric or kind)
        say(nothing(file, narrowed=narrowed))
        return
    screen = out()
    screen.print(records_table(answer.records, width=screen.width))
    if answer.next_cursor is not None:
        say(f"There are more: --limit {limit * 2}, or --cursor '{answer.next_cursor}'", "dim")
    elif source is not None and source.more:
        say(f"There are {source.more:,} more: --limit {limit * 2}", "dim")


@telemetry.command("query")
@click.argument("metric")
@over_file
@described
@click.option(
    "--group-by",
    type=click.Choice(GROUPS),
    default="none",
    show_default=True,
    help="By what it is split; the 100 groups with the most values are shown.",
)
@click.option("--json", "as_json", is_flag=True, help="Write JSON, as the API answers it.")
@reaching
def query(  # click passes them by name
    reach: Reach,
    metric: str,
    file: Path | None,
    zone: tzinfo | None,
    wanted: TelemetryFilter,
    group_by: Group,
    as_json: bool,
) -> None:
    """Sum up one METRIC, such as duration_sec: its bounds, its mean and its percentiles."""
    if not metric:
        raise click.UsageError("METRIC is empty; see the names with: modelmetry telemetry summary")

    async def read(client: AsyncClient) -> TelemetryAggregate:
        return await get_telemetry_aggregate.asyncio(
            client=client, metric=metric, group_by=group_by, **wanted.parameters()
        )

    source = FileSource.of(file, zone, reach)
    answer = (
        ask_for("telemetry", reach, read)
        if source is None
        else source.aggregate(metric, group_by, wanted)
    )
    if as_json:
        write_json(answer)
        return
    if not answer.groups:
        where = "" if file is None else f" {file}"
        say(
            f"No number {wording.one_line(metric, 80)} there; see the names with: "
            f"modelmetry telemetry summary{where}"
        )
        return
    screen = out()
    screen.print(distribution_table(answer, group_by, width=screen.width))


@telemetry.command("runs")
@click.option("--command", metavar="NAME", help="Only of this command.")
@click.option("--execution", metavar="XID", help="Only of this execution.")
@click.option("--status", multiple=True, metavar="TEXT", help="Latest one; several: any of them.")
@click.option(
    "--start-after",
    "--since",
    type=moment,
    metavar="TIME",
    help="Started then or later: 2h (ago), 2026-11-20, 2026-11-20T09:30:00+01:00.",
)
@click.option("--start-before", "--until", type=moment, metavar="TIME", help="Started before then.")
@paged
@reaching
def runs(  # click passes them by name
    reach: Reach,
    command: str | None,
    execution: str | None,
    status: tuple[str, ...],
    start_after: datetime | None,
    start_before: datetime | None,
    limit: int,
    cursor: str | None,
    as_json: bool,
) -> None:
    """List runs that sent telemetry, newest first."""

    async def collect(client: AsyncClient) -> TelemetryRunList:
        async def fetch(most: int, further: str | None) -> TelemetryRunList:
            return await list_telemetry_runs.asyncio(
                client=client,
                command=command,
                execution=execution,
                status=list(status),
                start_after=start_after,
                start_before=start_before,
                limit=most,
                cursor=further,
            )

        found, page = await items_of(fetch, lambda page: page.runs, limit, cursor)
        return TelemetryRunList(
            runs=found, next_cursor=page.next_cursor, total_count=page.total_count
        )

    answer = ask_for("telemetry", reach, collect)
    if as_json:
        write_json(answer)
        return
    if not answer.runs:
        narrowed = command or execution or status or start_after or start_before
        say("No run fits all of these filters." if narrowed else nothing(None, narrowed=False))
        return
    screen = out()
    screen.print(runs_table(answer.runs, width=screen.width))
    if answer.next_cursor is not None:
        more = f"--limit {limit * 2}, or --cursor '{answer.next_cursor}'"
        say(f"There are more, {answer.total_count:,} in all: {more}", "dim")


def nothing(file: Path | None, *, narrowed: bool) -> str:
    """What is said where there is no record to show."""
    if narrowed:
        return "No record fits all of these filters."
    if file is not None:
        return f"No job reported anything in {file}."
    return "No telemetry. Record some with modelmetry.Telemetry, or read a file: modelmetry import"
