"""`modelmetry serve`: a server over a store, until it is stopped."""

from __future__ import annotations

import os

import click

from modelmetry.server.run import run
from modelmetry.server.settings import LOG_MODES, ServerSettings


@click.command("serve")
@click.option("--host", metavar="ADDRESS", help="Address to listen on; 127.0.0.1 by default.")
@click.option("--port", type=int, help="Port; 8420 by default, 0 takes any that is free.")
@click.option("--store", metavar="URL", help="Store, sqlite:///PATH; also MODELMETRY_STORE.")
@click.option("--access-log", type=click.Choice(LOG_MODES), help="A line for each request.")
@click.pass_context
def serve(
    ctx: click.Context,
    host: str | None,
    port: int | None,
    store: str | None,
    access_log: str | None,
) -> None:
    """Run a server over a store, until SIGINT or SIGTERM.

    Without options it takes its settings from the environment: see `modelmetry config`. It
    listens on an address that others can reach only when a key exists: see `modelmetry keys`.
    """
    settings = ServerSettings.from_env(
        os.environ, host=host, port=port, store=store, access_log=access_log
    )
    ctx.exit(run(settings))
