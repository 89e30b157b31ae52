"""Which session is meant: by its XID, or else by a name that one alone has."""

from __future__ import annotations

import shlex
from dataclasses import replace

from modelmetry_api.api import get_session, list_sessions, list_traces
from modelmetry_api.client import AsyncClient
from modelmetry_api.errors import NotFoundError

from modelmetry.cli.failures import refuse
from modelmetry.cli.filters import TraceFilter


async def with_session(client: AsyncClient, wanted: TraceFilter) -> TraceFilter:
    """What is wanted, with the XID of the session that is meant.

    A session that nobody knows stays as it was given: it may come yet.

    Raises:
        CommandFailed: several sessions have this name.
    """
    given = wanted.session
    if not given or await is_session(client, given):
        return wanted
    return replace(wanted, session=await session_called(client, given) or given)


async def is_session(client: AsyncClient, xid: str) -> bool:
    """Whether a session has this XID."""
    if (await list_traces.asyncio(client=client, session=xid, limit=1)).traces:
        return True
    try:  # only now: with its traces it would be a large answer
        await get_session.asyncio(xid, client=client)
    except NotFoundError:
        return False
    return True


async def session_called(client: AsyncClient, name: str) -> str | None:
    """The XID of the one session of this name; `None` without any.

    Raises:
        CommandFailed: several have it.
    """
    called = (await list_sessions.asyncio(client=client, name=[name], limit=2)).sessions
    if len(called) > 1:
        listing = f"modelmetry sessions ls --name {shlex.quote(name)}"
        refuse(f"there are several sessions {name}; give the XID of one, see: {listing}")
    return called[0].xid if called else None
