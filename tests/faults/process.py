"""Programs that run in processes of their own, and the server that they send to."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import time
from collections import Counter
from pathlib import Path

from attrs import field, frozen

from tests.unit.sinks.receiver import Receiver

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0

# What every program below begins with: a delivery to the server whose address it was given.
_PRELUDE = """
import os, sys
sys.path[:0] = [{root!r}, {generated!r}]
from modelmetry.delivery.delivery import Delivery
from modelmetry.delivery.policy import BatchPolicy
from modelmetry.signals.records import EventRecord
from modelmetry.sinks.http import HttpSink

LAZY = BatchPolicy(max_age=3600.0, first_age=3600.0)
delivery = Delivery(HttpSink(sys.argv[1]), batch_policy=LAZY)

def put(*xids):
    for xid in xids:
        delivery.put(EventRecord(xid, "trace-1", None, "seen", 0, {{}}))
"""


@frozen
class Ended:
    """How a program ended.

    Attributes:
        status: of the process; below 0 the signal that killed it.
        out: what it printed.
        errors: what it wrote to standard error.
        at: when that was noticed, by `time.monotonic`, which all processes share.
    """

    status: int
    out: str
    errors: str
    at: float = field(factory=time.monotonic)


def run(program: str, *arguments: str) -> Ended:
    """Run `program` after the prelude, in a process of its own, and wait for its end."""
    prelude = _PRELUDE.format(root=str(ROOT), generated=str(ROOT / "generated"))
    done = subprocess.run(
        [sys.executable, "-c", prelude + textwrap.dedent(program), *arguments],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def arrived(receiver: Receiver) -> Counter[str]:
    """How often each event arrived."""
    return Counter(
        event["XID"] for request in receiver.received for event in request.document["Events"]
    )
