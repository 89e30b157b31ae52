"""Which traces are kept, and how many each of them stands for.

A trace is decided by a number from 0 up to 1 that follows from its identity alone. Two processes
with the same rate so decide alike without asking each other, and what is kept at a low rate is
kept at every higher one. The number is that of the first 53 bits of the SHA-256 of the XID.

A decision is a weight: how many traces a kept one stands for, and 0 for one that is left out.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Final

from modelmetry.delivery.log import logger
from modelmetry.delivery.undecided import LEFT_OUT
from modelmetry.signals.finished import FinishedTrace
from modelmetry.signals.records import Signal

Keep = Callable[[FinishedTrace], float]
"""Whether a trace that has ended is kept, or with which probability."""

# Decisions that are remembered, for signals that come when a trace is decided.
_MOST_DECIDED: Final = 10_000
_BITS: Final = 53
_NUMBERS: Final = float(1 << _BITS)


def fraction(xid: str) -> float:
    """The number from 0 up to 1 that stands for `xid`."""
    digest = sha256(xid.encode("utf-8", "surrogatepass")).digest()
    return (int.from_bytes(digest[:8], "big") >> 64 - _BITS) / _NUMBERS


def weight(xid: str, rate: float) -> float:
    """What the trace `xid` stands for where a share of `rate` is kept."""
    if rate >= 1:
        return 1.0
    return 1 / rate if fraction(xid) < rate else LEFT_OUT


class Sampling:
    """Decides by rate as soon as a trace is seen, and by a function when it has ended.

    Args:
        rate: the share of traces that are kept.
        keep: decides among those once they have ended.
    """

    def __init__(self, rate: float, keep: Keep | None = None, *, discreet: bool = False) -> None:
        self._rate = rate
        self._discreet = discreet
        self._keep = keep
        self._latest = ("", weight("", rate))
        self._decided: OrderedDict[str, float] = OrderedDict()
        self._said: set[str] = set()

    def head(self, xid: str) -> float:
        """The weight of a trace by the rate alone."""
        latest = self._latest  # what comes one after the other is mostly of one trace
        if latest[0] != xid:
            self._latest = latest = (xid, weight(xid, self._rate))
        return latest[1]

    def decision(self, xid: str) -> float | None:
        """The weight of a trace; `None` while it is to be decided by its end."""
        decided = self._decided.get(xid)
        if decided is not None:
            return decided
        head = self.head(xid)
        return None if head and self._keep is not None else head

    def remember(self, xid: str, decided: float) -> None:
        """Decide what follows of this trace alike."""
        self._decided[xid] = decided
        if len(self._decided) > _MOST_DECIDED:
            self._decided.popitem(last=False)

    def ask(self, xid: str, signals: Sequence[Signal]) -> float:
        """The weight of a trace that has ended, by what it was; kept when nobody can tell."""
        decided = self._decided.get(xid)  # who decided it was interrupted
        if self._keep is None or decided is not None:
            return self.head(xid) if decided is None else decided
        try:
            share = float(self._keep(FinishedTrace.of(signals)))
        except BaseException as error:
            # As with callbacks: nobody ends us, but for the end of the main thread and Ctrl-C.
            if not isinstance(error, Exception) and _is_main():
                raise
            said = f"keep() raised {type(error).__name__}"
            self._say(said, None if self._discreet else error)
            return self.head(xid)
        if 0 <= share <= 1:
            return weight(xid, self._rate * share)
        self._say(f"keep() returned {share}; expected a bool or a number from 0 to 1")
        return self.head(xid)

    def _say(self, what: str, error: BaseException | None = None) -> None:
        if what not in self._said:
            self._said.add(what)
            logger.warning("%s; such traces are kept, without a word", what, exc_info=error)


def _is_main() -> bool:
    return threading.current_thread() is threading.main_thread()
