"""`modelmetry ui`: the page, over the store of this machine or of a server."""

from __future__ import annotations

import os
import threading
import webbrowser

import click
import httpx
import msgspec

from modelmetry.cli.place import VARIABLE
from modelmetry.cli.screen import say
from modelmetry.config import Config
from modelmetry.errors import ConfigError
from modelmetry.server.run import run
from modelmetry.server.service import NAME
from modelmetry.server.settings import ServerSettings
from modelmetry.server.start import bind, page_of

HOST = "127.0.0.1"  # no key is needed from this machine, and nobody else is let in
PATIENCE = 2.0  # seconds for a server that is already there to say what it is


class Told(msgspec.Struct):
    """What a server says about itself, as far as it matters here."""

    Name: str


@click.command("ui")
@click.option("--base-url", metavar="URL", help="Server to show; also MODELMETRY_BASE_URL.")
@click.option("--port", type=int, help="Port; 8420 by default, or any that is free.")
@click.option("--store", metavar="URL", help=f"Store, sqlite:///PATH; also {VARIABLE}.")
@click.option("--browser/--no-browser", default=True, help="Open the page in a browser, or not.")
@click.pass_context
def ui(
    ctx: click.Context, base_url: str | None, port: int | None, store: str | None, browser: bool
) -> None:
    """Show the page: what is in your local store, until Ctrl-C.

    A server starts on this machine and for this machine only. When one already listens on the
    port, or when --base-url or MODELMETRY_BASE_URL names a server, its page is shown instead.
    """
    if base_url and store:
        raise click.UsageError("--base-url names a server, --store a store here")
    settings = ServerSettings.from_env(
        os.environ, host=HOST, port=port, store=store, access_log="off"
    )
    named = None if store else Config.from_env(os.environ, base_url=base_url or None).base_url
    running = named
    if running is None:
        settings, running = settled(
            settings, any_port=port is None, any_store=store is None and VARIABLE not in os.environ
        )
    if running is None:
        ctx.exit(run(settings, lambda address, where: shown(address, where, browser=browser)))
    found = "The server that was named" if named else f"A server is at {running} already"
    say(f"{found}, this is its page: {page_of(running)}")
    if browser:
        open_browser(page_of(running))


def settled(
    settings: ServerSettings, *, any_port: bool, any_store: bool
) -> tuple[ServerSettings, str | None]:
    """Settings whose port is free, or the address of a server of ours that has the port.

    Args:
        settings: as they were asked for.
        any_port: whether another port will do.
        any_store: whether a server over some other store will do.

    Raises:
        ConfigError: the port is taken, and no other one will do.
    """
    try:
        bind(settings).close()
    except ConfigError:
        address = f"http://{HOST}:{settings.port}"
        if any_store and is_ours(address):
            return settings, address
        if not any_port:
            raise
        return msgspec.structs.replace(settings, port=0), None
    return settings, None


def is_ours(address: str) -> bool:
    """Whether a server of this kind answers there."""
    try:
        answer = httpx.get(f"{address}/info", timeout=PATIENCE, trust_env=False)
        return msgspec.json.decode(answer.content, type=Told).Name == NAME
    except (httpx.HTTPError, msgspec.DecodeError):
        return False


def shown(address: str, store: str, *, browser: bool) -> None:
    """Say where the page is, in one line, and open it."""
    click.echo(f"The page is at {page_of(address)} (store {store}; Ctrl-C ends it)")
    if browser:
        open_browser(page_of(address))


def open_browser(url: str) -> None:
    """Open a browser beside this process; without a display nothing happens."""
    try:
        found = webbrowser.get()
    except webbrowser.Error:
        return
    # Exactly this class is for browsers of the terminal, which would take it away from us.
    if type(found) is webbrowser.GenericBrowser:
        return
    threading.Thread(target=found.open, args=[url], name="modelmetry-browser", daemon=True).start()
