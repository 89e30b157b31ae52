"""`modelmetry costs`: import, poll and show what the cloud costs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final, Literal

import click
from modelmetry_api.api import get_cost_trend, list_cost_days, list_cost_sources
from modelmetry_api.client import AsyncClient
from modelmetry_api.models import CostDayList, CostSourceList, CostTrend
from rich.text import Text

from modelmetry.cli import wording
from modelmetry.cli.cost_import import Stated, state
from modelmetry.cli.cost_polls import poll
from modelmetry.cli.cost_tables import sources_table, sums_table, total_line, trend_lines
from modelmetry.cli.failures import CarefulGroup, refuse
from modelmetry.cli.moments import moment
from modelmetry.cli.reach import Reach, ask_for, reaching
from modelmetry.cli.screen import out, progress, say, write_json
from modelmetry.costs.focus import FocusFiles
from modelmetry.costs.focus_reading import FocusReading

_FIRST, _LAST = date(1970, 1, 1), date(2200, 1, 1)
_WHAT: Final = "costs of the cloud"
_MOST_DAYS: Final = 10

By = Literal["day", "service"]


@click.group(cls=CarefulGroup)
def costs() -> None:
    """Import, poll and show what the cloud costs, by days of UTC."""


costs.add_command(poll)


@costs.command("import")
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, path_type=Path),
    metavar="FILE...",
)
@click.option(
    "--source",
    default="focus",
    show_default=True,
    metavar="NAME",
    help="Tells these costs from others; another account or currency is another source.",
)
@click.option("--tag", "tags", multiple=True, metavar="NAME", help="Part costs by this tag too.")
@click.option("--json", "as_json", is_flag=True, help="Write what was done as JSON.")
@reaching
def import_files(
    reach: Reach, files: tuple[Path, ...], source: str, tags: tuple[str, ...], as_json: bool
) -> None:
    """Read files in the format FOCUS, or folders of them: .csv, .csv.gz, .parquet.

    They replace what was known of their days of this source, so that the same files twice change
    nothing. Lines that cannot be read are named and passed over, and the exit code is 1.
    """
    read = FocusFiles(*files, name=source, tags=tags)
    with progress("Reading", None):
        reading = read.read(_FIRST, _LAST)
    if not reading.rows:
        refuse(f"nothing of {wording.counted(len(files), 'file')} could be imported: no rows")

    async def send(client: AsyncClient) -> Stated:
        return await state(client, source, reading)

    stated = ask_for(_WHAT, reach, send, create=True)
    if as_json:
        write_json(_document(source, reading, stated))
    else:
        say(_imported(source, reading, stated))
    for path in reading.repeated:
        say(f"{path} is a copy of another file and does not count", "yellow")
    if reading.torn:
        say(f"{wording.counted(reading.torn, 'line')} could not be read:", "yellow")
        for line in reading.named:
            say(f"  {wording.plain(str(line))}", "yellow")
        if reading.unread:
            days = ", ".join(str(day) for day in reading.unread[:_MOST_DAYS])
            more = ", ..." if len(reading.unread) > _MOST_DAYS else ""
            say(f"Not known, as none of their lines could be read: {days}{more}", "yellow")
        raise click.exceptions.Exit(1)


def _document(source: str, reading: FocusReading, stated: Stated) -> dict[str, object]:
    return {
        "Source": source,
        "From": reading.rows[0].day,
        "To": reading.rows[-1].day + timedelta(days=1),
        "Files": reading.files,
        "Lines": reading.lines,
        "Torn": reading.torn,
        "Unread": reading.unread,
        "TornLines": [str(line) for line in reading.named],
        "Repeated": list(reading.repeated),
        "Days": stated.days,
        "Rows": stated.rows,
        "Changed": stated.changed,
    }


def _imported(source: str, reading: FocusReading, stated: Stated) -> str:
    changed = "nothing changed" if not stated.changed else f"{stated.changed:,} changed"
    return (
        f"Imported {wording.counted(reading.lines - reading.torn, 'line')} of "
        f"{wording.counted(reading.files, 'file')} as {wording.plain(source)}: "
        f"{wording.counted(stated.days, 'day')}, {wording.counted(stated.rows, 'row')}, {changed}"
    )


@costs.command("show")
@click.option("--since", type=moment, default="30d", show_default=True, metavar="TIME",
              help="From that day of UTC on: 30d (ago), 2026-11-01.")  # fmt: skip
@click.option("--until", type=moment, metavar="TIME", help="Before that day; today by default.")
@click.option("--by", type=click.Choice(["service", "day"]), default="service", show_default=True)
@click.option("--source", metavar="NAME", help="Only of this source.")
@click.option("--service", metavar="NAME", help="Only of this service of the cloud.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON, as the API answers.")
@reaching
def show(
    reach: Reach,
    since: datetime,
    until: datetime | None,
    by: By,
    source: str | None,
    service: str | None,
    as_json: bool,
) -> None:
    """Show what the cloud cost, by service or by day."""
    if until is not None and _day(until) <= _day(since):
        raise click.UsageError(
            f"--until {_day(until)} is the day after the last one, and has to come after "
            f"--since {_day(since)}"
        )

    async def read(client: AsyncClient) -> CostDayList:
        return await list_cost_days.asyncio(
            client=client,
            from_=_day(since),
            to=None if until is None else _day(until),
            source=source,
            service=service,
            group_by=[by],
        )

    found = ask_for(_WHAT, reach, read)
    if as_json:
        write_json(found)
        return
    if not found.sums and not found.known_days:
        say(f"No costs are known from {found.from_} to before {found.to}. {_HOW}")
        return
    screen = out()
    screen.print(sums_table(found, by, width=screen.width))
    say(total_line(found), "dim")


_HOW: Final = "Read files: modelmetry costs import FILE; ask AWS: modelmetry costs poll"


def _day(at: datetime) -> date:
    return at.astimezone(UTC).date()


@costs.command("sources")
@click.option("--json", "as_json", is_flag=True, help="Write JSON, as the API answers.")
@reaching
def sources(reach: Reach, as_json: bool) -> None:
    """Show where costs come from, and what became of the last polls."""

    async def read(client: AsyncClient) -> CostSourceList:
        return await list_cost_sources.asyncio(client=client)

    found = ask_for(_WHAT, reach, read)
    if as_json:
        write_json(found)
    elif not found.sources:
        say(f"No source of costs is known. {_HOW}")
    else:
        screen = out()
        screen.print(sources_table(found.sources, width=screen.width))


@costs.command("trend")
@click.option("--days", type=click.IntRange(1, 90), default=7, show_default=True,
              help="How many days are compared with as many before.")  # fmt: skip
@click.option("--source", metavar="NAME", help="Only of this source.")
@click.option("--basis", type=click.Choice(["billed", "effective"]), default="billed",
              show_default=True, help="Which amount counts.")  # fmt: skip
@click.option("--without", multiple=True, metavar="CATEGORY",
              help="Charge category that does not count, such as Tax; or several.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Write JSON, as the API answers.")
@reaching
def trend(
    reach: Reach,
    days: int,
    source: str | None,
    basis: Literal["billed", "effective"],
    without: Sequence[str],
    as_json: bool,
) -> None:
    """Show how costs change, what the month will cost, and the cost of one prediction."""

    async def read(client: AsyncClient) -> CostTrend:
        return await get_cost_trend.asyncio(
            client=client, days=days, source=source, basis=basis, without=list(without)
        )

    found = ask_for(_WHAT, reach, read)
    if as_json:
        write_json(found)
        return
    screen = out()
    for line in trend_lines(found):
        screen.print(Text(wording.plain(line)), soft_wrap=True)
