"""What was lost is told: to the log, and to the receiver if it listens; once a minute at most."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from math import inf
from typing import Final

from modelmetry.delivery.log import logger
from modelmetry.delivery.receipt import (
    BUFFER_FULL,
    DEADLINE,
    EXPIRED,
    INVALID_VALUE,
    SAMPLED_OUT,
    SHED,
    SPOOL_FULL,
    TOO_LARGE,
    Receipt,
)
from modelmetry.delivery.sink import ClientReport, Reporting
from modelmetry.signals.ids import new_xid

EVERY: Final = 60.0
"""Seconds between two lines, and between two reports."""

ASKED_FOR: Final = frozenset({SAMPLED_OUT})
"""Reasons for which nothing is lost."""

Books = Callable[[], Receipt]
Why = tuple[str, str, BaseException | None]

_NOTHING: Final = Receipt(created=0, delivered=0, pending=0, spooled=0, dropped={})
_ADVICE: Final[Mapping[str, str]] = {
    BUFFER_FULL: "raise MODELMETRY_MAX_BUFFER_SIGNALS and MODELMETRY_MAX_BUFFER_BYTES, or record "
    "less",
    SHED: "raise MODELMETRY_MAX_BUFFER_SIGNALS and MODELMETRY_MAX_BUFFER_BYTES, or record less",
    SPOOL_FULL: "make room on the disk, or raise MODELMETRY_MAX_SPOOL_BYTES",
    TOO_LARGE: "raise MODELMETRY_MAX_BUFFER_BYTES, or record less in one span",
    DEADLINE: "raise MODELMETRY_EXIT_TIMEOUT, or give close() more time",
    EXPIRED: "raise MODELMETRY_MAX_SPOOL_AGE, or see why the server cannot be reached",
    INVALID_VALUE: "look for numbers that are NaN or infinite",
    "store_forbidden": "let this program write there, or set MODELMETRY_STORE to another path",
}
_OTHER: Final = "see `modelmetry losses` and `modelmetry spool ls`"


def nothing() -> Receipt:
    """Books in which nothing stands yet."""
    return _NOTHING


def lost(receipt: Receipt) -> dict[str, int]:
    """What was dropped though nobody asked for it, by reason."""
    return {
        reason: number
        for reason, number in receipt.dropped.items()
        if number and reason not in ASKED_FOR
    }


class _Cadence:
    """How much was told, and when there may be more."""

    def __init__(self) -> None:
        self.told: Mapping[str, int] = {}
        self.not_before = -inf
        self.due_at = inf

    def news(self, receipt: Receipt, now: float, *, last: bool) -> dict[str, int]:
        """What was lost since; nothing while it is too early to tell, unless nothing follows."""
        news = {
            reason: number - self.told.get(reason, 0)
            for reason, number in lost(receipt).items()
            if number > self.told.get(reason, 0)
        }
        too_early = now < self.not_before and not last
        self.due_at = self.not_before if news and too_early else inf
        return {} if too_early else news

    def tell(self, receipt: Receipt, now: float) -> None:
        """It is told."""
        self.told, self.not_before = receipt.dropped, now + EVERY

    def put_off(self, now: float) -> None:
        """It could not be told."""
        self.not_before = self.due_at = now + EVERY


class LossLog:
    """Looks at the books of one client from time to time, and says what was lost, in one line.

    For any thread, and nobody waits: who finds another one at it leaves. The end says what the
    minute has held back.

    Args:
        sink: where everything goes.
        clock: seconds that never go back.
        read: the books; assigned when there are some.
    """

    def __init__(self, sink: object, clock: Callable[[], float], read: Books = nothing) -> None:
        self._sink = sink
        self._clock = clock
        self.read = read
        self.reset()

    def reset(self) -> None:
        """Begin anew: also what a forked child does."""
        self._is_busy = False
        self._cadence = _Cadence()
        self._why: Why | None = None

    def note(self, reason: str, why: str, stack: BaseException | None) -> None:
        """Something was lost for `reason`; `why` tells more, and `stack` where it broke."""
        self._why = reason, why, stack
        self.look()

    def look(self, *, last: bool = False) -> None:
        """Write a line if something was lost, and the one before is a minute old."""
        if self._is_busy:
            return
        self._is_busy = True
        try:
            now, receipt = self._clock(), self.read()
            if news := self._cadence.news(receipt, now, last=last):
                self._cadence.tell(receipt, now)
                self._write(news, receipt)
        finally:
            self._is_busy = False

    def _write(self, news: Mapping[str, int], receipt: Receipt) -> None:
        worst = max(news, key=lambda reason: news[reason])
        reason, why, stack = self._why or ("", "", None)
        if reason not in news:
            why, stack = ", ".join(news), None
        advice = _ADVICE.get(worst, _OTHER)
        message = "signals for %r were lost (%s); %s; %s"
        logger.warning(message, self._sink, why, receipt, advice, exc_info=stack)

    @property
    def due_in(self) -> float:
        """Seconds until something is to be said that had to wait; infinity when there is none."""
        return self._cadence.due_at - self._clock()


class LossReports:
    """Tells the receiver, if it takes reports, what became of the signals of a client that loses.

    Used by the thread that sends. A report that does not arrive is no loss; another one follows
    a minute later.

    Args:
        sink: where everything goes.
        clock: seconds that never go back.
        read: the books; assigned when there are some.
    """

    def __init__(self, sink: object, clock: Callable[[], float], read: Books = nothing) -> None:
        self._sink = sink
        self._clock = clock
        self.read = read
        self.reset()

    def reset(self) -> None:
        """Begin anew, as another client: also what a forked child does."""
        self._listener = self._sink if isinstance(self._sink, Reporting) else None
        self._xid = ""
        self._cadence = _Cadence()
        self._said: Receipt | None = None

    def look(self, *, last: bool = False) -> None:
        """Send a report if something was lost, and the one before is a minute old.

        Args:
            last: nothing follows: send one also if only other numbers have changed since.
        """
        if self._listener is None:
            return
        now, receipt = self._clock(), self.read()
        news = self._cadence.news(receipt, now, last=last)
        if news or (last and lost(receipt) and receipt != self._said):
            self._send(self._listener, receipt, now)

    def _send(self, listener: Reporting, receipt: Receipt, now: float) -> None:
        self._xid = self._xid or new_xid()
        try:
            takes = listener.report_losses(ClientReport(self._xid, time.time_ns(), receipt))
        except Exception as error:  # noqa: BLE001 - whatever it is, it must not cost anything else
            logger.debug("a report of what was lost did not arrive: %r", error)
            self._cadence.put_off(now)
            return
        if not takes:
            self._listener = None
        self._said = receipt
        self._cadence.tell(receipt, now)

    @property
    def due_in(self) -> float:
        """Seconds until a report is due that had to wait; infinity when there is none."""
        return self._cadence.due_at - self._clock()


class Losses:
    """Both together, and the books that they look at.

    Args:
        sink: where everything goes.
        clock: seconds that never go back.
    """

    def __init__(self, sink: object, clock: Callable[[], float]) -> None:
        self.log: LossLog = LossLog(sink, clock)
        self.reports: LossReports = LossReports(sink, clock)
        self._beyond: Callable[[Receipt], Receipt] | None = None
        self._read: Books = nothing
        self.log.read = self.reports.read = self.read

    def read_from(self, books: Books) -> None:
        """Look at `books` from now on."""
        self._read = books

    def count_also(self, beyond: Callable[[Receipt], Receipt]) -> None:
        """`beyond` adds what was lost before it came to the books."""
        self._beyond = beyond

    def read(self) -> Receipt:
        """Where everything is."""
        receipt = self._read()
        return receipt if self._beyond is None else self._beyond(receipt)

    def reset(self) -> None:
        """Begin anew: also what a forked child does."""
        self.log.reset()
        self.reports.reset()

    def look(self, *, last: bool = False) -> None:
        """Tell what is due, in the thread that sends."""
        self.log.look(last=last)
        self.reports.look(last=last)

    @property
    def due_in(self) -> float:
        """Seconds until something is due that had to wait."""
        return min(self.log.due_in, self.reports.due_in)
