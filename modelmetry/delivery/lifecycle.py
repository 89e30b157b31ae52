"""What the process does to delivery: it forks and it ends."""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any, NoReturn
from weakref import WeakSet

from modelmetry.delivery import forks, log
from modelmetry.delivery.log import logger, write_later_lines
from modelmetry.delivery.receipt import Receipt
from modelmetry.delivery.stage import Stage
from modelmetry.delivery.waiter import Waiter

# A worker lives as long as its delivery or its thread; this set does not prolong that.
_workers: WeakSet[Stage] = WeakSet()

LONGEST_KEEP = 2.0
"""Seconds that an end waits, when time is up, for signals to be on disk, which is quick unless
libraries are still being loaded or the disk does not answer."""

_endings: list[Callable[[], object]] = []

# Seconds that a fork waits for batches that are under way: then it goes ahead.
_LONGEST_HOLD = 0.5
# Seconds that a fork waits for libraries, which nobody could load again in the child.
_LONGEST_LOAD = 10.0
# What each thread that forks holds still: for each of its forks, because a handler of signals may
# fork in the middle of one.
_held: dict[int, list[list[Stage]]] = {}

# What shells add to the number of a signal.
_ENDED_BY_SIGNAL = 128


def watch(worker: Stage) -> None:
    """Let `worker` begin anew after a fork, and deliver what waits when the process ends."""
    _workers.add(worker)


def also_at_end(do: Callable[[], object]) -> None:
    """Call `do` when the process ends, wherever what waits is delivered then."""
    _endings.append(do)


def watch_child_exit() -> None:
    """Do at the end of a child of `multiprocessing` or Celery what `atexit` does elsewhere.

    Such a child ends by `os._exit`, which skips `atexit`. Called from the child's first use,
    because `multiprocessing` forgets finalisers that were registered while it forked.
    """
    celery = sys.modules.get("celery.signals")
    if celery is not None:  # its children say so before they end; a second `connect` does nothing
        celery.worker_process_shutdown.connect(_finish_child)
    process = sys.modules.get("multiprocessing.process")
    util = sys.modules.get("multiprocessing.util")
    if process is None or util is None:
        return
    if process.parent_process() is not None or is_importing():
        _children.finish_at_end(util)


def is_importing() -> bool:
    """Whether this is a spawned child of `multiprocessing` that has not begun its work.

    Until then it does not know its parent.
    """
    process = sys.modules.get("multiprocessing.process")
    return process is not None and hasattr(process.current_process(), "_inheriting")


def watch_children() -> None:
    """The same for each child of `multiprocessing` from now on, also one that ends at once.

    Such a child is over before a thread of it could say that it is there.
    """
    _children.are_watched = True
    _children.watch()
    watch_child_exit()


class _Children:
    """What `multiprocessing` calls in each child that it forks, once it can be watched."""

    def __init__(self) -> None:
        self.are_watched = False
        self._is_known = False
        self._finaliser: Any = None
        self._process = 0  # that registered it

    def watch(self) -> None:
        """Be called, if `multiprocessing` is in use by now."""
        util = sys.modules.get("multiprocessing.util")
        if self.are_watched and not self._is_known and util is not None:
            self._is_known = True
            util.register_after_fork(self, _watch_this_child)

    def finish_at_end(self, util: Any) -> None:
        """In a child: once, unless what was registered is forgotten, or is that of a parent."""
        is_known = self._process == os.getpid() and self._finaliser.still_active()
        if not is_known:
            self._process = os.getpid()
            self._finaliser = util.Finalize(None, finish_all, exitpriority=0)


_children = _Children()


def _watch_this_child(_: object) -> None:
    watch_child_exit()


def end_on_sigterm() -> None:
    """Let SIGTERM end the program in the ordinary way, unless somebody handles it already.

    By default the operating system ends it at once, and nothing that is to be done at exit is
    done. Only the main thread may say so; elsewhere this does nothing.
    """
    if threading.current_thread() is threading.main_thread():
        if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
            signal.signal(signal.SIGTERM, _exit)
    else:
        logger.warning("SIGTERM is left as it is: only the main thread can change that")


