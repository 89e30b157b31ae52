"""`modelmetry spool`: what waits on disk for a server, because it has not arrived yet."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from math import inf
from pathlib import Path
from typing import TypeVar

import click
import msgspec
from modelmetry_api.errors import ApiError
from rich.table import Table
from rich.text import Text

from modelmetry.cli import wording
from modelmetry.cli.failures import CarefulGroup, refuse
from modelmetry.cli.moments import stretch
from modelmetry.cli.purging import batches, contents, delete, old_enough, remove_if_empty
from modelmetry.cli.reach import advised
from modelmetry.cli.replaying import Replay, Tally, alone
from modelmetry.cli.screen import Column, confirm, out, progress, say, table, write_json
from modelmetry.cli.spooled import (
    PassedOver,
    Seen,
    ServerFolder,
    moment_of,
    named_folder,
    refuse_unreadable,
    refused_files,
    refused_signals,
    server_folder,
    server_folders,
    tell_unreadable,
    waiting_signals,
)
from modelmetry.cli.tables import FULL, RIGHT, SHORT
from modelmetry.client.destination import spool_name
from modelmetry.config import Config
from modelmetry.delivery.segment import SpoolError
from modelmetry.settings import without_password

F = TypeVar("F", bound=Callable[..., object])

MOST_LINES = 1_000_000


class Shown(msgspec.Struct):
    """What a signal shows of itself in a list."""

    xid: str = msgspec.field(name="XID", default="")
    name: str = msgspec.field(name="Name", default="")
    trace_id: str = msgspec.field(name="TraceID", default="")
    start: datetime | None = msgspec.field(name="Start", default=None)
    at: datetime | None = msgspec.field(name="At", default=None)


@click.group(cls=CarefulGroup)
def spool() -> None:
    """List, show, send and delete what waits on disk for a server.

    Clients keep signals here until the server has them, and the next client for the same server
    and key sends what an earlier one left: most of the time nothing has to be done.
    """


def folder_of_spools(
    ctx: click.Context,  # noqa: ARG001  # click's signature
    option: click.Parameter,  # noqa: ARG001  # click's signature
    given: Path | None,
) -> Path:
    """The option, else what the environment says."""
    return given or Config.from_env(os.environ).spool_folder


def folder_option(command: F) -> F:
    """Give a command the option `--folder`; it gets the folder of all spools as `root`."""
    return click.option(
        "--folder",
        "root",
        type=click.Path(file_okay=False, path_type=Path),
        callback=folder_of_spools,
        metavar="PATH",
        help="Where the spools are; also MODELMETRY_SPOOL. By default a folder of yours.",
    )(command)


@spool.command("ls")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@folder_option
def ls(root: Path, as_json: bool) -> None:
    """List the folders, one for each server and key."""
    folders = server_folders(root)
    if as_json:
        write_json([as_document(folder) for folder in folders])
        return
    full = [folder for folder in folders if not folder.is_empty]
    if full:
        screen = out()
        screen.print(folders_table(full, width=screen.width))
        tell_of_trouble(full)
    if len(full) < len(folders):
        empty = wording.counted(len(folders) - len(full), "folder")
        say(f"Nothing is in {empty}; modelmetry spool purge removes what is not in use", "dim")
    elif not folders:
        say(f"Nothing was ever kept in {root}", "dim")


def tell_of_trouble(folders: Sequence[ServerFolder]) -> None:
    """Say which files cannot be read, and what to do."""
    for folder in folders:
        for path in folder.damaged:
            say(f"{path} holds signals that cannot be read; look at it, then purge it", "yellow")
    tell_unreadable([one for folder in folders for one in folder.unreadable])


@spool.command("show")
@click.argument("server")
@click.option("--refused", is_flag=True, help="What the server refused, not what waits.")
@click.option(
    "--limit",
    type=click.IntRange(1, MOST_LINES),
    default=100,
    show_default=True,
    help="How many lines the table has at most.",
)
@click.option("--json", "as_json", is_flag=True, help="Write all, a line of JSON for each signal.")
@folder_option
def show(root: Path, server: str, refused: bool, limit: int, as_json: bool) -> None:
    """Show what waits for a server, signal by signal.

    SERVER is a name of `spool ls`, or enough of its beginning. A process that keeps signals there
    does not notice.
    """
    folder = named_folder(root, server)
    passed = PassedOver()
    signals = (refused_signals if refused else waiting_signals)(folder, passed)
    if as_json:
        for signal in signals:
            write_json(signal_document(signal), indent=0)
    else:
        show_some(list(islice(signals, limit + 1)), limit, passed, refused=refused)
    refuse_unreadable(passed.all, "read")


def show_some(found: Sequence[Seen], limit: int, passed: PassedOver, *, refused: bool) -> None:
    """Show signals in a table, and say whether there are more."""
    if found:
        screen = out()
        screen.print(signals_table(found[:limit], refused=refused, width=screen.width))
    elif not passed.all:
        say("Nothing was refused" if refused else "Nothing waits here")
    if len(found) > limit:
        more = f"--limit {limit * 2}, or --json" if limit * 2 <= MOST_LINES else "--json"
        say(f"There are more: {more}", "dim")


@spool.command("replay")
@click.argument("server", required=False)
@click.option("--refused", is_flag=True, help="What the server refused, not what waits.")
@click.option("--base-url", metavar="URL", help="Server to send to; also MODELMETRY_BASE_URL.")
@click.option(
    "--api-key",
    metavar="KEY",
    help="Its key; better in MODELMETRY_API_KEY: others here can see a command line.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@folder_option
def replay(  # click passes them by name
    root: Path,
    server: str | None,
    refused: bool,
    base_url: str | None,
    api_key: str | None,
    yes: bool,
) -> None:
    """Send what processes that have ended left behind.

    Without SERVER it is what was kept for the server and the key that are set. Another folder is
    sent there as well when it is named, after a question: it was meant for elsewhere. What a
    living process owns is left to it.
    """
    config = Config.from_env(os.environ, base_url=base_url, api_key=api_key)
    if config.base_url is None:
        refuse("no server is named; set MODELMETRY_BASE_URL or give --base-url")
    own = root / spool_name(config)
    address = without_password(config.base_url)
    path = own if server is None else named_folder(root, server)
    found = server_folder(path)
    left = sum(file.signals for file in found.files if file.is_owned)
    count = found.signals - left
    if left and not refused:
        say(f"{wording.counted(left, 'signal')} of living processes are left to them", "dim")
    if not (found.refused if refused else count):
        refuse_unreadable(found.unreadable, "sent")
        whose = address if path == own else found.name
        say(f"Nothing {'was refused by' if refused else 'is left for'} {whose}")
        if path == own and not refused:
            tell_of_siblings(root, own)
        return
    if path != own:
        what = batches(found.refused) if refused else wording.counted(count, "signal")
        confirm(
            f"Send {what} of {found.name} to {address}, for which they were not meant?", yes=yes
        )
    tally = replayed(found, config, refused=refused, total=count)
    tell(tally, path, address)
    refuse_unreadable(tally.unadopted, "sent")


def tell_of_siblings(root: Path, own: Path) -> None:
    """Name the folders of the same host: what waits there was recorded with another key."""
    host = own.name.rpartition("-")[0]
    for folder in server_folders(root):
        if folder.path != own and folder.name.rpartition("-")[0] == host and folder.signals:
            say(
                f"{wording.counted(folder.signals, 'signal')} for the same host, recorded with "
                f"another key or address, are in {folder.name}: "
                f"modelmetry spool replay {folder.name}",
                "yellow",
            )


def replayed(found: ServerFolder, config: Config, *, refused: bool, total: int) -> Tally:
    """Send what is in a folder, with a bar that shows how far it is."""
    size = sum(file.stat().st_size for file in refused_files(found.path)) if refused else 0
    with (
        alone(found.path),
        progress("Sending", size if refused else total) as bar,
    ):
        run = Replay(found.path, config, lambda step: bar.advance(bar.task_ids[0], step))
        try:
            return run.refused() if refused else run.waiting()
        except SpoolError as error:
            refuse(f"{error}; make room and do it again")


def tell(tally: Tally, folder: Path, address: str) -> None:
    """Say what became of everything.

    Raises:
        CommandFailed: the server did not take all that it might have.
    """
    were = "was" if tally.refused == 1 else "were"
    say(
        f"{wording.counted(tally.arrived, 'signal')} arrived, {tally.refused:,} {were} refused, "
        f"{tally.stay:,} stay"
    )
    if tally.refused:
        say(f"See why: modelmetry spool show {folder.name} --refused", "yellow")
    if tally.unreadable:
        unreadable = wording.counted(tally.unreadable, "batch", "batches")
        say(f"Passed over {unreadable} that cannot be read", "yellow")
    if tally.failure is not None:
        cause = tally.failure.__cause__
        refuse(
            advised(cause, address)
            if isinstance(cause, ApiError)
            else f"{address} does not take them ({tally.failure.reason})"
        )


@spool.command("purge")
@click.argument("server", required=False)
@click.option("--older-than", type=stretch, metavar="AGE", help="Only what is older: 30d.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@folder_option
def purge(root: Path, server: str | None, older_than: timedelta | None, yes: bool) -> None:
    """Delete what was left behind, and what was refused.

    Without SERVER it is that of all servers. A file goes when all in it is old enough; what a
    living process owns stays.
    """
    bound = inf if older_than is None else time.time() - older_than.total_seconds()
    chosen = server_folders(root) if server is None else [server_folder(named_folder(root, server))]
    doomed = [old_enough(folder, bound) for folder in chosen]
    passed = PassedOver()
    if any(one.files or one.refused or one.damaged for one in doomed):
        confirm(f"Delete {contents(doomed)}, for good?", yes=yes)
        say(f"Deleted {contents([delete(one, bound, passed) for one in doomed])}")
    elif not any(one.unreadable for one in doomed):
        say("There is nothing to delete")
    removed = sum(map(remove_if_empty, doomed))
    if removed:
        say(f"Removed {wording.counted(removed, 'empty folder')}", "dim")
    refuse_unreadable(
        passed.all + [one for folder in doomed for one in folder.unreadable], "deleted"
    )


def folders_table(folders: Sequence[ServerFolder], *, width: int) -> Table:
    """Folders, one on a line."""
    columns: list[Column] = [
        ("Server", FULL),
        ("Files", RIGHT),
        ("Signals", RIGHT),
        ("Bytes", RIGHT),
        ("Oldest", RIGHT),
        ("In use", FULL),
        ("Refused", RIGHT),
    ]
    return table(columns, map(folder_row, folders), spare=("Files", "Bytes", "In use"), width=width)


def folder_row(folder: ServerFolder) -> list[Text | str]:
    """One folder."""
    oldest = folder.oldest
    age = None if oldest is None else (datetime.now(UTC) - oldest) / timedelta(milliseconds=1)
    return [
        wording.plain(folder.name),
        f"{len(folder.files):,}",
        f"{folder.signals:,}",
        f"{folder.bytes:,}",
        "" if age is None else wording.duration(max(age, 0)),
        "yes" if folder.is_owned else "no",
        f"{folder.refused:,}",
    ]


def as_document(folder: ServerFolder) -> dict[str, object]:
    """A folder as JSON."""
    return {
        "Server": folder.name,
        "Folder": str(folder.path),
        "Files": len(folder.files),
        "Signals": folder.signals,
        "Bytes": folder.bytes,
        "OldestAt": folder.oldest,
        "InUse": folder.is_owned,
        "Refused": folder.refused,
        "Damaged": [str(path) for path in folder.damaged],
        "Unreadable": [{"Path": str(one.path), "Reason": one.reason} for one in folder.unreadable],
    }


def signals_table(signals: Sequence[Seen], *, refused: bool, width: int) -> Table:
    """Signals, one on a line."""
    columns: list[Column] = [
        ("When", FULL),
        ("Kind", FULL),
        ("Name", SHORT),
        *([("Reason", FULL)] if refused else []),
        ("XID", FULL),
        ("Trace", FULL),
    ]
    rows = (signal_row(signal, refused=refused) for signal in signals)
    return table(columns, rows, spare=("Trace", "When"), width=width)


def signal_row(signal: Seen, *, refused: bool) -> list[Text | str]:
    """One signal."""
    try:
        shown = msgspec.json.decode(signal.json, type=Shown)
    except msgspec.DecodeError:  # a file that somebody edited
        shown = Shown(name="(not a signal)")
    moment = shown.start or shown.at or moment_of(signal.kept)
    return [
        "" if moment is None else wording.local_time(moment),
        signal.kind,
        wording.one_line(shown.name),
        *([wording.plain(signal.reason or "")] if refused else []),
        wording.plain(shown.xid),
        wording.plain(shown.xid if signal.kind == "trace" else shown.trace_id),
    ]


def signal_document(signal: Seen) -> dict[str, object]:
    """A signal as JSON: what it is, when it was kept or refused, and itself as it is sent."""
    document: dict[str, object] = {"Kind": signal.kind}
    if signal.reason is None:
        document["KeptAt"] = moment_of(signal.kept)
    else:
        document |= {"RefusedAt": moment_of(signal.kept), "Reason": signal.reason}
    return document | {"Signal": msgspec.Raw(signal.json)}
