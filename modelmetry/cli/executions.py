"""`modelmetry executions`: list, show, compare and delete executions with their metrics."""

from __future__ import annotations

from datetime import datetime

import click
from modelmetry_api.api import delete_execution, list_executions
from modelmetry_api.client import AsyncClient
from modelmetry_api.models import ExecutionList, ExecutionStatus

from modelmetry.cli import wording
from modelmetry.cli.deletion import delete_each
from modelmetry.cli.execution_tables import (
    comparison_tables,
    execution_lines,
    executions_table,
    lists_table,
    values_table,
)
from modelmetry.cli.failures import CarefulGroup, refuse
from modelmetry.cli.measured import (
    Comparison,
    Measured,
    compared,
    drawn,
    measured,
    the_execution,
)
from modelmetry.cli.moments import moment
from modelmetry.cli.paging import items_of, paged
from modelmetry.cli.reach import Reach, ask_for, reaching
from modelmetry.cli.screen import out, say, write_json
from modelmetry.cli.sparkline import ASCII_BLOCKS, BLOCKS

FEWEST, MOST = 2, 10
STATUSES = ("running", "completed", "failed", "cancelled")


@click.group(cls=CarefulGroup)
def executions() -> None:
    """List, show, compare and delete executions: runs of pipelines with their metrics."""


@executions.command("ls")
@click.option("--pipeline", metavar="NAME", help="Only of this pipeline.")
@click.option("--deployment", metavar="NAME", help="Only of this deployment.")
@click.option("--xid-prefix", metavar="TEXT", help="What the XID begins with.")
@click.option("--status", multiple=True, type=click.Choice(STATUSES), help="Several: any of them.")
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
def ls(  # click passes them by name
    reach: Reach,
    pipeline: str | None,
    deployment: str | None,
    xid_prefix: str | None,
    status: tuple[ExecutionStatus, ...],
    start_after: datetime | None,
    start_before: datetime | None,
    limit: int,
    cursor: str | None,
    as_json: bool,
) -> None:
    """List executions, newest first."""

    async def collect(client: AsyncClient) -> ExecutionList:
        async def fetch(most: int, further: str | None) -> ExecutionList:
            return await list_executions.asyncio(
                client=client,
                pipeline_name=pipeline,
                deployment_name=deployment,
                xid_prefix=xid_prefix,
                status=list(status),
                start_after=start_after,
                start_before=start_before,
                limit=most,
                cursor=further,
            )

        found, page = await items_of(fetch, lambda page: page.executions, limit, cursor)
        return ExecutionList(
            executions=found, next_cursor=page.next_cursor, total_count=page.total_count
        )

    answer = ask_for("executions", reach, collect)
    if as_json:
        write_json(answer)
        return
    if not answer.executions:
        narrowed = pipeline or deployment or xid_prefix or status or start_after or start_before
        say(
            "No execution fits all of these filters."
            if narrowed
            else "No executions. Record one with: with client.execution(pipeline=...)"
        )
        return
    screen = out()
    screen.print(executions_table(answer.executions, width=screen.width))
    if answer.next_cursor is not None:
        more = f"--limit {limit * 2}, or --cursor '{answer.next_cursor}'"
        say(f"There are more, {answer.total_count:,} in all: {more}", "dim")


@executions.command("show")
@click.argument("xid")
@click.option("--values", is_flag=True, help="With --json: also all values of the lists.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON, as the API answers its parts.")
@reaching
def show(reach: Reach, xid: str, values: bool, as_json: bool) -> None:
    """Show one execution with its metrics: an XID, its beginning, or `last` for the newest.

    A list is shown by its count, its bounds, its last value and its shape.
    """
    if values and not as_json:
        raise click.UsageError("--values needs --json: a list may hold 50,000 values")

    async def read(client: AsyncClient) -> tuple[Measured, dict[tuple[str, str], str]]:
        found = await measured(client, await the_execution(client, xid), values=values)
        utf = out().encoding.lower().startswith("utf")
        blocks = BLOCKS if utf else ASCII_BLOCKS
        return found, {} if as_json else await drawn(client, found, blocks)

    found, shapes = ask_for("executions", reach, read)
    if as_json:
        write_json(found.document())
        return
    screen = out()
    for line in execution_lines(found.execution):
        screen.print(line, soft_wrap=True)
    if found.values:
        screen.print()
        screen.print(values_table(found.values, shapes, width=screen.width))
    if found.lists:
        screen.print()
        screen.print(lists_table(found.lists, shapes, width=screen.width))
    if found.execution.run_count:
        runs = wording.counted(found.execution.run_count, "run")
        listed = f"modelmetry telemetry runs --execution {found.execution.xid}"
        say(f"{runs} sent telemetry of it: {wording.plain(listed)}", "dim")


@executions.command("compare")
@click.argument("xids", metavar="XID XID...", nargs=-1, required=True)
@click.option("--different", is_flag=True, help="Only metrics that are not the same in all.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@reaching
def compare(reach: Reach, xids: tuple[str, ...], different: bool, as_json: bool) -> None:
    """Compare 2 to 10 executions: their single values and the last values of their lists.

    Each is named by its XID, by how that begins, or is the `last`. The last column says how the
    second of two differs from the first, or how far apart more of them are.
    """
    if not FEWEST <= len(xids) <= MOST:
        raise click.UsageError(f"compare takes {FEWEST} to {MOST} executions, not {len(xids)}")

    async def read(client: AsyncClient) -> Comparison:
        found = [await the_execution(client, xid) for xid in xids]
        for place, one in enumerate(found):
            if one.xid in {other.xid for other in found[:place]}:
                refuse(f"execution {one.xid} is named twice; name executions that are not the same")
        return compared([await measured(client, one) for one in found])

    found = ask_for("executions", reach, read)
    if different:
        found = found.only_different()
    if as_json:
        write_json(found.document())
        return
    screen = out()
    for table in comparison_tables(found, width=screen.width):
        screen.print(table)
    if not found.metrics:
        say("No metric differs." if different else "None of them has a metric.")


@executions.command("rm")
@click.argument("xids", metavar="XID...", nargs=-1, required=True)
@click.option("--yes", is_flag=True, help="Do not ask.")
@reaching
def rm(reach: Reach, xids: tuple[str, ...], yes: bool) -> None:
    """Delete executions with their metrics; their traces and telemetry stay."""
    delete_each(
        reach, xids, "execution", lambda xid, at: delete_execution.asyncio(xid, client=at), yes
    )
