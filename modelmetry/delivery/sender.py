"""Sends one batch: tries again, takes apart what is refused, and settles what became of it."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from math import inf

from msgspec.structs import replace

from modelmetry.delivery.backlog import Backlog, Entry
from modelmetry.delivery.books import acquire_within, let_go
from modelmetry.delivery.courier import Courier
from modelmetry.delivery.log import logger
from modelmetry.delivery.losses import Losses
from modelmetry.delivery.packed import Packed, Squeezed
from modelmetry.delivery.parts import AT_FAULT, Outcome, Parts
from modelmetry.delivery.policy import LONGEST_ASKED, RetryPolicy, next_delay
from modelmetry.delivery.receipt import EXPIRED, INTERNAL
from modelmetry.delivery.segment import SpoolError
from modelmetry.delivery.sink import SinkFailure
from modelmetry.delivery.spool import Spool


class Sender:
    """Brings what the backlog holds to the receiver, in the thread that calls.

    Args:
        backlog: the books.
        courier: sends, and tells the log and the callbacks what became of it.
        spool: the disk, if there is one.
        retry_policy: how often and how long something is tried again that is in memory alone;
            what is on disk is tried until it is too old.
        clock: seconds that never go back.
        chance: a random number from 0 up to 1, for the jitter of retries.

    Attributes:
        not_before: the receiver asked to be left alone until then, by the clock.
    """

    def __init__(
        self,
        backlog: Backlog,
        courier: Courier[Packed],
        spool: Spool | None,
        *,
        retry_policy: RetryPolicy,
        clock: Callable[[], float],
        chance: Callable[[], float],
    ) -> None:
        self._backlog = backlog
        self._courier = courier
        self._spool = spool
        self._retry_policy = retry_policy
        self._without_end = replace(retry_policy, max_attempts=sys.maxsize, max_elapsed=inf)
        self._clock = clock
        self._chance = chance
        self._reset()

    def _reset(self) -> None:
        # Reentrant: who forks may drop a client, which is closed then.
        self._io = threading.RLock()
        self.not_before: float = -inf

    def ship(self, entries: Sequence[Entry], *, patient: bool = True) -> bool:
        """Send what is held; `False` when it was put down instead."""
        whole = self._loaded(entries)
        if whole is not None:
            parts = Parts(whole)
            while (part := parts.next()) is not None:
                failure = self._send(part, patient=patient)
                may_wait = failure is not None and (failure.retry or self._backlog.is_parked)
                if may_wait and (self._backlog.abandoned or not patient):
                    self._backlog.put_down()
                    return False
                self._settle(parts.after(part, failure))
        self.release()
        return True

    def _loaded(self, entries: Iterable[Entry]) -> Packed | None:
        """The signals of `entries`; those that are too old or cannot be read are given up."""
        loaded: list[Packed] = []
        for entry in entries:
            place, packed = entry.place, entry.packed
            if place is not None and self._spool is not None:
                if self._spool.is_too_old(place):
                    self._give_up(entry, EXPIRED)
                    continue
                try:
                    packed = packed or self._spool.read(place)
                except SpoolError as error:
                    logger.warning("%s", error)
                    self._give_up(entry, INTERNAL)
                    continue
            if packed is not None:
                loaded.append(packed.unpacked() if isinstance(packed, Squeezed) else packed)
        return Packed.joined(loaded) if loaded else None

    def _give_up(self, entry: Entry, reason: str) -> None:
        self._backlog.lost(entry.signal_count, reason)
        self._courier.lost(reason)

    def _send(self, part: Packed, *, patient: bool) -> SinkFailure | None:
        """Try until it arrives, is refused, or nobody waits any more."""
        began, attempts = self._clock(), 0
        while True:
            urgency = self._backlog.urgency
            with self._io:
                failure = self._courier.try_once(part)
            parked = failure is not None and self._is_about_us(failure)
            self._backlog.park(parked=parked)
            if failure is None or not (failure.retry or parked) or not patient:
                return failure
            attempts += 1
            if parked and self._backlog.stopping:
                self._backlog.abandon()
            delay = self._delay_after(failure, attempts, self._clock() - began)
            if delay is None:
                return failure
            self._courier.retrying(failure)
            if not self._pause(delay, inf if failure.retry_after is not None else urgency):
                return failure

    def _is_about_us(self, failure: SinkFailure) -> bool:
        """Whether it says nothing of the signals, as with a wrong key: on disk they can wait."""
        about_signals = failure.retry or failure.status is None or failure.status in AT_FAULT
        return not about_signals and self._backlog.is_held_on_disk

    def _delay_after(self, failure: SinkFailure, attempts: int, elapsed: float) -> float | None:
        if self._backlog.is_parked:
            return self._retry_policy.max_delay
        on_disk = self._backlog.is_held_on_disk
        asked = failure.retry_after
        if asked is not None:
            asked = min(asked, LONGEST_ASKED) if on_disk else asked
            self.not_before = self._clock() + asked
        return next_delay(
            self._without_end if on_disk else self._retry_policy,
            attempts=attempts,
            elapsed=elapsed,
            retry_after=asked,
            chance=self._chance(),
        )

    def _pause(self, delay: float, urgency: float) -> bool:
        """Wait before the next try, unless somebody asks for more haste; whether there is one."""
        until = self._clock() + delay
        backlog = self._backlog
        with backlog.lock:
            backlog.pause()
            while not backlog.abandoned and (left := until - self._clock()) > 0:
                is_vain = backlog.stopping and backlog.is_parked  # only a person can help
                if backlog.urgency > urgency or is_vain:
                    break
                backlog.changed.wait(left)
            return backlog.resume()

    def _settle(self, outcome: Iterable[Outcome]) -> None:
        for part, failure in outcome:
            if failure is None:
                self._backlog.arrived(part.signal_count)
                self._courier.arrived(part)
            else:
                self._keep_refused(part, failure)
                self._backlog.lost(part.signal_count, failure.reason)
                self._courier.gave_up(part, failure)

    def _keep_refused(self, part: Packed, failure: SinkFailure) -> None:
        if self._spool is not None:
            try:
                self._spool.keep_refused(part, failure.reason)
            except SpoolError as error:
                logger.warning("refused signals could not be kept: %s", error)

    def release(self) -> None:
        """What was held has arrived or is lost."""
        for entry in self._backlog.held:
            if entry.place is not None and self._spool is not None:
                self._spool.done(entry.place)
        self._backlog.release()

    def tell(self, losses: Losses, *, last: bool = False, reports: bool = True) -> None:
        """Tell what was lost: the log, and the receiver if `reports`."""
        losses.log.look(last=last)
        if reports:
            with self._io:
                losses.reports.look(last=last)

    # Ends and forks.

    def close(self) -> None:
        """Let go of connections."""
        with self._io:
            self._courier.close()

    def hold_still(self, timeout: float) -> bool:
        """Send nothing until `go_on`; `False` when something is still under way after `timeout`."""
        return acquire_within(self._io, timeout)

    def go_on(self) -> None:
        """Send again."""
        let_go(self._io)

    def after_fork(self) -> None:
        """Begin anew in a forked child, whose parent has the connections."""
        self._reset()
        self._courier.after_fork()
