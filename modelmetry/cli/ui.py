"""`modelmetry ui`: the page, over the store of this machine or of a server."""

from __future__ import annotations

import os
import shlex
import threading
import webbrowser

import click
import httpx
import msgspec

from modelmetry.cli.failures import refuse
from modelmetry.cli.place import VARIABLE, existing_path, store_url
from modelmetry.cli.screen import say
from modelmetry.config import Config
from modelmetry.errors import ConfigError
from modelmetry.server.run import run
from modelmetry.server.service import NAME
from modelmetry.server.settings import ServerSettings
from modelmetry.server.start import bind, page_of

HOST = "127.0.0.1"  # no key is needed from this machine, and nobody else is let in
PATIENCE = 2.0  # seconds for a server that is already there to say what it is
FAR_PATIENCE = 10.0  # seconds for one that was named, which may be far away


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
        any_store = not store and not os.environ.get(VARIABLE)
        if not any_store:
            existing_path(settings.store)
        settings, running = settled(settings, any_port=port is None, any_store=any_store)
    if running is None:
        ctx.exit(run(settings, lambda address, where: shown(address, where, browser=browser)))
    say(of_the_named(running) if named else of_another(running))
    if browser:
        open_browser(page_of(running))


def of_the_named(address: str) -> str:
    """Where the page of the server at an address is, which has to answer.

    Raises:
        CommandFailed: nothing does.
    """
    try:
        answer = httpx.get(f"{address.rstrip('/')}/info", timeout=FAR_PATIENCE)
    except httpx.HTTPError as error:
        refuse(
            f"no server answers at {address} ({error}); look at the address, or start one there "
            "with: modelmetry serve"
        )
    # What asks for a login of its own, before our server, may answer instead of it.
    doubt = "" if is_told(answer) else ", which does not say that it is one of modelmetry"
    return f"The server that was named{doubt}, this is its page: {page_of(address)}"


def of_another(address: str) -> str:
    """Where the page of a server is that was there already, and how to see one's own store."""
    own = f"modelmetry ui --store {shlex.quote(store_url(None))}"
    return (
        f"A server is at {address} already, this is its page: {page_of(address)}\n"
        f"It does not say which store it shows; for your own, on another port: {own}"
    )


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
        return is_told(httpx.get(f"{address}/info", timeout=PATIENCE, trust_env=False))
    except httpx.HTTPError:
        return False


def is_told(answer: httpx.Response) -> bool:
    """Whether an answer is that of a server of this kind about itself."""
    try:
        return msgspec.json.decode(answer.content, type=Told).Name == NAME
    except msgspec.DecodeError:
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
