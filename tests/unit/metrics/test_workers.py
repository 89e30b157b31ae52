"""Predictions and resources of two real workers of one server, asked at one of them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from modelmetry.metrics import Registry, ResourceCollector, model_metrics, record_evaluation
from modelmetry.metrics.sharing import Sharing

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc of this machine")

ROOT = Path(__file__).parents[3]
MEGABYTE = 1 << 20
CHURN = ("churn", "3", "last_1000")
WORKER = """
import sys
from pathlib import Path
from modelmetry.metrics import REGISTRY, ResourceCollector, model_metrics, record_evaluation
from modelmetry.metrics.sharing import Sharing

REGISTRY.add_collector(ResourceCollector())
sharing = Sharing(REGISTRY, Path(sys.argv[1]))
model_metrics("churn", version="3", batch=90)(print)()
for number in range(90):
    record_evaluation("a", "b", "churn", "3")
sharing.collect()
print("told", flush=True)
sys.stdin.read()
"""


@contextmanager
def other_worker(folder: Path) -> Generator[None]:
    """A process that measured 90 wrong predictions, and lives until this ends."""
    with subprocess.Popen(
        [sys.executable, "-c", WORKER, folder],
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'generated'}"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as worker:
        assert worker.stdout is not None
        while (line := worker.stdout.readline()) and line != "told\n":
            pass
        yield


def told(sharing: Sharing) -> dict[str, dict[tuple[str, ...], float]]:
    """The values of all metrics."""
    return {
        one.name: {point.attributes: point.value for point in one.points}
        for one in sharing.collect()
    }


def test_two_workers_are_two_processes_on_one_machine_with_one_accuracy(tmp_path: Path) -> None:
    """When one of them ends its counters stay; its memory and its windows go."""
    registry = Registry()
    registry.add_collector(ResourceCollector())
    sharing = Sharing(registry, tmp_path)
    model_metrics("churn", version="3", batch=10, registry=registry)(print)()
    for number in range(10):
        record_evaluation("a", "a" if number else "b", "churn", "3", registry=registry)
    with other_worker(tmp_path):
        both = told(sharing)
    after = told(sharing)
    sharing.finish()
    assert both["modelmetry.model.predictions"] == {("churn", "3", "ok", ""): 100}
    assert both["modelmetry.model.accuracy"][CHURN] == 0.09
    assert both["modelmetry.model.accuracy.samples"][CHURN] == 100
    of_the_other = both["process.memory.usage"][()] - after["process.memory.usage"][()]
    assert of_the_other > 8 * MEGABYTE
    assert both["system.memory.limit"] == after["system.memory.limit"]
    assert after["modelmetry.model.predictions"] == {("churn", "3", "ok", ""): 100}
    assert after["modelmetry.model.ground_truths"] == {
        ("churn", "3", "correct"): 9,
        ("churn", "3", "wrong"): 91,
    }
    assert after["modelmetry.model.accuracy"][CHURN] == 0.9
