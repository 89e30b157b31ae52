"""Where times come from."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """Two readings in nanoseconds.

    The wall clock says when a trace began; the monotonic one says how much later anything in it
    happened, so that no span ends before it starts when the wall clock is set back.
    """

    def time_ns(self) -> int:
        """Nanoseconds since the epoch, UTC."""
        ...

    def monotonic_ns(self) -> int:
        """Nanoseconds since an arbitrary moment; never runs backwards."""
        ...


class SystemClock:
    """The clocks of the machine."""

    # Bound as they are: a method around them would cost more than the reading.
    time_ns: staticmethod[[], int] = staticmethod(time.time_ns)
    monotonic_ns: staticmethod[[], int] = staticmethod(time.perf_counter_ns)
