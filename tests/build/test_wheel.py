"""The built wheel, tested as a wheel: its content, and what works in an empty environment."""

from __future__ import annotations

import subprocess
import zipfile
from pathlib import Path

RECORD_SOMETHING = """
import modelmetry
with modelmetry.Client() as client:
    client.trace("wheel.check").span("step").finding("score", 0.5).end().end()
    receipt = client.flush_all(timeout=10)
assert receipt.delivered > 0, receipt
"""


def run(command: list[str | Path], home: Path) -> subprocess.CompletedProcess[str]:
    """Run a program outside the repository, with a home of its own."""
    environment = {"HOME": str(home), "PATH": "/usr/bin:/bin", "NO_COLOR": "1"}
    return subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=60, cwd=home, env=environment
    )


def test_wheel_holds_both_packages_and_nothing_else(wheel: Path) -> None:
    """The wheel brings modelmetry and modelmetry_api: no tests, no codegen, no tools."""
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.partition("/")[0] for name in names}
    version = wheel.name.split("-")[1]
    assert tops == {"modelmetry", "modelmetry_api", f"modelmetry-{version}.dist-info"}
    assert not [name for name in names if name.endswith((".pyc", ".jinja"))]


def test_wheel_is_typed_and_carries_the_contract(wheel: Path) -> None:
    """Type checkers believe both packages, and the specification travels with them."""
    names = zipfile.ZipFile(wheel).namelist()
    needed = {"modelmetry/py.typed", "modelmetry_api/py.typed", "modelmetry_api/spec.json"}
    assert needed <= set(names)


def test_wheel_brings_the_page_as_it_is_built(wheel: Path) -> None:
    """Nobody who installs needs Node: the files are those of the repository, byte for byte."""
    built = Path("modelmetry/server/ui")
    ours = {path.as_posix(): path.read_bytes() for path in built.rglob("*") if path.is_file()}
    archive = zipfile.ZipFile(wheel)
    theirs = {
        name: archive.read(name) for name in archive.namelist() if name.startswith(f"{built}/")
    }
    assert f"{built}/index.html" in ours
    assert theirs == ours


def test_wheel_brings_prices_and_their_licence(wheel: Path) -> None:
    """Whoever passes the list on passes on the terms under which it was given."""
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {f"modelmetry/prices/snapshot{end}" for end in (".json", "-licence.txt")} <= names


def test_import_with_core_dependencies_loads_no_http_client(core: Path, tmp_path: Path) -> None:
    """`import modelmetry` works without the extra and leaves httpx alone until it is needed."""
    code = "import modelmetry, sys; print(sorted({'httpx', 'starlette'} & set(sys.modules)))"
    done = run([core / "python", "-c", code], tmp_path)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "[]", "")


def test_recording_into_the_local_store_needs_the_core_alone(core: Path, tmp_path: Path) -> None:
    """Without settings and without the extra, signals reach the local store."""
    done = run([core / "python", "-c", RECORD_SOMETHING], tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / ".local/share/modelmetry/modelmetry.db").stat().st_size > 0


def test_prices_need_the_core_alone(core: Path, tmp_path: Path) -> None:
    """Neither pydantic nor genai-prices; the list is in the wheel."""
    code = "from modelmetry.prices import *; print(Prices().listing('gpt-4o').source)"
    done = run([core / "python", "-c", code], tmp_path)
    assert (done.returncode, done.stdout[:9], done.stderr) == (0, "snapshot ", "")


def test_command_without_its_extra_says_what_to_install(core: Path, tmp_path: Path) -> None:
    """The bare command answers with one line that names the pip command, not a traceback."""
    done = run([core / "modelmetry", "serve"], tmp_path)
    lines = (done.stdout + done.stderr).splitlines()
    assert done.returncode != 0
    assert len(lines) == 1
    assert "pip install" in lines[0]
    assert "modelmetry[server]" in lines[0]


def test_command_knows_its_version(server: Path, wheel: Path, tmp_path: Path) -> None:
    """`modelmetry --version` prints the version that the wheel is named after."""
    done = run([server / "modelmetry", "--version"], tmp_path)
    assert done.returncode == 0, done.stderr
    assert wheel.name.split("-")[1] in done.stdout.split()


def test_demo_runs_from_the_wheel(server: Path, tmp_path: Path) -> None:
    """The demo needs no file of the repository and ends by itself without a terminal."""
    done = run([server / "modelmetry", "demo"], tmp_path)
    assert done.returncode == 0, done.stderr
    assert "chatbot.turn" in done.stdout
