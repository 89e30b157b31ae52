"""What `traces rm` and `sessions rm` do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from modelmetry_api.client import AsyncClient
from modelmetry_api.errors import NotFoundError

from modelmetry.cli import wording
from modelmetry.cli.failures import refuse
from modelmetry.cli.reach import Reach, ask
from modelmetry.cli.screen import confirm, say

Delete = Callable[[str, AsyncClient], Awaitable[object]]


def delete_each(reach: Reach, xids: tuple[str, ...], what: str, delete: Delete, yes: bool) -> None:
    """Delete things by their XIDs when the user agrees; `what` is the word for one of them.

    Raises:
        CommandFailed: some are not there; the others are gone.
    """
    confirm(f"Delete {wording.counted(len(xids), what)} for good?", yes=yes)

    async def run(client: AsyncClient) -> list[str]:
        missing: list[str] = []
        for xid in xids:
            try:
                await delete(xid, client)
            except NotFoundError:
                missing.append(xid)
        return missing

    missing = ask(reach, run)
    say(f"Deleted {wording.counted(len(xids) - len(missing), what)}")
    if missing:
        refuse(f"there is no {what} {', '.join(missing)}; see: modelmetry {what}s ls")
