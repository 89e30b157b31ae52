"""What was laid down, on its way into the books: in hand, met, then read one by one."""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from itertools import repeat, starmap
from typing import Any

from modelmetry.delivery.inbox import Recorded
from modelmetry.delivery.log import logger
from modelmetry.delivery.reading import RECORD_TYPES, Reader, RecordReader
from modelmetry.delivery.sink import Piece

_ONCE = ((),)


class Intake:
    """Whoever is interrupted in the middle of it leaves all of it in one place, to be gone on with.

    Ctrl-C comes when a function begins or a call into C has returned. So what moves is moved in C,
    and what is counted leaves in the next statement. The caller has the lock, but for `refuse`.

    Args:
        items: the inbox.
        reader: makes pieces.

    Attributes:
        counter: reads what nobody needs the JSON of, because it goes nowhere.
        refused: what found no room: it is counted, and no more.
        pieces: what was read and is not in the books yet, the last first.
        is_refused: whether the pieces are of what found no room.
        sampled: whether another process keeps the trace of the pieces; `None` is decided here.
    """

    def __init__(self, items: deque[Recorded], reader: Reader) -> None:
        self._items = items
        self._reader = reader
        self.counter: RecordReader = RecordReader()
        self._in_hand: deque[Recorded] = deque()
        self.refused: deque[Recorded] = deque()
        self._refused_in_hand = 0
        self.pieces: list[tuple[Piece, int]] = []
        self.sampled: bool | None = None
        self.is_refused: bool = False

    def clear(self) -> None:
        """Forget all of it."""
        self._refused_in_hand = 0
        self.counter.reset()
        for some in (self._in_hand, self.refused, self.pieces):
            some.clear()

    def refuse(self, free: int) -> None:
        """Let no more than `free` lie in the inbox; any thread may, at any time."""
        while len(self._items) > free:
            try:
                self.refused.extend(starmap(self._items.pop, _ONCE))
            except IndexError:  # another thread took the last
                return

    def take_up(self) -> None:
        """Take all that lies in the inbox in hand, and meet it, and what found no room.

        All are met before any is told: a trace says at once how many spans there are.
        """
        items = self._items
        with suppress(IndexError):  # another thread found no room for the rest
            self._in_hand.extend(starmap(items.popleft, repeat((), len(items))))
        refused = list(self.refused)
        met: list[Any] = [*self._in_hand, *refused]
        for recorded in met:
            if type(recorded) not in RECORD_TYPES:
                try:
                    behind = recorded.meet()
                    if behind is not None:
                        self._in_hand.append(behind)
                        behind.tell_again()
                except Exception:
                    logger.exception("a signal could not be counted; please report this")
        self._refused_in_hand = len(refused)  # more may come at any time, which were not met

    def next_piece(self) -> bool:
        """Make `pieces`, of what is in hand next, if there are none; `False` when all is read."""
        while not self.pieces:
            self.is_refused = self._refused_in_hand > 0
            if not (self.is_refused or self._in_hand):
                return False
            queue = self.refused if self.is_refused else self._in_hand
            reader = self.counter if self.is_refused else self._reader
            recorded: Any = queue[0]
            self.sampled = None if type(recorded) in RECORD_TYPES else recorded.sampled
            self.pieces = reader.read(recorded)
            queue.popleft()
            self._refused_in_hand -= self.is_refused
        return True
