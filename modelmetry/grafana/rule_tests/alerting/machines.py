"""Cases of alerts about machines and the modelmetry server."""

from __future__ import annotations

from collections.abc import Iterable

from modelmetry.grafana import names
from modelmetry.grafana.choices import Choices
from modelmetry.grafana.names import resource
from modelmetry.grafana.rule_tests.alerting.case import AlertCase
from modelmetry.grafana.rule_tests.series import Counter, Given, Level


def machine_cases(job: str, target: str) -> Iterable[AlertCase]:
    """What is nearly full."""

    def memory(used: float) -> Given:
        limit = resource("modelmetry.container.memory.limit")
        return {
            f"{resource('container.memory.working_set')}{{{target}}}": Level(used),
            f"{limit}{{{target}}}": Level(1_000),
        }

    def disk(used: float) -> Given:
        place = f'{target},{names.MOUNT}="/data"'
        state = names.FILE_SYSTEM_STATE
        metric = resource("system.filesystem.usage")
        return {
            f'{metric}{{{place},{state}="used"}}': Level(used),
            f'{metric}{{{place},{state}="free"}}': Level(1_000 - used),
            f"{resource('system.filesystem.limit')}{{{place}}}": Level(1_000),
        }

    here = {"job": job, "instance": "i"}
    yield AlertCase(
        alert="ModelmetryContainerMemory",
        labels=here,
        shown="91%",
        above=memory(910),
        below=memory(890),
    )
    yield AlertCase(
        alert="ModelmetryDiskFull",
        labels={**here, names.MOUNT: "/data"},
        shown="96%",
        above=disk(960),
        below=disk(940),
    )


def server_cases(choices: Choices) -> Iterable[AlertCase]:
    """What is refused and what waits."""
    job = choices.server_job
    target = f'job="{job}",instance="i"'

    def requests(refused: float) -> Given:
        """An application of the same job refuses nothing, and does not count."""
        return {
            f'{names.HTTP_REQUESTS}{{{target},{names.STATUS}="200"}}': Counter(100),
            f"{names.SERVER_TRANSACTIONS}{{{target}}}": Counter(10),
            f'{names.SERVER_REFUSED}{{{target},reason="unauthorized"}}': Counter(refused),
            f'{names.HTTP_REQUESTS}{{job="{job}",instance="other"}}': Counter(900),
        }

    waiting = f"{names.SERVER_WAITING}{{{target}}}"
    yield AlertCase(
        alert="ModelmetryServerRefusing",
        labels={"job": job},
        shown="5.5%",
        above=requests(5.5),
        below=requests(4.5),
    )
    yield AlertCase(
        alert="ModelmetryServerQueueing",
        labels={"job": job, "instance": "i"},
        shown="101",
        above={waiting: Level(101)},
        below={waiting: Level(100)},
    )
