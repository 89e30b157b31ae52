"""What the package imports, what it declares and what is locked agree, without an address."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import modelmetry

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
OURS = {"modelmetry", "modelmetry_api"}
# import name -> distribution, where they differ by more than "_" and "-"
DISTRIBUTIONS = {"attr": "attrs", "jwt": "pyjwt", "pynvml": "nvidia-ml-py", "yaml": "pyyaml"}
# its fixtures are there when a test suite loads it, and a test suite that does has pytest
BROUGHT_BY_THE_USER = {("pytest", "modelmetry/testing.py")}
# Groups that are never mixed with the others, nor with each other.
APART = ("bench-", "older-")
ADDRESS = re.compile(
    r"https?://[^\s\"'<>)]*(pypi|pythonhosted|npmjs|registry|/simple\b)", re.IGNORECASE
)
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==(\S+)", re.MULTILINE)


def pyproject() -> dict[str, Any]:
    """Read pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def imports(*folders: str) -> Iterator[tuple[str, str]]:
    """Give every foreign distribution that the folders import, each with the importing file."""
    for path in (path for folder in folders for path in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            for name in names_of(node):
                top = name.partition(".")[0]
                if top not in sys.stdlib_module_names | OURS:
                    file = str(path.relative_to(ROOT))
                    yield DISTRIBUTIONS.get(top, canonicalize_name(top)), file


def names_of(node: ast.AST) -> list[str]:
    """Give the absolute module names of an import statement."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.level == 0:
        return [node.module or ""]
    return []


def declared(requirements: list[str]) -> set[str]:
    """Give the canonical names of a list of requirements."""
    return {canonicalize_name(Requirement(text).name) for text in requirements}


def test_version_is_the_same_in_code_and_metadata() -> None:
    """What `modelmetry.__version__` says is what pyproject.toml says."""
    assert modelmetry.__version__ == pyproject()["project"]["version"]


def test_every_import_of_the_package_is_declared() -> None:
    """A module that the package imports comes from its dependencies or from an extra."""
    project = pyproject()["project"]
    extras = declared([r for extra in project["optional-dependencies"].values() for r in extra])
    known = declared(project["dependencies"]) | extras
    strangers = {(name, file) for name, file in imports("modelmetry") if name not in known}
    assert strangers <= BROUGHT_BY_THE_USER


def test_every_import_of_generated_code_is_a_core_dependency() -> None:
    """The generated client runs on attrs, httpx and msgspec."""
    found = {name for name, _ in imports("generated/modelmetry_api")}
    assert found <= declared(pyproject()["project"]["dependencies"])


def test_every_declared_dependency_is_imported() -> None:
    """Nobody installs what nothing uses."""
    project = pyproject()["project"]
    extras = declared([r for extra in project["optional-dependencies"].values() for r in extra])
    wanted = declared(project["dependencies"]) | extras
    assert wanted - {name for name, _ in imports("modelmetry", "generated/modelmetry_api")} == set()


def wanted_by_lock() -> dict[str, list[str]]:
    """Give the requirements of pyproject.toml that each lock answers."""
    content = pyproject()
    project, written = content["project"], content["dependency-groups"]
    groups = {name: with_included(group, written) for name, group in written.items()}
    core, extras = project["dependencies"], project["optional-dependencies"]
    server = extras["server"]
    others = [text for name, extra in extras.items() if name != "server" for text in extra]
    alone = {name: groups[name] for name in ("nox", "codegen", "lint", "build")}
    upon = {name: core + server + groups[name] for name in ("test", "contract", "published")}
    upon["test"] = upon["test"] + others
    peers = {name: group for name, group in groups.items() if name.startswith(APART)}
    apart = {*peers, "published"}
    ours = [text for name, group in groups.items() if name not in apart for text in group]
    everything = core + server + others + ours
    return {"core": core, "server": core + server, "dev": everything, **alone, **upon, **peers}


def with_included(group: list[str | dict[str, str]], groups: dict[str, Any]) -> list[str]:
    """Give the requirements of a group and of those that it includes (PEP 735)."""
    own = [item for item in group if isinstance(item, str)]
    named = [item["include-group"] for item in group if not isinstance(item, str)]
    return own + [text for name in named for text in with_included(groups[name], groups)]


@pytest.mark.parametrize("lock", sorted(wanted_by_lock()))
def test_locks_answer_pyproject(lock: str) -> None:
    """Each requirement is pinned in its lock, to a version that it allows; if not: nox -s lock."""
    pins = dict(PIN.findall((ROOT / "requirements" / f"{lock}.txt").read_text()))
    for text in wanted_by_lock()[lock]:
        requirement = Requirement(text)
        assert pins[canonicalize_name(requirement.name)] in requirement.specifier, text


def test_locks_agree_with_each_other() -> None:
    """A distribution has one version in all locks but those of peers, which are never mixed."""
    dev = set(PIN.findall((ROOT / "requirements/dev.txt").read_text()))
    ours = {name for name, _ in dev}
    for path in sorted((ROOT / "requirements").glob("*.txt")):
        if path.name.startswith(APART):
            continue
        pins = set(PIN.findall(path.read_text()))
        if path.name == "published.txt":  # what others brought along is not ours to develop with
            pins = {(name, version) for name, version in pins if name in ours}
        assert pins <= dev, path.name


def test_every_pin_has_a_hash_and_no_address() -> None:
    """What is installed is known by content, and where it comes from is the machine's choice."""
    for path in sorted((ROOT / "requirements").glob("*.txt")):
        text = path.read_text()
        assert "://" not in text, path.name
        blocks = re.split(r"\n(?=\S)", text)
        pinned = [block for block in blocks if PIN.match(block)]
        assert pinned, path.name
        assert [block for block in pinned if "--hash=sha256:" not in block] == []


def test_no_file_in_git_holds_the_address_of_a_registry() -> None:
    """Neither code nor settings nor prose sends anybody to a particular package index."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: nothing to ask for the list of files")
    command = [git, "-c", f"safe.directory={ROOT}", "ls-files", "-z"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    paths = [ROOT / name for name in listed.split("\0") if (ROOT / name).is_file()]
    texts = {str(path): path.read_bytes().decode(errors="replace") for path in paths}
    found = {path: hit[0] for path, text in texts.items() if (hit := ADDRESS.search(text))}
    assert found == {}
