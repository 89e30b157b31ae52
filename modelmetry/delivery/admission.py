"""Whether there is room for a signal, and what goes for it if there is none."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from modelmetry.delivery.batch_queue import BatchQueue
from modelmetry.delivery.log import logger
from modelmetry.delivery.receipt import BUFFER_FULL, CLOSED, INTERNAL, SHED, TOO_LARGE
from modelmetry.delivery.room import Room
from modelmetry.delivery.sink import Piece
from modelmetry.delivery.undecided import Undecided, Weighed

if TYPE_CHECKING:
    from modelmetry.delivery.shedding import Shedding


class Admission:
    """Weighs what is to wait; the caller has the lock.

    Args:
        room: the limits.
        weigh: about how many bytes of JSON a piece makes.
        queue: what waits.
        undecided: what waits until its trace is decided.
        dropped: what was lost, to which what goes for something else is added.
        shedding: what goes for what; `None` refuses what finds no room.
    """

    def __init__(
        self,
        room: Room,
        weigh: Callable[[Piece], int],
        queue: BatchQueue,
        undecided: Undecided,
        dropped: Counter[str],
        shedding: Shedding | None,
    ) -> None:
        self._room = room
        self._weigh = weigh
        self._queue = queue
        self._undecided = undecided
        self._dropped = dropped
        self._shedding = shedding

    @property
    def signals(self) -> int:
        """How many signals wait, or are on their way."""
        return self._queue.all_signals + self._undecided.signals

    @property
    def bytes(self) -> int:
        """About how many bytes of JSON they make."""
        return self._queue.all_bytes + self._undecided.bytes

    def weighed(self, piece: Piece, number: int, now: float) -> Weighed | str:
        """`piece`, of `number` signals, when there is room for it, or why it is dropped."""
        room, queue, undecided = self._room, self._queue, self._undecided
        if room.closed:
            return CLOSED
        # `signals` and `bytes`, written out: all that is ever recorded comes by here.
        signals = queue.signals + queue.held_signals + undecided.signals
        if signals >= room.most.max_signals and self._shedding is None:
            return BUFFER_FULL  # not even weighed: there may be many
        try:
            size = self._weigh(piece)
        except Exception:
            logger.exception("a signal could not be weighed; please report this")
            return INTERNAL
        if number > room.limits.max_signals or size > room.limits.max_bytes:
            return TOO_LARGE
        signal: Any = piece
        entry = Weighed(signal, number, size, now)
        if self._shedding is not None:
            try:
                self._shed_for(entry, self._shedding)
            except Exception:
                logger.exception("no room could be made for a signal; please report this")
                return INTERNAL
            signals, size = self.signals, entry.bytes
        most = room.most
        size += queue.bytes + queue.held_bytes + undecided.bytes
        is_lacking = signals + number > most.max_signals or size > most.max_bytes
        return BUFFER_FULL if is_lacking else entry

    def waits(self, entry: Weighed) -> None:
        """Take note of what is about to wait."""
        if self._shedding is not None:
            self._shedding.waits(entry)

    def _shed_for(self, entry: Weighed, shedding: Shedding) -> None:
        """Make room for `entry` by what is worth less."""
        queue = self._queue
        entry.worth = shedding.worth(entry.signal)
        if self._room.is_crowded(self.signals, self.bytes):
            shedding.cut(entry)
        signals, size = self._missing(entry)
        if size and not shedding.is_all_cut:
            shedding.cut_all(queue.waiting)
            queue.recount()
            signals, size = self._missing(entry)
        gone = shedding.least(queue.waiting, signals=signals, size=size, below=entry.worth)
        if gone:
            leaving = set(map(id, gone))
            staying = deque(one for one in queue.waiting if id(one) not in leaving)
            number, size = sum(one.count for one in gone), sum(one.bytes for one in gone)
            # One right after the other: nobody is interrupted, or reads, in between.
            self._dropped[SHED] += number
            queue.signals -= number
            queue.bytes -= size
            queue.waiting = staying

    def _missing(self, entry: Weighed) -> tuple[int, int]:
        return self._room.missing(self.signals + entry.count, self.bytes + entry.bytes)
