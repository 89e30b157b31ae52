"""Packed signals on their way to a server: kept on disk if there is one, sent in the background."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from math import inf

from attrs import define, frozen

from modelmetry.delivery.courier import Courier
from modelmetry.delivery.packed import Packed
from modelmetry.delivery.parts import AT_FAULT, Parts
from modelmetry.delivery.policy import BatchPolicy, RetryPolicy, Waiting, due_in, next_delay
from modelmetry.delivery.receipt import BUFFER_FULL, DEADLINE, EXPIRED, INTERNAL, SPOOL_FULL
from modelmetry.delivery.sink import Batch, PackingSink, SinkFailure
from modelmetry.delivery.spool import Place, Spool, SpoolError

logger = logging.getLogger("modelmetry.delivery")

# Bytes of signals that are on disk and stay in memory as well, so that they need not be read.
_AT_HAND = 4 * 1024 * 1024
# Seconds between two looks for files of processes that ended.
_LOOK_AROUND = 30.0
_PAUSE_AFTER_OWN_ERROR = 0.5


@define(eq=False)
class Entry:
    """Signals that were packed together."""

    packed: Packed | None
    place: Place | None
    signal_count: int
    bytes: int
    since: float
    adopted: bool = False


@frozen(kw_only=True)
class Accounts:
    """Where the signals are that were admitted.

    Attributes:
        pending: in memory alone.
        spooled: on disk.
        delivered: taken by the server.
        dropped: lost, by reason.
        recovered: delivered for processes that ended before they could.
    """

    pending: int
    spooled: int
    delivered: int
    dropped: Mapping[str, int]
    recovered: int


class Outbox:
    """Takes packed signals from the worker, and sends them in a thread of its own.

    Args:
        sink: packs, and sends.
        courier: tells the log and the callbacks what became of what was sent.
        spool: the disk; `None` keeps everything in memory.
        batch_policy: how much travels together and how long it waits for company.
        retry_policy: how often and how long something is tried again that is in memory alone;
            what is on disk is tried until it is too old.
        max_bytes: bytes that may wait in memory.
        lock: that of the books of the buffer, which are read together with these. One for both:
            a finaliser may ask for them in the middle of either.
        clock: seconds that never go back.
        chance: a random number from 0 up to 1, for the jitter of retries.
    """

    def __init__(
        self,
        sink: PackingSink,
        courier: Courier[Packed],
        spool: Spool | None,
        *,
        batch_policy: BatchPolicy,
        retry_policy: RetryPolicy,
        max_bytes: int,
        lock: Callable[[], threading.RLock],
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float],
    ) -> None:
        self._sink = sink
        self._courier = courier
        self._spool = spool
        self._batch_policy = batch_policy
        self._retry_policy = retry_policy
        self._max_bytes = max_bytes
        self._lock = lock
        self._clock = clock
        self._chance = chance
        self._reset()

    def _reset(self) -> None:
        self._changed = threading.Condition(self._lock())
        self._disk = threading.Lock()
        self._sending = threading.Lock()
        self._thread: threading.Thread | None = None
        self._queue: deque[Entry] = deque()
        self._signals_queued = self._bytes_queued = 0
        # Bytes of what is queued in memory: alone, and besides the disk.
        self._bytes_alone = self._bytes_at_hand = 0
        self._held: list[Entry] = []
        self._held_left = 0
        # Between two tries: then what is held may be given up by another thread.
        self._pausing = self._parked = False
        self._ready: Entry | None = None
        self._dropped: Counter[str] = Counter()
        self._delivered = self._recovered = 0
        self._admitted = self._resolved = 0
        self._waiters: list[tuple[int, Future[None]]] = []
        self._batches = 0
        self._not_before = -inf
        self._looked_around = -inf
        self._stopping = self._abandoned = self._finishing = False
        self._stopped: Future[None] = Future()
        self._stopped.set_running_or_notify_cancel()

    # What the worker does: pack, keep, admit.

    def keep(self, batch: Batch) -> None:
        """Pack `batch` and write it to disk; `admit` makes it count.

        Raises:
            SinkFailure: there is no room, neither on disk nor in memory.
        """
        packed = self._sink.pack(batch)
        place = self._written(packed)
        size = packed.approximate_bytes
        if place is None and self._memory() + size > self._max_bytes:
            reason = BUFFER_FULL if self._spool is None else SPOOL_FULL
            raise SinkFailure(reason, retry=True)
        self._ready = Entry(packed, place, batch.signal_count, size, self._clock())

    def _written(self, packed: Packed) -> Place | None:
        if self._spool is None:
            return None
        try:
            with self._disk:
                place = self._spool.append(packed)
        except SpoolError as error:
            self._courier.unspooled(error)
            return None
        self._courier.spooled()
        return place

    def admit(self) -> None:
        """Count what was kept last among what waits."""
        entry, self._ready = self._ready, None
        if entry is None:
            return
        with self._changed:
            self._admitted += 1
            if entry.place is None and self._abandoned:
                self._dropped[DEADLINE] += entry.signal_count
                self._resolved += 1
                return
            if entry.place is not None and self._bytes_at_hand > _AT_HAND:
                entry.packed = None
            self._queue.append(entry)
            self._count(entry, 1)
            self._changed.notify_all()
        self.start()

    def _memory(self) -> int:
        with self._changed:
            held = sum(entry.bytes for entry in self._held if entry.place is None)
            return self._bytes_alone + held

    def _count(self, entry: Entry, sign: int) -> None:
        """Keep the sums when an entry comes into the queue (1) or leaves it (-1)."""
        self._signals_queued += sign * entry.signal_count
        self._bytes_queued += sign * entry.bytes
        if entry.place is None:
            self._bytes_alone += sign * entry.bytes
        elif entry.packed is not None:
            self._bytes_at_hand += sign * entry.bytes

    # What anybody may ask for.

    def read(self) -> Accounts:
        """Where everything is that was admitted."""
        with self._changed:
            own = [entry for entry in self._queue if not entry.adopted]
            spooled = sum(entry.signal_count for entry in own if entry.place is not None)
            pending = sum(entry.signal_count for entry in own if entry.place is None)
            if self._held and not self._held[0].adopted:
                if self._held[0].place is not None:
                    spooled += self._held_left
                else:
                    pending += self._held_left
            return Accounts(
                pending=pending,
                spooled=spooled,
                delivered=self._delivered,
                dropped=dict(self._dropped),
                recovered=self._recovered,
            )

    def start(self) -> bool:
        """Start the thread; `False` when that is not possible any more."""
        with self._changed:
            if self._thread is None and not self._finishing:
                thread = threading.Thread(target=self._run, name="modelmetry-outbox", daemon=True)
                try:
                    thread.start()
                except RuntimeError:  # the interpreter is ending
                    return False
                self._thread = thread
        return True

    def start_if_something_was_left(self) -> None:
        """Bring home what processes left that have ended."""
        if self._spool is not None and self._spool.has_files():
            self.start()

    def wait_for_all(self) -> Future[None]:
        """A future that is done when everything admitted so far has arrived or is lost."""
        done: Future[None] = Future()
        done.set_running_or_notify_cancel()
        with self._changed:
            self._waiters.append((self._admitted, done))
            self._tell_waiters()
            self._changed.notify_all()
        return done

    def forget(self, waiter: Future[None]) -> None:
        """Nobody waits for `waiter` any more."""
        with self._changed:
            self._waiters = [known for known in self._waiters if known[1] is not waiter]

    def stop(self) -> Future[None]:
        """Send what waits, then end; a future that is done then."""
        with self._changed:
            self._stopping = True
            idle = self._thread is None and not self._queue
            self._changed.notify_all()
        if idle:
            self._finish()
        elif not self.start():
            self._send_here()
            self._finish()
        return self._stopped

    def _send_here(self) -> None:
        """No thread can be started any more: one try for each batch, none after one that fails."""
        self._abandoned = True
        while (entries := self._take()) and self._ship(entries):
            pass
        self.abandon()

    def abandon(self) -> None:
        """Stop without sending the rest: what is on disk stays there, what is not is lost."""
        with self._changed:
            self._abandoned = True
            lost = [entry for entry in self._queue if entry.place is None and not entry.adopted]
            for entry in lost:
                self._queue.remove(entry)
                self._count(entry, -1)
                self._dropped[DEADLINE] += entry.signal_count
                self._resolved += 1
            if self._pausing:
                self._put_down()
            self._changed.notify_all()

    @property
    def is_here(self) -> bool:
        """Whether the calling thread is the one that sends."""
        return threading.current_thread() is self._thread

    # The thread.

    def _run(self) -> None:
        while True:
            try:
                self._look_around()
                if not self._wait_until_due():
                    break
                entries = self._take()
                if entries:
                    self._ship(entries)
            except Exception:
                logger.exception("delivery failed in its own code; please report this")
                self._give_up_held(INTERNAL)
                time.sleep(_PAUSE_AFTER_OWN_ERROR)
        self._finish()

    def _finish(self) -> None:
        with self._changed:
            if self._finishing:
                return
            self._finishing = True
        with self._sending:
            self._courier.close()
        if self._spool is not None:
            with self._disk:
                self._spool.close()
        self._stopped.set_result(None)

    def _look_around(self) -> None:
        now = self._clock()
        if self._spool is None or self._stopping or now - self._looked_around < _LOOK_AROUND:
            return
        self._looked_around = now
        with self._disk:
            places = self._spool.adopt()
        entries = [
            Entry(None, place, place.frame.signal_count, place.frame.length, -inf, adopted=True)
            for place in places
        ]
        with self._changed:
            self._queue.extendleft(reversed(entries))
            for entry in entries:
                self._count(entry, 1)

    def _wait_until_due(self) -> bool:
        """Wait for the next batch; `False` when there will be none."""
        with self._changed:
            while not (self._abandoned and self._stopping):
                delay = inf if self._abandoned else self._delay()
                if delay <= 0 and self._queue:
                    return True
                if self._stopping and not self._queue:
                    return False
                before = self._clock()
                bound = _LOOK_AROUND if self._spool is not None else None
                self._changed.wait(bound if delay == inf else min(delay, _LOOK_AROUND))
                if not self._queue:
                    if self._clock() - before >= self._batch_policy.max_age:
                        self._batches = 0
                    if self._spool is not None and not self._stopping:
                        return True  # to look around
        return False

    def _delay(self) -> float:
        """Seconds until the next batch is due."""
        if not self._queue:
            return inf
        waiting = Waiting(
            signals=self._signals_queued,
            bytes=self._bytes_queued,
            age=self._clock() - self._queue[0].since,
            crowded=False,
        )
        due = 0.0 if self._urgency else due_in(self._batch_policy, waiting, self._batches)
        return max(due, self._not_before - self._clock())

    @property
    def _urgency(self) -> int:
        return int(self._stopping) + int(bool(self._waiters))

    def _take(self) -> list[Entry]:
        """Hold the entries of the next batch, all of one kind: adopted or not, on disk or not."""
        policy = self._batch_policy
        with self._changed:
            signals = size = 0
            while self._queue:
                following = self._queue[0]
                signals += following.signal_count
                size += following.bytes
                first = self._held[0] if self._held else following
                alike = first.adopted == following.adopted and (first.place is None) == (
                    following.place is None
                )
                full = signals > policy.max_signals or size > policy.max_bytes
                if self._held and (full or not alike):
                    break
                self._held.append(self._queue.popleft())
                self._count(following, -1)
            self._held_left = sum(entry.signal_count for entry in self._held)
            return self._held

    def _ship(self, entries: list[Entry]) -> bool:
        """Send what is held; `False` when it was put down instead."""
        self._batches += 1
        whole = self._loaded(entries)
        if whole is not None:
            parts = Parts(whole)
            while (part := parts.next()) is not None:
                failure = self._send(part)
                if self._abandoned and failure is not None and (failure.retry or self._parked):
                    self._put_down()
                    return False
                self._settle(parts.after(part, failure))
        self._release()
        return True

    def _loaded(self, entries: list[Entry]) -> Packed | None:
        """The signals of `entries`; those that are too old or cannot be read are given up."""
        loaded: list[Packed] = []
        for entry in entries:
            place, packed = entry.place, entry.packed
            if place is not None and self._spool is not None:
                if self._spool.is_too_old(place):
                    self._lose(entry.signal_count, EXPIRED)
                    continue
                try:
                    packed = packed or self._spool.read(place)
                except SpoolError as error:
                    logger.warning("%s", error)
                    self._lose(entry.signal_count, INTERNAL)
                    continue
            if packed is not None:
                loaded.append(packed)
        return Packed.joined(loaded) if loaded else None

    def _send(self, part: Packed) -> SinkFailure | None:
        """Try until it arrives, is refused, or nobody waits any more."""
        began, attempts = self._clock(), 0
        while True:
            urgency = self._urgency
            with self._sending:
                failure = self._courier.try_once(part)
            self._parked = failure is not None and self._is_about_us(failure)
            if failure is None or not (failure.retry or self._parked):
                return failure
            attempts += 1
            if self._parked and not self._park():
                return failure
            if failure.retry_after is not None:
                self._not_before = self._clock() + failure.retry_after
            delay = self._delay_after(failure, attempts, self._clock() - began)
            if delay is None:
                return failure
            self._courier.retrying(failure)
            if not self._pause(delay, inf if failure.retry_after is not None else urgency):
                return failure

    def _is_about_us(self, failure: SinkFailure) -> bool:
        """Whether it says nothing of the signals, as with a wrong key: on disk they can wait."""
        about_signals = failure.retry or failure.status is None or failure.status in AT_FAULT
        return not about_signals and self._held[0].place is not None

    def _park(self) -> bool:
        """Let nobody wait for what only a person can change; whether to try again."""
        with self._changed:
            self._resolve_waiters(inf)
            if self._stopping:
                self.abandon()
            return not self._abandoned

    def _delay_after(self, failure: SinkFailure, attempts: int, elapsed: float) -> float | None:
        if self._parked:
            return self._retry_policy.max_delay
        on_disk = bool(self._held) and self._held[0].place is not None
        return next_delay(
            self._retry_policy,
            attempts=min(attempts, self._retry_policy.max_attempts - 1) if on_disk else attempts,
            elapsed=0.0 if on_disk else elapsed,
            retry_after=failure.retry_after,
            chance=self._chance(),
        )

    def _pause(self, delay: float, urgency: float) -> bool:
        """Wait before the next try, unless somebody asks for more haste; whether there is one."""
        until = self._clock() + delay
        with self._changed:
            self._pausing = True
            while not self._abandoned and (left := until - self._clock()) > 0:
                if self._urgency > urgency:
                    break
                self._changed.wait(left)
            self._pausing = False
            return not self._abandoned

    def _settle(self, outcome: Iterable[tuple[Packed, SinkFailure | None]]) -> None:
        for part, failure in outcome:
            if failure is None:
                with self._changed:
                    self._held_left -= part.signal_count
                    if self._held[0].adopted:
                        self._recovered += part.signal_count
                    else:
                        self._delivered += part.signal_count
                self._courier.arrived(part)
            else:
                self._keep_refused(part, failure)
                self._lose(part.signal_count, failure.reason)
                self._courier.gave_up(part, failure)

    def _keep_refused(self, part: Packed, failure: SinkFailure) -> None:
        if self._spool is not None:
            try:
                with self._disk:
                    self._spool.keep_refused(part, failure.reason)
            except SpoolError as error:
                logger.warning("refused signals could not be kept: %s", error)

    def _lose(self, signals: int, reason: str) -> None:
        with self._changed:
            self._held_left -= signals
            if not self._held[0].adopted:
                self._dropped[reason] += signals
        self._courier.lost(reason)

    def _release(self) -> None:
        """What was held has arrived or is lost."""
        entries = self._held
        for entry in entries:
            if entry.place is not None and self._spool is not None:
                with self._disk:
                    self._spool.done(entry.place)
        with self._changed:
            self._held, self._held_left = [], 0
            self._resolved += sum(not entry.adopted for entry in entries)
            self._tell_waiters()

    def _put_down(self) -> None:
        """Nobody waits any more: what is on disk stays there, what is not is lost."""
        with self._changed:
            if self._held and self._held[0].place is None:
                self._dropped[DEADLINE] += self._held_left
                self._resolved += len(self._held)
                self._held, self._held_left = [], 0

    def _give_up_held(self, reason: str) -> None:
        with self._changed:
            if self._held and not self._held[0].adopted:
                self._dropped[reason] += self._held_left
            self._held_left = 0
        self._release()

    def _tell_waiters(self) -> None:
        self._resolve_waiters(inf if self._parked else self._resolved)

    def _resolve_waiters(self, until: float) -> None:
        done = [waiter for target, waiter in self._waiters if target <= until]
        self._waiters = [known for known in self._waiters if known[0] > until]
        for waiter in done:
            waiter.set_result(None)

    def __repr__(self) -> str:
        """The receiver."""
        return repr(self._sink)

    # Forks.

    def hold_still(self, timeout: float) -> bool:
        """Keep the thread out of libraries, or give up after `timeout` seconds."""
        return not self.is_here and self._sending.acquire(timeout=max(0.0, timeout))

    def go_on(self) -> None:
        """Let the thread go on."""
        self._sending.release()

    def after_fork(self) -> None:
        """Begin anew in a forked child: what waits and what is on disk are the parent's."""
        self._reset()
        if self._spool is not None:
            self._spool.after_fork()
        self._courier.after_fork()


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
