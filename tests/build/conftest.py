"""The wheel that `nox -s build` made, installed in environments that hold nothing else."""

from __future__ import annotations

import os
import subprocess
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def wheel() -> Path:
    """Give the wheel under test."""
    path = os.environ.get("WHEEL_UNDER_TEST")
    if path is None:
        pytest.skip("no wheel to test: `nox -s build` makes one and names it in WHEEL_UNDER_TEST")
    return ROOT / path


@pytest.fixture(scope="session")
def core(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the bin folder of an environment with the wheel and its core dependencies alone."""
    return environment(tmp_path_factory.mktemp("core"), "core", wheel)


@pytest.fixture(scope="session")
def server(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the bin folder of an environment with the wheel and its [server] extra."""
    return environment(tmp_path_factory.mktemp("server"), "server", wheel)


def environment(place: Path, lock: str, wheel: Path) -> Path:
    """Install one lock and the wheel as a user would, with pip; return the bin folder."""
    venv.create(place, with_pip=True)
    programs = place / "bin"
    pip = [str(programs / "pip"), "--disable-pip-version-check", "install", "--quiet"]
    locked = ROOT / "requirements" / f"{lock}.txt"
    subprocess.run([*pip, "--require-hashes", "-r", locked], check=True)
    subprocess.run([*pip, "--no-deps", wheel], check=True)
    subprocess.run([programs / "pip", "check"], check=True, stdout=subprocess.DEVNULL)
    return programs
