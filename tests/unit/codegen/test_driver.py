"""The driver: writing, comparing, refusing."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from codegen.driver import OUTPUT, ROOT, SPEC, main
from codegen.refusal import RefusedError
from codegen.settings import SETTINGS, read_settings

Spec = dict[str, Any]
Write = Callable[[object], Path]


@pytest.fixture(scope="session")
def fresh_output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package, generated once from our spec."""
    output = tmp_path_factory.mktemp("generated") / "modelmetry_api"
    assert main(["--output", str(output)]) == 0
    return output


@pytest.fixture
def output(fresh_output: Path, tmp_path: Path) -> Path:
    """A copy of the package that a test may spoil."""
    copy = tmp_path / "modelmetry_api"
    shutil.copytree(fresh_output, copy)
    return copy


def check(output: Path) -> int:
    """Compare a folder with what our spec gives."""
    return main(["--check", "--output", str(output)])


def files(folder: Path) -> dict[str, bytes]:
    """Every file by its path."""
    found = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def test_the_committed_package_is_what_the_spec_gives(fresh_output: Path) -> None:
    """Nobody edits the generated package by hand, and nobody forgets to generate it."""
    assert files(fresh_output) == files(OUTPUT)


def test_check_is_content_with_a_fresh_package(
    output: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A package as generated passes, caches of the interpreter aside."""
    (output / "__pycache__").mkdir()
    (output / "__pycache__" / "client.pyc").write_bytes(b"")
    assert check(output) == 0
    assert capsys.readouterr().err == ""


def test_check_catches_one_edited_byte(output: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A single changed byte fails the check, names the file and changes nothing."""
    target = output / "client.py"
    edited = target.read_bytes().replace(b"10.0", b"11.0", 1)
    target.write_bytes(edited)
    assert check(output) == 1
    assert f"{target} differs" in capsys.readouterr().err
    assert target.read_bytes() == edited


def test_check_catches_an_extra_and_a_missing_file(
    output: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file too many and a file too few fail the check by name."""
    (output / "models" / "old.py").write_text("")
    (output / "py.typed").unlink()
    assert check(output) == 1
    said = capsys.readouterr().err
    assert f"{output / 'models' / 'old.py'} should not be there" in said
    assert f"{output / 'py.typed'} is missing" in said


def test_generating_repairs_the_package(output: Path) -> None:
    """Edits are undone, stale files deleted, missing ones written, the rest is left alone."""
    untouched = (output / "types.py").stat().st_mtime_ns
    (output / "client.py").write_text("edited")
    (output / "models" / "old.py").write_text("stale")
    (output / "spec.json").unlink()
    assert main(["--output", str(output)]) == 0
    assert files(output) == files(OUTPUT)
    assert (output / "types.py").stat().st_mtime_ns == untouched


@pytest.mark.parametrize("seed", ["1", "2"])
def test_the_output_does_not_depend_on_hashing(tmp_path: Path, seed: str) -> None:
    """The script writes the same bytes with any seed of string hashes, in any folder."""
    output = tmp_path / "modelmetry_api"
    subprocess.run(
        [sys.executable, str(ROOT / "codegen" / "generate.py"), "--output", str(output)],
        check=True,
        capture_output=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONHASHSEED": seed},
    )
    assert files(output) == files(OUTPUT)


def test_an_undefined_security_scheme_is_refused(
    spec: Spec, write_spec: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A scheme that is named but not defined stops the driver, and nothing is written."""
    spec["security"] = [{"bearerAuth": []}]
    output = tmp_path / "out"
    assert main(["--spec", str(write_spec(spec)), "--output", str(output)]) == 1
    assert "bearerAuth" in capsys.readouterr().err
    assert not output.exists()


def test_a_warning_of_the_generator_is_refused(
    spec: Spec, write_spec: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the generator would leave out with a mere warning stops the driver."""
    content = {"application/xml": {"schema": {"type": "string"}}}
    operation = spec["paths"]["/things/{id}"]["get"]
    operation["responses"]["201"] = {"description": "XML.", "content": content}
    output = tmp_path / "out"
    assert main(["--spec", str(write_spec(spec)), "--output", str(output)]) == 1
    said = capsys.readouterr().err
    assert "the generator warns" in said
    assert "application/xml" in said
    assert not output.exists()


def test_a_model_that_the_generator_drops_is_refused(
    spec: Spec, write_spec: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An enum of mixed types, which the generator cannot write, stops the driver."""
    spec["components"]["schemas"]["Thing"]["properties"]["Odd"] = {"enum": [1, "one"]}
    assert main(["--spec", str(write_spec(spec)), "--output", str(tmp_path / "out")]) == 1
    assert "Unable to process schema /components/schemas/Thing" in capsys.readouterr().err


def test_other_versions_of_the_tools_are_refused(tmp_path: Path) -> None:
    """The output depends on exact versions, so others are refused."""
    settings = yaml.safe_load(SETTINGS.read_text())
    settings["versions"]["ruff"] = "0.0.1"
    path = tmp_path / "settings.yaml"
    path.write_text(yaml.safe_dump(settings))
    with pytest.raises(RefusedError, match=r"ruff==0\.0\.1 wanted"):
        read_settings(path)


def test_defaults_are_the_paths_of_the_repository() -> None:
    """Without arguments the driver reads openapi/spec.yaml and writes generated/."""
    assert SPEC.is_file()
    assert OUTPUT.relative_to(ROOT).as_posix() == "generated/modelmetry_api"
