"""`modelmetry sessions`: list, show and delete sessions."""

from __future__ import annotations

from datetime import datetime

import click
from modelmetry_api.api import delete_session, get_session, list_sessions
from modelmetry_api.client import AsyncClient
from modelmetry_api.errors import NotFoundError
from modelmetry_api.models import FullSession, SessionList
from rich.text import Text

from modelmetry.cli import wording
from modelmetry.cli.deletion import delete_each
from modelmetry.cli.failures import CarefulGroup, refuse
from modelmetry.cli.meant import session_called
from modelmetry.cli.moments import moment
from modelmetry.cli.paging import items_of, paged
from modelmetry.cli.reach import Reach, ask, reaching
from modelmetry.cli.screen import out, say, write_json
from modelmetry.cli.tables import sessions_table, traces_table
from modelmetry.cli.tree import tokens


@click.group(cls=CarefulGroup)
def sessions() -> None:
    """List, show and delete sessions."""


@sessions.command("ls")
@click.option("--name", multiple=True, help="Name of the session; several: any of them.")
@click.option("--name-prefix", metavar="TEXT", help="What the name begins with.")
@click.option("--failed/--not-failed", default=None, help="One of its traces failed, or none did.")
@click.option("--start-after", "--since", type=moment, metavar="TIME", help="Active after it.")
@click.option("--start-before", "--until", type=moment, metavar="TIME", help="Active before it.")
@paged
@reaching
def ls(  # click passes them by name
    reach: Reach,
    name: tuple[str, ...],
    name_prefix: str | None,
    failed: bool | None,
    start_after: datetime | None,
    start_before: datetime | None,
    limit: int,
    cursor: str | None,
    as_json: bool,
) -> None:
    """List sessions, the most recently active first."""

    async def collect(client: AsyncClient) -> SessionList:
        async def fetch(most: int, further: str | None) -> SessionList:
            return await list_sessions.asyncio(
                client=client,
                name=list(name),
                name_prefix=name_prefix,
                failed=failed,
                start_after=start_after,
                start_before=start_before,
                limit=most,
                cursor=further,
            )

        found, page = await items_of(fetch, lambda page: page.sessions, limit, cursor)
        return SessionList(sessions=found, next_cursor=page.next_cursor)

    answer = ask(reach, collect)
    if as_json:
        write_json(answer)
        return
    if not answer.sessions:
        narrowed = name or name_prefix or failed is not None or start_after or start_before
        say(
            "No session fits all of these filters."
            if narrowed
            else "No sessions. Record one with: modelmetry demo"
        )
        return
    screen = out()
    screen.print(sessions_table(answer.sessions, width=screen.width))
    if answer.next_cursor is not None:
        say(f"There are more: --limit {limit * 2}, or --cursor '{answer.next_cursor}'", "dim")


@sessions.command("show")
@click.argument("xid")
@click.option("--json", "as_json", is_flag=True, help="Write JSON, as the API answers it.")
@reaching
def show(reach: Reach, xid: str, as_json: bool) -> None:
    """Show one session with its traces, oldest first; by its XID, or by a name that one has."""

    async def read(client: AsyncClient) -> FullSession:
        try:
            return await get_session.asyncio(xid, client=client)
        except NotFoundError:
            called = await session_called(client, xid)
            if called is None:
                refuse(f"there is no session {xid}; see: modelmetry sessions ls")
            return await get_session.asyncio(called, client=client)

    session = ask(reach, read)
    if as_json:
        write_json(session)
        return
    screen = out()
    for line in session_lines(session):
        screen.print(line, soft_wrap=True)
    if session.traces:
        screen.print(traces_table(session.traces, width=screen.width))
    if session.trace_count > len(session.traces):
        say(f"All {session.trace_count:,}: modelmetry traces ls --session {xid}", "dim")


@sessions.command("rm")
@click.argument("xids", metavar="XID...", nargs=-1, required=True)
@click.option("--yes", is_flag=True, help="Do not ask.")
@reaching
def rm(reach: Reach, xids: tuple[str, ...], yes: bool) -> None:
    """Delete sessions with all their traces."""
    delete_each(reach, xids, "session", lambda xid, at: delete_session.asyncio(xid, client=at), yes)


def session_lines(session: FullSession) -> list[Text]:
    """What is said of the session itself."""
    head = Text().append(wording.one_line(session.name) or "(no name)", "bold")
    parts = [
        wording.counted(session.trace_count, "trace"),
        f"{session.failed_trace_count:,} failed" if session.failed_trace_count else "",
        f"{wording.local_time(session.start)} to {wording.local_time(session.end)}",
        tokens(session.usage),
        *(wording.money(cost.amount, cost.currency) for cost in session.costs),
    ]
    for part in filter(None, parts):
        head.append(f"  {part}", "dim")
    lines = [head, Text(f"xid {wording.plain(session.xid)}", "dim")]
    if session.metadata:
        lines.append(Text(wording.metadata(session.metadata), "dim"))
    return lines
