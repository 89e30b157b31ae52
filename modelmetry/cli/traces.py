"""`modelmetry traces`: list, show, follow, export, import and delete traces."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

import click
from modelmetry_api.api import delete_trace, get_trace
from modelmetry_api.client import AsyncClient
from modelmetry_api.errors import NotFoundError
from modelmetry_api.models import FullTrace, Trace, TraceList
from modelmetry_api.types import UNSET

from modelmetry.cli import wording
from modelmetry.cli.deletion import delete_each
from modelmetry.cli.failures import CarefulGroup, refuse
from modelmetry.cli.filters import (
    SORTS,
    Sort,
    TraceFilter,
    filtered,
    one_page,
)
from modelmetry.cli.following import follow
from modelmetry.cli.meant import with_session
from modelmetry.cli.moments import pause
from modelmetry.cli.paging import items_of, paged
from modelmetry.cli.reach import Reach, ask, reaching
from modelmetry.cli.screen import out, progress, say, whole_file, write_json
from modelmetry.cli.tables import trace_line, traces_table
from modelmetry.cli.transfer import Tally, exported, imported
from modelmetry.cli.tree import ASCII, UNICODE, trace_lines

LAST = "last"


@click.group(cls=CarefulGroup)
def traces() -> None:
    """List, show, follow, export, import and delete traces."""


@traces.command("ls")
@filtered
@click.option("--show-finding", multiple=True, metavar="NAME", help="Add a column with its value.")
@click.option("--preview", is_flag=True, help="Add columns with what went in and what came out.")
@click.option("--sort", type=click.Choice(SORTS), default="-start", show_default=True)
@paged
@reaching
def ls(  # click passes them by name
    reach: Reach,
    wanted: TraceFilter,
    show_finding: tuple[str, ...],
    preview: bool,
    sort: Sort,
    limit: int,
    cursor: str | None,
    as_json: bool,
) -> None:
    """List traces, newest first."""

    async def collect(client: AsyncClient) -> TraceList:
        meant = await with_session(client, wanted)

        async def fetch(most: int, further: str | None) -> TraceList:
            return await one_page(
                client,
                meant,
                sort=sort,
                limit=most,
                cursor=further,
                include_finding=show_finding,
                include_preview=preview,
            )

        found, page = await items_of(fetch, lambda page: page.traces, limit, cursor)
        return TraceList(traces=found, next_cursor=page.next_cursor, unsearched=page.unsearched)

    answer = ask(reach, collect)
    if as_json:
        write_json(answer)
        return
    if answer.unsearched is not UNSET:
        say(f"{answer.unsearched:,} traces are not searched yet; ask again in a moment", "yellow")
    if not answer.traces:
        say(
            "No traces. Record some with: modelmetry demo"
            if wanted == TraceFilter()
            else "No trace fits all of these filters."
        )
        return
    screen = out()
    screen.print(traces_table(answer.traces, show_finding, said=preview, width=screen.width))
    if answer.next_cursor is not None:
        say(f"There are more: --limit {limit * 2}, or --cursor '{answer.next_cursor}'", "dim")


@traces.command("show")
@click.argument("xid")
@click.option("--messages", is_flag=True, help="With the messages, queries and documents.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON, as the API answers it.")
@reaching
def show(reach: Reach, xid: str, messages: bool, as_json: bool) -> None:
    """Show one trace as a tree: an XID, or `last` for the newest."""

    async def read(client: AsyncClient) -> FullTrace:
        if xid != LAST:
            try:
                return await get_trace.asyncio(xid, client=client)
            except NotFoundError:
                refuse(f"there is no trace {xid}; see: modelmetry traces ls")
        page = await one_page(client, TraceFilter(), limit=1)
        if not page.traces:
            refuse("there are no traces; record some with: modelmetry demo")
        return await get_trace.asyncio(page.traces[0].xid, client=client)

    trace = ask(reach, read)
    if as_json:
        write_json(trace)
    else:
        print_tree(trace, messages=messages)


def print_tree(trace: FullTrace, *, messages: bool = False) -> None:
    """Write a trace to stdout as a tree."""
    screen = out()
    guides = UNICODE if screen.encoding.lower().startswith("utf") else ASCII
    for line in trace_lines(trace, screen.width, messages=messages, guides=guides):
        screen.print(line, soft_wrap=True)


@traces.command("tail")
@filtered
@click.option("--interval", type=pause, default="1s", show_default=True, help="Between looks.")
@click.option("--count", type=click.IntRange(min=1), help="End after so many, not at Ctrl-C.")
@click.option("--json", "as_json", is_flag=True, help="Write one line of JSON for each trace.")
@reaching
def tail(
    reach: Reach, wanted: TraceFilter, interval: timedelta, count: int | None, as_json: bool
) -> None:
    """Show traces as they end, until Ctrl-C.

    An open trace is shown when it ends, or when it has been open for some minutes. With --since
    it begins with those that ended already.
    """
    screen = out()

    def show_one(trace: Trace) -> None:
        if as_json:
            write_json(trace, indent=0)
        else:
            screen.print(trace_line(trace), soft_wrap=True)
        sys.stdout.flush()

    ask(
        reach,
        lambda client: follow(client, wanted, interval, show_one, tell=say, count=count),
        create=True,
    )


@traces.command("export")
@filtered
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File; stdout without it.",
)
@click.option("--sessions", is_flag=True, help="Also a line for each session, with its name.")
@reaching
def export(reach: Reach, wanted: TraceFilter, output: Path | None, sessions: bool) -> None:
    """Write whole traces as JSON, one a line, oldest first; `import` reads them back.

    A file appears under its name when it is complete.
    """

    async def write_to(file: BinaryIO, client: AsyncClient) -> int:
        count = 0
        with progress("Exporting traces", None) as bar:
            async for line in exported(client, wanted, sessions=sessions):
                file.write(line)
                count += 1
                bar.advance(bar.task_ids[0])
        file.flush()
        return count

    if output is None:
        stdout = sys.stdout.buffer
        count = ask(reach, lambda client: write_to(stdout, client))
    else:
        with whole_file(output) as file:
            count = ask(reach, lambda client: write_to(file, client))
    say(f"Exported {wording.counted(count, 'line')}" + (f" to {output}" if output else ""))


@traces.command("import")
@click.argument("file", type=click.File("rb"))
@reaching
def import_(reach: Reach, file: BinaryIO) -> None:
    """Read traces that `export` wrote; `-` reads stdin.

    The same file twice changes nothing. Lines that are no trace are counted and passed over.
    """
    path = Path(str(getattr(file, "name", "-")))
    size = path.stat().st_size if path.is_file() else None  # of stdin there is none

    async def send(client: AsyncClient) -> Tally:
        tally = Tally()
        with progress("Importing", size) as bar:
            async for tally in imported(client, file):
                bar.update(bar.task_ids[0], completed=tally.bytes)
        return tally

    tally = ask(reach, send, create=True)
    say(
        f"Imported {wording.counted(tally.traces, 'trace')} "
        f"({wording.counted(tally.signals, 'signal')})"
    )
    if tally.torn:
        shown = wording.one_line(", ".join(map(str, tally.torn)), 60)
        torn = wording.counted(len(tally.torn), "line")
        say(f"Passed over {torn} that hold no whole trace: line {shown}", "yellow")
        if not tally.traces:
            refuse(f"{path} holds no trace; files of other kinds are read by: modelmetry import")


@traces.command("rm")
@click.argument("xids", metavar="XID...", nargs=-1, required=True)
@click.option("--yes", is_flag=True, help="Do not ask.")
@reaching
def rm(reach: Reach, xids: tuple[str, ...], yes: bool) -> None:
    """Delete traces with everything in them."""
    delete_each(reach, xids, "trace", lambda xid, at: delete_trace.asyncio(xid, client=at), yes)
