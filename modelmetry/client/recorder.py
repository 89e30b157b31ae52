"""What all spans of one client share: where signals go, ids, the clock, limits, counts."""

from __future__ import annotations

import logging
import os
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import datetime
from threading import get_ident
from typing import TYPE_CHECKING, Any, cast

from attrs import define, evolve, field

from modelmetry.client.clock import Clock
from modelmetry.delivery.receipt import Receipt
from modelmetry.errors import InvalidTypeError
from modelmetry.signals.records import SessionRecord, Signal
from modelmetry.signals.values import (
    NotFiniteError,
    brief_repr,
    finding_value,
    nanoseconds,
    require_text,
    snapshot_mapping,
)

if TYPE_CHECKING:
    from modelmetry.client.node import Node

_log = logging.getLogger("modelmetry")

INVALID_VALUE = "invalid_value"

# Open traces that a flush can reach. Beyond it the oldest is sent as it is, still open, so that
# an application which never ends its traces does not keep them all in memory.
MOST_OPEN = 1_000
# Sessions remembered as sent. One that was forgotten is sent again, which changes nothing.
MOST_SESSIONS = 10_000


@define(eq=False)
class Recorder:
    """The part of a client that its spans know."""

    put: Callable[[Signal], None]
    new_xid: Callable[[], str]
    clock: Clock
    text_limit: int
    trace_metadata: dict[str, Any]
    off: bool = False
    open: OrderedDict[Node[Any], None] = field(init=False, factory=OrderedDict["Node[Any]", None])
    _refused: dict[int, int] = field(init=False, factory=dict[int, int])
    _sessions: OrderedDict[str, None] = field(init=False, factory=OrderedDict[str, None])
    _said: set[str] = field(init=False, factory=set[str])
    _pid: int = field(init=False, factory=os.getpid)

    def warn_once(self, key: str, message: str, *arguments: object) -> None:
        """Log a warning, the first time only that `key` is given."""
        if key not in self._said:
            self._said.add(key)
            _log.warning(message, *arguments)

    def text(self, value: object, what: str) -> str:
        """`value` as clean text; `what` names the argument when it is none."""
        if type(value) is str and len(value) <= self.text_limit and value.isascii():
            return value
        return require_text(value, what, self.text_limit)

    def optional_text(self, value: object, what: str) -> str | None:
        """`value` as clean text, or `None`."""
        return None if value is None else self.text(value, what)

    def metadata(self, mapping: object, what: str = "metadata") -> dict[str, Any]:
        """A copy of `mapping` made of JSON values."""
        # The exact type first: asking an abstract class takes as long as copying.
        if type(mapping) is dict or isinstance(mapping, Mapping):
            return snapshot_mapping(cast("Mapping[str, Any]", mapping), self.text_limit)
        message = f"{what} must be a mapping, not {type(mapping).__name__}: {brief_repr(mapping)}"
        raise InvalidTypeError(message)

    def nanoseconds(self, at: object, what: str) -> int:
        """The moment `at` in nanoseconds since the epoch."""
        if not isinstance(at, datetime):
            message = f"{what} must be a datetime, not {type(at).__name__}: {brief_repr(at)}"
            raise InvalidTypeError(message)
        if at.tzinfo is None:
            self.warn_once("naive", "%s has no time zone and is taken as UTC: %s", what, at)
        return nanoseconds(at)

    def refuse(self, what: str, value: object) -> None:
        """Count a finding whose number is not one, and say so once."""
        # Each thread counts for itself: exact without a lock.
        thread = get_ident()
        self._refused[thread] = self._refused.get(thread, 0) + 1
        message = "%s was dropped, its value is %r; more like it are counted without a word"
        self.warn_once(INVALID_VALUE, message, what, value)

    def number(self, value: object, what: str) -> float | None:
        """`value` as a finite number; `None`, said once, when it is NaN or infinite."""
        try:
            plain = finding_value(value, self.text_limit)
        except NotFiniteError:
            self.warn_once(what, "%s is %r and is left out", what, value)
            return None
        except InvalidTypeError:
            plain = ""
        if isinstance(plain, str) or isinstance(value, bool):
            message = f"{what} must be a number, not {type(value).__name__}: {brief_repr(value)}"
            raise InvalidTypeError(message)
        return plain

    def remember_open(self, trace: Node[Any]) -> None:
        """Keep a trace with something open in it within reach of a flush."""
        if self.off:
            return
        self.open[trace] = None
        if len(self.open) > MOST_OPEN:
            oldest, _ = self.open.popitem(last=False)
            oldest.send_open()

    def send_open(self) -> None:
        """Send what open traces and spans hold so far."""
        if self._pid != os.getpid():  # they belong to the process that was forked
            self.open.clear()
            self._pid = os.getpid()
        for trace in list(self.open):
            trace.send_open()

    def meet_session(self, xid: str) -> None:
        """Send a session that a trace names, once."""
        if xid not in self._sessions:
            self.send_session(SessionRecord(xid))

    def send_session(self, session: SessionRecord) -> None:
        """Send a session with what is known about it."""
        if self.off:
            return
        self._sessions[session.xid] = None
        if len(self._sessions) > MOST_SESSIONS:
            self._sessions.popitem(last=False)
        self.put(session)

    def with_refused(self, receipt: Receipt) -> Receipt:
        """`receipt` with the findings that never reached the delivery."""
        refused = sum(list(self._refused.values()))
        if not refused:
            return receipt
        dropped = {**receipt.dropped, INVALID_VALUE: refused}
        return evolve(receipt, created=receipt.created + refused, dropped=dropped)
