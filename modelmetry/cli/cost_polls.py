"""`modelmetry costs poll`: ask once what the cloud costs, as a server would."""

from __future__ import annotations

import os
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import click

from modelmetry.cli import wording
from modelmetry.cli.failures import refuse
from modelmetry.cli.place import store_option, store_url
from modelmetry.cli.screen import say, write_json
from modelmetry.costs.explorer_question import Metric
from modelmetry.costs.named import AWS, metric_named, source_named
from modelmetry.costs.poller import CostPoller, PollResult
from modelmetry.costs.source import CostSource
from modelmetry.server.settings import ServerSettings
from modelmetry.store.open import open_store


@click.command("poll")
@click.option(
    "--source",
    metavar="SOURCE",
    help="aws, or a folder of files in the format FOCUS; by default that of "
    "MODELMETRY_SERVER_COSTS, else aws.",
)
@click.option("--metric", type=click.Choice(get_args(Metric)), help="Effective cost at AWS.")
@click.option("--profile", metavar="NAME", help="Of AWS's configuration.")
@click.option(
    "--force", is_flag=True, help="Before it is time; never more often than 3 times a day."
)
@click.option("--tenant", metavar="NAME", help="Whose costs they are; by default your own.")
@click.option("--json", "as_json", is_flag=True, help="Write what was done as JSON.")
@store_option
def poll(
    source: str | None,
    metric: Metric | None,
    profile: str | None,
    force: bool,
    tenant: str | None,
    as_json: bool,
    store: str | None,
) -> None:
    """Ask once what the cloud costs, and keep it in the store of this machine.

    It keeps to the schedule that servers over the same store keep to: nobody asks twice.
    """
    set_ = ServerSettings.from_env(os.environ)
    name = source or set_.costs or AWS
    if name != AWS and not Path(name).exists():
        refuse(f"there is no file or folder {name!r}; a source is one of them, or {AWS!r}")
    asked = source_named(
        name,
        metric=metric or metric_named(set_.costs_metric),
        profile=profile or set_.costs_profile,
    )
    with closing(open_store(store_url(store))) as opened:
        whose = tenant or set_.costs_tenant or set_.bootstrap_tenant
        poller = CostPoller(asked, opened.cost_ledger(whose))
        if poller.may_begin(early=force) <= datetime.now(UTC):
            _say_what_it_costs(asked, poller)
        result = poller.run_once(early=force)
    if as_json:
        write_json(_document(asked, result))
    _tell(asked, result, force=force)


def _say_what_it_costs(source: CostSource, poller: CostPoller) -> None:
    price, days = source.spending.price, poller.window()
    if price:
        say(
            f"Asking {source.name} for {days.start} to before {days.end}: each request costs "
            f"{price} USD; one is usual, a large account needs more.",
            "dim",
        )


def _tell(source: CostSource, result: PollResult, *, force: bool) -> None:
    """Say what became of it; what was not done although it was asked for is a failure."""
    due = wording.local_time(result.next_due, seconds=False)
    if result.outcome == "failed":
        refuse(f"{result.message}; not before {due} again")
    if result.outcome == "elsewhere":
        say(f"Another process asks {source.name} now; see: modelmetry costs sources")
    elif result.outcome == "waiting" and force:
        refuse(f"{source.name} was asked 3 times today, which is the most; again at {due}")
    elif result.outcome == "waiting":
        say(f"It is not time yet: {source.name} is asked again at {due}, or now with --force")
    else:
        used = result.used
        cost = f", {used.amount} USD" if used.price else ""
        requests = f", {wording.counted(used.requests, 'request')}{cost}" if used.requests else ""
        say(f"Read {wording.counted(result.rows, 'row')} of {source.name}{requests}; next at {due}")
        for fault in result.faults:
            say(f"Passed over: {wording.plain(fault)}", "yellow")


def _document(source: CostSource, result: PollResult) -> dict[str, object]:
    return {
        "Source": source.name,
        "Outcome": result.outcome,
        "NextDue": result.next_due,
        "From": None if result.window is None else result.window.start,
        "To": None if result.window is None else result.window.end,
        "Rows": result.rows,
        "Requests": result.used.requests,
        "Spent": str(result.used.amount),
        "Faults": list(result.faults),
        "Message": result.message,
    }
