"""Play the fences of one document in order, in one process, as a reader would who types them.

Run as a program: reads `[[line, language, program], ...]` as JSON from standard input and writes
`{line: error or null}` to the file named by its argument. Python fences share one namespace.
"""

from __future__ import annotations

import ast
import asyncio
import json
import subprocess
import sys
import traceback
from pathlib import Path
from types import CodeType
from typing import Any


def play(language: str, program: str, name: str, namespace: dict[str, Any]) -> str | None:
    """Run one fence; return None, or what went wrong."""
    try:
        if language in {"python", "py"}:
            run_python(program, name, namespace)
        else:
            run_shell(program)
    except BaseException:  # noqa: BLE001  # whatever a fence raises is that fence's result
        return traceback.format_exc(limit=-3)
    return None


def run_python(program: str, name: str, namespace: dict[str, Any]) -> None:
    """Execute Python as the asyncio console does: `await` may stand at the top level."""
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    code: CodeType = compile(program, name, "exec", flags=flags, dont_inherit=True)
    result = eval(code, namespace)  # our own documents
    if asyncio.iscoroutine(result):
        asyncio.run(result)


def run_shell(program: str) -> None:
    """Run a script with bash, stopping at the first failure."""
    command = ["bash", "-euo", "pipefail", "-c", program]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        raise RuntimeError(f"exit code {done.returncode}\n{done.stdout}\n{done.stderr}")


def main() -> None:
    """Play what standard input holds."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    results = {
        line: play(language, program, f"fence at line {line}", namespace)
        for line, language, program in json.load(sys.stdin)
    }
    Path(sys.argv[1]).write_text(json.dumps(results))


if __name__ == "__main__":
    main()
