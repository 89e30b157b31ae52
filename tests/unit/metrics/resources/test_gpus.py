"""GPUs as metrics, asked by NVIDIA's own bindings of a library that stands for the driver's."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SOURCE = Path(__file__).parents[2] / "machine" / "nvml.c"
PROGRAM = """
import json, logging, os, sys, threading
from modelmetry.metrics.resources.collector import ResourceCollector

logging.basicConfig(stream=sys.stdout, format="%(message).40s")
collector = ResourceCollector(gpu_wait=float(os.environ["WAIT"]))

def gpus():
    return {
        f"{family.name} {' '.join(point.attributes)}": point.value
        for family in collector() if family.name.startswith("hw.")
        for point in family.points
    }
"""

pytestmark = pytest.mark.skipif(
    shutil.which("cc") is None or sys.platform != "linux", reason="makes a library with cc"
)


@pytest.fixture(name="driver", scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a library that the loader of programs finds."""
    folder = tmp_path_factory.mktemp("driver")
    library = folder / "libnvidia-ml.so.1"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, SOURCE], check=True)
    return folder


def told(program: str, driver: Path, wait: str = "60", **environ: str) -> list[Any]:
    """What a program of its own prints, with this driver."""
    pytest.importorskip("pynvml")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM + program],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(sys.path),
            "LD_LIBRARY_PATH": str(driver),
            "WAIT": wait,
            **environ,
        },
    )
    assert done.stderr == ""
    return [json.loads(line) if line[0] in "{[" else line for line in done.stdout.splitlines()]


def test_cards_are_told_by_their_identities(driver: Path) -> None:
    """Each with what it gives, in ratios, bytes, joules, watts and degrees."""
    (found,) = told("print(json.dumps(gpus()))", driver)
    assert found == {
        "hw.gpu.utilization GPU-a Example GPU A general": 0.88,
        "hw.gpu.memory.usage GPU-a Example GPU A": 2000,
        "hw.gpu.memory.limit GPU-a Example GPU A": 8000,
        "hw.gpu.memory.utilization GPU-a Example GPU A": 0.25,
        "hw.energy GPU-a Example GPU A gpu": 1234.5,
        "hw.power GPU-a Example GPU A gpu": 250.5,
        "hw.temperature GPU-a Example GPU A gpu": 61,
        "hw.temperature GPU-b Example GPU B gpu": 62,
    }


def test_a_driver_that_hangs_costs_its_figures_alone(driver: Path) -> None:
    """It holds one thread, is waited for once, and is said once; the process can end."""
    program = """
names = [len({family.name for family in collector()} & {"process.memory.usage"}) for _ in range(3)]
print(json.dumps([names, gpus(), [t.name for t in threading.enumerate()].count("modelmetry-gpus")]))
sys.stdout.flush()
"""
    said, found = told(program, driver, wait="0.2", FAKE_NVML_HANGS="1")
    assert said.startswith("GPUs did not answer within 0.2 s")
    assert found == [[1, 1, 1], {}, 1]


@pytest.mark.parametrize("answer", ["9", "4", "999"])
def test_a_driver_that_refuses_is_asked_once(driver: Path, answer: str) -> None:
    """Later collections start no thread for it."""
    program = """
first = gpus()
threading.Thread.start = None
print(json.dumps([first, gpus()]))
"""
    assert told(program, driver, FAKE_NVML_INIT=answer) == [[{}, {}]]


def test_a_forked_child_connects_for_itself(driver: Path) -> None:
    """And its parent goes on."""
    program = """
first = gpus()
child = os.fork()
if child == 0:
    os._exit(0 if gpus() == first else 1)
code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
same = gpus() == first
collector.close()
print(json.dumps([code, len(first), same, gpus() == first]))
"""
    assert told(program, driver) == [[0, 8, True, True]]


def test_a_fork_beside_a_driver_that_hangs_goes_on(driver: Path) -> None:
    """Its child finds no lock taken, and has everything but GPUs."""
    program = """
import warnings
warnings.simplefilter("ignore", DeprecationWarning)  # 3.12 warns of forks beside threads
gpus()
sys.stdout.flush()
child = os.fork()
if child == 0:
    names = {family.name for family in collector()}
    os._exit(0 if "process.memory.usage" in names else 1)
print(json.dumps([os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])]))
sys.stdout.flush()
"""
    *said, found = told(program, driver, wait="0.2", FAKE_NVML_HANGS="1")
    assert {line[:18] for line in said} == {"GPUs did not answe"}
    assert found == [0]
