"""The fences of our documents, and the comments that say how to run them.

A comment directly above a fence may say

    <!-- run: no, REASON -->          the fence is not run; the reason is shown as a skipped test
    <!-- run: after                   Python that is run first and that the reader need not see
    question = "Where is my order?"
    -->
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

ROOT = Path(__file__).parents[2]
PYTHON = {"python", "py"}
SHELL = {"bash", "console", "sh", "shell"}

FENCE = re.compile(
    r"(?:^[ ]*<!--[ ]*run:\s*(?P<run>(?:(?!-->).)*?)\s*-->[ ]*\n\n?)?"
    r"^(?P<indent>[ ]*)```(?P<language>[^\n`]*)\n(?P<text>.*?)^(?P=indent)```[ ]*$",
    re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True)
class Fence:
    """One fence: where it stands, its language, its text and what its comment asks for."""

    path: str
    line: int
    language: str
    text: str
    before: str = ""
    skip: str = ""

    @property
    def runs(self) -> bool:
        """Whether this fence holds something that can be run and should be."""
        return self.language in PYTHON | SHELL and not self.skip

    @property
    def program(self) -> str:
        """The Python source, or the shell script without prompts and printed answers."""
        if self.language in PYTHON:
            return self.before + "\n" + self.text
        typed = [line[2:] for line in self.text.splitlines() if line.startswith(("$ ", "> "))]
        return "\n".join(typed) if typed else self.text


def documents() -> list[Path]:
    """Give every document whose fences have to run."""
    return [ROOT / "README.md", ROOT / "ARCHITECTURE.md", *sorted((ROOT / "docs").rglob("*.md"))]


def fences_of(path: str, content: str) -> list[Fence]:
    """Give the fences of a document in order.

    Raises:
        ValueError: a comment says `run:` and something that nobody understands.
    """
    return [fence_from(path, content, match) for match in FENCE.finditer(content)]


def fence_from(path: str, content: str, match: re.Match[str]) -> Fence:
    """Read one match of FENCE."""
    line = content.count("\n", 0, match.start("language")) + 1
    verb, _, rest = re.split(r"(,\s*|\n|$)", match["run"] or "", maxsplit=1)
    if verb not in {"", "no", "after"} or (verb == "no" and not rest):
        told = f"<!-- run: {match['run']} -->"
        raise ValueError(f"{path}:{line}: {told}: write 'no, REASON' or 'after' with code below it")
    return Fence(
        path=path,
        line=line,
        language=match["language"].strip(),
        text=dedent(match["text"]),
        before=rest if verb == "after" else "",
        skip=rest if verb == "no" else "",
    )