def _exit(number: int, frame: FrameType | None) -> NoReturn:
    del frame
    raise SystemExit(_ENDED_BY_SIGNAL + number)


def shut_down(worker: Stage, timeout: float | None) -> None:
    """Stop `worker`; what is not delivered `timeout` seconds later is abandoned.

    Without a timeout this waits for as long as the retry policy keeps trying.
    """
    if worker.may_wait:
        _await_end(worker, worker.stop(), timeout)


def finish_all() -> None:
    """At the end of the process: deliver within each worker's bound, and say what was not."""
    began = time.monotonic()
    for do in _endings:
        try:
            do()
        except Exception:
            logger.exception("the end of the process did not go well; please report this")
    for worker in list(_workers):
        if worker.is_stopped:  # what was lost after that, or in the last moment
            worker.tell_losses()
    ends = [(worker, worker.stop()) for worker in list(_workers) if not worker.is_stopped]
    for worker, stopped in ends:
        _await_end(worker, stopped, max(0.0, began + worker.exit_timeout - time.monotonic()))
        receipt = worker.read()
        if not receipt.ok:
            logger.warning("the process ends with signals not delivered; %s", receipt)
        say_what_stays(receipt)


def _finish_child(**_: object) -> None:
    finish_all()


def say_what_stays(receipt: Receipt) -> None:
    """Tell the log of what was not sent and is safe, where nobody looks at the receipt."""
    if receipt.spooled:
        logger.warning(
            "%d signals could not be delivered and stay on disk; the next client for the same "
            "server and key sends them (`modelmetry spool ls`)",
            receipt.spooled,
        )


def _await_end(worker: Stage, stopped: Waiter, timeout: float | None) -> None:
    if not stopped.wait(timeout):
        worker.abandon()
        if worker.outbox is not None:
            worker.kept.wait(LONGEST_KEEP)


def hold_still() -> None:
    """Before a fork: keep threads out of what the child could not use, for a moment at most."""
    forks.hold_still(_LONGEST_LOAD)
    until = time.monotonic() + _LONGEST_HOLD
    held: list[Stage] = []
    me = threading.get_ident()
    _held[me] = [*_held.get(me, ()), held]
    for worker in list(_workers):
        if not worker.is_here:
            held.append(worker)  # first: to let go of what is not held changes nothing
            worker.hold_still(max(0.0, until - time.monotonic()))


def go_on() -> None:
    """After a fork, in the parent: let threads go on, those of other threads that fork apart."""
    try:
        _let_go()
    except BaseException:
        _let_go()  # Ctrl-C ends what is done around a fork, and nobody else would let go
        raise


def _let_go() -> None:
    me = threading.get_ident()
    own = _held.get(me)
    if own is None:
        return
    is_last = len(own) == 1
    if is_last:
        forks.go_on()  # first: whoever waits for something of ours comes back
    while own[-1]:
        own[-1][-1].go_on()
        own[-1].pop()
    if is_last:
        del _held[me]
        forks.go_on()  # a handler may have forked meanwhile
        forks.without_fork(write_later_lines)  # else the next fork's end does
    else:
        own.pop()


def begin_anew() -> None:
    """After a fork, in the child: what was recorded is the parent's."""
    _held.clear()
    forks.after_fork()
    log.after_fork()
    for worker in list(_workers):
        try:
            worker.after_fork()
        except Exception:
            logger.exception("delivery could not begin anew after a fork; please report this")


atexit.register(finish_all)
if hasattr(os, "register_at_fork"):  # pragma: no branch - absent on Windows only
    os.register_at_fork(before=_children.watch)
    os.register_at_fork(before=hold_still, after_in_parent=go_on, after_in_child=begin_anew)
