"""`modelmetry demo --scale`: a store that is as full as one in use."""

from __future__ import annotations

import time
from collections import deque
from concurrent.futures import Future
from datetime import timedelta
from itertools import chain
from typing import Final

from modelmetry.cli.failures import refuse
from modelmetry.cli.place import VARIABLE, store_url
from modelmetry.cli.screen import progress, say
from modelmetry.demo.traffic.month import month
from modelmetry.demo.traffic.production import Production
from modelmetry.demo.traffic.spent import SOURCE, spent
from modelmetry.demo.traffic.training import trainings
from modelmetry.server.settings import LOCAL_TENANT
from modelmetry.settings import data_folder
from modelmetry.store.open import store_path
from modelmetry.store.sqlite.store import SqliteStore

_ON_THE_WAY: Final = 8  # bodies that the writer may have before the next one is made up


def fresh_store_url() -> str:
    """The address of the store for made-up traffic, which is emptied: it is nobody's own.

    Raises:
        CommandFailed: it is the user's own after all.
    """
    url = f"sqlite:///{data_folder() / 'demo.db'}"
    path = store_path(url)
    if store_path(store_url(None)).resolve() == path.resolve():
        refuse(
            f"{VARIABLE} names {path}, which would be emptied first; name another store there, or "
            "this one with --store to keep what it has"
        )
    for end in ("", "-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    return url


def fill(store: SqliteStore, spans: int, *, seed: int) -> None:
    """Put a month of traffic into a store, and bring its index and its summaries up to date."""
    began, done, traces, now = time.monotonic(), 0, 0, time.time_ns() // 1000
    waiting: deque[Future[int]] = deque()
    production = Production(now, seed=seed)
    with progress("Spans", spans) as bar:
        for body in month(spans, now, seed=seed):
            waiting.append(store.ingest_future(LOCAL_TENANT, body))
            production.hear(body)
            if len(waiting) > _ON_THE_WAY:
                waiting.popleft().result()
            done, traces = done + len(body["Spans"]), traces + len(body["Traces"])
            bar.update(bar.task_ids[0], completed=min(done, spans))
        for body in chain(trainings(now, seed=seed), production.bodies()):
            waiting.append(store.ingest_future(LOCAL_TENANT, body))
            if len(waiting) > _ON_THE_WAY:
                waiting.popleft().result()
        for one in waiting:
            one.result()
    rows = list(spent(now, seed=seed))
    days = rows[0].day, rows[-1].day + timedelta(days=1)
    store.cost_ledger(LOCAL_TENANT).replace(SOURCE, *days, rows)
    say("Indexing what was written")
    store.settle()
    took = time.monotonic() - began
    say(f"{traces:,} traces with {done:,} spans went into the store {store.path} in {took:.0f} s")
