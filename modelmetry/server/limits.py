"""How much is worked on at one time, so that memory stays bounded."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from modelmetry.server.problems import busy


class InFlight:
    """Bodies that are being read, checked or stored: their number and their bytes.

    Used on the event loop only, so it needs no lock.
    """

    def __init__(self, most_bodies: int, most_bytes: int) -> None:
        self._most_bodies = most_bodies
        self._most_bytes = most_bytes
        self.bodies = 0
        self.bytes: int = 0

    def body(self) -> Held:
        """Room for one body, as a context manager.

        Raises:
            Problem: 429 when as many bodies as allowed are being worked on.
        """
        if self.bodies >= self._most_bodies:
            raise busy(f"{self.bodies} requests are being worked on; nothing was stored, try again")
        return Held(self)

    def take(self, size: int) -> None:
        """Count `size` bytes more.

        Raises:
            Problem: 429 when there is no room for them.
        """
        if self.bytes + size > self._most_bytes:
            raise busy(
                f"requests of {self.bytes} bytes are being worked on; nothing was stored, try again"
            )
        self.bytes += size


class Held:
    """What one body takes up; given back on exit."""

    def __init__(self, all_of_them: InFlight) -> None:
        self._all = all_of_them
        self._size = 0

    def take(self, size: int) -> None:
        """Count `size` bytes more for this body.

        Raises:
            Problem: 429 when there is no room for them.
        """
        self._all.take(size)
        self._size += size

    def __enter__(self) -> Self:
        self._all.bodies += 1
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._all.bodies -= 1
        self._all.bytes -= self._size
