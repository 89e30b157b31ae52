"""What the process does to delivery: it forks and it ends."""

from __future__ import annotations

import atexit
import logging
import os
import sys
import time
from collections.abc import Iterable
from concurrent.futures import wait
from weakref import WeakSet

from modelmetry.delivery.worker import Worker

logger = logging.getLogger("modelmetry.delivery")

# A worker lives as long as its delivery or its thread; this set does not prolong that.
_workers: WeakSet[Worker] = WeakSet()


def watch(worker: Worker) -> None:
    """Let `worker` begin anew after a fork, and deliver what waits when the process ends."""
    _workers.add(worker)


def watch_child_exit() -> None:
    """Do at the end of a `multiprocessing` child what `atexit` does elsewhere.

    Such a child ends by `os._exit`, which skips `atexit`. Called from the child's first use,
    because `multiprocessing` forgets finalisers that were registered while it forked.
    """
    process = sys.modules.get("multiprocessing.process")
    util = sys.modules.get("multiprocessing.util")
    if process is not None and util is not None and process.parent_process() is not None:
        util.Finalize(None, finish_all, exitpriority=0)


def shut_down(workers: Iterable[Worker], timeout: float | None) -> None:
    """Stop `workers` together; what is not delivered `timeout` seconds later is abandoned.

    Without a timeout this waits for as long as the retry policy keeps trying.
    """
    until = None if timeout is None else time.monotonic() + timeout
    ends = [(worker, worker.stop()) for worker in workers if not worker.is_here]
    for worker, stopped in ends:
        left = None if until is None else max(0.0, until - time.monotonic())
        if not wait([stopped], left).done:
            worker.abandon()


def finish_all() -> None:
    """At the end of the process: deliver within each worker's bound, and say what was not."""
    workers = [worker for worker in _workers if not worker.is_stopped]
    if workers:
        shut_down(workers, max(worker.exit_timeout for worker in workers))
    for worker in workers:
        receipt = worker.buffer.read()
        if not receipt.ok:
            logger.warning("the process ends with signals not delivered; %s", receipt)


def _begin_anew() -> None:
    for worker in list(_workers):
        worker.after_fork()


atexit.register(finish_all)
if hasattr(os, "register_at_fork"):  # pragma: no branch - absent on Windows only
    os.register_at_fork(after_in_child=_begin_anew)
