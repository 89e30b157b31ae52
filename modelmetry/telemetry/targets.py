"""Where records go: each place with a delivery of its own, so that none waits for another."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from modelmetry.client.client import Client
from modelmetry.client.sending import FLUSH_TIMEOUT, delivery_of, leave_within
from modelmetry.delivery.delivery import Delivery
from modelmetry.delivery.inbox import Inbox
from modelmetry.delivery.receipt import Receipt

Wait = Callable[[float | None], Receipt]
"""Waits for a delivery, so many seconds at most; `None` is no bound."""

WaitInLoop = Callable[[float | None], Awaitable[Receipt]]
"""Like `Wait`, without blocking the event loop."""


class Target(Protocol):
    """A place to which records go."""

    @property
    def name(self) -> str:
        """Of the backend."""
        ...

    @property
    def inbox(self) -> Inbox:
        """Where records are laid down."""
        ...

    @property
    def takes_runs(self) -> bool:
        """Whether it takes runs on their own; else each record says what machine it comes from."""
        ...

    @property
    def owned(self) -> bool:
        """Whether it ends with this; a client that is shared goes on."""
        ...

    @property
    def leave_within(self) -> float:
        """Seconds that the end of a block may wait: what is on disk need not be waited for."""
        ...

    def stats(self) -> Receipt:
        """What became of everything."""
        ...

    def flush(self, timeout: float | None, /) -> object:
        """Deliver everything that was laid down so far."""
        ...

    def aflush(self, timeout: float | None, /) -> Awaitable[object]:
        """Like `flush`, without blocking the event loop."""
        ...

    def close(self, timeout: float | None, /) -> object:
        """Deliver everything and stop."""
        ...

    def aclose(self, timeout: float | None, /) -> Awaitable[object]:
        """Like `close`, without blocking the event loop."""
        ...


class BackendTarget:
    """A backend behind a delivery of its own.

    Args:
        name: of the backend.
        delivery: to it.
    """

    takes_runs = False
    owned = True
    leave_within = FLUSH_TIMEOUT  # what it did not take is in memory alone

    def __init__(self, name: str, delivery: Delivery) -> None:
        self.name = name
        self.inbox: Inbox = delivery.inbox
        self.stats: Callable[[], Receipt] = delivery.stats
        self.flush: Wait = delivery.flush
        self.aflush: WaitInLoop = delivery.aflush
        self.close: Wait = delivery.close
        self.aclose: WaitInLoop = delivery.aclose


class ClientTarget:
    """A client, and what it delivers to: a server or a store.

    Args:
        client: one that is not switched off.
        owned: whether it is closed with this; one that is shared is flushed.
    """

    name = "modelmetry"
    takes_runs = True

    def __init__(self, client: Client, *, owned: bool) -> None:
        delivery = delivery_of(client)
        if delivery is None:
            raise ValueError("the client is switched off")
        self.owned = owned
        self.leave_within: float = leave_within(client)
        self.inbox: Inbox = delivery.inbox
        self.stats: Callable[[], Receipt] = client.stats
        self.flush: Wait = client.flush_all
        self.aflush: WaitInLoop = client.aflush_all
        self.close: Wait = client.close if owned else client.flush_all
        self.aclose: WaitInLoop = client.aclose if owned else client.aflush_all


def until(timeout: float | None) -> Callable[[], float | None]:
    """The seconds that are left of `timeout`; `None` is no bound."""
    if timeout is None:
        return lambda: None
    end = time.monotonic() + timeout
    return lambda: max(0.0, end - time.monotonic())


def together(calls: Sequence[Callable[[], object]]) -> None:
    """Do all of it at the same time: a place that does not answer takes no time from others."""
    threads = [
        threading.Thread(target=call, name="modelmetry-telemetry-flush", daemon=True)
        for call in calls[1:]
    ]
    begun: list[threading.Thread] = []
    for thread, call in zip(threads, calls[1:], strict=True):
        try:
            thread.start()
            begun.append(thread)
        except RuntimeError:  # the interpreter is ending
            call()
    for call in calls[:1]:
        call()
    for thread in begun:
        thread.join()


async def gathered(calls: Sequence[Awaitable[object]]) -> None:
    """Like `together`, in a loop."""
    await asyncio.gather(*calls)
