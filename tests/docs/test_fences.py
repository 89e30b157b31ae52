"""Every fence of README.md, ARCHITECTURE.md and docs/ runs, or says why it does not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.conftest import Server
from tests.docs.fences import PYTHON, ROOT, SHELL, Fence, documents, fences_of

# Where a document points at a server, it gets a real one.
ADDRESSES = ("https://staging.example.com", "http://127.0.0.1:8420")
PLAY = Path(__file__).with_name("play.py")

FENCES = [
    fence
    for path in documents()
    if path.is_file()
    for fence in fences_of(str(path.relative_to(ROOT)), path.read_text())
]
RUNNABLE = [fence for fence in FENCES if fence.language in PYTHON | SHELL]

Results = dict[str, dict[str, str | None]]


def where(fence: Fence) -> str:
    """Name a fence by its place."""
    return f"{fence.path}:{fence.line}"


@pytest.fixture(scope="module")
def played() -> Results:
    """Hold the results of the documents that were played."""
    return {}


@pytest.mark.parametrize("fence", RUNNABLE, ids=where)
def test_fence_runs(
    fence: Fence,
    played: Results,
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """A reader who types the fences of a document in order sees each of them work."""
    if fence.skip:
        pytest.skip(fence.skip)
    if fence.path not in played:
        server: Server = request.getfixturevalue("server")
        played[fence.path] = play(fence.path, server, tmp_path_factory.mktemp("reader"))
    error = played[fence.path][str(fence.line)]
    assert error is None, error


def play(path: str, server: Server, place: Path) -> dict[str, str | None]:
    """Play all fences of one document in a place and a home of its own."""
    script = [
        (f.line, f.language, pointed(f.program, server))
        for f in FENCES
        if f.path == path and f.runs
    ]
    for folder in ("examples", "openapi"):
        (place / folder).symlink_to(ROOT / folder)
    programs = Path(sys.executable).parent
    environment = {
        "HOME": str(place),
        "PATH": os.pathsep.join([str(programs), os.environ["PATH"]]),
        "NO_COLOR": "1",
        "MODELMETRY_API_KEY": server.key,
    }
    results = place / "results.json"
    subprocess.run(
        [sys.executable, PLAY, results],
        check=True,
        cwd=place,
        env=environment,
        input=json.dumps(script),
        text=True,
        timeout=300,
    )
    outcome: dict[str, str | None] = json.loads(results.read_text())
    return outcome


def pointed(program: str, server: Server) -> str:
    """Replace the addresses that our documents use by that of a server that runs."""
    for address in ADDRESSES:
        program = program.replace(address, server.address)
    return program.replace('api_key="..."', f'api_key="{server.key}"')


def test_every_fence_names_its_language() -> None:
    """No fence escapes being run by having no language."""
    assert [where(fence) for fence in FENCES if not fence.language] == []


def test_comments_are_read() -> None:
    """A comment above a fence excuses it with a reason, or brings what readers need not see."""
    content = (
        "<!-- run: no, long -->\n```sh\nx\n```\n\n<!-- run: after\na = 1\n-->\n```python\na\n```\n"
    )
    first, second = fences_of("a.md", content)
    assert (first.line, first.skip, first.runs) == (2, "long", False)
    assert (second.line, second.program, second.runs) == (9, "a = 1\na\n", True)


def test_prompts_mark_what_is_typed() -> None:
    """In a console fence with prompts the other lines are answers, not commands."""
    (fence,) = fences_of("a.md", "```console\n$ echo a \\\n> b\na b\n```\n")
    assert fence.program == "echo a \\\nb"


@pytest.mark.parametrize("comment", ["no", "maybe", "yes, always"])
def test_unknown_comments_are_refused(comment: str) -> None:
    """An excuse without a reason, or a word that means nothing here, is an error."""
    with pytest.raises(ValueError, match=r"a\.md:2.*write 'no, REASON'"):
        fences_of("a.md", f"<!-- run: {comment} -->\n```sh\nx\n```\n")
