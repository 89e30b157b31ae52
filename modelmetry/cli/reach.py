"""Where commands read and write: a server by its address, or a store of this machine.

Both are asked in the same way, through the generated client: a store is served to it inside
this process, without a socket.
"""

from __future__ import annotations

import asyncio
import functools
import os
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from typing import Any, TypeVar

import click
import httpx
from modelmetry_api.client import AsyncClient
from modelmetry_api.errors import (
    ApiError,
    ConnectionFailedError,
    ForbiddenError,
    NotFoundError,
    TooManyRequestsError,
    UnauthorizedError,
)

from modelmetry.cli.failures import CommandFailed
from modelmetry.cli.place import existing_store, store_url
from modelmetry.config import Config
from modelmetry.server.app import create_app
from modelmetry.server.settings import LOCAL_TENANT
from modelmetry.store.open import open_store

R = TypeVar("R")

ADVICE: tuple[tuple[type[ApiError], str], ...] = (
    (ConnectionFailedError, "is a server running there? start one with: modelmetry serve"),
    (UnauthorizedError, "set MODELMETRY_API_KEY to a key made by: modelmetry keys create"),
    (ForbiddenError, "make a key with more scopes: modelmetry keys create --scope"),
    (NotFoundError, "see what there is with: modelmetry traces ls"),
    (TooManyRequestsError, "the server is behind; try again later"),
)


@dataclass(frozen=True)
class Reach:
    """What the options say about where to look; the environment fills in what they do not."""

    base_url: str | None = None
    api_key: str | None = None
    store: str | None = None
    tenant: str | None = None

    def settled(self) -> Reach:
        """This with what the environment says: an option wins over every variable.

        Raises:
            UsageError: the options contradict each other.
            ConfigError: a variable cannot be used.
        """
        if self.base_url and (self.store or self.tenant):
            raise click.UsageError("--base-url names a server, --store and --tenant a store here")
        config = Config.from_env(os.environ)
        base_url = None if self.store or self.tenant else self.base_url or config.base_url
        return Reach(
            base_url, self.api_key or config.api_key, self.store or config.store, self.tenant
        )


OPTIONS = (
    click.option("--base-url", metavar="URL", help="Server to ask; also MODELMETRY_BASE_URL."),
    click.option(
        "--api-key",
        metavar="KEY",
        help="Its key; better in MODELMETRY_API_KEY: others here can see a command line.",
    ),
    click.option(
        "--store", metavar="URL", help="Store to read here, sqlite:///PATH; also MODELMETRY_STORE."
    ),
    click.option("--tenant", metavar="NAME", help="Whose data in that store; by default your own."),
)


def reaching(command: Callable[..., R]) -> Callable[..., R]:
    """Give a command the options of `Reach`; it gets them as `reach`."""

    @functools.wraps(command)
    def run(
        base_url: str | None,
        api_key: str | None,
        store: str | None,
        tenant: str | None,
        **given: Any,
    ) -> R:
        return command(reach=Reach(base_url, api_key, store, tenant), **given)

    decorated: Callable[..., R] = run
    for option in reversed(OPTIONS):
        decorated = option(decorated)
    return decorated


def ask(reach: Reach, act: Callable[[AsyncClient], Awaitable[R]], *, create: bool = False) -> R:
    """Run `act` with a client of the server or the store.

    Args:
        reach: where to look.
        act: what to do there.
        create: whether a store that does not exist yet is made.

    Raises:
        CommandFailed: the server or the store refused or cannot be reached.
    """

    async def run() -> R:
        async with connected(reach, create=create) as client:
            return await act(client)

    return asyncio.run(run())


def ask_for(
    what: str, reach: Reach, act: Callable[[AsyncClient], Awaitable[R]], *, create: bool = False
) -> R:
    """Ask for `what` servers have not always known: one that is too old has no such path.

    Raises:
        CommandFailed: the server or the store refused, cannot be reached, or is too old.
    """

    async def run(client: AsyncClient) -> R:
        try:
            return await act(client)
        except NotFoundError as error:
            raise CommandFailed(
                f"this server is older than {what} and knows none (it answered 404); update it"
            ) from error

    return ask(reach, run, create=create)


@asynccontextmanager
async def connected(reach: Reach, *, create: bool = False) -> AsyncGenerator[AsyncClient, None]:
    """A client of the server or the store that `reach` names, while the block runs.

    Raises:
        CommandFailed: the server or the store refused or cannot be reached.
    """
    found = reach.settled()
    door = in_process(found, create=create) if found.base_url is None else over_http(found)
    try:
        async with door as client:
            yield client
    except ApiError as error:
        raise CommandFailed(advised(error, found.base_url or "the store")) from error


@asynccontextmanager
async def over_http(reach: Reach) -> AsyncGenerator[AsyncClient, None]:
    """A client of the server at `reach.base_url`."""
    try:
        client = AsyncClient(reach.base_url or "", api_key=reach.api_key)
    except ValueError as error:
        raise CommandFailed(str(error)) from error
    async with client:
        yield client


@asynccontextmanager
async def in_process(reach: Reach, *, create: bool) -> AsyncGenerator[AsyncClient, None]:
    """A client of an application over the store, in this process and without a socket.

    Who may open the file may read it: no key is needed.
    """
    opened = open_store(store_url(reach.store)) if create else existing_store(reach.store)
    with closing(opened) as store:
        app = create_app(store, trusted_tenant=reach.tenant or LOCAL_TENANT)
        async with (
            app.router.lifespan_context(app),
            AsyncClient("http://localhost", transport=httpx.ASGITransport(app=app)) as client,
        ):
            yield client


def advised(error: ApiError, where: str) -> str:
    """What went wrong, and what to do about it."""
    advice = next((text for kind, text in ADVICE if isinstance(error, kind)), "")
    place = f" ({where})" if isinstance(error, ConnectionFailedError) else ""
    return f"{error}{place}" + (f"; {advice}" if advice else "")
