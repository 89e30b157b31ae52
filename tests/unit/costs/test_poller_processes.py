"""Several real processes with one ledger in a file, or in a store: one of them polls."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from subprocess import PIPE

import pytest

from modelmetry.costs.ledger import CostLedger
from modelmetry.store.open import open_store
from tests.unit.costs.ledgers import FileLedger

# Says what happens, line by line, and goes on when it is told a line.
PROGRAM = """
import sys
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from modelmetry.costs.poller import CostPoller
from modelmetry.costs.rows import day_row
from modelmetry.costs.schedule import PollPolicy
from modelmetry.costs.source import Spending
from modelmetry.store.open import open_store
from tests.unit.costs.ledgers import FileLedger

class Cloud:
    name = "cloud"
    requests = 0

    @property
    def spending(self):
        return Spending(self.requests, Decimal("0.01"))

    def rows(self, start, end):
        self.requests += 1
        if waits:
            print("asking", flush=True)
            sys.stdin.readline()
        return iter([day_row(start, "EC2", Decimal(1), "USD")])

def say(result):
    print(result.outcome, flush=True)

waits = sys.argv[2] == "waits"
# Days pass here within milliseconds, and in each process only so many polls are paid in a real one.
policy = PollPolicy(polls_a_day=24)
path = Path(sys.argv[1])
in_store = path.name == "store.db"
ledger = open_store(str(path)).cost_ledger("local") if in_store else FileLedger(path)
poller = CostPoller(Cloud(), ledger, policy=policy, chance=lambda: 0.0)
print("ready", flush=True)
for line in sys.stdin:
    say(poller.run_once(datetime.fromisoformat(line.strip())))
"""

FORKS = """
import os
from datetime import UTC, datetime
from modelmetry.costs.poller import CostPoller
from modelmetry.costs.source import Spending
from tests.unit.costs.ledgers import MemoryLedger

class Cloud:
    name, spending = "cloud", Spending()

    def rows(self, start, end):
        return iter([])

class Forking(MemoryLedger):
    def note_poll(self, source, poll):
        if not self.polls and (child := os.fork()) == 0:
            os._exit(poller.run_once(datetime.now(UTC)).outcome == "elsewhere")
        elif not self.polls:
            print("elsewhere", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        super().note_poll(source, poll)

poller = CostPoller(Cloud(), Forking())
print(poller.run_once(datetime.now(UTC)).outcome)
"""


class Process:
    """A process with a poller."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.kill, self._in, self._out = process.kill, process.stdin, process.stdout

    def tell(self, line: str) -> None:
        """Let it run at a moment, or go on."""
        self._in.write(line + "\n")
        self._in.flush()

    def says(self) -> str:
        """What it says next."""
        return self._out.readline().strip()


@contextmanager
def started(ledger: Path, how: str = "at once") -> Generator[Process]:
    """A process that is ready, until the end of the block."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", PROGRAM, str(ledger), how]
    with subprocess.Popen(command, stdin=PIPE, stdout=PIPE, text=True, env=environment) as process:
        try:
            told = Process(process)
            assert told.says() == "ready"
            yield told
        finally:
            process.kill()


@pytest.fixture(params=["ledger.db", "store.db"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path: Path = tmp_path / request.param
    with opened(path):
        return path


@contextmanager
def opened(path: Path) -> Generator[CostLedger]:
    """The ledger of this process."""
    if path.name == "store.db":
        with closing(open_store(str(path))) as store:
            yield store.cost_ledger("local")
        return
    with closing(FileLedger(path)) as kept:
        yield kept


def test_while_one_process_asks_another_does_not(ledger: Path) -> None:
    """It says that another one does; afterwards it waits, and reads what came."""
    moment = "2026-09-15T12:00:00+00:00"
    with started(ledger, "waits") as one, started(ledger) as other:
        one.tell(moment)
        assert one.says() == "asking"
        other.tell(moment)
        assert other.says() == "elsewhere"
        one.tell("go on")
        assert one.says() == "polled"
        other.tell(moment)
        assert other.says() == "waiting"
    with opened(ledger) as kept:
        days = [row.day for row in kept.days(date(2026, 1, 1), date(2027, 1, 1))]
        poll = kept.last_poll("cloud")
    assert days == [date(2026, 8, 1)]
    assert poll is not None
    assert poll.requests == 1


def test_of_processes_that_race_exactly_one_polls(ledger: Path) -> None:
    """Every day anew."""
    with started(ledger) as one, started(ledger) as two, started(ledger) as three:
        for day in range(1, 21):
            moment = f"2026-09-{day:02}T12:00:00+00:00"
            for process in (one, two, three):
                process.tell(moment)
            said = [process.says() for process in (one, two, three)]
            assert said.count("polled") == 1, said


def test_a_process_that_is_killed_in_a_poll_leaves_the_ledger_to_others(ledger: Path) -> None:
    """It has been counted, and the next poll comes after the wait of a failure."""
    with started(ledger, "waits") as one, started(ledger) as other:
        one.tell("2026-09-15T12:00:00+00:00")
        assert one.says() == "asking"
        one.kill()
        other.tell("2026-09-15T12:40:00+00:00")
        assert other.says() == "waiting"
        with opened(ledger) as kept:
            assert kept.lease("costs:cloud", "the test", 60) is False  # the dead process has it


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks here")
def test_a_forked_child_is_another_process_than_its_parent() -> None:
    """Servers load an application once and fork: their children have the same poller."""
    done = subprocess.run(
        [sys.executable, "-c", FORKS],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )

    assert done.stdout.split() == ["elsewhere", "1", "polled"]
