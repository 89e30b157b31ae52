"""The ASGI application over a store."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection
from contextlib import asynccontextmanager
from typing import Protocol

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from modelmetry.server.auth import Caller, Doorkeeper
from modelmetry.server.calls import Answer, Call, Handler
from modelmetry.server.dispatch import Bodies, Dispatcher, Door
from modelmetry.server.executions import execution_handlers
from modelmetry.server.families import Families
from modelmetry.server.faults import DocumentCheck
from modelmetry.server.ingest import ingest_handlers
from modelmetry.server.limits import InFlight
from modelmetry.server.login import login_handlers
from modelmetry.server.operations import DOCUMENT, Operation, Spec, load_spec, operations
from modelmetry.server.page import Page
from modelmetry.server.parameters import ParameterCheck
from modelmetry.server.read import read_handlers
from modelmetry.server.routing import Router
from modelmetry.server.service import service_handlers
from modelmetry.server.settings import LOCAL_TENANT, ServerSettings
from modelmetry.server.telemetry import telemetry_handlers
from modelmetry.server.threads import Threads
from modelmetry.store.keys import SCOPES, KeyStore
from modelmetry.store.protocol import Store


class ServerStore(Store, KeyStore, Protocol):
    """A store that also keeps the keys."""


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
    keeper = None if trusted_tenant is not None else _keeper(store, chosen, threads)
    table = [*operations(spec), DOCUMENT]
    dispatcher = Dispatcher(
        router=Router(table),
        handlers=handlers(store, chosen, spec, document, threads, keeper),
        parameters={one.id: ParameterCheck(one) for one in table},
        bodies=_bodies(chosen, spec, table),
        door=_trusting(trusted_tenant) if keeper is None else keeper.caller,
        page=Page(),
        guarded=chosen.loopback and trusted_tenant is None,
    )

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncGenerator[None]:
        yield
        threads.close()

    return Starlette(routes=[Everything(dispatcher)], lifespan=lifespan)


def handlers(
    store: Store,
    settings: ServerSettings,
    spec: Spec,
    document: bytes,
    threads: Threads,
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
        **service_handlers(store, settings, threads),
        **login_handlers(keeper),
        DOCUMENT.id: get_document,
    }


def _bodies(settings: ServerSettings, spec: Spec, table: Collection[Operation]) -> Bodies:
    schemas = {one.body for one in table if one.body is not None}
    return Bodies(
        limits=settings.body_limits,
        largest_batch=settings.largest_batch,
        in_flight=InFlight(settings.bodies_in_flight, settings.bytes_in_flight),
        checks={schema: DocumentCheck(spec, schema) for schema in schemas},
    )


def _keeper(store: KeyStore, settings: ServerSettings, threads: Threads) -> Doorkeeper:
    open_tenant = LOCAL_TENANT if settings.loopback else None
    return Doorkeeper(store, threads.executor, open_tenant)


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
