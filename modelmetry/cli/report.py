"""`modelmetry report`: how production went, as Markdown, one page of HTML, or JSON."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

import click

from modelmetry import __version__
from modelmetry.cli.reach import Reach, reaching
from modelmetry.cli.report_sources import Sources, report_of
from modelmetry.cli.report_windows import windows
from modelmetry.cli.screen import say, whole_file
from modelmetry.reports.document import document
from modelmetry.reports.html import html
from modelmetry.reports.markdown import markdown
from modelmetry.reports.report import Report
from modelmetry.reports.rows import figures

Format = Literal["md", "html", "json"]
RENDER: Final[dict[Format, Callable[[Report], str]]] = {
    "md": markdown,
    "html": html,
    "json": document,
}
SUFFIXES: Final[dict[str, Format]] = {
    "": "md",
    ".txt": "md",
    ".md": "md",
    ".markdown": "md",
    ".html": "html",
    ".htm": "html",
    ".json": "json",
}
FILE: Final = click.Path(path_type=Path, dir_okay=False)


@click.command("report")
@click.option(
    "--since",
    default="30d",
    show_default=True,
    metavar="TIME",
    help="Where it begins: 30d (ago), 2026-11-20, 2026-11-20T09:30:00+01:00.",
)
@click.option("--until", metavar="TIME", help="Where it ends, exclusive; now by default.")
@click.option(
    "--baseline",
    metavar="FROM..TO",
    help="With what it is compared, such as 60d..30d or 2026-10-01..2026-11-01.",
)
@click.option("--service", metavar="NAME", help="Only of this service; a job in Prometheus.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(tuple(RENDER)),
    help="By default what FILE ends with, else md.",
)
@click.option("-o", "--output", type=FILE, metavar="FILE", help="Write there; - is the screen.")
@click.option("--prometheus", metavar="URL", help="Ask this Prometheus for what the store lacks.")
@click.option(
    "--prometheus-token-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="What it is told as a bearer token.",
)
@click.option("--only-prometheus", is_flag=True, help="Do not look into a store at all.")
@reaching
def report(  # click passes them by name
    reach: Reach,
    since: str,
    until: str | None,
    baseline: str | None,
    service: str | None,
    format_: Format | None,
    output: Path | None,
    prometheus: str | None,
    prometheus_token_file: Path | None,
    only_prometheus: bool,
) -> None:
    """Sum up production: requests, models, cost, language models, resources.

    Each figure has its window and sample size; what was not measured says what to do about it.
    HTML is one file without scripts that also prints well; JSON is the answer of the API.
    """
    if prometheus is None and (prometheus_token_file or only_prometheus):
        alone = "--only-prometheus" if only_prometheus else "--prometheus-token-file"
        raise click.UsageError(f"{alone} needs the server: --prometheus URL")
    chosen = format_ or format_of(output)
    asked = windows(since, until, baseline, datetime.now(UTC))
    sources = Sources(reach, prometheus, prometheus_token_file, only_prometheus)
    found = report_of(sources, asked, service, charts=chosen == "html", version=__version__)
    write(RENDER[chosen](found), output)
    if not is_measured(found):
        say("Nothing of production was measured in this window; the report says so.", "yellow")


def format_of(output: Path | None) -> Format:
    """What a file of this name is expected to hold.

    Raises:
        BadParameter: no report ends so.
    """
    end = "" if output is None else output.suffix.lower()
    if end not in SUFFIXES:
        raise click.BadParameter(
            f"a report is no {end} file: let its name end with .md, .html or .json, or say which "
            "one it is with --format; a browser prints the HTML as PDF",
            param_hint="--output",
        )
    return SUFFIXES[end]


def write(text: str, output: Path | None) -> None:
    """Write a report to a file, which is whole or not there, or to the screen."""
    if output is None or str(output) == "-":
        click.echo(text, nl=False)
        return
    with whole_file(output) as file:
        file.write(text.encode())
    say(f"Wrote {output}")


def is_measured(found: Report) -> bool:
    """Whether some figure has a value."""
    return any(one.value is not None for one in figures(found.summary))
