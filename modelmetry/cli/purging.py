"""Deleting what was left on disk: what may go, what of it went, and what did not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from modelmetry.cli import wording
from modelmetry.cli.replaying import alone
from modelmetry.cli.screen import say
from modelmetry.cli.spooled import PassedOver, ServerFolder, count_lines, refused_files
from modelmetry.delivery.segment import Segment

# How clients name a folder (`spool_name`): one that is called otherwise may be anybody's.
OUR_NAME: Final = re.compile(r"[a-z0-9_.-]*-[0-9a-f]{16}")


def old_enough(folder: ServerFolder, bound: float) -> ServerFolder:
    """What of a folder nobody owns and is not newer than `bound`, in seconds since the epoch."""
    passed = PassedOver()
    files = [file for file in folder.files if not file.is_owned and file.latest <= bound]
    refused = sum(old_refusals(folder.path, bound, passed).values()) if folder.refused else 0
    damaged = [path for path in folder.damaged if is_old(path, bound, passed)]
    return replace(folder, files=files, refused=refused, damaged=damaged)


def old_refusals(folder: Path, bound: float, passed: PassedOver) -> dict[Path, int]:
    """The files with what was refused that are not newer than `bound`, and how many each has."""
    return {
        path: count
        for path in passed.unless(refused_files, folder) or ()
        if is_old(path, bound, passed) and (count := passed.unless(count_lines, path))
    }


def is_old(path: Path, bound: float, passed: PassedOver) -> bool:
    """Whether a file is there and was last written at `bound` or before."""
    found = passed.unless(Path.stat, path)
    return found is not None and found.st_mtime <= bound


def delete(doomed: ServerFolder, bound: float, passed: PassedOver) -> ServerFolder:
    """Delete what may go, but for what has changed since it was looked at.

    Gives what is gone; what the disk does not let go of is noted in `passed`.
    """
    gone = replace(doomed, files=[], refused=0, damaged=[])
    if not (doomed.files or doomed.refused or doomed.damaged):
        return gone
    try:
        with alone(doomed.path):
            return replace(
                gone,
                files=[one for one in doomed.files if passed.unless(delete_left, one.path)],
                refused=delete_refusals(doomed, bound, passed),
                damaged=[one for one in doomed.damaged if passed.unless(unlinked, one)],
            )
    except OSError as error:
        passed.add(doomed.path, error)
        return gone


def delete_left(path: Path) -> bool:
    """Delete a file that nobody owns; `False` when somebody has begun to send it.

    Raises:
        OSError: it is still there.
    """
    segment = Segment.adopt(path)
    if segment is not None:
        segment.delete()
    return segment is not None


def delete_refusals(doomed: ServerFolder, bound: float, passed: PassedOver) -> int:
    """Delete refusals, unless there are more by now than were asked about; says how many went."""
    if not doomed.refused:
        return 0
    found = old_refusals(doomed.path, bound, passed)
    if sum(found.values()) > doomed.refused:
        say(f"More was refused by {doomed.name} meanwhile; it stays. Purge again", "yellow")
        return 0
    return sum(count for path, count in found.items() if passed.unless(unlinked, path))


def unlinked(path: Path) -> bool:
    """Delete a file.

    Raises:
        OSError: it is still there.
    """
    path.unlink(missing_ok=True)
    return True


def remove_if_empty(folder: ServerFolder) -> bool:
    """Remove the folder of a server when no file is in it; its next client makes it again."""
    if OUR_NAME.fullmatch(folder.name) is None:
        return False
    try:
        folder.path.rmdir()
    except OSError:  # something is in it, or it is gone: neither is a fault
        return False
    return True


def contents(folders: Sequence[ServerFolder]) -> str:
    """What is in folders, in words."""
    files = sum(len(folder.files) for folder in folders)
    refused = sum(folder.refused for folder in folders)
    damaged = sum(len(folder.damaged) for folder in folders)
    waiting = wording.counted(sum(folder.signals for folder in folders), "signal")
    parts = [f"{waiting} in {wording.counted(files, 'file')}"] if files else []
    if refused:
        parts.append(batches(refused))
    if damaged:
        parts.append(wording.counted(damaged, "damaged file"))
    return " and ".join(parts) or "nothing"


def batches(refused: int) -> str:
    """Refused batches, counted."""
    return wording.counted(refused, "refused batch", "refused batches")
