"""Alerts about machines and about the modelmetry server: what is full, refused or waits."""

from __future__ import annotations

from typing import Final

from modelmetry.grafana import names
from modelmetry.grafana.alerts.alert import Alert
from modelmetry.grafana.choices import Choices
from modelmetry.grafana.queries import Source, largest, share, total
from modelmetry.grafana.rules import everything, server

FULL_MEMORY, FULL_DISK = 0.9, 0.95

MANY_REFUSED: Final = 0.05

MANY_WAITING: Final = 100
"""Batches that wait to be written; the server then takes more than it can store."""


def machine_alerts(choices: Choices) -> tuple[Alert, ...]:
    """What is nearly full."""
    found = everything(choices)
    by = ("job", "instance")
    working = total(found.of(names.resource("container.memory.working_set")), by)
    limit = total(found.of(names.resource("modelmetry.container.memory.limit")), by)
    mount = (*by, names.MOUNT)
    used = found.of(names.resource("system.filesystem.usage"), f'{names.FILE_SYSTEM_STATE}="used"')
    room = found.of(names.resource("system.filesystem.limit"))
    return (
        Alert(
            name="ModelmetryContainerMemory",
            expr=f"{working} / {limit} > {FULL_MEMORY:g}",
            wait="10m",
            severity="ticket",
            summary=(
                "{{ $labels.job }} at {{ $labels.instance }}: its container uses "
                "{{ $value | humanizePercentage }} of its memory"
            ),
            description=(
                "At 100% a process is killed. If the memory of the application only grows on the "
                "dashboard, row Resources, it leaks; else give it more, or fewer workers."
            ),
        ),
        Alert(
            name="ModelmetryDiskFull",
            expr=f"{total(used, mount)} / {total(room, mount)} > {FULL_DISK:g}",
            wait="10m",
            severity="ticket",
            summary=(
                "{{ $labels.job }} at {{ $labels.instance }}: "
                "{{ $labels.system_filesystem_mountpoint }} is "
                "{{ $value | humanizePercentage }} full"
            ),
            description=(
                "Spools and stores can write no more when it is full. `modelmetry store prune` and "
                "`modelmetry spool ls` show what of it is ours."
            ),
        ),
    )


def server_alerts(choices: Choices) -> tuple[Alert, ...]:
    """What a server of ours refuses, and what it cannot store in time."""
    found = server(choices)
    # Jobs that have requests of a server of ours: `and` keeps those of the others out.
    refused = found.rate(names.SERVER_REFUSED)
    requests = f"{found.rate(names.HTTP_REQUESTS)} and on (job, instance) {_is_server(found)}"
    return (
        Alert(
            name="ModelmetryServerRefusing",
            expr=f"{share(refused, requests, ('job',))} > {MANY_REFUSED:g}",
            wait="10m",
            severity="ticket",
            summary=(
                "{{ $labels.job }}: the server refuses {{ $value | humanizePercentage }} of its "
                "requests"
            ),
            description=(
                "See the reasons on the dashboard, row The modelmetry server. Keys that are not "
                "valid or lack a scope: `modelmetry keys ls`; what does not fit the "
                "specification comes from a client that is too old."
            ),
        ),
        Alert(
            name="ModelmetryServerQueueing",
            expr=f"{largest(found.of(names.SERVER_WAITING), ('job', 'instance'))} > {MANY_WAITING}",
            wait="5m",
            severity="ticket",
            summary=(
                "{{ $labels.job }} at {{ $labels.instance }}: {{ $value }} batches wait to be "
                "written"
            ),
            description=(
                "The disk is slower than what arrives. See the time of a transaction on the "
                "dashboard, row The modelmetry server; prune the store, or give it a faster disk. "
                "Clients keep what is not taken in their spools."
            ),
        ),
    )


def _is_server(found: Source) -> str:
    return found.of(names.SERVER_TRANSACTIONS)
