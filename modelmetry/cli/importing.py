"""`modelmetry import`: read a file of traces, signals or telemetry into a store."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import tzinfo
from pathlib import Path

import click
from modelmetry_api.client import AsyncClient

from modelmetry.cli import wording
from modelmetry.cli.failures import refuse
from modelmetry.cli.moments import zone
from modelmetry.cli.reach import Reach, ask, reaching
from modelmetry.cli.recognition import FILE, STDIN, Content, recognised, seekable
from modelmetry.cli.screen import progress, say, write_json
from modelmetry.cli.shipment import Item, Shipment, Tally
from modelmetry.cli.sources import (
    TelemetrySource,
    signal_items,
    total,
    trace_items,
)
from modelmetry.cli.telling import tell_reading, tell_skipped

NOUNS = {
    "Sessions": "session",
    "Traces": "trace",
    "Spans": "span",
    "Events": "event",
    "Findings": "finding",
    "Executions": "execution",
    "MetricValues": "value of a metric",
    "MetricLists": "part of a list",
    "TelemetryRuns": "run",
    "TelemetryRecords": "telemetry record",
    "MetricIntervals": "interval of metrics",
}
PLURALS = {
    "MetricValues": "values of metrics",
    "MetricLists": "parts of lists",
    "MetricIntervals": "intervals of metrics",
}


@click.command("import")
@click.argument("file", type=FILE)
@click.option(
    "--timezone",
    "zone_",
    type=zone,
    metavar="ZONE",
    help="Of times in telemetry without an offset: Europe/Paris, +02:00, UTC. By default that of "
    "this machine.",
)
@click.option("--json", "as_json", is_flag=True, help="Write what was done as JSON.")
@reaching
def import_(reach: Reach, file: Path, zone_: tzinfo | None, as_json: bool) -> None:
    """Read a file into the store, or into a server; `-` reads stdin.

    It may be what `traces export` wrote, signals of a JsonlSink, or telemetry (JSON lines or
    SQLite) of ours or of cloudmesh-ai-common: the content decides. The same file twice changes
    nothing. What cannot be read is counted and passed over.
    """
    name = "stdin" if file == STDIN else str(file)
    with seekable(file) as path:
        content = recognised(path, name)
        if zone_ is not None and not content.is_telemetry:
            raise click.UsageError(f"--timezone is for telemetry; {name} holds {content.value}")
        source = TelemetrySource(path, zone_) if content.is_telemetry else None
        tally = Tally()

        async def send(client: AsyncClient) -> None:
            await imported(client, items(), tally, total(path, content))

        def items() -> Iterator[list[Item]]:
            if source is not None:
                return source.items()
            return (trace_items if content is Content.TRACES else signal_items)(path, tally)

        with told_when_stopped(tally, content):
            ask(reach, send, create=True)
        if source is not None:
            source.note(tally)
    if as_json:
        write_json({"Content": content.value, **tally.document()})
    else:
        say(f"Imported {stored(tally)}")
    if source is not None:
        tell_reading(source.file, zone_)
    tell_skipped(tally, content.unit)
    if not tally.stored:
        refuse(f"nothing of {name} could be imported")


async def imported(
    client: AsyncClient, items: Iterator[list[Item]], tally: Tally, lines: int | None
) -> None:
    """Send everything, and show how far it is."""
    shipment = Shipment(client, tally)
    with progress("Importing", lines) as bar:
        for together in items:
            if await shipment.add(together):
                bar.update(bar.task_ids[0], completed=tally.place)
        await shipment.send()


@contextmanager
def told_when_stopped(tally: Tally, content: Content) -> Generator[None, None, None]:
    """Say what is stored already when an import does not come to its end."""
    try:
        yield
    except BaseException:
        if tally.stored:
            say(
                f"Stopped after {content.unit} {tally.place:,}; stored by then: {stored(tally)}. "
                "The same command again goes through it from the beginning and doubles nothing.",
                "yellow",
            )
        raise


def stored(tally: Tally) -> str:
    """What arrived, in words."""
    parts = [
        wording.counted(tally.stored[name], noun, PLURALS.get(name))
        for name, noun in NOUNS.items()
        if tally.stored[name]
    ]
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if parts[1:] else parts) or "nothing"
