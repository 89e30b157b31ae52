"""What a value costs that is appended to a list of an execution, and how many requests that makes.

Claim: 50,000 single appends in a loop take less than 2 µs each on the caller's thread and 50
requests at most, all of them stored in their order. Beside them `list.append`, the floor, and with
`--published PYTHON` (an interpreter with craft-ai-sdk, such as that of `nox -s published`) the
published client, which sends a request for each, against the same server. Rounds take turns.

Run as `nox -s bench -- metric_appends`.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Final

import httpx

from modelmetry import Client, Config
from modelmetry.server import EmbeddedServer
from modelmetry.store.open import open_store

APPENDS: Final = 50_000
FEWER: Final = 500  # of the published client: a request for each takes its time
ROUNDS: Final = 5
PUBLISHED: Final = """
import sys, time, warnings
from craft_ai_sdk import CraftAiSdk
address, execution, appends = sys.argv[1], sys.argv[2], int(sys.argv[3])
sdk = CraftAiSdk(sdk_token="local", environment_url=address, control_url=address)
sdk.record_list_metric_values("warm", [0.5])
began, cpu = time.perf_counter(), time.thread_time()
for step in range(appends):
    sdk.record_list_metric_values("loss", step)
print((time.perf_counter() - began) / appends * 1e6, (time.thread_time() - cpu) / appends * 1e6)
"""


def main() -> None:
    """Measure and print a table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--published", type=Path, help="an interpreter with craft-ai-sdk")
    published: Path | None = options.parse_args().published
    floor: list[float] = []
    ours: list[tuple[float, float, int]] = []
    theirs: list[tuple[float, float]] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        open_store(f"sqlite:///{folder}/metrics.db") as store,
        EmbeddedServer(store) as server,
    ):
        for number in range(ROUNDS):
            floor.append(_floor())
            ours.append(_ours(server.base_url, Path(folder), f"ours-{number}"))
            if published is not None:
                theirs.append(_published(published, server.base_url, f"theirs-{number}"))
    _print(floor, ours, theirs)


def _floor() -> float:
    """CPU in µs of one `list.append` in a loop."""
    values: list[float] = []
    began = time.thread_time_ns()
    for step in range(APPENDS):
        values.append(step)  # noqa: PERF402 - what is measured
    return (time.thread_time_ns() - began) / APPENDS / 1_000


def _ours(address: str, folder: Path, execution: str) -> tuple[float, float, int]:
    """Elapsed and CPU in µs of one append, and requests; everything is stored in its order."""
    requests: list[int] = []
    config = Config(base_url=address, spool=str(folder / "spool"))
    with (
        Client(config=config, on_success=lambda load: requests.append(load.signal_count)) as client,
        client.execution("train", id=execution) as run,
    ):
        began, cpu = time.perf_counter(), time.thread_time()
        for step in range(APPENDS):
            run.list_metric("loss", step / 4)
        elapsed, used = time.perf_counter() - began, time.thread_time() - cpu
        client.flush_all(timeout=None)
        _check(address, execution)
        return elapsed / APPENDS * 1e6, used / APPENDS * 1e6, len(requests)


def _check(address: str, execution: str) -> None:
    query = {"execution": execution, "name": "loss", "include_values": "true"}
    answer = httpx.get(f"{address}/metrics/lists", params=query).raise_for_status()
    assert answer.json()["Lists"][0]["Values"] == [step / 4 for step in range(APPENDS)]


def _published(python: Path, address: str, execution: str) -> tuple[float, float]:
    """Elapsed and CPU in µs of one append by the published client."""
    command = [str(python), "-c", PUBLISHED, address, execution, str(FEWER)]
    env = {"CRAFT_AI_EXECUTION_ID": execution, "HOME": tempfile.gettempdir()}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    elapsed, cpu = map(float, done.stdout.split())
    return elapsed, cpu


def _print(
    floor: list[float], ours: list[tuple[float, float, int]], theirs: list[tuple[float, float]]
) -> None:
    least = median(floor)
    elapsed, cpu, requests = (median(column) for column in zip(*ours, strict=True))
    lines = [
        "| one append, medians | elapsed, µs | CPU of the caller, µs | x | requests for 50,000 |",
        "|---|---|---|---|---|",
        f"| list.append | | {least:.3f} | 1 | - |",
        f"| modelmetry | {elapsed:.2f} | {cpu:.2f} | {cpu / least:.0f} | {requests:.0f} |",
    ]
    if theirs:
        elapsed, cpu = (median(column) for column in zip(*theirs, strict=True))
        lines.append(f"| craft-ai-sdk | {elapsed:.0f} | {cpu:.0f} | {cpu / least:,.0f} | 50,000 |")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
