"""What all spans of one client share: where signals go, ids, the clock, limits, counts."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from threading import get_ident
from typing import TYPE_CHECKING, Any, cast
from weakref import WeakSet

from msgspec.structs import replace

from modelmetry.client.clock import Clock
from modelmetry.delivery.inbox import Inbox
from modelmetry.delivery.log import Log
from modelmetry.delivery.receipt import INVALID_VALUE, Receipt
from modelmetry.errors import InvalidTypeError
from modelmetry.signals import ids
from modelmetry.signals.records import UNSAID, SessionRecord
from modelmetry.signals.values import (
    NotFiniteError,
    brief_repr,
    copied_mapping,
    finding_value,
    is_a,
    is_plain,
    nanoseconds,
    require_text,
    snapshot_mapping,
)

if TYPE_CHECKING:
    from modelmetry.client.node import Node
    from modelmetry.delivery.sampling import Sampling

_log = Log("modelmetry")

# Open traces that a flush can reach. Beyond it the oldest is sent as it is, still open, so that
# an application which never ends its traces does not keep them all in memory.
MOST_OPEN = 1_000
# Sessions remembered as sent. One that was forgotten is sent again, which changes nothing.
MOST_SESSIONS = 10_000
# Names remembered as good. An application has a few hundred, unless it makes them up.
_MOST_NAMES = 2_000
_LONGEST_NAME = 200


class Recorder:
    """The part of a client that its spans know.

    Args:
        inbox: where signals are laid down.
        clock: what time it is.
        text_limit: characters after which a text is cut.
        trace_metadata: that of every trace.
        new_id: makes identities; by default they are drawn from a series.
        off: whether nothing is kept, and nothing that is recorded can be wrong.
        discreet: whether names do not belong into a log, because texts are masked.
        sampling: decides by its rate which traces are kept; all are without one.
    """

    series: ids.Series
    draw: Callable[[], ids.Number]

    def __init__(
        self,
        inbox: Inbox,
        clock: Clock,
        text_limit: int,
        trace_metadata: dict[str, Any],
        new_id: Callable[[], str] | None = None,
        *,
        off: bool = False,
        discreet: bool = False,
        sampling: Sampling | None = None,
    ) -> None:
        self.inbox = inbox
        self.text_limit = text_limit
        self.trace_metadata = trace_metadata
        self.new_id: Callable[[], str] | None = None
        if new_id is not None:
            self.new_id = partial(_text_of, new_id)
        self.off = off
        self.discreet = discreet
        self.sampling = sampling
        # What recording reads all the time, bound as it is.
        self.time_ns: Callable[[], int] = clock.time_ns
        self.monotonic_ns: Callable[[], int] = clock.monotonic_ns
        # Names that were looked at and travel as they are.
        self.names: set[str] = set()
        self.open: dict[Node[Any], None] = {}
        self._refused: dict[int, int] = {}
        self._sessions: OrderedDict[str, None] = OrderedDict()
        self._said: set[str] = set()
        self.draw_anew()
        _recorders.add(self)

    def begin_anew(self) -> None:
        """In a forked child: open traces, and what was refused so far, are the parent's."""
        self.open.clear()
        self._refused.clear()
        self.draw_anew()

    def draw_anew(self) -> None:
        """Take identities from the series of this process."""
        self.series = ids.series()
        self.draw = self.series.draw if self.new_id is None else self.new_id

    def keeps(self, trace_xid: str) -> bool:
        """Whether a trace that began here is kept, as far as that is known before its end."""
        return self.sampling is None or self.sampling.head(trace_xid) != 0

    def new_xid(self) -> str:
        """An identity that belongs to no trace."""
        return ids.new_xid() if self.new_id is None else self.new_id()

    def warn_once(self, key: str, message: str, *arguments: object) -> None:
        """Log a warning, the first time only that `key` is given."""
        if key not in self._said:
            self._said.add(key)
            _log.warning(message, *arguments)

    def text(self, value: object, what: str) -> str:
        """`value` as clean text; `what` names the argument when it is none."""
        if type(value) is str and len(value) <= self.text_limit and value.isascii():
            return value
        return "" if self.off else require_text(value, what, self.text_limit)

    def name(self, name: str, what: str) -> str:
        """Like `text`, for texts that come again and again: looked at once."""
        if name in self.names:
            return name
        clean = self.text(name, what)
        if clean == name and len(name) <= _LONGEST_NAME and len(self.names) < _MOST_NAMES:
            self.names.add(name)
        return clean

    def optional_text(self, value: object, what: str) -> str | None:
        """`value` as clean text, or `None`."""
        return None if value is None else self.text(value, what)

    def copied(self, mapping: object) -> dict[str, Any]:
        """A copy of `mapping` that nobody else can change; `plain` makes JSON of it later."""
        # The exact type first: asking an abstract class takes as long as copying.
        if type(mapping) is dict:
            return copied_mapping(cast("dict[str, Any]", mapping), self.text_limit)
        if is_a(mapping, Mapping):
            return snapshot_mapping(cast("Mapping[str, Any]", mapping), self.text_limit)
        if self.off:
            return {}
        kind = type(mapping).__name__
        raise InvalidTypeError(f"metadata must be a mapping, not {kind}: {brief_repr(mapping)}")

    def plain(self, metadata: dict[str, Any]) -> dict[str, Any]:
        """What travels of metadata that were copied; what was not said stays unsaid."""
        if metadata is UNSAID or is_plain(metadata, self.text_limit):
            return metadata
        return snapshot_mapping(metadata, self.text_limit)

    def metadata(self, mapping: object) -> dict[str, Any]:
        """A copy of `mapping` made of JSON values: both at once."""
        return self.plain(self.copied(mapping))

    def nanoseconds(self, at: object, what: str) -> int:
        """The moment `at` in nanoseconds since the epoch."""
        if self.off:
            return 0
        if not is_a(at, datetime):
            message = f"{what} must be a datetime, not {type(at).__name__}: {brief_repr(at)}"
            raise InvalidTypeError(message)
        moment = cast("datetime", at)
        if moment.tzinfo is None:
            self.warn_once("naive", "%s has no time zone and is taken as UTC: %s", what, moment)
        return nanoseconds(moment)

    def refuse(self, what: str, value: object) -> None:
        """Count a finding whose number is not one, and say so once."""
        # Each thread counts for itself: exact without a lock.
        thread = get_ident()
        self._refused[thread] = self._refused.get(thread, 0) + 1
        message = "%s was dropped, its value is %s; more like it are counted without a word"
        shown = "a finding" if self.discreet else what
        self.warn_once(INVALID_VALUE, message, shown, brief_repr(value))

    def number(self, value: object, what: str) -> float | None:
        """`value` as a finite number; `None`, said once, when it is NaN or infinite."""
        try:
            plain = finding_value(value, self.text_limit)
        except NotFiniteError:
            self.warn_once(what, "%s is %s and is left out", what, brief_repr(value))
            return None
        except InvalidTypeError:
            plain = ""
        if isinstance(plain, str) or type(value) is bool:
            message = f"{what} must be a number, not {type(value).__name__}: {brief_repr(value)}"
            raise InvalidTypeError(message)
        return plain

    def remember_open(self, trace: Node[Any]) -> None:
        """Keep a trace with something open in it within reach of a flush."""
        self.open[trace] = None
        if len(self.open) > MOST_OPEN:
            self._let_go_of_oldest()

    def _let_go_of_oldest(self) -> None:
        try:
            oldest = next(iter(self.open))
        except (StopIteration, RuntimeError):  # another thread is at it
            return
        self.open.pop(oldest, None)
        oldest.send_open()

    def send_open(self) -> None:
        """Send what open traces and spans hold so far."""
        for trace in list(self.open):
            trace.send_open()

    def meet_session(self, xid: str) -> None:
        """Send a session that a trace names, once."""
        if xid not in self._sessions:
            self.send_session(SessionRecord(xid))

    def send_session(self, session: SessionRecord) -> None:
        """Send a session with what is known about it."""
        self._sessions[session.xid] = None
        if len(self._sessions) > MOST_SESSIONS:
            self._sessions.popitem(last=False)
        self.inbox.put(session)

    def with_refused(self, receipt: Receipt) -> Receipt:
        """`receipt` with the findings that never reached the delivery."""
        return _with_refused(self._refused, receipt)

    def refusals(self) -> Callable[[Receipt], Receipt]:
        """Like `with_refused`, for those who must not keep this and its open traces alive."""
        return partial(_with_refused, self._refused)


def _text_of(new_id: Callable[[], object]) -> str:
    return str(new_id())  # a UUID is as good as its text


def _with_refused(counts: Mapping[int, int], receipt: Receipt) -> Receipt:
    refused = sum(list(counts.values()))
    if not refused:
        return receipt
    dropped = {**receipt.dropped, INVALID_VALUE: refused + receipt.dropped.get(INVALID_VALUE, 0)}
    return replace(receipt, created=receipt.created + refused, dropped=dropped)


_recorders: WeakSet[Recorder] = WeakSet()


def _begin_anew() -> None:
    for recorder in list(_recorders):
        recorder.begin_anew()


if hasattr(os, "register_at_fork"):  # pragma: no branch - absent on Windows only
    os.register_at_fork(after_in_child=_begin_anew)
