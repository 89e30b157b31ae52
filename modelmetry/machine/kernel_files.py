"""Small files in which the kernel says what it counts, any of which may be missing or torn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path


def text(path: Path) -> str:
    """What stands in a file; nothing if it cannot be read."""
    try:
        with path.open("rb", buffering=0) as file:
            return file.read().decode("utf-8", "replace")
    except OSError:  # also while it is read: the group or the process may be gone by now
        return ""


def is_there(path: Path) -> bool:
    """Whether there is such a file or folder that this process may look at."""
    try:
        return path.exists()
    except OSError:  # a folder above it is closed to this process
        return False


def number(path: Path) -> int | None:
    """The one whole number of a file; `None` for a word such as `max`, or if it is missing."""
    return whole(text(path))


def whole(word: str) -> int | None:
    """A text as a whole number, if it is one."""
    try:
        return int(word)
    except ValueError:
        return None


def table(path: Path, *names: str) -> dict[str, int]:
    """Those of the named lines that are a name and a whole number, such as `usage_usec 12`."""
    found: dict[str, int] = {}
    for line in text(path).splitlines():
        if not line.startswith(names):  # most lines of long files are not wanted
            continue
        words = line.split()
        value = whole(words[1]) if len(words) > 1 else None
        if value is not None:
            found[words[0].rstrip(":")] = value
    return found


def rows(path: Path) -> Iterator[list[str]]:
    """The words of each line that has some."""
    return (words for line in text(path).splitlines() if (words := line.split()))
