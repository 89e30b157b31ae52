"""`modelmetry grafana`: the dashboard, the rules and their tests, as files."""

from __future__ import annotations

from pathlib import Path

import click

from modelmetry.cli.failures import CarefulGroup
from modelmetry.cli.screen import say
from modelmetry.cli.wording import counted, plain
from modelmetry.grafana.choices import Choices
from modelmetry.grafana.files import export as write

_DEFAULT = Choices()


@click.group(cls=CarefulGroup)
def grafana() -> None:
    """Make a dashboard and alerts for Grafana and Prometheus."""


@grafana.command("export")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("dashboards"),
    metavar="DIR",
    help="Folder to write to; dashboards by default.",
)
@click.option(
    "--job",
    "jobs",
    multiple=True,
    metavar="NAME",
    help="Only this job of Prometheus; may be given several times. All of them by default.",
)
@click.option(
    "--server-job",
    default=_DEFAULT.server_job,
    metavar="NAME",
    help=f"The job of the modelmetry server, beside --job; {_DEFAULT.server_job} by default.",
)
@click.option(
    "--slo",
    type=float,
    default=_DEFAULT.slo,
    metavar="PERCENT",
    help=f"Of the requests, how many shall not fail; {_DEFAULT.slo:g} by default.",
)
@click.option(
    "--monthly-budget",
    type=float,
    default=_DEFAULT.monthly_budget,
    metavar="USD",
    help=f"For language models and for the cloud, each; {_DEFAULT.monthly_budget:g} by default.",
)
@click.option(
    "--scrape-interval",
    default=_DEFAULT.scrape_interval,
    metavar="SPAN",
    help=f"How often Prometheus asks; {_DEFAULT.scrape_interval} by default.",
)
@click.option(
    "--runbooks",
    metavar="URL",
    help="Where you keep docs/dashboards.md, for alerts to lead there; nowhere by default.",
)
@click.option("--force", is_flag=True, help="Replace files that are there and differ.")
def export(
    output: Path,
    jobs: tuple[str, ...],
    server_job: str,
    slo: float,
    monthly_budget: float,
    scrape_interval: str,
    runbooks: str | None,
    force: bool,
) -> None:
    """Write the dashboard, provisioning, rules, alerts and their tests into a folder.

    docs/dashboards.md says where each of them goes, and what to do about each alert.
    """
    choices = Choices(
        jobs=jobs,
        server_job=server_job,
        slo=slo,
        monthly_budget=monthly_budget,
        scrape_interval=scrape_interval,
        runbooks=runbooks,
    )
    done = write(output, choices, force=force)
    for path, is_new in done:
        click.echo(str(path) if is_new else f"{path} (as it was)")
    new = sum(is_new for _, is_new in done)
    say(f"Wrote {counted(new, 'file')} into {plain(str(output))}")
