"""What the way to a server loads, and when."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.unit.sinks.receiver import receiving

ROOT = Path(__file__).parents[3]

PROGRAM = """
import sys
sys.path[:0] = [sys.argv[2], sys.argv[2] + "/generated"]
from modelmetry.delivery.sink import Batch
from modelmetry.signals.records import EventRecord
from modelmetry.sinks.http import HttpSink

before = set(sys.modules)
sink = HttpSink(sys.argv[1])
assert "httpx" not in sys.modules
assert sink.writer().take().signal_count == 0
assert "httpx" not in sys.modules
sink.load()
loaded = set(sys.modules)
sink.write(Batch.of([EventRecord("a", "t", None, "seen", 0, {})]))
print(len(loaded - before) > 100, sorted(set(sys.modules) - loaded))
"""


def test_after_loading_nothing_more_is_loaded() -> None:
    """Otherwise a fork could come in between, and the child would get half a module."""
    with receiving() as receiver:
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, receiver.url, str(ROOT)],
            capture_output=True,
            text=True,
            check=False,
        )
    assert (done.stdout, done.stderr) == ("True []\n", "")
