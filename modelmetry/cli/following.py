"""Which traces are new: the memory of `modelmetry traces tail`.

Traces arrive when they end, long ones later than short ones that began after them. So each look
asks for everything that began within a window, and what was shown already is remembered.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from modelmetry_api.client import AsyncClient
from modelmetry_api.errors import ConnectionFailedError, ServerError, TooManyRequestsError
from modelmetry_api.models import Trace

from modelmetry.cli.filters import TraceFilter, every_trace
from modelmetry.cli.meant import with_session

WINDOW = timedelta(minutes=5)
PASSING = (ConnectionFailedError, ServerError, TooManyRequestsError)


class Follower:
    """Tells news from what was shown.

    Args:
        begin: the earliest start that is of interest; `None` for everything in the window.
        window: how long an open trace is waited for.
    """

    def __init__(self, begin: datetime | None = None, window: timedelta = WINDOW) -> None:
        self._begin = begin
        self._window = window
        self._shown: dict[str, datetime] = {}

    def since(self, now: datetime) -> datetime:
        """Where the next look begins; the first one reaches back to `begin`."""
        begin, self._begin = self._begin, None
        return min(begin, now - self._window) if begin is not None else now - self._window

    def news(self, listed: Iterable[Trace], now: datetime) -> Iterator[Trace]:
        """Those of a look that were not shown and have ended, or were open for long."""
        patience = now - self._window / 2
        for trace in listed:
            if trace.xid not in self._shown and (not trace.open_ or trace.start < patience):
                self._shown[trace.xid] = trace.start
                yield trace
        horizon = now - self._window
        self._shown = {xid: start for xid, start in self._shown.items() if start >= horizon}


async def follow(
    client: AsyncClient,
    wanted: TraceFilter,
    interval: timedelta,
    show: Callable[[Trace], None],
    *,
    tell: Callable[[str], None],
    count: int | None = None,
) -> None:
    """Show traces as they end; without `count` until it is cancelled.

    Without `wanted.start_after` only what ends from now on is shown. A server that goes away
    for a while is waited for, but must be there at first. `tell` is told when it is ready, and
    when it waits for the server.
    """
    meant = await with_session(client, wanted)
    follower, shown, silent = Follower(wanted.start_after), 0, wanted.start_after is None
    down = started = False
    while True:
        now = datetime.now(UTC)
        look = replace(meant, start_after=follower.since(now))
        try:
            listed = [trace async for trace in every_trace(client, look, sort="start")]
        except PASSING as error:
            if not started:
                raise
            if not down:
                tell(f"waiting for the server: {error}")
            down = True
        else:
            down = False
            for trace in follower.news(listed, now):
                if started or not silent:
                    show(trace)
                    shown += 1
                    if shown == count:
                        return
            if not started:
                tell("Waiting for traces to end; Ctrl-C stops it.")
            started = True
        await asyncio.sleep(interval.total_seconds())
