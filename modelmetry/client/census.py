"""How many spans this process began below one node, counted in the background."""

from __future__ import annotations

from msgspec import Struct


class Census(Struct, eq=False):
    """The spans below a carrier: the trace, or a span right below one of another process.

    Counted by one thread at a time, under the lock of the books, which is why plain integers do.
    It does not know its carrier: a tree that has ended shall hold no cycle.
    """

    spans: int = 0
    # What the carrier said of it when it was taken last, ended; `None` before that.
    told: int | None = None
