"""The server as a process: `modelmetry serve`."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager

from modelmetry.errors import ModelmetryError
from modelmetry.server import log
from modelmetry.server.settings import ServerSettings
from modelmetry.server.start import address_of, bind, http_server, page_of, prepare
from modelmetry.settings import default_store_url
from modelmetry.store.open import open_store

FAILED = 1
# Bodies are large trees without cycles; to look for some took half the time of reading JSON.
OBJECTS_BETWEEN_COLLECTIONS = 100_000


Ready = Callable[[str, str], None]
"""Told once that the server listens: its address, and the URL of its store."""


def run(settings: ServerSettings, ready: Ready | None = None) -> int:
    """Serve until SIGINT or SIGTERM.

    Args:
        settings: where, and over what.
        ready: says where it listens; without it one line on standard output does.

    Returns:
        0 after a graceful stop, 1 when it could not start; standard error says why.
    """
    try:
        serve(settings, ready)
    except ModelmetryError as error:
        sys.stderr.write(f"modelmetry: {error}\n")
        return FAILED
    return 0


def serve(settings: ServerSettings, ready: Ready | None = None) -> None:
    """Like `run`, raising what keeps it from starting.

    Raises:
        ConfigError: the address cannot be used, or is open to others while no key exists.
        StoreError: the store cannot be opened.
    """
    url = settings.store or default_store_url()
    store = open_store(url)
    try:
        prepare(store, settings, url)
        with bind(settings) as listener:
            log.configure(settings.access_log)
            where = address_of(listener)
            access = "keys needed" if store.has_keys() else "no key needed from this machine"

            def say() -> None:
                if ready is not None:
                    ready(where, url)
                    return
                page = page_of(where)
                sys.stdout.write(
                    f"Modelmetry listens on {where} (store {url}; {access}; page {page})\n"
                )
                sys.stdout.flush()

            with _seldom_collected():
                http_server(store, settings, say).run(sockets=[listener])
    finally:
        store.close()


@contextmanager
def _seldom_collected() -> Generator[None]:
    """Let the garbage collector pass over what stays, and look less often at the rest."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
