"""A batch that is refused is taken apart, so that one signal does not cost the others."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from modelmetry.delivery.packed import KINDS, Packed
from modelmetry.delivery.sink import SinkFailure

_BAD_REQUEST, _TOO_LARGE, _UNPROCESSABLE = 400, 413, 422
_REFUSED = frozenset({_BAD_REQUEST, _UNPROCESSABLE})
AT_FAULT = _REFUSED | {_TOO_LARGE}
"""Statuses that find fault with the signals; others say something of the sender or the server."""

# A signal that is too large on its own is cut to this share of what was refused, at least.
_CUT_SHARE = 16
_SMALLEST_CUT = 4_096
# The whole and both halves: a receiver that refused these three refuses everything.
_HOPELESS = 3

Outcome = tuple[Packed, SinkFailure | None]
"""Signals that arrived (`None`), or are lost and why."""


class Parts:
    """What of a batch is still to be sent.

    A body that is too large (413) is sent again without its largest signal, if that is most of
    it, which follows with its texts cut; else in halves. A body with a fault (400, 422) is sent
    again without the signals that the receiver named, or in halves until the fault is alone.
    When the whole and both halves are refused, nothing is tried any more.
    """

    def __init__(self, whole: Packed) -> None:
        self._parts = deque([whole])
        # Halves of what was refused; they wait until all of the rest was tried.
        self._halves: deque[Packed] = deque()
        self._arrived = False
        self._refusals = 0

    def next(self) -> Packed | None:
        """What to send next."""
        waiting = self._parts or self._halves
        return waiting.popleft() if waiting else None

    def after(self, part: Packed, failure: SinkFailure | None) -> Iterator[Outcome]:
        """What is settled now that `part` arrived (`None`) or failed."""
        if failure is None:
            self._arrived = True
            yield part, None
        elif failure.status == _TOO_LARGE and (smaller := _smaller(part)):
            self._parts.extendleft(reversed(smaller))
        elif failure.status in _REFUSED:
            yield from self._isolate(part, failure)
        else:
            yield part, failure

    def _isolate(self, part: Packed, failure: SinkFailure) -> Iterator[Outcome]:
        named, rest = part.split_by(lambda kind, place: (KINDS[kind], place) in failure.faults)
        if named.signal_count:
            if rest.signal_count:
                self._parts.appendleft(rest)
            yield named, failure
            return
        self._refusals += 1
        hopeless = not self._arrived and not self._parts and self._refusals >= _HOPELESS
        if part.signal_count > 1 and not hopeless:
            self._halves.extend(part.halves())
            return
        yield part, failure
        while hopeless and self._halves:
            yield self._halves.popleft(), failure


def _smaller(part: Packed) -> list[Packed]:
    """What to send in the place of `part`; nothing when it cannot be made smaller."""
    size = part.approximate_bytes
    most = max(_SMALLEST_CUT, size // _CUT_SHARE)
    if part.signal_count == 1:
        cut = part.cut(most)
        return [cut] if cut.approximate_bytes < size else []
    largest, rest = part.split_largest()
    if 2 * largest.approximate_bytes >= size:
        return [rest, largest.cut(most)]
    return list(part.halves())
