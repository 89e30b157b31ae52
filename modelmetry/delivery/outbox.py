"""Packed signals on their way to a server: kept on disk if there is one, sent in the background."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from math import inf
from pathlib import Path

from modelmetry.delivery.background import Background
from modelmetry.delivery.backlog import Backlog, Entry
from modelmetry.delivery.courier import Courier
from modelmetry.delivery.log import logger
from modelmetry.delivery.losses import Losses
from modelmetry.delivery.packed import Packed, Squeezed
from modelmetry.delivery.policy import BatchPolicy, BufferLimits, RetryPolicy, Waiting, due_in
from modelmetry.delivery.reading import PackingReader, load_quietly
from modelmetry.delivery.receipt import BUFFER_FULL, INTERNAL, SPOOL_FULL
from modelmetry.delivery.segment import SpoolError
from modelmetry.delivery.sender import Sender
from modelmetry.delivery.sink import Batch, PackingSink, SinkFailure
from modelmetry.delivery.spool import Place, Spool
from modelmetry.delivery.waiter import Waiter

# Bytes of signals that stay in memory as they are: those on disk need not be read, and those that
# are nowhere else need not be compressed.
_AT_HAND = 4 * 1024 * 1024
# Seconds between two looks for files of processes that ended.
_LOOK_AROUND = 30.0
_PAUSE_AFTER_OWN_ERROR = 0.5
# Seconds between two looks whether a fork is over.
_MOMENT = 0.001


class Outbox:
    """Takes packed signals from the worker, and sends them in a thread of its own.

    Args:
        sink: packs, and sends.
        reader: writes what is packed.
        courier: tells the log and the callbacks what became of what was sent.
        spool: the disk; `None` keeps everything in memory.
        losses: what is told of losses.
        batch_policy: how much travels together and how long it waits for company.
        retry_policy: how often and how long something is tried again that is in memory alone;
            what is on disk is tried until it is too old.
        limits: how much may wait in memory alone.
        lock: that of the books of the buffer; another one after a fork.
        clock: seconds that never go back.
        chance: a random number from 0 up to 1, for the jitter of retries.
    """

    def __init__(
        self,
        sink: PackingSink,
        reader: PackingReader,
        courier: Courier[Packed],
        spool: Spool | None,
        *,
        losses: Losses,
        batch_policy: BatchPolicy,
        retry_policy: RetryPolicy,
        limits: BufferLimits,
        lock: Callable[[], threading.RLock],
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float],
    ) -> None:
        self._sink = sink
        self._reader = reader
        self._courier = courier
        self._losses = losses
        self._spool = spool
        self._batch_policy = batch_policy
        self._limits = limits
        self._clock = clock
        self._can_send = False
        self.backlog: Backlog = Backlog(lock)
        self._sender = Sender(
            self.backlog, courier, spool, retry_policy=retry_policy, clock=clock, chance=chance
        )
        self._reset()

    def _reset(self) -> None:
        self._thread = Background("modelmetry-outbox")
        self._ready: Entry | None = None
        self._ready_of: Batch | None = None
        self._batches = 0
        self._next_look = inf if self._spool is None else -inf
        self._finishing = False
        self._told: set[Path] = set()
        self._stopped = Waiter()

    # What the worker does: pack, keep, admit.

    def load_packing(self) -> None:
        """Load what packing needs, while no fork comes in between."""
        self._reader.load()

    def keep(self, batch: Batch) -> None:
        """Pack `batch` and write it to disk; `admit` makes it count.

        Raises:
            SinkFailure: there is no room, neither on disk nor in memory.
        """
        if self._ready_of is batch:
            return  # who kept it was interrupted before it could count
        self.admit()  # what somebody was interrupted with
        packed = self._sink.pack(batch)
        place, size = self._written(packed), packed.approximate_bytes
        kept = packed if place is not None else self._fitted(packed)
        self._ready = Entry(kept, place, batch.signal_count, size, self._clock())
        self._ready_of = batch

    def _fitted(self, packed: Packed) -> Packed | Squeezed:
        """What stays in memory of `packed`: compressed when there is much already."""
        backlog, limits = self.backlog, self._limits
        alone = backlog.bytes_alone
        too_many = backlog.signals_alone + packed.signal_count > limits.max_signals
        # Compressed only where there may be room for it: who waits for room asks again and again.
        kept = Squeezed.of(packed) if alone > _AT_HAND and not too_many else packed
        # One batch always fits, as it was in memory before.
        if alone and (too_many or alone + kept.approximate_bytes > limits.max_bytes):
            reason = BUFFER_FULL if self._spool is None else SPOOL_FULL
            raise SinkFailure(reason, retry=True)
        return kept

    def _written(self, packed: Packed) -> Place | None:
        if self._spool is None:
            return None
        try:
            place = self._spool.append(packed)
        except SpoolError as error:
            self._courier.unspooled(error)
            return None
        self._courier.spooled()
        return place

    def admit(self) -> None:
        """Count what was kept last among what waits."""
        entry = self._ready
        if entry is None:
            return
        if entry.place is not None and self.backlog.bytes_at_hand > _AT_HAND:
            entry.packed = None
        self.backlog.add(entry)
        self._ready = self._ready_of = None
        self.start()

    @property
    def is_ready(self) -> bool:
        """Whether something was kept and does not count yet."""
        return self._ready is not None

    # The thread, from outside.

    def start(self) -> bool:
        """Start the thread; `False` when that is not possible any more."""
        return self._finishing or self._thread.start(self._run)

    def start_if_something_was_left(self) -> None:
        """Bring home what processes left that have ended."""
        if self._spool is not None and self._spool.has_files():
            self.start()

    def stop(self) -> Waiter:
        """Send what waits, then end; told then."""
        with self.backlog.lock:
            self.backlog.stopping = True
            idle = not self._thread.is_started and not self.backlog.signals
            self.backlog.changed.notify_all()
        if idle:
            self._finish()
        elif not self.start():
            self._send_here()
            self._finish()
        return self._stopped

    def _send_here(self) -> None:
        """No thread can be started any more: one try for each batch, none after one that fails."""
        self._load_sending()
        while entries := self.backlog.hold(self._batch_policy):
            if not self._sender.ship(entries, patient=False):
                break
        self.backlog.abandon()

    @property
    def is_here(self) -> bool:
        """Whether the calling thread is the one that sends."""
        return self._thread.is_here

    # The thread.

    def _run(self) -> None:
        while True:
            try:
                self._look_around()
                self._load_sending()
                self._sender.tell(self._losses)
                if not self._wait():
                    break
                if self._is_due() and (entries := self.backlog.hold(self._batch_policy)):
                    self._batches += 1
                    self._sender.ship(entries)
            except Exception:
                logger.exception("delivery failed in its own code; please report this")
                self.backlog.give_up_held(INTERNAL)
                self._sender.release()
                time.sleep(_PAUSE_AFTER_OWN_ERROR)
        # Not when there was no time left for the signals themselves.
        self._sender.tell(self._losses, last=True, reports=not self.backlog.abandoned)
        self._finish()

    def _load_sending(self) -> None:
        while not self._can_send:
            self._can_send = load_quietly(self._sink.load)
            if not self._can_send:
                time.sleep(_MOMENT)

    def _finish(self) -> None:
        if self._stopped.done():
            return
        self._finishing = True
        self._sender.close()
        if self._spool is not None:
            self._spool.close()
        self._stopped.tell()

    def _look_around(self) -> None:
        now, first = self._clock(), self._next_look == -inf
        # Once in any case: processes that end soon would never bring home what others left.
        leaving = self.backlog.abandoned if first else self._is_leaving
        if self._spool is None or leaving or now < self._next_look:
            return
        self._next_look = now + _LOOK_AROUND
        self.backlog.bring_home(
            [
                Entry(None, place, place.frame.signal_count, place.frame.length, -inf, adopted=True)
                for place in self._spool.adopt()
            ]
        )
        self._tell_unadopted(self._spool.unadopted)

    def _tell_unadopted(self, unadopted: Mapping[Path, str]) -> None:
        """One line, once, for each file that cannot be brought home."""
        for path, reason in unadopted.items():
            if path not in self._told:
                self._told.add(path)
                logger.warning(
                    "%s cannot be brought home (%s); see who may read and write it", path, reason
                )

    @property
    def _is_leaving(self) -> bool:
        return self.backlog.stopping or self.backlog.abandoned

    def _wait(self) -> bool:
        """Wait for the next batch, or for the next look around; `False` when all is done."""
        backlog = self.backlog
        with backlog.lock:
            while not (self.backlog.stopping and (backlog.abandoned or not backlog.signals)):
                now = self._clock()
                delay = self._delay(now)
                look = inf if self._is_leaving else self._next_look - now
                wait = min(delay, look, self._losses.due_in)
                if wait <= 0:
                    return True
                backlog.changed.wait(None if wait == inf else wait)
                if not backlog.signals and self._clock() - now >= self._batch_policy.max_age:
                    self._batches = 0
        return False

    def _is_due(self) -> bool:
        with self.backlog.lock:
            return self._delay(self._clock()) <= 0

    def _delay(self, now: float) -> float:
        """Seconds until the next batch is due."""
        backlog = self.backlog
        if backlog.oldest is None or backlog.abandoned:
            return inf
        waiting = Waiting(
            signals=backlog.signals,
            bytes=backlog.bytes,
            age=now - backlog.oldest,
            crowded=False,
        )
        due = 0.0 if self.backlog.urgency else due_in(self._batch_policy, waiting, self._batches)
        return max(due, self._sender.not_before - now)

    def __repr__(self) -> str:
        """The receiver."""
        return repr(self._sink)

    # Forks.

    def hold_still(self, timeout: float) -> None:
        """Keep threads out of libraries and files, or give up after `timeout` seconds."""
        if self._sender.hold_still(timeout) and self._spool is not None:
            self._spool.hold_still(timeout)

    def go_on(self) -> None:
        """Let threads go on."""
        if self._spool is not None:
            self._spool.go_on()
        self._sender.go_on()

    def after_fork(self) -> None:
        """Begin anew in a forked child: what waits and what is on disk are the parent's."""
        self.backlog.reset()
        self._reset()
        if self._spool is not None:
            self._spool.after_fork()
        self._sender.after_fork()


class Keeping:
    """The outbox as the sink of the worker."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    def write(self, batch: Batch) -> None:
        """Keep `batch`."""
        self._outbox.keep(batch)

    def close(self) -> None:
        """The outbox is stopped by the worker."""

    def after_fork(self) -> None:
        """Begin anew in a forked child."""
        self._outbox.after_fork()

    def __repr__(self) -> str:
        """The receiver."""
        return repr(self._outbox)


class Sending:
    """A packing sink as what the courier of packed signals calls."""

    def __init__(self, sink: PackingSink) -> None:
        self._sink = sink

    def write(self, packed: Packed) -> None:
        """Send `packed`."""
        self._sink.send(packed)

    def close(self) -> None:
        """Let go of connections."""
        self._sink.close()

    def after_fork(self) -> None:
        """Forget the connections of the parent."""
        self._sink.after_fork()

    def __repr__(self) -> str:
        """The receiver."""
        return repr(self._sink)
