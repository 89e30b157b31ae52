"""The server inside another process, on a thread: for tests, demonstrations and fixtures."""

from __future__ import annotations

import asyncio
import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

from modelmetry.errors import ConfigError
from modelmetry.server.app import ServerStore
from modelmetry.server.settings import ServerSettings
from modelmetry.server.start import address_of, bind, http_server, prepare

JOIN_SLACK = 5.0  # seconds beyond the server's own bound for stopping


class EmbeddedServer:
    """A server over a store, listening on a free port of this machine while the block runs.

    ::

        with EmbeddedServer(store) as server:
            httpx.get(f"{server.base_url}/health/ready")

    Args:
        store: where signals and keys are; it stays open. While it has no key, none is needed.
        settings: as for a process; without any, a free port of 127.0.0.1 is taken.

    Raises:
        ConfigError: on entering, when the address cannot be used.
    """

    def __init__(self, store: ServerStore, settings: ServerSettings | None = None) -> None:
        self._store = store
        self._settings = ServerSettings(port=0) if settings is None else settings
        self._ready = threading.Event()
        self.base_url: str = ""
        """Where it listens, without a slash at the end; empty before the block is entered."""

    def __enter__(self) -> Self:
        prepare(self._store, self._settings)
        listener = bind(self._settings)
        self.base_url = address_of(listener)
        self._server = http_server(self._store, self._settings, self._ready.set)
        self._thread = threading.Thread(
            target=self._serve, args=[listener], name="modelmetry-server", daemon=True
        )
        self._thread.start()
        self._ready.wait()
        if not self._server.started:
            raise ConfigError("the embedded server did not start; its log has the reason")
        return self

    def _serve(self, listener: socket.socket) -> None:
        try:
            # uvicorn exits so when its start fails, after it has logged the reason.
            with listener, suppress(SystemExit):
                asyncio.run(self._server.serve(sockets=[listener]))
        finally:
            self._ready.set()  # also when it failed: nobody may wait for ever

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.should_exit = True
        self._thread.join(self._settings.stop_timeout + JOIN_SLACK)
