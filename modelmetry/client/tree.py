"""What the spans of one trace have in common."""

from __future__ import annotations

from msgspec import Struct

from modelmetry.client.recorder import Recorder
from modelmetry.signals import ids


class Tree(Struct, eq=False):
    """What the nodes of one trace share."""

    recorder: Recorder
    # Nanoseconds between the wall clock and the monotonic one, fixed when the trace began.
    anchor: int
    series: ids.Series
    number: ids.Number
    birth_ns: int
    _prefix: str | None = None
    _trace_xid: str | None = None
    # Whether another process, in which the trace began, keeps it; `None` if it began here.
    sampled: bool | None = None

    @property
    def prefix(self) -> str:
        """What identities in this trace begin with."""
        if self._prefix is None:
            self._prefix = self.series.prefix(self.birth_ns)
        return self._prefix

    @property
    def trace_xid(self) -> str:
        """The identity of the trace itself."""
        if self._trace_xid is None:
            self._trace_xid = ids.text(self.prefix, self.number)
        return self._trace_xid

    def xid(self, number: ids.Number) -> str:
        """The identity of `number` in this trace."""
        return ids.text(self.prefix, number)

    def moment(self, at: object) -> int:
        """The moment `at`, a datetime, by the monotonic clock of this trace."""
        return self.recorder.nanoseconds(at, "at") - self.anchor
