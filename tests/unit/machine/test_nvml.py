"""GPUs, asked by NVIDIA's own bindings of a library that stands for the driver's."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from modelmetry.machine.nvml import Gpu, Nvml
from tests.unit.machine.layouts import laid_out

ASK = """
import json, os, sys
from pathlib import Path
from modelmetry.machine.facts import facts
from modelmetry.machine.reader import Reader

def tell():
    members = facts().members()
    return {"gpus": members["modelmetry.gpus"], "model": members["gpu_model"], "read": gpus()}

def gpus():
    return {name: value for name, value in reader.read().items() if name.startswith("hw.")}

reader = Reader()
"""
PRINT = "print(json.dumps(tell()))"
SOURCE = Path(__file__).with_name("nvml.c")

needs_library = pytest.mark.skipif(
    shutil.which("cc") is None or sys.platform != "linux", reason="makes a library with cc"
)


@pytest.fixture(name="driver", scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a library that the loader of programs finds."""
    folder = tmp_path_factory.mktemp("driver")
    library = folder / "libnvidia-ml.so.1"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, SOURCE], check=True)
    return folder


def told(program: str, driver: Path, **environ: str) -> Any:
    """What a program of its own prints as JSON, with this driver."""
    pytest.importorskip("pynvml")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", ASK + program],
        check=True,
        capture_output=True,
        text=True,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(sys.path),
            "LD_LIBRARY_PATH": str(driver),
            **environ,
        },
    )
    assert done.stderr == ""
    return json.loads(done.stdout)


@needs_library
def test_cards_are_described_and_read(driver: Path) -> None:
    """Each with what it gives: one that does not support a figure loses that figure only."""
    found = told(PRINT, driver)
    assert found["gpus"] == [
        {"index": 0, "hw.id": "GPU-a", "hw.name": "Example GPU A", "hw.gpu.memory.limit": 8000},
        {"index": 1, "hw.id": "GPU-b", "hw.name": "Example GPU B"},
    ]
    assert found["model"] == "Example GPU A"
    assert found["read"] == {
        "hw.gpu.utilization.0": 0.88,
        "hw.gpu.memory.usage.0": 2000.0,
        "hw.gpu.memory.utilization.0": 0.25,
        "hw.gpu.temperature.0": 61.0,
        "hw.gpu.power.0": 250.5,
        "hw.gpu.temperature.1": 62.0,
    }


@needs_library
@pytest.mark.parametrize("answer", ["9", "4", "999", "18"])
def test_a_driver_that_refuses_is_no_gpu(driver: Path, answer: str) -> None:
    """Not loaded, no permission, an error that nobody knows, another version than the library."""
    found = told(PRINT, driver, FAKE_NVML_INIT=answer)
    assert found == {"gpus": [], "model": None, "read": {}}


def test_without_a_driver_there_is_no_gpu(tmp_path: Path) -> None:
    """The bindings are there, the library is not."""
    assert told(PRINT, tmp_path) == {"gpus": [], "model": None, "read": {}}


@needs_library
def test_a_library_that_is_none_is_no_gpu(tmp_path: Path) -> None:
    """A file of the right name that cannot be loaded."""
    (tmp_path / "libnvidia-ml.so.1").write_text("not a library")
    assert told(PRINT, tmp_path) == {"gpus": [], "model": None, "read": {}}


@needs_library
def test_a_forked_child_connects_again(driver: Path) -> None:
    """The parent's connection is not used in it, and the parent keeps its own."""
    program = """
first = gpus()
child = os.fork()
if child == 0:
    os._exit(0 if gpus() == first else 1)
code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
print(json.dumps([code, len(first), gpus() == first]))
"""
    assert told(program, driver) == [0, 6, True]


@needs_library
def test_facts_leave_the_connection_of_a_reader_alone(driver: Path) -> None:
    """They close their own; a reader that is closed connects again when it is asked."""
    program = """
before = gpus()
facts()
still = gpus()
reader.close()
print(json.dumps([len(before), still == before, gpus() == before]))
"""
    assert told(program, driver) == [6, True, True]


def test_the_files_of_the_driver_name_cards_without_a_library(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What they are is known, and one line in the log says how they can be read."""
    monkeypatch.setitem(sys.modules, "pynvml", None)
    told = "Model: \t\t Example GPU A\nIRQ:   12\nGPU UUID: \t GPU-a\n"
    laid_out(tmp_path, {"proc/driver/nvidia/gpus/0000:01:00.0/information": told})
    library = Nvml(tmp_path)
    assert library.cards() == (Gpu(0, "Example GPU A", "GPU-a"),)
    assert (library.read(), Nvml(tmp_path).read()) == ({}, {})
    (said,) = [record.getMessage() for record in caplog.records]
    assert "pip install 'modelmetry[gpu]'" in said
