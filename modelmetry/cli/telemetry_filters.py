"""Which telemetry a command is about: the filters of `GET /telemetry/...` as options."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import click

from modelmetry.cli.moments import moment, zone
from modelmetry.cli.recognition import FILE

R = TypeVar("R")


@dataclass(frozen=True)
class TelemetryFilter:
    """What must hold of a record; a filter that is not given always holds."""

    run: str | None = None
    command: str | None = None
    at_after: datetime | None = None
    at_before: datetime | None = None

    def parameters(self) -> dict[str, Any]:
        """It as the API takes it."""
        return {
            "run": self.run,
            "command": self.command,
            "at_after": self.at_after,
            "at_before": self.at_before,
        }

    def fits(self, record: dict[str, Any]) -> bool:
        """Whether it holds of a record of a file."""
        if self.run is not None and record["run_id"] != self.run:
            return False
        if self.command is not None and record["command"] != self.command:
            return False
        if self.at_after is None and self.at_before is None:
            return True
        at = datetime.fromisoformat(record["timestamp"])
        return (self.at_after is None or at >= self.at_after) and (
            self.at_before is None or at < self.at_before
        )


def described(command: Callable[..., R]) -> Callable[..., R]:
    """Give a command the filters as options; it gets them as one `wanted: TelemetryFilter`."""

    @functools.wraps(command)
    def run(
        run: str | None,
        command_: str | None,
        at_after: datetime | None,
        at_before: datetime | None,
        **given: Any,
    ) -> R:
        return command(wanted=TelemetryFilter(run, command_, at_after, at_before), **given)

    decorated: Callable[..., R] = run
    for option in (
        click.option("--at-before", "--until", type=moment, metavar="TIME", help="Before then."),
        click.option(
            "--at-after",
            "--since",
            type=moment,
            metavar="TIME",
            help="Then or later: 2h (ago), 2026-11-20, 2026-11-20T09:30:00+01:00.",
        ),
        click.option("--command", "command_", metavar="NAME", help="Only of this command."),
        click.option("--run", metavar="XID", help="Only of this run."),
    ):
        decorated = option(decorated)
    return decorated


def only_records(command: Callable[..., R]) -> Callable[..., R]:
    """Give a command the filters of a list of records as options."""
    for option in (
        click.option("--metric", metavar="NAME", help="Only with a number of this name."),
        click.option("--event", metavar="NAME", help="Only events of this name."),
        click.option("--status", multiple=True, metavar="TEXT", help="Several: any of them."),
    ):
        command = option(command)
    return command


def over_file(command: Callable[..., R]) -> Callable[..., R]:
    """Give a command an optional FILE, and the time zone of its times."""
    for option in (
        click.option(
            "--timezone",
            "zone",
            type=zone,
            metavar="ZONE",
            help="Of times in FILE without an offset: Europe/Paris, +02:00, UTC. By default that "
            "of this machine.",
        ),
        click.argument("file", type=FILE, required=False),
    ):
        command = option(command)
    return command
