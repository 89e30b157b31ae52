"""`modelmetry demo`: a conversation travels through the SDK to a server and is read back."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from types import FrameType
from typing import Final

import click
from modelmetry_api.api import get_trace
from modelmetry_api.models import FullTrace

from modelmetry.cli.failures import refuse
from modelmetry.cli.filling import fill, fresh_store_url
from modelmetry.cli.live import LiveModel
from modelmetry.cli.place import store_option, store_url
from modelmetry.cli.reach import Reach, connected
from modelmetry.cli.screen import out, progress, say
from modelmetry.cli.traces import print_tree
from modelmetry.client.client import Client
from modelmetry.config import Config
from modelmetry.delivery.receipt import Receipt
from modelmetry.demo.conversation import recorded_conversation
from modelmetry.demo.play import Played, clock_of, play_live, play_recorded
from modelmetry.server.app import ServerStore
from modelmetry.server.embedded import EmbeddedServer
from modelmetry.server.settings import LOCAL_TENANT
from modelmetry.server.start import page_of
from modelmetry.store.keys import SCOPES
from modelmetry.store.open import open_store

_LOOK_AT: Final = (
    "traces ls",
    "executions ls",
    "telemetry summary",
    "costs trend",
    "report --baseline 60d..30d",
)


@click.command("demo")
@click.option("--live", is_flag=True, help="Ask a real model: set OPENAI_API_KEY, OPENAI_BASE_URL.")
@click.option(
    "--keep/--no-keep",
    default=None,
    help="Keep the server running until Ctrl-C, or not; by default on a terminal only.",
)
@click.option(
    "--scale",
    type=click.IntRange(min=1),
    metavar="SPANS",
    help="Make up a month of traffic instead, with about so many spans.",
)
@click.option(
    "--seed", type=int, default=1, show_default=True, help="With --scale: other traffic for each."
)
@store_option
def demo(store: str | None, live: bool, keep: bool | None, scale: int | None, seed: int) -> None:
    """Play a customer-service conversation into a server and read it back.

    A server starts on a free port of this machine, over your local store. The conversation
    travels to it through the SDK, over HTTP, and what is shown at the end was read from it.

    With --scale a month of made-up traffic is written at once, past the SDK. It never goes to
    your own store unless you name one with --store: by default it goes to demo.db beside it,
    which is emptied first.
    """
    if scale is not None:
        demo_at_scale(store, scale, seed, live=live, keep=keep)
        return
    url = store_url(store)
    with (
        LiveModel.from_env(os.environ) if live else nullcontext() as model,
        closing(open_store(url)) as opened,
        served(opened) as (base_url, key),
    ):
        say(f"A server listens on {base_url}, over the store {url}")
        session, played = play(base_url, key, model)
        for trace in asyncio.run(read_back(base_url, key, played)):
            out().print()
            print_tree(trace)
        say_next(session, played, store)
        if sys.stdout.isatty() if keep is None else keep:
            wait(base_url)


def demo_at_scale(
    store: str | None, spans: int, seed: int, *, live: bool, keep: bool | None
) -> None:
    """Fill a store and, on a terminal, serve it.

    Raises:
        CommandFailed: a model was asked for as well.
    """
    if live:
        refuse("--live asks a model and --scale makes everything up: give one of them")
    url = store or fresh_store_url()
    with closing(open_store(url)) as opened:
        fill(opened, spans, seed=seed)
        lines = (f"  modelmetry {command} --store {url}" for command in _LOOK_AT)
        say("\n".join(("Where to look next:", *lines)))
        if sys.stdout.isatty() if keep is None else keep:
            with served(opened) as (base_url, _):
                wait(base_url)


def play(base_url: str, key: str | None, model: LiveModel | None) -> tuple[str, list[Played]]:
    """Record the conversation as an application does; gives the session's XID and its turns."""
    conversation = recorded_conversation()
    clock = clock_of(conversation)
    config = Config(base_url=base_url, api_key=key)  # what the environment says is left aside
    with Client(config=config, clock=clock if model is None else None) as client:
        session = client.session(name=conversation.session, metadata=conversation.metadata)
        if model is None:
            turns = play_recorded(conversation, session, clock)
        else:
            turns = play_live(conversation, session, model)
        played = watched(turns, len(conversation.turns))
        say_sent(client.flush_all())
    return session.xid, played


@contextmanager
def served(store: ServerStore) -> Generator[tuple[str, str | None], None, None]:
    """The address of a server over `store` and a key for it, if it needs one.

    The key is good as long as the block runs.
    """
    key_id, secret = "", None
    if store.has_keys():
        key_id, secret = store.create_key(LOCAL_TENANT, frozenset(SCOPES), "modelmetry demo")
    try:
        with EmbeddedServer(store) as server:
            yield server.base_url, secret
    finally:
        if key_id:
            store.revoke_key(key_id)


def watched(turns: Iterator[Played], count: int) -> list[Played]:
    """Play the turns, and show how far it is."""
    played: list[Played] = []
    with progress("Turns of the conversation", count) as bar:
        for turn in turns:
            played.append(turn)
            bar.advance(bar.task_ids[0])
    return played


def say_sent(receipt: Receipt) -> None:
    """Say what became of the signals.

    Raises:
        CommandFailed: some did not arrive.
    """
    say(f"The SDK delivered {receipt.delivered} of {receipt.created} signals")
    if not receipt.ok:
        reasons = ", ".join(f"{count} {reason}" for reason, count in receipt.dropped.items())
        refuse(f"{receipt.pending} signals wait and these were dropped: {reasons or 'none'}")


async def read_back(base_url: str, key: str | None, played: Sequence[Played]) -> list[FullTrace]:
    """The traces of the turns, from the server."""
    async with connected(Reach(base_url=base_url, api_key=key)) as client:
        return [await get_trace.asyncio(turn.xid, client=client) for turn in played]


def say_next(session: str, played: Sequence[Played], store: str | None) -> None:
    """Say where to look next."""
    option = f" --store {store}" if store else ""
    commands = (
        (f"modelmetry ui{option}", "the page: all of it in a browser"),
        (f"modelmetry traces ls{option}", "every trace in the store"),
        (f"modelmetry traces show {played[-1].xid} --messages{option}", "what was said in a turn"),
        (f"modelmetry sessions show {session}{option}", "the conversation"),
        (f"modelmetry findings series response_safe_score{option}", "how safe the answers were"),
    )
    say("\nThe store keeps it. Where to look next:")
    width = max(len(command) for command, _ in commands)
    for command, meaning in commands:
        say(f"  {command:<{width}}  {meaning}")


def wait(base_url: str) -> None:
    """Keep the server until SIGINT or SIGTERM, which both are a proper end here."""
    done = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        done.set()

    before = {one: signal.signal(one, stop) for one in (signal.SIGINT, signal.SIGTERM)}
    say(f"\nThe server goes on at {base_url}, its page is {page_of(base_url)}; Ctrl-C ends it.")
    try:
        done.wait()
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
    say("Stopped.")
