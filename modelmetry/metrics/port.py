"""Metrics on a port of their own, for programs that serve nothing else."""

from __future__ import annotations

import os
import socket
import sys
import threading
from pathlib import Path
from socketserver import ThreadingMixIn
from types import TracebackType
from typing import Final, Self
from weakref import WeakSet
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from modelmetry.config import Config
from modelmetry.errors import ConfigError
from modelmetry.metrics import groups
from modelmetry.metrics.registry import REGISTRY, Registry
from modelmetry.metrics.serving import MetricsWSGIApp

_CLIENT_TIMEOUT: Final = 10  # seconds that a client may be silent


class _Handler(WSGIRequestHandler):
    timeout = _CLIENT_TIMEOUT

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the parent's name
        """Say nothing: a scrape each 15 seconds is no news."""


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    allow_reuse_address = sys.platform != "win32"  # there it would let two bind one port

    def __init__(self, host: str, port: int) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), _Handler)


class _SharedServer(_Server):
    """One port of several workers: whichever is asked tells the metrics of all."""

    def server_bind(self) -> None:
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        super().server_bind()


class MetricsServer:
    """A port at which Prometheus reads metrics, answered by a thread of its own.

    A forked child does not listen there: its parent tells what it measures.

    Args:
        port: 9464 is that of Prometheus exporters of OpenTelemetry; 0 takes a free one.
        host: the address at which it listens; `0.0.0.0` for all.
        registry: what is shown.
        token: what `Authorization: Bearer` has to say, if anything.
        folder: where the workers of one server lay their metrics down.
        config: for what is not given.

    Raises:
        ConfigError: nobody can listen there.

    Example:
        >>> with MetricsServer(port=0) as server:
        ...     server.url.startswith("http://127.0.0.1:")
        True
    """

    def __init__(
        self,
        port: int = 9464,
        *,
        host: str = "127.0.0.1",
        registry: Registry = REGISTRY,
        token: str | None = None,
        folder: Path | str | None = None,
        config: Config | None = None,
    ) -> None:
        self._is_here = True
        app = MetricsWSGIApp(registry=registry, token=token, folder=folder, config=config)
        self._server = _bound(host, port)
        self._server.set_app(app)
        self.host: str = host
        self.port: int = int(self._server.server_address[1])
        self._thread = threading.Thread(
            target=self._server.serve_forever, name="modelmetry-metrics-server", daemon=True
        )
        self._thread.start()
        _servers.add(self)

    @property
    def url(self) -> str:
        """Where the metrics are."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}/metrics"

    def close(self) -> None:
        """Listen no more."""
        if self._is_here:
            self._is_here = False
            self._server.shutdown()
            self._server.server_close()

    def leave(self) -> None:
        """In a forked child: the thread that answers is the parent's, and so is the port."""
        self._is_here = False
        self._server.socket.close()  # else the port would be taken as long as the child lives

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def _bound(host: str, port: int) -> _Server:
    is_one_of_several = groups.master_process() is not None and hasattr(socket, "SO_REUSEPORT")
    kind = _SharedServer if is_one_of_several else _Server
    try:
        return kind(host, port)
    except (OSError, OverflowError) as error:
        raise ConfigError(
            f"metrics cannot be shown at {host}:{port}: {error}; choose another port, "
            "or 0 for one that is free"
        ) from error


_servers: Final[WeakSet[MetricsServer]] = WeakSet()


def _leave() -> None:
    for server in list(_servers):
        server.leave()


if hasattr(os, "register_at_fork"):  # pragma: no branch - absent on Windows only
    os.register_at_fork(after_in_child=_leave)
