"""`modelmetry losses`: what clients said that they lost."""

from __future__ import annotations

from datetime import datetime

import click
from modelmetry_api.api import list_client_reports
from modelmetry_api.client import AsyncClient
from modelmetry_api.errors import NotFoundError
from modelmetry_api.models import ClientReport, ClientReportList

from modelmetry.cli import wording
from modelmetry.cli.failures import refuse
from modelmetry.cli.filters import LARGEST_PAGE
from modelmetry.cli.moments import moment
from modelmetry.cli.reach import Reach, ask, reaching
from modelmetry.cli.screen import out, say, write_json
from modelmetry.cli.tables import reasons_table, reports_table


@click.command("losses")
@click.option("--since", type=moment, metavar="TIME", help="Reported then or later: 24h (ago).")
@click.option("--until", type=moment, metavar="TIME", help="Reported before then.")
@click.option(
    "--limit",
    type=click.IntRange(1, LARGEST_PAGE),
    default=20,
    show_default=True,
    help="Clients at most.",
)
@click.option("--cursor", help="Go on where a list before said that there is more.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON, as the API answers it.")
@reaching
def losses(
    reach: Reach,
    since: datetime | None,
    until: datetime | None,
    limit: int,
    cursor: str | None,
    as_json: bool,
) -> None:
    """Show what clients lost, by reason and by client.

    A client reports what it lost to where its signals go, once a minute at most, and at its end.
    """

    async def read(client: AsyncClient) -> ClientReportList:
        try:
            return await list_client_reports.asyncio(
                client=client,
                lossy=True,
                at_after=since,
                at_before=until,
                limit=limit,
                cursor=cursor,
            )
        except NotFoundError:
            refuse(
                "this server is older than reports of losses and knows none (it answered 404); "
                "update it, or look into the logs of the clients"
            )

    found = ask(reach, read)
    if as_json:
        write_json(found)
    elif not found.reports:
        say("Nothing was lost, as far as clients have said.")
    else:
        show(found, limit)


def show(found: ClientReportList, limit: int) -> None:
    """Write a table of the reasons, then one of the clients."""
    reports: list[ClientReport] = found.reports
    screen = out()
    screen.print(reasons_table(found.dropped, width=screen.width))
    screen.print(reports_table(reports, width=screen.width))
    say(f"{wording.counted(found.lost, 'signal')} lost in all", "yellow")
    if found.next_cursor is not None:
        larger = f"--limit {min(limit * 2, LARGEST_PAGE)}, or " if limit < LARGEST_PAGE else ""
        say(f"There are more clients: {larger}--cursor '{found.next_cursor}'", "dim")
