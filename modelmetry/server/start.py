"""What comes before the first request: keys, the socket, the process's HTTP server."""

from __future__ import annotations

import math
import shlex
import signal
import socket
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from http import HTTPStatus
from typing import cast
from uuid import uuid4

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from modelmetry.errors import ConfigError
from modelmetry.server.app import ServerStore, create_app
from modelmetry.server.page import ROOT
from modelmetry.server.problems import PROBLEM_JSON, Problem
from modelmetry.server.settings import ServerSettings
from modelmetry.store.keys import SCOPES

BACKLOG = 2048
KEEP_ALIVE = 75  # seconds; longer than clients and proxies keep an idle connection (60)


def prepare(store: ServerStore, settings: ServerSettings, url: str | None = None) -> None:
    """Make the first key when the settings have one, and see that nobody is let in by mistake.

    Args:
        store: what is served.
        settings: how it is served.
        url: where the store is, for who has to make a key in it.

    Raises:
        ConfigError: others could reach the server and no key exists.
        InvalidValueError: the first key is too short.
    """
    if settings.bootstrap_key is not None:
        store.ensure_key(settings.bootstrap_key, settings.bootstrap_tenant, frozenset(SCOPES))
    if not settings.loopback and not store.has_keys():
        place = "" if url is None else f" --store {shlex.quote(url)}"
        raise ConfigError(
            f"refusing to listen on {settings.host}, which others can reach, while no key exists: "
            f"make one with `modelmetry keys create --tenant NAME{place}`, or set "
            "MODELMETRY_SERVER_BOOTSTRAP_KEY"
        )


def bind(settings: ServerSettings) -> socket.socket:
    """The listening socket.

    Raises:
        ConfigError: the port is taken, or the address is not one of this machine.
    """
    host, port = settings.host, settings.port
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, _, _, _, address = found[0]
        listener = socket.create_server(address, family=family, backlog=BACKLOG)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConfigError(
            f"cannot listen on {host} port {port}: {reason}; stop what listens there, or choose "
            "another with --port or MODELMETRY_SERVER_PORT (0 takes any that is free)"
        ) from error
    # asyncio sets this on sockets that it made itself only. Without it the second half of each
    # answer waits 40 ms for the client to acknowledge the first one.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def address_of(listener: socket.socket) -> str:
    """The base URL of a listening socket."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def page_of(base_url: str) -> str:
    """Where the page of a server is."""
    return f"{base_url.rstrip('/')}{ROOT}/"


def http_server(
    store: ServerStore, settings: ServerSettings, on_ready: Callable[[], None]
) -> HttpServer:
    """The HTTP server, not yet running."""
    config = uvicorn.Config(
        create_app(store, settings),
        http=ProblemProtocol,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=math.ceil(settings.stop_timeout),
    )
    return HttpServer(config, on_ready)


class HttpServer(uvicorn.Server):
    """uvicorn's server that says when it is ready."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen."""
        await super().startup(sockets)
        self._on_ready()

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Stop on SIGINT and SIGTERM.

        uvicorn raises the signal once more when it has stopped; it would end the process before
        the store is closed.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        signals = (signal.SIGINT, signal.SIGTERM)
        before = {one: signal.signal(one, self.handle_exit) for one in signals}
        try:
            yield
        finally:
            for one, handler in before.items():
                signal.signal(one, handler)


class ProblemProtocol(H11Protocol):
    """HTTP/1.1 whose answer to what is no HTTP at all is a problem document too."""

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  # its words are uvicorn's own
        """Answer 400, unless this request has its answer already, and close."""
        cycle = cast("RequestResponseCycle | None", self.cycle)  # None before the first request
        if cycle is None or not cycle.response_started or not cycle.more_body:
            self.transport.write(not_http())
        self.transport.close()


def not_http() -> bytes:
    """A whole response that says that the request is not HTTP."""
    problem = Problem(400, "not-http", "the request is not valid HTTP/1.1")
    content = problem.encode(f"urn:uuid:{uuid4()}")
    head = (
        f"HTTP/1.1 400 {HTTPStatus(400).phrase}",
        f"content-type: {PROBLEM_JSON}",
        f"content-length: {len(content)}",
        "connection: close",
    )
    return "\r\n".join(head).encode() + b"\r\n\r\n" + content
