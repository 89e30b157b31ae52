"""The ASGI application over a store."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Protocol

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from modelmetry.server.auth import Caller, Doorkeeper
from modelmetry.server.calls import Answer, Call, Handler
from modelmetry.server.compat.craft import craft_dialect
from modelmetry.server.compat.protocol import FIRST_SEGMENT
from modelmetry.server.cost_polling import cost_polling
from modelmetry.server.costs import cost_handlers
from modelmetry.server.dialects import Dialect, Door, dialect, problem_document
from modelmetry.server.dispatch import Bodies, Dispatcher
from modelmetry.server.executions import execution_handlers
from modelmetry.server.families import Families
from modelmetry.server.ingest import ingest_handlers
from modelmetry.server.limits import InFlight
from modelmetry.server.login import login_handlers
from modelmetry.server.measures import ServerMetrics
from modelmetry.server.operations import (
    DOCUMENT,
    DOCUMENT_PATH,
    METRICS,
    Spec,
    load_spec,
    operations,
)
from modelmetry.server.page import Page
from modelmetry.server.production import production_handlers
from modelmetry.server.read import read_handlers
from modelmetry.server.service import service_handlers
from modelmetry.server.settings import LOCAL_TENANT, ServerSettings
from modelmetry.server.telemetry import telemetry_handlers
from modelmetry.server.threads import Threads
from modelmetry.store.keys import SCOPES, KeyStore
from modelmetry.store.protocol import Store
from modelmetry.store.signing_keys import SigningKeys


class ServerStore(Store, KeyStore, SigningKeys, Protocol):
    """A store that also keeps the keys, and those that access tokens are signed with."""


def create_app(
    store: ServerStore,
    settings: ServerSettings | None = None,
    *,
    trusted_tenant: str | None = None,
) -> Starlette:
    """The application: every operation of the API's document over a store.

    Args:
        store: where signals and keys are; it stays open when the application ends.
        settings: `host` decides whether callers are checked for coming from this machine, and
            whether requests without a key are possible.
        trusted_tenant: whose all requests are, without a key. For use inside one process by
            somebody who may open the store anyhow; never for a socket.
    """
    chosen = settings or ServerSettings()
    document, spec = load_spec()
    threads = Threads(chosen.read_threads, chosen.reads_waiting)
    metrics = ServerMetrics(store, threads)
    costs = None if trusted_tenant is not None else cost_polling(chosen, store)
    if costs is not None:
        metrics.registry.add_collector(costs.measures.collect)
    keeper = None if trusted_tenant is not None else _keeper(store, chosen, threads)
    own = dialect(
        [*operations(spec), DOCUMENT, METRICS],
        spec,
        handlers(store, chosen, spec, document, threads, metrics, keeper),
        _trusting(trusted_tenant) if keeper is None else keeper.caller,
        problem_document,
        described_by=DOCUMENT_PATH,
    )
    dispatcher = Dispatcher(
        own=own,
        others={} if keeper is None else _others(store, chosen, threads, keeper),
        bodies=_bodies(chosen),
        page=Page(),
        guarded=chosen.loopback and trusted_tenant is None,
        metrics=metrics,
    )

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncGenerator[None]:
        if costs is not None:
            costs.start()
        yield
        if costs is not None:
            await to_thread(costs.stop, chosen.stop_timeout)
        threads.close()

    return Starlette(routes=[Everything(dispatcher)], lifespan=lifespan)


def handlers(
    store: Store,
    settings: ServerSettings,
    spec: Spec,
    document: bytes,
    threads: Threads,
    metrics: ServerMetrics,
    keeper: Doorkeeper | None = None,
) -> dict[str, Handler]:
    """One handler for each operation, by its id; nobody logs in where there is no keeper."""

    async def get_document(_: Call) -> Answer:
        return Answer(document)

    return {
        **ingest_handlers(store),
        **read_handlers(store, Families(spec), threads),
        **execution_handlers(store, threads),
        **telemetry_handlers(store, threads),
        **production_handlers(store, threads),
        **cost_handlers(store, threads),
        **service_handlers(store, settings, threads),
        **login_handlers(keeper),
        **metrics.handlers(),
        DOCUMENT.id: get_document,
    }


def _bodies(settings: ServerSettings) -> Bodies:
    return Bodies(
        limits=settings.body_limits,
        largest_batch=settings.largest_batch,
        in_flight=InFlight(settings.bodies_in_flight, settings.bytes_in_flight),
    )


def _keeper(store: KeyStore, settings: ServerSettings, threads: Threads) -> Doorkeeper:
    return Doorkeeper(store, threads.executor, _open_tenant(settings))


def _open_tenant(settings: ServerSettings) -> str | None:
    return LOCAL_TENANT if settings.loopback else None


def _others(
    store: ServerStore, settings: ServerSettings, threads: Threads, keeper: Doorkeeper
) -> dict[str, Dialect]:
    return {FIRST_SEGMENT: craft_dialect(store, keeper, threads, _open_tenant(settings))}


def _trusting(tenant: str | None) -> Door:
    caller = Caller(tenant or LOCAL_TENANT, frozenset(SCOPES))

    async def trusting(headers: Headers, scope: str, *, unsafe: bool) -> Caller:  # noqa: ARG001
        return caller

    return trusting


class Everything(BaseRoute):
    """Gives every HTTP request to the dispatcher, which routes on the path as it was sent.

    Starlette's own routes see the decoded path: an XID that holds `/` or `..` would be lost.
    """

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Any HTTP request; there are no websockets."""
        return (Match.FULL if scope["type"] == "http" else Match.NONE), {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer it."""
        await self._dispatcher(scope, receive, send)
