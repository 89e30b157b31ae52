"""`modelmetry findings`: what was found out, and how it moved over time."""

from __future__ import annotations

from datetime import datetime, timedelta

import click
from modelmetry_api.api import get_finding_series, list_finding_names
from modelmetry_api.client import AsyncClient
from modelmetry_api.models import FindingNameList, FindingSeries

from modelmetry.cli import wording
from modelmetry.cli.failures import CarefulGroup
from modelmetry.cli.moments import moment, stretch
from modelmetry.cli.reach import Reach, ask, reaching
from modelmetry.cli.screen import out, say, write_json
from modelmetry.cli.tables import finding_names_table, series_table


@click.group(cls=CarefulGroup)
def findings() -> None:
    """List findings and show how one moved over time."""


@findings.command("ls")
@click.option("--prefix", help="Only names that begin so.")
@click.option("--limit", type=click.IntRange(1, 500), default=500, help="How many at most.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON, as the API answers it.")
@reaching
def ls(reach: Reach, prefix: str | None, limit: int, as_json: bool) -> None:
    """List the names of findings with the types of their values."""

    async def read(client: AsyncClient) -> FindingNameList:
        return await list_finding_names.asyncio(client=client, prefix=prefix, limit=limit)

    answer = ask(reach, read)
    if as_json:
        write_json(answer)
    elif answer.names:
        out().print(finding_names_table(answer.names))
    else:
        say("No findings. Record some with: modelmetry demo")


@findings.command("series")
@click.argument("name")
@click.option("--start-after", "--since", type=moment, metavar="TIME", help="Begin: 2h (ago).")
@click.option("--start-before", "--until", type=moment, metavar="TIME", help="End.")
@click.option("--bucket", type=stretch, metavar="SPAN", help="Width of a line: 1m, 1h, 1d.")
@click.option("--trace-name", help="Only in traces of this name.")
@click.option("--span-name", help="Only of spans of this name.")
@click.option("--model", help="Only of spans that used this model.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON, as the API answers it.")
@reaching
def series(  # click passes them by name
    reach: Reach,
    name: str,
    start_after: datetime | None,
    start_before: datetime | None,
    bucket: timedelta | None,
    trace_name: str | None,
    span_name: str | None,
    model: str | None,
    as_json: bool,
) -> None:
    """Show how a finding moved over time, a line for each stretch that has any."""

    async def read(client: AsyncClient) -> FindingSeries:
        return await get_finding_series.asyncio(
            client=client,
            name=name,
            start_after=start_after,
            start_before=start_before,
            bucket_seconds=None if bucket is None else round(bucket.total_seconds()),
            trace_name=trace_name,
            span_name=span_name,
            model=model,
        )

    answer = ask(reach, read)
    if as_json:
        write_json(answer)
        return
    if not answer.points:
        say(f"No finding {wording.plain(name)} there; see: modelmetry findings ls")
        return
    out().print(series_table(answer))
    unit = f", {answer.unit}" if answer.unit else ""
    width = wording.duration(answer.bucket_seconds * 1000)
    close = f", percentiles within {answer.relative_error:.1%}" if answer.approximate else ""
    say(f"{wording.plain(answer.name)}{unit}, a line for each {width}{close}", "dim")
