"""Several processes that send telemetry of one run to one file."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from modelmetry.store.sqlite.store import SqliteStore
from modelmetry.store.telemetry import TelemetryFilter
from tests.unit.store.cast import TENANT, record, telemetry

ROOT = Path(__file__).parents[3]
# Each batch has a record of its own and one that the others send too.
WRITE = """
import sys
from modelmetry.store.open import open_store
from tests.unit.store.cast import record, telemetry

path, name = sys.argv[1:]
with open_store(path) as store:
    for n in range(40):
        own = record(f"{name}-{n}", "r", n, Status="completed", Metrics={"loss": n})
        store.ingest("local", telemetry([own, record(f"shared-{n}", "r", n)]))
"""


def test_counters_agree_whoever_writes(path: Path) -> None:
    """What several processes send of one run is counted once each."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'generated'}"}
    command = [sys.executable, "-c", WRITE, str(path)]
    others = [subprocess.Popen([*command, name], cwd=ROOT, env=environment) for name in ("a", "b")]
    with SqliteStore(path) as store:
        for n in range(40):
            store.ingest(TENANT, telemetry([record(f"mine-{n}", "r", n, Metrics={"loss": n})]))
        assert [process.wait(timeout=60) for process in others] == [0, 0]
        run = store.get_telemetry_run(TENANT, "r")
        assert run is not None
        assert run.record_count == 4 * 40
        found = store.telemetry_summary(TENANT, TelemetryFilter())
        assert (found.record_count, found.metrics[0].count) == (160, 120)
        assert store.check().problems == ()
